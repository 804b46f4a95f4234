// Le total des heures suit la frappe ; sans nous, il est celui de ce qui est enregistré.
const TRAVAIL = /^(heures|formation)_/;
const ecriture = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });

// Les règles de socle/lecture.py (lire_heures) : ce que l'enregistrement refusera ne se compte pas.
const INVISIBLES = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const HORLOGE = /^((?:\d )?\d{1,3}|\d{4}) ?[h:] ?([0-5]\d)(?: ?min)?$/;
const UNITE = / ?(?:h|hrs?|heures?)$/;
const NOMBRE = /^\+? ?([1-9]\d{0,2}([ '.,])\d{3}(?:\2\d{3})*|\d*)(?:([.,])(\d{0,2})0*)?$/;

function lire(texte) {
  const net = texte.replace(INVISIBLES, "").replace(/\s+/g, " ").replace(/’/g, "'").trim().toLowerCase();
  const horloge = HORLOGE.exec(net);
  if (horloge) return Number(horloge[1].replace(" ", "")) + Number(horloge[2]) / 60;
  const [, entier, milliers, virgule, fraction = ""] = NOMBRE.exec(net.replace(UNITE, "")) ?? [null, ""];
  const chiffres = entier.replace(/\D/g, "");
  const deuxFacons = /[.,]/.test(milliers ?? "") && chiffres.length <= 6 && virgule === undefined;
  if (net.length > 60 || deuxFacons || (milliers && milliers === virgule)) return 0;
  return Number(`${chiffres || 0}.${fraction || 0}`);
}

for (const formulaire of document.querySelectorAll("form[data-total]")) {
  const sortie = formulaire.querySelector("output");
  if (!sortie) continue;
  const compter = () => {
    const champs = [...formulaire.elements].filter((champ) => TRAVAIL.test(champ.name));
    sortie.textContent = `${ecriture.format(champs.reduce((somme, champ) => somme + lire(champ.value), 0))}\u00a0h`;
  };
  formulaire.addEventListener("input", compter);
  addEventListener("pageshow", compter);
}

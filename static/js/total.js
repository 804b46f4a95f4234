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

function somme(champs, deja = "") {
  const total = champs.filter((champ) => TRAVAIL.test(champ.name)).reduce((cumul, champ) => cumul + lire(champ.value), lire(deja));
  return ecriture.format(total);
}

for (const formulaire of document.querySelectorAll("form[data-total]")) {
  const sortie = [...formulaire.elements].find((element) => element.matches("output"));
  if (!sortie) continue;
  const unite = formulaire.contains(sortie) ? "\u00a0h" : ""; // dans un tableau de mois, la page dit l'unité une fois
  const compter = () => (sortie.textContent = `${somme([...formulaire.elements])}${unite}`);
  document.addEventListener("input", (evenement) => evenement.target.form === formulaire && compter());
  addEventListener("pageshow", compter);
}

// Un tableau de mois : chaque ligne a son total, et le tableau le sien. `data-lu` : la part qui ne se tape pas.
for (const tableau of document.querySelectorAll("table[data-sommes]")) {
  const sorties = [...tableau.querySelectorAll("output[data-lu]")];
  const tout = tableau.querySelector("output[data-lu-en-tout]");
  const deja = ecriture.format(sorties.reduce((cumul, sortie) => cumul + lire(sortie.dataset.lu), 0));
  tableau.addEventListener("input", () => {
    for (const sortie of sorties) {
      sortie.textContent = somme([...sortie.closest("tr").querySelectorAll("input")], sortie.dataset.lu);
    }
    tout.textContent = somme([...tableau.querySelectorAll("input")], deja);
  });
}

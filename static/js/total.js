// Le total des heures suit la frappe ; sans nous, il est celui de ce qui est enregistré.
const TRAVAIL = /^(heures|formation)_/;
const ecriture = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });

function lire(texte) {
  const brut = texte.replace(/[\s\u00a0\u202f]/g, "");
  const horloge = /^(\d{1,4})[hH:]([0-5]\d)(?:min)?$/.exec(brut);
  const nombre = horloge ? Number(horloge[1]) + Number(horloge[2]) / 60 : Number(brut.replace(",", ".").replace(/h$/, ""));
  return Number.isFinite(nombre) ? nombre : 0;
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

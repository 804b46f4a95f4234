// Une session qui expire pendant une saisie ne la perd pas : elle attend dans l'onglet (sessionStorage), et revient après
// la connexion, à la même personne seulement. Jamais un mot de passe, un fichier ni un champ caché.
const CLE = "saisies";
const IGNORES = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);
const utilisateur = document.body.dataset.utilisateur ?? "";
const interrompue = "interruption" in document.body.dataset;

function lire() {
  try {
    return JSON.parse(sessionStorage.getItem(CLE)) ?? {};
  } catch {
    return {};
  }
}

function ecrire(saisies) {
  try {
    if (Object.keys(saisies).length) sessionStorage.setItem(CLE, JSON.stringify(saisies));
    else sessionStorage.removeItem(CLE);
  } catch {
    // Stockage plein ou refusé : la saisie n'est simplement pas gardée.
  }
}

const champs = (formulaire) =>
  [...formulaire.elements].filter((champ) => champ.name && !IGNORES.has(champ.type) && !champ.closest("[data-ne-pas-garder]"));

const cle = (formulaire) => `${location.pathname}#${[...document.querySelectorAll("form[data-garder]")].indexOf(formulaire)}`;

function garder(formulaire) {
  const valeurs = champs(formulaire).map((champ) => {
    const cochable = champ.type === "checkbox" || champ.type === "radio";
    const multiple = champ.type === "select-multiple";
    const valeur = cochable ? champ.checked : multiple ? [...champ.selectedOptions].map((o) => o.value) : champ.value;
    return [champ.name, cochable ? champ.value : "", valeur];
  });
  ecrire({ ...lire(), [cle(formulaire)]: { utilisateur, valeurs, coupee: false } });
}

function rendre(formulaire, valeurs) {
  for (const [nom, option, valeur] of valeurs) {
    for (const champ of champs(formulaire).filter((c) => c.name === nom)) {
      if (champ.type === "checkbox" || champ.type === "radio") {
        if (champ.value === option) champ.checked = valeur;
      } else if (champ.type === "select-multiple") {
        for (const choix of champ.options) choix.selected = valeur.includes(choix.value);
      } else {
        champ.value = valeur;
      }
    }
  }
  const avis = document.createElement("p");
  avis.className = "saisie-rendue";
  avis.setAttribute("role", "status");
  formulaire.prepend(avis);
  avis.textContent = "Votre saisie d'avant la déconnexion est de nouveau là : relisez-la, puis enregistrez.";
}

function reprendre() {
  const saisies = lire();
  if (interrompue) {
    for (const saisie of Object.values(saisies)) saisie.coupee = true;
    ecrire(saisies);
    return;
  }
  const aRendre = {};
  for (const [nom, saisie] of Object.entries(saisies)) {
    if (saisie.coupee && saisie.utilisateur === utilisateur) aRendre[nom] = saisie;
  }
  for (const formulaire of document.querySelectorAll("form[data-garder]")) {
    const saisie = aRendre[cle(formulaire)];
    if (!saisie || document.querySelector("[data-focus]")) continue;
    rendre(formulaire, saisie.valeurs);
    formulaire.dataset.modifie = "oui";
    delete aRendre[cle(formulaire)];
  }
  ecrire(aRendre);
}

addEventListener("pageshow", reprendre, { once: true });
document.addEventListener("input", (evenement) => {
  const formulaire = evenement.target.form;
  if (formulaire?.matches("[data-garder]")) formulaire.dataset.modifie = "oui";
});
document.addEventListener("submit", (evenement) => {
  if (evenement.target.matches("[data-garder]")) garder(evenement.target);
  if (evenement.target.matches("[data-sortie]")) sessionStorage.removeItem(CLE);
});
addEventListener("pagehide", () => {
  document.querySelectorAll("form[data-garder][data-modifie]").forEach(garder);
});

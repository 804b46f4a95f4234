// La grille des heures, comme un tableur : flèches, Entrée, collage d'Excel. Chaque bloc s'enregistre seul, peu après la frappe
// ou dès qu'on le quitte ; rien de ce qui est tapé n'est remplacé. Sans nous, chaque bloc a son bouton « Enregistrer ».
const ATTENTE = 1500;
const blocs = new Map(); // formulaire → ce qui s'y passe

function etat(formulaire) {
  return document.getElementById(formulaire.dataset.grille);
}

async function enregistrer(formulaire) {
  const bloc = blocs.get(formulaire);
  clearTimeout(bloc.minuterie);
  if (bloc.enCours || !bloc.change) return;
  [bloc.enCours, bloc.change] = [true, false];
  const cible = etat(formulaire);
  cible.setAttribute("aria-busy", "true");
  bloc.repondu = false;
  await htmx.ajax("POST", formulaire.action, { source: formulaire, target: cible, swap: "innerHTML" }).catch(() => {});
  cible.removeAttribute("aria-busy");
  bloc.enCours = false;
  if (!bloc.repondu) {
    bloc.change = true;
    cible.querySelector("[data-panne]")?.remove();
    const avis = document.createElement("p");
    avis.dataset.panne = "";
    avis.textContent = "Pas enregistré : le service n'a pas répondu. Ce que vous avez tapé est toujours là ; un nouvel essai suit.";
    cible.prepend(avis);
    bloc.minuterie = setTimeout(() => enregistrer(formulaire), 10 * ATTENTE);
    return;
  }
  const refuses = new Set([...cible.querySelectorAll("[data-fautif]")].map((lien) => lien.hash.slice(1)));
  for (const champ of champs(formulaire)) {
    if (refuses.has(champ.id)) champ.setAttribute("aria-invalid", "true");
    else champ.removeAttribute("aria-invalid");
  }
  if (bloc.change) enregistrer(formulaire);
}

function champs(formulaire) {
  return [...formulaire.querySelectorAll("input.case")];
}

function noter(formulaire) {
  const bloc = blocs.get(formulaire);
  bloc.change = true;
  clearTimeout(bloc.minuterie);
  bloc.minuterie = setTimeout(() => enregistrer(formulaire), ATTENTE);
}

// Les colonnes d'une ligne, et la case du dessus ou du dessous, d'un bloc à l'autre.
function grille() {
  return [...document.querySelectorAll("form[data-grille] tbody tr")].map((ligne) =>
    [...ligne.cells].map((cellule) => cellule.querySelector("input.case")),
  );
}

function deplacer(champ, pas) {
  const colonne = champ.closest("td").cellIndex;
  const cases = grille().map((ligne) => ligne[colonne]).filter(Boolean);
  const voisine = cases[cases.indexOf(champ) + pas];
  voisine?.focus();
  voisine?.select();
}

function coller(champ, texte) {
  const rangs = grille();
  const colonne = champ.closest("td").cellIndex;
  const depart = rangs.findIndex((ligne) => ligne[colonne] === champ);
  texte
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .forEach((ligne, rang) => {
      const cases = (rangs[depart + rang] ?? []).slice(colonne).filter(Boolean);
      ligne.split("\t").forEach((valeur, position) => {
        if (cases[position]) poser(cases[position], valeur.trim());
      });
    });
}

function poser(champ, valeur) {
  champ.value = valeur;
  champ.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const formulaire of document.querySelectorAll("form[data-grille]")) {
  blocs.set(formulaire, { minuterie: 0, enCours: false, change: false, repondu: true });
  document.querySelector(`[data-sans-script][form="${formulaire.id}"]`).hidden = true;
  const commeAvant = document.querySelector(`[data-comme-avant="${formulaire.id}"]`);
  const connus = champs(formulaire).filter((champ) => champ.dataset.avant);
  const proposer = () => (commeAvant.hidden = !connus.some((champ) => !champ.value));
  proposer();
  commeAvant.addEventListener("click", () => {
    for (const champ of connus) if (!champ.value) poser(champ, champ.dataset.avant);
  });
  formulaire.addEventListener("input", () => {
    proposer();
    noter(formulaire);
  });
  formulaire.addEventListener("focusout", (evenement) => {
    if (!formulaire.contains(evenement.relatedTarget)) enregistrer(formulaire);
  });
  formulaire.addEventListener("submit", (evenement) => {
    evenement.preventDefault();
    enregistrer(formulaire);
  });
}

document.addEventListener("keydown", (evenement) => {
  const champ = evenement.target;
  if (!champ.matches?.("form[data-grille] input.case") || evenement.ctrlKey || evenement.altKey || evenement.metaKey) return;
  const pas = { ArrowDown: 1, Enter: evenement.shiftKey ? -1 : 1, ArrowUp: -1 }[evenement.key];
  if (!pas) return;
  evenement.preventDefault();
  deplacer(champ, pas);
});

document.addEventListener("paste", (evenement) => {
  const texte = evenement.clipboardData?.getData("text/plain") ?? "";
  if (!evenement.target.matches?.("form[data-grille] input.case") || !/[\t\n]/.test(texte.trimEnd())) return;
  evenement.preventDefault();
  coller(evenement.target, texte);
});

document.addEventListener("htmx:afterSwap", (evenement) => {
  for (const [formulaire, bloc] of blocs) if (etat(formulaire) === evenement.target) bloc.repondu = true;
});

// Quitter la page avec une frappe pas encore enregistrée : le navigateur le demande.
addEventListener("beforeunload", (evenement) => {
  if ([...blocs.values()].some((bloc) => bloc.change || bloc.enCours)) evenement.preventDefault();
});

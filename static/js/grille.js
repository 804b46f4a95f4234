// La grille des heures, comme un tableur : flèches, Entrée, collage d'Excel. Chaque bloc (le mois d'un engagement) s'enregistre
// seul, peu après la frappe ou dès qu'on le quitte ; rien de ce qui est tapé n'est remplacé. Un bloc est un formulaire : son
// propre tableau, ou une colonne de l'année d'un engagement. Sans nous, chacun a son bouton « Enregistrer ».
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
  document.getElementById(formulaire.id.replace("bloc-", "decider-"))?.replaceChildren(); // il montrait les heures d'avant
  const refuses = new Set([...cible.querySelectorAll("[data-fautif]")].map((lien) => lien.hash.slice(1)));
  for (const champ of champs(formulaire)) {
    if (refuses.has(champ.id)) champ.setAttribute("aria-invalid", "true");
    else champ.removeAttribute("aria-invalid");
  }
  if (bloc.change) enregistrer(formulaire);
}

function champs(formulaire) {
  return [...formulaire.elements].filter((champ) => champ.matches("input.case"));
}

// Les heures du mois d'avant : dans la case de gauche si elle se tape aussi, sinon celles qui sont enregistrées.
function avant(champ) {
  return document.getElementById(champ.dataset.aGauche)?.value || champ.dataset.avant || "";
}

function noter(formulaire) {
  const bloc = blocs.get(formulaire);
  bloc.change = true;
  clearTimeout(bloc.minuterie);
  bloc.minuterie = setTimeout(() => enregistrer(formulaire), ATTENTE);
}

// Les cases de chaque ligne, par colonne : celles de tous les blocs, ou de toute l'année.
function grille() {
  return [...document.querySelectorAll(".grille-tableau tbody tr")].map((ligne) =>
    [...ligne.cells].map((cellule) => cellule.querySelector("input.case")),
  );
}

function aller(cases, champ, pas) {
  const toutes = cases.filter(Boolean);
  const voisine = toutes[toutes.indexOf(champ) + pas];
  voisine?.focus();
  voisine?.select();
  return voisine;
}

function deplacer(champ, pas) {
  const colonne = champ.closest("td").cellIndex;
  return aller(grille().map((ligne) => ligne[colonne]), champ, pas);
}

// D'un mois à l'autre, quand le curseur est au bord de ce qui est tapé : ailleurs, la flèche le déplace dans la case.
function deplacerDeCote(champ, pas) {
  const bord = pas < 0 ? champ.selectionEnd : champ.value.length - champ.selectionStart;
  const tout = champ.selectionStart === 0 && champ.selectionEnd === champ.value.length;
  return (tout || bord === 0) && aller(grille().find((ligne) => ligne.includes(champ)), champ, pas);
}

function coller(champ, texte) {
  const rangs = grille();
  const colonne = champ.closest("td").cellIndex;
  const depart = rangs.findIndex((ligne) => ligne[colonne] === champ);
  let perdues = 0;
  texte
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .forEach((ligne, rang) => {
      const cases = (rangs[depart + rang] ?? []).slice(colonne);
      ligne.split("\t").forEach((valeur, position) => {
        if (cases[position]) poser(cases[position], valeur.trim());
        else if (valeur.trim()) perdues += 1;
      });
    });
  dire(perdues ? `${perdues} valeur${perdues > 1 ? "s collées n'ont" : " collée n'a"} pas de case ici : vérifiez où commence le collage.` : "");
}

function dire(phrase) {
  const avis = document.getElementById("grille-avis");
  if (avis) avis.textContent = phrase;
}

function poser(champ, valeur) {
  champ.value = valeur;
  champ.dispatchEvent(new Event("input", { bubbles: true }));
}

const proposer = [];
for (const formulaire of document.querySelectorAll("form[data-grille]")) {
  blocs.set(formulaire, { minuterie: 0, enCours: false, change: false, repondu: true });
  document.querySelector(`[data-sans-script][form="${formulaire.id}"]`).hidden = true;
  const commeAvant = document.querySelector(`[data-comme-avant="${formulaire.id}"]`);
  const vides = () => champs(formulaire).filter((champ) => !champ.value && avant(champ));
  proposer.push(() => (commeAvant.hidden = !vides().length));
  commeAvant.addEventListener("click", () => {
    for (const champ of vides()) poser(champ, avant(champ));
  });
  formulaire.addEventListener("submit", (evenement) => {
    evenement.preventDefault();
    enregistrer(formulaire);
  });
}
const proposerPartout = () => proposer.forEach((un) => un());
proposerPartout();

document.addEventListener("input", (evenement) => {
  if (!blocs.has(evenement.target.form)) return;
  proposerPartout();
  noter(evenement.target.form);
});

document.addEventListener("focusout", (evenement) => {
  const formulaire = evenement.target.form;
  evenement.target.closest?.("td")?.removeAttribute("data-sans-signaux");
  if (blocs.has(formulaire) && evenement.relatedTarget?.form !== formulaire) enregistrer(formulaire);
});

document.addEventListener("keydown", (evenement) => {
  const champ = evenement.target;
  if (!champ.matches?.(".grille-tableau input.case") || evenement.ctrlKey || evenement.altKey || evenement.metaKey) return;
  const pas = { ArrowDown: 1, Enter: evenement.shiftKey ? -1 : 1, ArrowUp: -1 }[evenement.key];
  const deCote = evenement.shiftKey ? 0 : { ArrowRight: 1, ArrowLeft: -1 }[evenement.key];
  if (pas) deplacer(champ, pas);
  else if (evenement.key === "Escape") champ.closest("td").toggleAttribute("data-sans-signaux", true);
  if (pas || (deCote && deplacerDeCote(champ, deCote))) evenement.preventDefault();
});

document.addEventListener("paste", (evenement) => {
  const texte = evenement.clipboardData?.getData("text/plain") ?? "";
  if (!evenement.target.matches?.(".grille-tableau input.case") || !/[\t\n]/.test(texte.trimEnd())) return;
  evenement.preventDefault();
  coller(evenement.target, texte);
});

document.addEventListener("htmx:afterSwap", (evenement) => {
  for (const [formulaire, bloc] of blocs) if (etat(formulaire) === evenement.target) bloc.repondu = true;
  if (evenement.target.matches(".grille-decider")) evenement.target.querySelector("select")?.focus();
});

// Quitter la page avec une frappe pas encore enregistrée : le navigateur le demande.
addEventListener("beforeunload", (evenement) => {
  if ([...blocs.values()].some((bloc) => bloc.change || bloc.enCours)) evenement.preventDefault();
});

// Ctrl K (⌘ K) ouvre « Rechercher » par-dessus la page ; sans JavaScript, le bouton mène à la page du même nom.
// Les fiches ouvertes se retiennent par leur adresse seule, jamais par un nom : le serveur dit ce qu'elles sont.
const FICHE = /^\/[\w/-]*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/$/;
const GARDEES = 12;
const cle = `recents:${document.body.dataset.utilisateur ?? ""}`;
const bouton = document.querySelector("a[data-trouver-ouvrir]");
let attend = false; // Entrée tapée avant que les résultats n'arrivent

function recents() {
  try {
    return JSON.parse(localStorage.getItem(cle)) ?? [];
  } catch {
    return [];
  }
}

function retenir() {
  if (!document.body.dataset.utilisateur || !FICHE.test(location.pathname)) return;
  try {
    const autres = recents().filter((adresse) => adresse !== location.pathname);
    localStorage.setItem(cle, JSON.stringify([location.pathname, ...autres].slice(0, GARDEES)));
  } catch {
    // Stockage plein ou refusé : rien n'est retenu.
  }
}

function preparer(formulaire) {
  formulaire.elements.recents.value = recents().filter((adresse) => adresse !== location.pathname).join(" ");
  if (formulaire.elements.cherche.value) return;
  htmx.ajax("POST", formulaire.action, { source: formulaire, target: formulaire.querySelector(".trouver-resultats") });
}

async function ouvrir() {
  let dialogue = document.querySelector("dialog.trouver-panneau");
  if (!dialogue) {
    dialogue = document.createElement("dialog");
    dialogue.className = "trouver-panneau";
    dialogue.setAttribute("aria-label", "Rechercher");
    document.body.append(dialogue);
    dialogue.addEventListener("click", (evenement) => {
      if (evenement.target === dialogue || evenement.target.closest("[data-fermer]")) dialogue.close();
    });
    await htmx.ajax("GET", bouton.href, { target: dialogue, swap: "innerHTML" });
  }
  const formulaire = dialogue.querySelector("form[data-trouver]");
  if (!formulaire) {
    location.assign(bouton.href); // le panneau n'est pas venu (session finie, panne) : la page dira pourquoi
    return;
  }
  const [chercher, fermer] = formulaire.querySelectorAll("button");
  [chercher.hidden, fermer.hidden] = [true, false]; // chaque lettre cherche déjà
  if (!dialogue.open) dialogue.showModal();
  formulaire.elements.cherche.select();
  preparer(formulaire);
}

function deplacer(formulaire, pas) {
  const liens = [...formulaire.querySelectorAll(".trouver-groupe a")];
  const ici = liens.indexOf(document.activeElement);
  if (ici + pas < 0) formulaire.elements.cherche.focus();
  else liens[Math.min(ici + pas, liens.length - 1)]?.focus();
}

function ouvrirLePremier(formulaire) {
  const lu = formulaire.querySelector(".trouver-nombre")?.dataset.pour;
  const a_jour = lu === formulaire.elements.cherche.value.trim();
  attend = !a_jour;
  if (a_jour) formulaire.querySelector(".trouver-groupe a")?.click();
}

document.addEventListener("keydown", (evenement) => {
  if ((evenement.ctrlKey || evenement.metaKey) && !evenement.shiftKey && evenement.key.toLowerCase() === "k" && bouton) {
    evenement.preventDefault();
    ouvrir();
    return;
  }
  const formulaire = evenement.target.closest?.("form[data-trouver]");
  if (!formulaire) return;
  if (evenement.key === "ArrowDown" || evenement.key === "ArrowUp") {
    evenement.preventDefault();
    deplacer(formulaire, evenement.key === "ArrowDown" ? 1 : -1);
  } else if (evenement.key === "Enter" && evenement.target.type === "search") {
    evenement.preventDefault();
    ouvrirLePremier(formulaire);
  }
});

document.addEventListener("htmx:afterSwap", (evenement) => {
  const formulaire = evenement.target.closest?.("form[data-trouver]");
  if (formulaire && attend) ouvrirLePremier(formulaire);
});

document.addEventListener("htmx:responseError", (evenement) => {
  const nombre = evenement.target.closest?.("form[data-trouver]")?.querySelector(".trouver-nombre");
  if (nombre) nombre.textContent = "La recherche n'a pas répondu. Rechargez la page, puis cherchez de nouveau.";
});

bouton?.addEventListener("click", (evenement) => {
  if (evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
  evenement.preventDefault();
  ouvrir();
});

// À la sortie, l'ordinateur partagé ne garde pas ce que l'on a ouvert.
for (const sortie of document.querySelectorAll("[data-sortie]")) {
  sortie.addEventListener("submit", () => localStorage.removeItem(cle));
}

retenir();
document.querySelectorAll("main form[data-trouver]").forEach(preparer);

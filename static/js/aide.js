// « Aide » ouvre le chapitre par-dessus la page, saisie gardée ; sans JavaScript, le lien mène à la page du chapitre.
const bouton = document.querySelector("a[data-aide]");
let dialogue = null;

function creer() {
  dialogue = document.createElement("dialog");
  dialogue.className = "aide-panneau";
  dialogue.setAttribute("aria-labelledby", "aide-titre");
  document.body.append(dialogue);
  dialogue.addEventListener("click", (evenement) => {
    if (evenement.target === dialogue || evenement.target.closest("[data-fermer]")) dialogue.close();
  });
}

async function ouvrir() {
  if (!dialogue) {
    const reponse = await fetch(bouton.href, { headers: { "HX-Request": "true" } });
    if (!reponse.ok) throw new Error(reponse.statusText);
    const texte = await reponse.text();
    creer();
    dialogue.innerHTML = texte;
  }
  dialogue.showModal();
}

bouton?.addEventListener("click", (evenement) => {
  if (evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return; // un onglet neuf est demandé
  evenement.preventDefault();
  ouvrir().catch(() => location.assign(bouton.href)); // hors ligne ou en panne : la page dira pourquoi
});

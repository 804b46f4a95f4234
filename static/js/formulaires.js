// Un envoi à la fois : le second clic est ignoré (le serveur le reconnaît aussi, à son jeton).
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (!formulaire.matches("[data-une-fois]") || evenement.defaultPrevented) return;
  if (formulaire.dataset.envoye) {
    evenement.preventDefault();
    return;
  }
  formulaire.dataset.envoye = "oui";
  evenement.submitter?.setAttribute("aria-disabled", "true");
});

// Retour arrière : la page ressort du cache avec ses marques, il faut pouvoir renvoyer.
addEventListener("pageshow", (evenement) => {
  if (!evenement.persisted) return;
  for (const formulaire of document.querySelectorAll("[data-envoye]")) {
    delete formulaire.dataset.envoye;
    formulaire.querySelectorAll("[aria-disabled]").forEach((bouton) => bouton.removeAttribute("aria-disabled"));
  }
});

// Messages passagers : on peut les fermer ; les bonnes nouvelles s'effacent seules, sauf pendant qu'on les lit.
const DUREE = 10_000;

function fermer(message) {
  const zone = message.closest("[data-messages]");
  message.remove();
  if (zone && !document.activeElement?.isConnected) zone.focus();
}

function effacerSeul(message) {
  let minuteur = setTimeout(() => fermer(message), DUREE);
  const suspendre = () => clearTimeout(minuteur);
  const reprendre = () => {
    clearTimeout(minuteur);
    if (!message.matches(":hover, :focus-within")) minuteur = setTimeout(() => fermer(message), DUREE);
  };
  for (const debut of ["pointerenter", "focusin"]) message.addEventListener(debut, suspendre);
  for (const fin of ["pointerleave", "focusout"]) message.addEventListener(fin, () => setTimeout(reprendre));
}

document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-fermer]");
  if (bouton) fermer(bouton.parentElement);
});

document.querySelectorAll("[data-passager]").forEach(effacerSeul);

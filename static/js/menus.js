// Les menus sont des <details> : ouverts au clavier sans nous. On y ajoute Échap et le clic au-dehors.
const MENUS = "details[data-menu]";

document.addEventListener("click", (evenement) => {
  for (const menu of document.querySelectorAll(`${MENUS}[open]`)) {
    if (!menu.contains(evenement.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (evenement) => {
  if (evenement.key !== "Escape") return;
  const menu = document.activeElement?.closest(`${MENUS}[open]`) ?? document.querySelector(`${MENUS}[open]`);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const bouton of document.querySelectorAll("[data-retour]")) {
  if (history.length < 2) continue;
  bouton.hidden = false;
  bouton.addEventListener("click", () => history.back());
}

// Le résumé des erreurs prend le focus, même quand le navigateur ignore autofocus sur un bloc.
document.querySelector("[data-focus]")?.focus();

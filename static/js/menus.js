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

// L'entrée courante se voit, même au bas d'un long menu.
const courante = document.querySelector(".navigation [aria-current]");
const navigation = courante?.closest(".navigation");
if (navigation && courante.offsetTop + courante.offsetHeight > navigation.clientHeight) {
  navigation.scrollTop = courante.offsetTop - navigation.clientHeight / 2;
}

for (const bouton of document.querySelectorAll("[data-retour]")) {
  if (history.length < 2) continue;
  bouton.hidden = false;
  bouton.addEventListener("click", () => history.back());
}

// Le résumé des erreurs prend le focus, même quand le navigateur ignore autofocus sur un bloc.
document.querySelector("[data-focus]")?.focus();

// Bascule clair / sombre. Revenir au thème du système efface le choix : la page le suit de nouveau.
const racine = document.documentElement;
const systemeSombre = matchMedia("(prefers-color-scheme: dark)");
const actuel = () => racine.dataset.theme ?? (systemeSombre.matches ? "sombre" : "clair");

function appliquer(theme) {
  const systeme = systemeSombre.matches ? "sombre" : "clair";
  if (theme === systeme) delete racine.dataset.theme;
  else racine.dataset.theme = theme;
  try {
    if (theme === systeme) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Le choix vaut alors pour cette page seulement.
  }
}

function dire(bouton) {
  const suivant = actuel() === "sombre" ? "clair" : "sombre";
  bouton.querySelector("[data-theme-libelle]").textContent = `Passer au thème ${suivant}`;
}

const boutons = document.querySelectorAll("[data-theme-bascule]");
for (const bouton of boutons) {
  bouton.hidden = false;
  dire(bouton);
  bouton.addEventListener("click", () => {
    appliquer(actuel() === "sombre" ? "clair" : "sombre");
    boutons.forEach(dire);
  });
}
systemeSombre.addEventListener("change", () => boutons.forEach(dire));

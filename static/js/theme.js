// Chargé avant la feuille de style, sans attendre : le thème choisi est posé avant le premier affichage.
(() => {
  const racine = document.documentElement;
  racine.classList.add("js");
  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // Stockage refusé par le navigateur : le thème du système suffit.
  }
  if (theme === "clair" || theme === "sombre") racine.dataset.theme = theme;
})();

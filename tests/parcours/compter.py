"""Ce qu'un geste coûte à qui le fait : ses écrans et ses frappes, comptés par le navigateur.

    with compter(visite) as compte:
        visite.ouvrir(engagement.get_absolute_url())
        visite.suivre("Embaucher")
        ...
    compte.au_plus(ecrans=2)

Un écran est une page chargée pendant le compte ; la dernière ne compte pas si l'on n'a fait qu'y lire le résultat, ni celle de
départ si l'on n'y a rien fait. Une frappe est une touche, un clic, un choix dans une liste, un caractère saisi.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.parcours.conftest import Visite

CLE = "compte-du-geste"
# Le compte vit dans `sessionStorage`, qui passe d'une page à la suivante ; il s'écrit avant que le clic n'emmène ailleurs.
COMPTEUR = (
    """() => {
  if (window !== window.top || location.protocol === "about:" || window.compteDuGeste) return;
  window.compteDuGeste = true;
  const lire = () => JSON.parse(sessionStorage.getItem("CLE") || "[]");
  const garder = (ecrans) => sessionStorage.setItem("CLE", JSON.stringify(ecrans));
  garder([...lire(), {chemin: location.pathname, frappes: 0}]);
  const ajouter = (frappes) => {
    const ecrans = lire();
    ecrans[ecrans.length - 1].frappes += frappes;
    garder(ecrans);
  };
  let touche = false;
  addEventListener("keydown", (e) => { touche = true; if (e.isTrusted) ajouter(1); }, true);
  addEventListener("keyup", () => { touche = false; }, true);
  addEventListener("click", (e) => { if (e.isTrusted && e.detail > 0) ajouter(1); }, true);
  addEventListener("input", (e) => {
    if (e.target.tagName === "SELECT") ajouter(1);
    else if (!touche && !/^(checkbox|radio)$/.test(e.target.type)) ajouter((e.target.value || "").length);
  }, true);
}"""
).replace("CLE", CLE)  # fmt: skip


@dataclass
class Compte:
    """Un geste, une fois fait."""

    frappes: int = 0
    chemins: list[str] = field(default_factory=list)

    @property
    def ecrans(self) -> int:
        return len(self.chemins)

    def au_plus(self, *, ecrans: int | None = None, frappes: int | None = None) -> None:
        if ecrans is not None:
            assert self.ecrans <= ecrans, f"{self.ecrans} écrans, {ecrans} au plus : {self.chemins}"
        if frappes is not None:
            assert self.frappes <= frappes, f"{self.frappes} frappes, {frappes} au plus : {self.chemins}"


@contextmanager
def compter(visite: Visite) -> Iterator[Compte]:
    """Compte ce que fait la personne jusqu'à la fin du bloc ; le compte se lit ensuite."""
    page, compte = visite.page, Compte()
    page.add_init_script(f"({COMPTEUR})()")
    if part_d_une_page := urlsplit(page.url).scheme.startswith("http"):
        page.evaluate(f"sessionStorage.removeItem('{CLE}'); delete window.compteDuGeste")
        page.evaluate(COMPTEUR)
    yield compte
    page.wait_for_load_state()
    ecrans = page.evaluate(f"JSON.parse(sessionStorage.getItem('{CLE}') || '[]')")
    compte.frappes = sum(ecran["frappes"] for ecran in ecrans)
    bords = {len(ecrans) - 1, *([0] if part_d_une_page else [])}
    compte.chemins = [e["chemin"] for rang, e in enumerate(ecrans) if e["frappes"] or rang not in bords]

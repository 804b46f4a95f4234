"""L'attaquant d'une table d'angle : il a la table de tous à côté, et cherche ce que l'une et l'autre laissent déduire."""

from parcours.enums import Terme
from reporting.calcul.repartitions import BASES
from tests.reporting.attaque_masques import COLONNES, MASQUE, PETIT, PETITS, SEUIL, Enquete

ANGLES = {"rsa": "beneficiaires_rsa", "qpv": "beneficiaires_qpv"}
CROISEMENTS = {f"{angle}_par_{cle}": base for angle in ANGLES for cle, base in BASES.items()} | {
    f"sorties_{angle}_{terme.value}_mois": f"sorties_{terme.value}_mois" for angle in ANGLES for terme in Terme
}
HORS = "hors"


class EnqueteDeCroisement(Enquete):
    """Les groupes de tous, ceux de l'angle, et les autres, qui ne s'écrivent pas : ils ne doivent pas se déduire petits."""

    def __init__(self, donnees: dict, cle: str, colonne: str):
        self.donnees, self.repartitions = donnees, donnees["repartitions"]
        self.domaines, self.cachees, self.derivees, self.contraintes = {}, set(), set(), []
        self.tout = self._tous(cle, colonne)
        total = self.repartitions[cle][COLONNES[colonne]]
        siennes = {part["cle"]: part[colonne] for part in self.repartitions[cle]["parts"]}
        for groupe, lue in siennes.items():
            tous = f"tous.{groupe}"
            if tous not in self.domaines:
                self.domaines[tous] = frozenset(range(self.tout + 1)) if self.muette else frozenset([0])
            self._poser(f"angle.{groupe}", lue, range(self.tout + 1))
            self._deriver(f"autres.{groupe}", self.tout)
            self._egaler([f"angle.{groupe}", f"autres.{groupe}"], [tous])
        if isinstance(total, int) and siennes:
            noms = [f"angle.{groupe}" for groupe in siennes]
            self._borner(dict.fromkeys(noms, 1), total) if HORS in siennes and self.muette else self._somme(noms, total)

    def _tous(self, cle: str, colonne: str) -> int:
        """La table de tous : une somme connue, des parts que leur texte borne."""
        parts, total = self._table_de_tous(cle, colonne)
        self.muette = isinstance(total, str) or parts.get(HORS) == MASQUE
        self.muette |= PETIT not in parts.values() and (MASQUE in parts.values() or not parts)
        plus = SEUIL - 1 if isinstance(total, str) else int(total or 0)
        for groupe, lue in parts.items():
            bas = SEUIL if PETIT in parts.values() and not isinstance(total, str) and HORS not in parts else 0
            petit = range(SEUIL) if isinstance(total, str) else PETITS
            self._poser(f"tous.{groupe}", lue, range(bas, plus + 1), petit)
        self.cachees = set()  # celles-là ont déjà leur attaquant
        if parts and not self.muette:
            self._somme([f"tous.{groupe}" for groupe in parts], plus)
        return plus

    def _table_de_tous(self, cle: str, colonne: str) -> tuple[dict, int | str | None]:
        if cle in CROISEMENTS:
            base = self.repartitions[CROISEMENTS[cle]]
            return {part["cle"]: part[colonne] for part in base["parts"]}, base[COLONNES[colonne]]
        total, habitants = (self.donnees["chiffres"][c][colonne] for c in ("beneficiaires", "beneficiaires_qpv"))
        parts = {part["cle"]: part[colonne] for part in self.repartitions["quartiers"]["parts"]}
        lus = isinstance(total, str) or isinstance(habitants, str) or total is None
        return parts | {HORS: MASQUE if lus else total - habitants}, total

    def _somme(self, noms: list[str], total: int) -> None:
        self._borner(dict.fromkeys(noms, 1), total)
        self._borner(dict.fromkeys(noms, -1), -total)

    def verite(self) -> dict[str, int]:
        valeurs = {nom: next(iter(domaine)) for nom, domaine in self.domaines.items() if nom not in self.derivees}
        for nom in self.derivees:
            groupe = nom.removeprefix("autres.")
            valeurs[nom] = valeurs[f"tous.{groupe}"] - valeurs[f"angle.{groupe}"]
        return valeurs


def fuites_des_croisements(exactes: dict, publiees: dict) -> list:
    """Les cases déduites, et les petites qui se lisent, d'un côté ou de l'autre."""
    trouvees = []
    for cle in (*CROISEMENTS, "rsa_par_quartier"):
        for colonne, total in COLONNES.items():
            if not exactes["repartitions"][cle][total]:
                continue
            verite = EnqueteDeCroisement(exactes, cle, colonne).verite()
            enquete = EnqueteDeCroisement(publiees, cle, colonne)
            connues = verite | dict.fromkeys(enquete.domaines.keys() - verite.keys(), 0)
            deduites = enquete.deduites(connues)
            trouvees += [(cle, colonne, nom) for nom in sorted(deduites)]
            trouvees += [
                (cle, colonne, "lue", part["cle"])
                for part in publiees["repartitions"][cle]["parts"]
                if part[colonne] in PETITS
            ]
    return trouvees

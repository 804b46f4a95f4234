"""La forme de ce que le gabarit du bilan reçoit : des textes déjà écrits, des dessins déjà faits, rien à calculer."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from reporting.variantes import Chapitre as Nom


@dataclass(frozen=True, slots=True)
class Publication:
    """Ce qui fige un bilan publié : sa version, sa date écrite, l'empreinte de ses données, et où la vérifier."""

    version: int
    publie_le: str
    empreinte: str
    motif: str = ""
    adresse: str = ""


@dataclass(frozen=True, slots=True)
class TuilePdf:
    """Un chiffre clé : la présentation choisie en grand, l'exact (numérateur et dénominateur) toujours dessous."""

    grand: str
    libelle: str
    precision: str = ""
    avant: str = ""
    texte_long: bool = False


@dataclass(frozen=True, slots=True)
class GroupeTuiles:
    titre: str
    tuiles: tuple[TuilePdf, ...]
    genre: str = "parts"


@dataclass(frozen=True, slots=True)
class ColonnePdf:
    titre: str
    numerique: bool = True


@dataclass(frozen=True, slots=True)
class CellulePdf:
    texte: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TableauPdf:
    """`genre` nomme la classe qui règle les largeurs d'une liste longue ; vide, un petit tableau sous son graphique."""

    colonnes: tuple[ColonnePdf, ...]
    lignes: tuple[tuple[CellulePdf, ...], ...]
    total: tuple[CellulePdf, ...] = ()
    note: str = ""
    genre: str = ""

    @property
    def corps(self) -> list[list[tuple[CellulePdf, ColonnePdf]]]:
        return [list(zip(ligne, self.colonnes, strict=True)) for ligne in self.lignes]

    @property
    def lignes_titrees(self) -> bool:
        """Chaque ligne a son en-tête, sauf quand il y aurait plus d'en-têtes que de valeurs : une ligne ou deux."""
        rangees = len(self.lignes) + bool(self.total)
        return rangees * (len(self.colonnes) - 1) >= rangees + len(self.colonnes)

    @property
    def pied(self) -> list[tuple[CellulePdf, ColonnePdf]]:
        return list(zip(self.total, self.colonnes, strict=True)) if self.total else []


@dataclass(frozen=True, slots=True)
class FigurePdf:
    """Une idée : la phrase qui la dit, le dessin qui la montre, le tableau qui la détaille."""

    titre: str
    phrase: str
    dessin: SafeString | str = ""
    tableau: TableauPdf | None = None
    note: str = ""
    second: SafeString | str = ""  # un second dessin, à côté du premier
    en_largeur: bool = False  # le dessin sur toute la page, le tableau dessous
    titres: tuple[str, str] = ("", "")  # leurs titres, quand il y en a deux
    cartes: tuple[tuple[str, SafeString], ...] = ()  # (ville, dessin)


@dataclass(frozen=True, slots=True)
class ListePdf:
    titre: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextePdf:
    """Ce que le facilitateur a écrit, déjà en HTML sans danger."""

    titre: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Chapitre:
    ancre: str
    titre: str
    chapeau: str
    figures: tuple[FigurePdf, ...] = ()
    groupes: tuple[GroupeTuiles, ...] = ()
    listes: tuple[ListePdf, ...] = ()
    textes: tuple[TextePdf, ...] = ()

    @property
    def a_quelque_chose(self) -> bool:
        return bool(self.figures or self.groupes or self.listes or self.textes) or self.ancre == Nom.CHARTE

    @property
    def court(self) -> bool:
        """Rien que des phrases : il suit le chapitre d'avant sur sa page."""
        return not (self.listes or self.groupes or self.textes) and not any(f.dessin or f.tableau for f in self.figures)


@dataclass(frozen=True, slots=True)
class BilanPdf:
    titre: str
    structure: str
    territoire: str
    periode: str
    sous_titre: str  # la variante et ce qu'elle borne ; vide pour toute la structure
    arrete_le: str
    arrete_le_iso: str
    accroche: str
    lecture: tuple[str, ...]
    couverture: tuple[TuilePdf, ...]
    chapitres: tuple[Chapitre, ...]
    publication: Publication | None = None
    mots_cles: tuple[str, ...] = ("clauses sociales", "insertion", "commande publique", "bilan annuel")


@dataclass(frozen=True, slots=True)
class BilanProvisoire(BilanPdf):
    """Le bilan d'une période dont on ne sait pas tout : sa couverture le dit."""

    provisoire: str = ""

"""La page d'un bilan : les mêmes chapitres que le PDF, faits pour l'écran. Chaque valeur ouvre ce qui la compose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from django.utils.safestring import SafeString

from reporting.calcul.arrondis import Parts
from reporting.calcul.registre import COMPLEMENTS
from reporting.calcul.repartitions import QUARTIERS
from reporting.donnees import DonneesBilan
from reporting.recit import listes, phrases
from reporting.recit.chapitres import CHAPEAUX, chapitres_de, idees, textes_de, titre_de
from reporting.recit.ecriture import ecrite
from reporting.recit.etat import completude_de, en_court
from reporting.recit.listes import EVOLUTION, Nature, le_rythme_suit
from reporting.rendu import figures
from reporting.rendu.carte import dessiner_les_quartiers
from reporting.rendu.figures import Figure, Lien
from reporting.rendu.tuiles import GroupeTuiles, tuile
from reporting.variantes import Chapitre
from socle.graphiques import ECRAN
from socle.tables import Cellule, Colonne, lignes

# Ce qui se lit ailleurs dans la page : les tuiles en tête, la méthode au pied.
A_PART = (Chapitre.CHIFFRES_CLES, Chapitre.DEFINITIONS, Chapitre.METHODE)


@dataclass(frozen=True, slots=True)
class TableauSection:
    titre: str
    colonnes: Sequence[Colonne]
    lignes: Sequence[Sequence[Cellule]]


@dataclass(frozen=True, slots=True)
class Section:
    ancre: str
    titre: str
    chapeau: str = ""
    groupes: tuple[GroupeTuiles, ...] = ()
    figures: tuple[Figure, ...] = ()
    cartes: tuple[tuple[str, SafeString], ...] = ()
    tableau: TableauSection | None = None
    textes: tuple[tuple[str, SafeString], ...] = ()

    @property
    def a_quelque_chose(self) -> bool:
        return bool(self.groupes or self.figures or self.tableau or self.textes)


def sections(donnees: DonneesBilan, presentation: str, lien: Lien) -> list[Section]:
    """Les chapitres du bilan, dans son ordre."""
    ecrites = (_section(nom, donnees, presentation, lien) for nom in chapitres_de(donnees) if nom not in A_PART)
    # Chaque graphique d'une période inachevée le dit à côté de lui.
    sue = en_court(completude_de(donnees))
    notees = (
        replace(section, figures=tuple(replace(f, note=f"{f.note} {sue}".strip()) for f in section.figures))
        for section in ecrites
    )
    return [section for section in notees if section.a_quelque_chose]


def _section(chapitre: Chapitre, donnees: DonneesBilan, presentation: str, lien: Lien) -> Section:
    return Section(
        chapitre,
        titre_de(chapitre),
        CHAPEAUX.get(chapitre, ""),
        _complements(chapitre, donnees, presentation, lien),
        _figures(chapitre, donnees, presentation, lien),
        _cartes(donnees) if chapitre == Chapitre.QUARTIERS else (),
        _tableau(chapitre, donnees, lien),
        tuple(textes_de(chapitre, donnees)),
    )


def _complements(chapitre: Chapitre, donnees: DonneesBilan, presentation: str, lien: Lien) -> tuple[GroupeTuiles, ...]:
    """Les chiffres que le chapitre ajoute ; les sorties se disent en phrases, près de leurs figures."""
    if chapitre == Chapitre.SORTIES:
        return ()
    chiffres = donnees["chiffres"]
    lues = [chiffres[i.cle] for i in COMPLEMENTS.get(chapitre, ()) if i.cle in chiffres]
    parts = Parts.de(donnees, presentation)
    tuiles = tuple(
        tuile(chiffre, chiffres, donnees["periode"], parts, lien(chiffre["cle"], "", "")) for chiffre in lues
    )
    return (GroupeTuiles("", tuiles),) if tuiles else ()


def _figures(chapitre: Chapitre, donnees: DonneesBilan, presentation: str, lien: Lien) -> tuple[Figure, ...]:
    if chapitre == Chapitre.ACTIVITE:
        return _activite(donnees, lien)
    return tuple(
        figures.repartition(donnees["repartitions"][idee.cle], donnees, presentation, idee.phrase, idee.note, lien)
        for idee in idees(chapitre, donnees)
    )


def _activite(donnees: DonneesBilan, lien: Lien) -> tuple[Figure, ...]:
    heures, personnes = phrases.heures_annuelles(donnees), phrases.personnes_annuelles(donnees)
    parts = figures.parts_annuelles(donnees, lien)
    evolutions = (
        figures.evolution(donnees, EVOLUTION.colonne("heures_realisees"), heures, lien),
        figures.evolution(donnees, EVOLUTION.colonne("beneficiaires"), personnes, lien),
    )
    suite = (*([parts] if parts else []), figures.mois_du_bilan(donnees, phrases.rythme(donnees), lien))
    return (*evolutions, *(reversed(suite) if le_rythme_suit(donnees) else suite))


def _cartes(donnees: DonneesBilan) -> tuple[tuple[str, SafeString], ...]:
    quartiers = donnees["repartitions"].get(QUARTIERS)
    if not quartiers:
        return ()
    dessins = (
        (
            carte["lieu"],
            dessiner_les_quartiers(f"carte-{rang}", phrases.carte(carte["lieu"]), carte, quartiers, ECRAN),
        )
        for rang, carte in enumerate(donnees["cartes"])
    )
    return tuple((lieu, dessin) for lieu, dessin in dessins if dessin)


# --- Les listes -----------------------------------------------------------------------------------------------------
def _tableau(chapitre: Chapitre, donnees: DonneesBilan, lien: Lien) -> TableauSection | None:
    if chapitre == Chapitre.CHARTE:
        return _charte(donnees, lien)
    liste = listes.liste_du_chapitre(chapitre, donnees)
    if liste is None or not (liste.vide or liste.lignes(donnees)):
        return None
    colonnes = [_colonne(declaree, lien, principale=not rang) for rang, declaree in enumerate(liste.ecran)]
    return TableauSection(liste.titre, colonnes, lignes(liste.lignes(donnees), colonnes))


def _colonne(declaree: listes.Colonne, lien: Lien, *, principale: bool) -> Colonne:
    """Une valeur, ou son masque : un texte, « < 5 », s'écrit tel quel. Elle ouvre ses lignes quand elle en a."""

    def ouvrir(ligne: dict[str, Any]) -> str:
        return lien(declaree.source, str(ligne["id"]), "") if declaree.lire(ligne) else ""

    return Colonne(
        declaree.a_l_ecran,
        lambda ligne: _ecrit(declaree, declaree.lire(ligne)),
        lien=ouvrir if declaree.source else None,
        principale=principale,
    )


def _ecrit(declaree: listes.Colonne, valeur: Any) -> str:
    match declaree.nature:
        case Nature.HEURES:
            return ecrite(valeur, "h")
        case Nature.EFFECTIF:
            return ecrite(valeur)
        case Nature.OUI_NON:
            return "oui" if valeur else "non"
        case _:
            return valeur


def _charte(donnees: DonneesBilan, lien: Lien) -> TableauSection | None:
    charte = donnees["charte"]
    if not charte:
        return None
    rangees = [
        {
            "quoi": mesure.ecran,
            "valeur": ecrite(charte[mesure.cle], mesure.unite),  # type: ignore[literal-required]  # mesures de CHARTE
            "lien": lien(mesure.source, "", "") if mesure.source and charte[mesure.cle] else "",  # type: ignore[literal-required]  # mesures de CHARTE
        }
        for mesure in listes.mesures_de_la_charte(charte)
        if mesure.ecran
    ]
    colonnes = [
        Colonne(charte["programme"] or listes.CHARTE_SANS_PROGRAMME, itemgetter("quoi"), principale=True),
        Colonne(listes.COLONNES_DE_CHARTE[-1], itemgetter("valeur"), lien=itemgetter("lien")),
    ]
    return TableauSection(titre_de(Chapitre.CHARTE), colonnes, lignes(rangees, colonnes))

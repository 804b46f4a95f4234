"""La page d'un bilan : les mêmes chapitres que le PDF, faits pour l'écran. Chaque valeur ouvre ce qui la compose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from reporting.calcul.registre import COMPLEMENTS
from reporting.calcul.repartitions import QUARTIERS
from reporting.donnees import DonneesBilan
from reporting.recit import phrases
from reporting.recit.chapitres import CHAPEAUX, chapitres_de, idees, textes_de, titre_de
from reporting.recit.ecriture import ecrite, periode_courte
from reporting.rendu import figures
from reporting.rendu.carte import dessiner_les_quartiers
from reporting.rendu.figures import Figure, Lien
from reporting.rendu.tuiles import GroupeTuiles, tuile
from reporting.variantes import Chapitre
from socle.graphiques import ECRAN
from socle.tables import Cellule, Colonne, Genre, lignes

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
    return [section for section in ecrites if section.a_quelque_chose]


def _section(chapitre: Chapitre, donnees: DonneesBilan, presentation: str, lien: Lien) -> Section:
    tableau = _TABLEAUX.get(chapitre)
    return Section(
        chapitre,
        titre_de(chapitre),
        CHAPEAUX.get(chapitre, ""),
        _complements(chapitre, donnees, presentation, lien),
        _figures(chapitre, donnees, presentation, lien),
        _cartes(donnees) if chapitre == Chapitre.QUARTIERS else (),
        tableau(donnees, lien) if tableau else None,
        tuple(textes_de(chapitre, donnees)),
    )


def _complements(chapitre: Chapitre, donnees: DonneesBilan, presentation: str, lien: Lien) -> tuple[GroupeTuiles, ...]:
    """Les chiffres que le chapitre ajoute ; les sorties se disent en phrases, près de leurs figures."""
    if chapitre == Chapitre.SORTIES:
        return ()
    chiffres = donnees["chiffres"]
    lues = [chiffres[i.cle] for i in COMPLEMENTS.get(chapitre, ()) if i.cle in chiffres]
    avant = donnees["periode"]["avant_situee"]
    tuiles = tuple(tuile(chiffre, chiffres, avant, presentation, lien(chiffre["cle"], "", "")) for chiffre in lues)
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
    return (
        figures.evolution(donnees, "heures_realisees", "Heures réalisées", heures, lien),
        figures.evolution(donnees, "beneficiaires", "Bénéficiaires", personnes, lien),
        figures.mois_du_bilan(donnees, phrases.rythme(donnees), lien),
    )


def _cartes(donnees: DonneesBilan) -> tuple[tuple[str, SafeString], ...]:
    quartiers = donnees["repartitions"].get(QUARTIERS)
    if not quartiers:
        return ()
    dessins = (
        (
            carte["lieu"],
            dessiner_les_quartiers(
                f"carte-{rang}", f"Les quartiers prioritaires de {carte['lieu']}", carte, quartiers, ECRAN
            ),
        )
        for rang, carte in enumerate(donnees["cartes"])
    )
    return tuple((lieu, dessin) for lieu, dessin in dessins if dessin)


# --- Les listes -----------------------------------------------------------------------------------------------------
def _texte(titre: str, cle: str, *, principale: bool = False) -> Colonne:
    return Colonne(titre, lambda ligne: ligne[cle], principale=principale)


def _valeur(titre: str, cle: str, source: str, lien: Lien, unite: str = "h") -> Colonne:
    """Une valeur, ou son masque : un texte, « < 5 », s'écrit tel quel. Elle ouvre ses lignes quand elle en a."""

    def ouvrir(ligne: dict[str, Any]) -> str:
        return lien(source, str(ligne["id"]), "") if ligne[cle] else ""

    return Colonne(titre, lambda ligne: ecrite(ligne[cle], unite), Genre.TEXTE, lien=ouvrir)


def _marches(donnees: DonneesBilan, lien: Lien) -> TableauSection | None:
    colonnes = (
        _texte("Référence", "reference", principale=True),
        _texte("Objet", "objet"),
        _texte("Maître d'ouvrage", "maitre_ouvrage"),
        _texte("Nature", "nature"),
        Colonne("Exécution", lambda ligne: periode_courte(ligne["debut"], ligne["fin"])),
        _valeur("Dues", "heures_dues", "dues_par_marche", lien),
        _valeur("De la période", "heures_periode", "heures_par_marche", lien),
        _valeur("Depuis le début", "heures_cumul", "cumul_par_marche", lien),
    )
    return _tableau("Chaque marché, ses heures", colonnes, donnees["marches"], donnees)


def _maitres_ouvrage(donnees: DonneesBilan, lien: Lien) -> TableauSection | None:
    colonnes = (
        _texte("Maître d'ouvrage", "nom", principale=True),
        _texte("Type", "type"),
        _valeur("Marchés", "marches", "marches_par_maitre_ouvrage", lien, unite=""),
        _valeur("Dues", "heures_dues", "dues_par_maitre_ouvrage", lien),
        _valeur("De la période", "heures_periode", "heures_par_maitre_ouvrage", lien),
        _valeur("Depuis le début", "heures_cumul", "cumul_par_maitre_ouvrage", lien),
    )
    return _tableau("Chaque maître d'ouvrage", colonnes, donnees["maitres_ouvrage"], donnees)


def _entreprises(donnees: DonneesBilan, lien: Lien) -> TableauSection | None:
    colonnes = (
        _texte("Entreprise", "nom", principale=True),
        _texte("Type", "type"),
        Colonne("Locale", lambda ligne: "oui" if ligne["locale"] else "non"),
        _valeur("Sur ses engagements", "heures_engagements", "heures_par_entreprise", lien),
        _valeur("Comme employeuse", "heures_employeuse", "heures_par_employeur", lien),
    )
    return _tableau("Chaque entreprise", colonnes, donnees["entreprises"], donnees)


def _structures(donnees: DonneesBilan, lien: Lien) -> TableauSection:
    colonnes = (
        _texte("Structure", "nom", principale=True),
        Colonne("Heures", lambda ligne: ecrite(ligne["heures"], "h")),
        Colonne("Bénéficiaires", lambda ligne: ecrite(ligne["beneficiaires"])),
        Colonne("Marchés suivis", lambda ligne: ecrite(ligne["marches"])),
    )
    return TableauSection("Ce que chaque structure apporte", colonnes, lignes(donnees["structures"], list(colonnes)))


def _tableau(
    titre: str, colonnes: Sequence[Colonne], objets: Sequence[Any], donnees: DonneesBilan
) -> TableauSection | None:
    """Rien pour un réseau, qui ne nomme ni marché ni entreprise."""
    if Chapitre.STRUCTURES in donnees["chapitres"]:
        return None
    return TableauSection(titre, colonnes, lignes(objets, list(colonnes)))


def _charte(donnees: DonneesBilan, lien: Lien) -> TableauSection | None:
    charte = donnees["charte"]
    if not charte:
        return None
    rangees = [
        {
            "quoi": libelle,
            "valeur": ecrite(charte[cle], unite),  # type: ignore[literal-required]
            "lien": lien(source, "", "") if source and charte[cle] else "",  # type: ignore[literal-required]
        }
        for libelle, cle, unite, source in (
            ("Heures travaillées prévues", "heures_travaillees", "h", ""),
            ("Part réservée à l'insertion", "taux", "%", ""),
            ("Objectif", "objectif", "h", ""),
            ("Faites depuis le début", "faites", "h", "charte_faites"),
            ("dont par des habitants des quartiers", "faites_qpv", "h", "charte_faites_qpv"),
        )
    ]
    colonnes = (
        _texte(charte["programme"] or "Charte", "quoi", principale=True),
        Colonne("Valeur", lambda ligne: ligne["valeur"], lien=lambda ligne: ligne["lien"]),
    )
    return TableauSection("L'objectif de l'opération", colonnes, lignes(rangees, list(colonnes)))


_TABLEAUX: dict[Chapitre, Callable[[DonneesBilan, Lien], TableauSection | None]] = {
    Chapitre.MARCHES: _marches,
    Chapitre.MAITRES_OUVRAGE: _maitres_ouvrage,
    Chapitre.ENTREPRISES: _entreprises,
    Chapitre.STRUCTURES: _structures,
    Chapitre.CHARTE: _charte,
}

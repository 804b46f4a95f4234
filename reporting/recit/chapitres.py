"""Le récit d'un bilan : les répartitions de chaque chapitre, et la phrase qui dit ce que l'on y voit.

La page et le PDF le suivent tous les deux."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from reporting.bilan.textes import RUBRIQUES, sans_danger
from reporting.donnees import DonneesBilan
from reporting.recit import angles, phrases
from reporting.variantes import ECRITS, REPARTITIONS, TITRES, Chapitre


@dataclass(frozen=True, slots=True)
class Idee:
    """Une répartition, ce qu'elle dit, et le nom de sa première colonne."""

    cle: str
    phrase: str
    colonne: str
    note: str = ""


type Dire = Callable[[DonneesBilan], str]


def _premier(cle: str, sujet: str) -> Dire:
    return lambda donnees: phrases.repartition(donnees["repartitions"][cle], sujet)


_A_LEUR_DOMICILE = (
    "Les personnes sont comptées à leur domicile du contrat d’entrée ; les heures, au domicile du début de chaque contrat. "
    "Un domicile à vérifier n’est pas compté."
)
_REGROUPES = "Les moins fournis sont réunis : les lignes font le total."
_DU_POSTE = "Le métier est celui du poste pourvu (répertoire ROME) ; sans poste, le corps de métier du lot."
_A_LEUR_ENTREE = "Chacun est compté à son domicile du contrat d’entrée ; un domicile à vérifier est hors des quartiers."
_IDEES: dict[str, tuple[Dire, str, str]] = {
    "sexe": (phrases.sexe, "Sexe", ""),
    "ages": (phrases.ages, "Âge", ""),
    "niveaux": (phrases.niveaux, "Niveau de formation", ""),
    "publics": (phrases.publics, "Public", ""),
    "public_principal": (phrases.public_principal, "Public principal", ""),
    "quartiers": (phrases.quartiers, "Quartier", _A_LEUR_DOMICILE),
    "heures_par_modalite": (_premier("heures_par_modalite", "Première modalité"), "Modalité", ""),
    "heures_par_type_contrat": (_premier("heures_par_type_contrat", "Premier type de contrat"), "Type de contrat", ""),
    "marches_par_nature": (phrases.marches, "Nature", ""),
    "heures_par_nature": (_premier("heures_par_nature", "Première nature"), "Nature", ""),
    "marches_par_clause": (_premier("marches_par_clause", "Clause la plus fréquente"), "Clause", ""),
    "heures_par_clause": (_premier("heures_par_clause", "Première clause par ses heures"), "Clause", ""),
    "heures_par_type_maitre_ouvrage": (phrases.maitres_ouvrage, "Type", ""),
    "entreprises_par_type": (phrases.entreprises, "Type", ""),
    "projets_par_statut": (phrases.projets, "Où il en est", ""),
    "sorties_3_mois": (phrases.sorties("3_mois"), "Situation", ""),
    "sorties_6_mois": (phrases.sorties("6_mois"), "Situation", ""),
    "sorties_12_mois": (phrases.sorties("12_mois"), "Situation", ""),
    "contrat_d_entree": (_premier("contrat_d_entree", "Le plus souvent"), "Contrat d’entrée", ""),
    "heures_par_personne": (_premier("heures_par_personne", "Le plus souvent"), "Heures de la période", ""),
    **{
        f"{angle}_par_{dimension}": (angles.de_l_angle(f"{angle}_par_{dimension}", qui), colonne, note)
        for angle, qui in (("rsa", phrases.ALLOCATAIRES), ("qpv", phrases.HABITANTS))
        for dimension, colonne, note in (
            ("sexe", "Sexe", ""),
            ("age", "Âge", ""),
            ("niveau", "Niveau de formation", ""),
            ("contrat", "Contrat d’entrée", ""),
            ("heures", "Heures de la période", "Les heures d’une personne, tous ses contrats de la période réunis."),
            ("quartier", "Quartier", _A_LEUR_ENTREE),
        )
    },
    **{
        f"sorties_{angle}_{terme}_mois": (angles.sorties_de_l_angle(f"sorties_{angle}_{terme}_mois"), "Situation", "")
        for angle in ("rsa", "qpv")
        for terme in (3, 6, 12)
    },
    "prescripteurs": (phrases.par_noms("prescripteurs"), "Prescripteur", _REGROUPES),
    "communes": (phrases.par_noms("communes"), "Commune", f"{_REGROUPES} Au domicile du contrat d’entrée."),
    "heures_par_metier": (phrases.par_noms("heures_par_metier"), "Métier", _DU_POSTE),
    "entrees_par_sexe": (_premier("entrees_par_sexe", "Le plus souvent"), "Sexe", ""),
    "entrees_par_age": (_premier("entrees_par_age", "Le plus souvent"), "Âge", ""),
    "entrees_par_niveau": (_premier("entrees_par_niveau", "Le plus souvent"), "Niveau de formation", ""),
}
CHAPEAUX: dict[Chapitre, str] = {
    Chapitre.PUBLICS: "Le profil de chaque personne se lit au début de son contrat d’entrée : ce qui change ensuite ne le "
    "réécrit pas.",
    Chapitre.RSA: "Chaque table de ce chapitre ne compte que les allocataires du RSA (allocataires ou ayants droit) : ceux dont "
    "le critère était valide au début du contrat d’entrée.",
    Chapitre.HABITANTS: "Chaque table de ce chapitre ne compte que les habitants des quartiers prioritaires, à leur domicile du "
    "contrat d’entrée.",
    Chapitre.SORTIES_RSA: "La situation, 3, 6 et 12 mois après la fin du contrat, des personnes qui relevaient du RSA quand ce "
    "contrat a commencé.",
    Chapitre.SORTIES_HABITANTS: "La situation, 3, 6 et 12 mois après la fin du contrat, des personnes qui habitaient un quartier "
    "prioritaire quand ce contrat a commencé.",
    Chapitre.SORTIES: "La situation de chaque personne est demandée 3, 6 et 12 mois après la fin de son contrat. Les sorties "
    "dynamiques vont vers l’emploi durable, l’emploi de transition ou une sortie positive.",
    Chapitre.PARTICIPATIONS: "Une participation va de l’entrée à la sortie. Une personne revenue plus tard en a une nouvelle, "
    "qui n’efface pas la première.",
    Chapitre.REPERES: "Chaque mesure d’ici porte sur tous les bénéficiaires de la période, quel que soit leur public.",
    Chapitre.STRUCTURES: "Chaque structure compte ses personnes et ses marchés ; le réseau n’en reçoit que les totaux.",
}


def chapitres_de(donnees: DonneesBilan) -> list[Chapitre]:
    """Ceux du bilan, dans son ordre ; la rédaction n'y est que si quelque chose est écrit."""
    ecrits = set(ECRITS[Chapitre.REDACTION]) & set(donnees["textes"])
    lus = [Chapitre(chapitre) for chapitre in donnees["chapitres"]]
    return [chapitre for chapitre in lus if ecrits or chapitre != Chapitre.REDACTION]


def textes_de(chapitre: Chapitre, donnees: DonneesBilan) -> list[tuple[str, SafeString]]:
    """(titre, HTML) de ce que le facilitateur a écrit pour ce chapitre ."""
    ecrits = [cle for cle in ECRITS.get(chapitre, ()) if cle in donnees["textes"]]
    return [(RUBRIQUES[cle], sans_danger(donnees["textes"][cle])) for cle in ecrits]


def titre_de(chapitre: Chapitre) -> str:
    return TITRES[chapitre]


def idees(chapitre: Chapitre, donnees: DonneesBilan) -> list[Idee]:
    """Les répartitions du chapitre que ces données portent."""
    trouvees = []
    for cle in REPARTITIONS.get(chapitre, ()):
        if cle in donnees["repartitions"] and not phrases.ne_nomme_personne(donnees["repartitions"][cle]):
            dire, colonne, note = _IDEES[cle]
            trouvees.append(Idee(cle, dire(donnees), colonne, note))
    return trouvees

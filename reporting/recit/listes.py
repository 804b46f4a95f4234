"""Les listes d'un bilan : leurs colonnes et leurs mots, une fois. La page, le PDF, le classeur et les CSV en font le rendu.

Une colonne dit ce qu'elle lit, sa nature, et son titre là où la place manque ; une liste, les colonnes de chaque rendu.
"""

from dataclasses import dataclass, replace

from reporting.calcul.arrondis import part_exacte
from reporting.calcul.repartitions import QUARTIERS
from reporting.donnees import Charte, DonneesBilan, Repartition, redaction_de
from reporting.recit.colonnes import Colonne, Ligne, Liste, Nature
from reporting.recit.ecriture import majuscule, minuscule, periode_courte
from reporting.recit.listes_du_suivi import DU_SUIVI
from reporting.variantes import Chapitre

RESTE = "La liste entière est dans l’export XLSX du bilan."
ENSEMBLE = "Ensemble"
TOTAL = "Total"
EFFECTIF = "Effectif"
PART = "Part"
INDICATEUR = "Indicateur"


def autres(combien: int) -> str:
    """La ligne qui remplace les moins fournies."""
    return f"{combien} autres"


# --- Les marchés et leurs acheteurs ---------------------------------------------------------------------------------
def _dues_et_faites(par: str) -> tuple[Colonne, Colonne, Colonne]:
    return (
        Colonne("heures_dues", "Heures dues", Nature.HEURES, "Dues", "Dues", source=f"dues_{par}"),
        Colonne(
            "heures_periode",
            "Heures de la période",
            Nature.HEURES,
            "De la période",
            "{periode}",
            source=f"heures_{par}",
        ),
        Colonne(
            "heures_cumul", "Heures depuis le début", Nature.HEURES, "Depuis le début", "Faites", source=f"cumul_{par}"
        ),
    )


def _situer_le_marche(ligne: Ligne) -> str:
    clause, periode = minuscule(ligne["type_clause"]), periode_courte(ligne["debut"], ligne["fin"])
    return f"{ligne['reference']} · {ligne['nature']} · {clause} · {periode}"


_REFERENCE, _OBJET = Colonne("reference", "Référence"), Colonne("objet", "Objet")
_ACHETEUR = Colonne("maitre_ouvrage", "Maître d'ouvrage")
_NATURE = Colonne("nature", "Nature")
_EXECUTION = Colonne("execution", "Exécution", calcul=lambda ligne: periode_courte(ligne["debut"], ligne["fin"]))
_TAUX = Colonne(
    "taux", "Taux", Nature.PART, calcul=lambda ligne: part_exacte(ligne["heures_cumul"], ligne["heures_dues"])
)
_HEURES_DU_MARCHE = _dues_et_faites("par_marche")
MARCHES = Liste(
    "marches",
    "Marchés",
    export=(
        _REFERENCE,
        _OBJET,
        _ACHETEUR,
        _NATURE,
        Colonne("type_clause", "Clause"),
        Colonne("debut", "Début"),
        Colonne("fin", "Fin"),
        *_HEURES_DU_MARCHE,
    ),
    ecran=(_REFERENCE, _OBJET, _ACHETEUR, _NATURE, _EXECUTION, *_HEURES_DU_MARCHE),
    papier=(Colonne("objet", "Marché", detail=_situer_le_marche), _ACHETEUR, *_HEURES_DU_MARCHE, _TAUX),
    titre="Chaque marché, ses heures",
    vide="Aucun marché suivi.",
    note="Heures à l’unité. Dues : sur toute la durée du marché. Faites : depuis son début. Taux : faites sur dues.",
    rang=("heures_periode",),
)
_DE_L_ACHETEUR = (
    Colonne("nom", "Maître d'ouvrage"),
    Colonne("type", "Type"),
    Colonne("marches", "Marchés suivis", Nature.EFFECTIF, "Marchés", "Marchés", source="marches_par_maitre_ouvrage"),
    *_dues_et_faites("par_maitre_ouvrage"),
)
MAITRES_OUVRAGE = Liste(
    "maitres_ouvrage",
    "Maîtres d'ouvrage",
    export=_DE_L_ACHETEUR,
    ecran=_DE_L_ACHETEUR,
    papier=_DE_L_ACHETEUR,
    titre="Chaque maître d'ouvrage",
    vide="Aucun maître d’ouvrage.",
    rang=("heures_periode",),
)


# --- Les entreprises ------------------------------------------------------------------------------------------------
def _role(ligne: Ligne) -> str:
    if not ligne.get("suivie", True):
        return "Marché non suivi"
    roles = [nom for cle, nom in (("engagee", "engagée"), ("employeuse", "employeuse")) if ligne[cle]]
    return majuscule(", ".join(roles))


_ENTREPRISE, _TYPE = Colonne("nom", "Entreprise"), Colonne("type", "Type")
_LOCALE = Colonne("locale", "Locale", Nature.OUI_NON)
_HEURES_DE_L_ENTREPRISE = (
    Colonne(
        "heures_engagements",
        "Heures sur ses engagements",
        Nature.HEURES,
        "Sur ses engagements",
        "Engagements",
        source="heures_par_entreprise",
    ),
    Colonne(
        "heures_employeuse",
        "Heures comme employeuse",
        Nature.HEURES,
        "Comme employeuse",
        "Employeuse",
        source="heures_par_employeur",
    ),
)
ENTREPRISES = Liste(
    "entreprises",
    "Entreprises",
    export=(
        _ENTREPRISE,
        _TYPE,
        _LOCALE,
        Colonne("engagee", "Engagée", Nature.OUI_NON),
        Colonne("employeuse", "Employeuse", Nature.OUI_NON),
        *_HEURES_DE_L_ENTREPRISE,
    ),
    ecran=(_ENTREPRISE, _TYPE, _LOCALE, *_HEURES_DE_L_ENTREPRISE),
    papier=(_ENTREPRISE, _TYPE, _LOCALE, Colonne("role", "Rôle", calcul=_role), *_HEURES_DE_L_ENTREPRISE),
    titre="Chaque entreprise",
    vide="Aucune entreprise engagée.",
    note="Heures de la période, à l’unité : celles de ses engagements, celles des contrats qu’elle emploie. Une "
    "heure peut être faite pour l’engagement d’une entreprise par le salarié d’une autre (mise à disposition, "
    "intérim) : les deux colonnes ne s’additionnent pas.",
    rang=("heures_engagements", "heures_employeuse"),
    ensemble=False,
)

# Depuis que la liste nomme aussi l'entreprise d'un marché hors de ses dates, ou abandonné : chaque colonne fait son total.
ENTREPRISES_ENTIERES = replace(
    ENTREPRISES,
    export=(*ENTREPRISES.export, Colonne("suivie", "Parmi les entreprises engagées", Nature.OUI_NON)),
    note="Heures de la période, à l’unité : celles de ses engagements, celles des contrats qu’elle emploie. Une heure faite "
    "pour l’engagement d’une entreprise par le salarié d’une autre (mise à disposition, intérim) est dans les deux colonnes : "
    "chacune fait le total des heures, elles ne s’ajoutent pas l’une à l’autre. Une entreprise dont le seul marché n’est pas "
    "suivi (hors de ses dates, abandonné) y a ses heures, sans compter parmi les entreprises engagées.",
    ensemble=True,
)

# --- Les structures d'un réseau -------------------------------------------------------------------------------------
_DE_LA_STRUCTURE = (
    Colonne("nom", "Structure"),
    Colonne("heures", "Heures", Nature.HEURES, chiffre="heures_realisees"),
    Colonne("beneficiaires", "Bénéficiaires", Nature.EFFECTIF, chiffre="beneficiaires"),
    Colonne("marches", "Marchés suivis", Nature.EFFECTIF, chiffre="marches_suivis"),
)
STRUCTURES = Liste(
    "structures",
    "Structures",
    export=_DE_LA_STRUCTURE,
    ecran=_DE_LA_STRUCTURE,
    papier=_DE_LA_STRUCTURE,
    titre="Ce que chaque structure apporte",
)

# --- Le temps -------------------------------------------------------------------------------------------------------
_D_UNE_ANNEE = (
    Colonne("periode", "Période", Nature.PERIODE),
    Colonne("heures_realisees", "Heures réalisées", Nature.HEURES),
    Colonne("beneficiaires", "Bénéficiaires", Nature.EFFECTIF),
    Colonne("contrats", "Contrats", Nature.EFFECTIF),
    Colonne("marches_suivis", "Marchés suivis", Nature.EFFECTIF),
)
EVOLUTION = Liste(
    "evolution",
    "Évolution (les effectifs ne s'additionnent pas)",
    export=_D_UNE_ANNEE,
    papier=_D_UNE_ANNEE,
    ensemble=False,
)
_STRUCTURES_DE_L_ANNEE = Colonne("structures", "Structures", Nature.EFFECTIF)
EVOLUTION_DU_RESEAU = replace(
    EVOLUTION, export=(*_D_UNE_ANNEE, _STRUCTURES_DE_L_ANNEE), papier=(*_D_UNE_ANNEE, _STRUCTURES_DE_L_ANNEE)
)
_D_UN_MOIS = (
    Colonne("mois", "Mois"),
    Colonne("heures", "Heures réalisées", Nature.HEURES, ecran="Heures", papier="Heures"),
)
MOIS = Liste("mois", "Heures par mois", export=_D_UN_MOIS, ecran=_D_UN_MOIS, papier=_D_UN_MOIS)


def liste_de_l_evolution(donnees: DonneesBilan) -> Liste:
    """D'un réseau, combien de structures y sont : ses totaux ne se comparent qu'à nombre égal."""
    return EVOLUTION_DU_RESEAU if any("structures" in ligne for ligne in donnees["evolution"]) else EVOLUTION


DU_BILAN = (MARCHES, MAITRES_OUVRAGE, ENTREPRISES, STRUCTURES, *DU_SUIVI.values())
PAR_CHAPITRE = {
    Chapitre.MARCHES: MARCHES,
    Chapitre.MAITRES_OUVRAGE: MAITRES_OUVRAGE,
    Chapitre.ENTREPRISES: ENTREPRISES,
    Chapitre.STRUCTURES: STRUCTURES,
    **DU_SUIVI,
}
DES_MARCHES = (MARCHES, MAITRES_OUVRAGE, ENTREPRISES)  # un réseau ne les nomme pas


def en_vigueur(liste: Liste, donnees: DonneesBilan) -> Liste:
    """Un bilan publié avant que chaque entreprise n'y soit garde sa liste d'alors."""
    entieres = all("suivie" in ligne for ligne in donnees["entreprises"])
    return ENTREPRISES_ENTIERES if liste is ENTREPRISES and entieres else liste


def liste_du_chapitre(chapitre: Chapitre, donnees: DonneesBilan) -> Liste | None:
    """Celle du chapitre, s'il en a une. Un réseau nomme ses structures, ni marché ni entreprise."""
    liste = PAR_CHAPITRE.get(chapitre)
    if liste is ENTREPRISES and all("suivie" in ligne for ligne in donnees["entreprises"]):
        liste = ENTREPRISES_ENTIERES
    return (
        None if Chapitre.STRUCTURES in donnees["chapitres"] and liste in (*DES_MARCHES, ENTREPRISES_ENTIERES) else liste
    )


# --- Les ventilations -----------------------------------------------------------------------------------------------
def a_des_heures(repartition: Repartition) -> bool:
    """Un quartier compte ses habitants et leurs heures ; ses lignes portent le numéro de la carte."""
    return repartition["cle"] == QUARTIERS


def a_un_avant(repartition: Repartition) -> bool:
    return any(part["precedente"] is not None for part in repartition["parts"])


def titres_des_parts(repartition: Repartition, donnees: DonneesBilan, premier: str, effectif: str) -> list[str]:
    """La part, sa valeur, sa proportion, les heures d'un quartier, la période d'avant et la proportion d'alors."""
    titres = [premier, "Heures" if repartition["unite"] == "h" else effectif, PART]
    d_avant = [donnees["periode"]["avant"], PART] if compare_les_parts(donnees) else [donnees["periode"]["avant"]]
    return titres + ["Heures"] * a_des_heures(repartition) + d_avant * a_un_avant(repartition)


def compare_les_parts(donnees: DonneesBilan) -> bool:
    """Une part se lit à côté d'une part ; la première rédaction n'écrivait que le nombre d'avant."""
    return redaction_de(donnees) > 1


def le_rythme_suit(donnees: DonneesBilan) -> bool:
    """Le rythme des heures suit les années, sur leur page ; la première rédaction mettait les parts entre les deux."""
    return redaction_de(donnees) > 1


def nom_de_la_part(repartition: Repartition, rang: int, libelle: str) -> str:
    return f"{rang}. {libelle}" if a_des_heures(repartition) else libelle


def colonnes_des_parts(repartition: Repartition, donnees: DonneesBilan) -> tuple[Colonne, ...]:
    """Les mêmes, entières, dans un fichier."""
    periode = donnees["periode"]
    heures = (Colonne("heures", "Heures", Nature.HEURES),) if "heures" in _cles(repartition) else ()
    return (
        Colonne("cle", "Clé"),
        Colonne("libelle", "Libellé"),
        Colonne("valeur", periode["nom"], Nature.EFFECTIF),
        Colonne("precedente", periode["avant"], Nature.EFFECTIF),
        *heures,
    )


def _cles(repartition: Repartition) -> set[str]:
    return {cle for part in repartition["parts"] for cle in part}


def total_des_parts(repartition: Repartition) -> str:
    return TOTAL if repartition["exclusive"] else "Total (les lignes ne s'additionnent pas)"


# --- Les chiffres ---------------------------------------------------------------------------------------------------
def colonnes_des_chiffres(donnees: DonneesBilan) -> tuple[Colonne, ...]:
    """Chaque indicateur, sa valeur et sa définition, dans un fichier."""
    periode = donnees["periode"]
    return (
        Colonne("cle", "Clé"),
        Colonne("libelle", "Indicateur"),
        Colonne("unite", "Unité"),
        Colonne("valeur", periode["nom"], Nature.EFFECTIF),
        Colonne("precedente", periode["avant"], Nature.EFFECTIF),
        Colonne("sur", "Part de"),
        Colonne("definition", "Définition"),
    )


def titres_des_definitions(donnees: DonneesBilan) -> tuple[str, str, str]:
    return INDICATEUR, "Définition", f"Valeur {donnees['periode']['nom']}"


@dataclass(frozen=True, slots=True)
class MesureDeCharte:
    """Un fait de la charte d'une opération. `ecran` vide : la page le dit dans son titre."""

    cle: str
    titre: str
    ecran: str = ""
    unite: str = "h"
    source: str = ""


CHARTE = (
    MesureDeCharte("programme", "Programme", unite=""),
    MesureDeCharte("heures_travaillees", "Heures travaillées prévues", "Heures travaillées prévues"),
    MesureDeCharte("taux", "Part réservée à l'insertion (%)", "Part réservée à l'insertion", "%"),
    MesureDeCharte("objectif", "Objectif", "Objectif"),
    MesureDeCharte("faites", "Faites depuis le début", "Faites depuis le début", source="charte_faites"),
    MesureDeCharte(
        "faites_qpv",
        "dont par des habitants des quartiers",
        "dont par des habitants des quartiers",
        source="charte_faites_qpv",
    ),
    MesureDeCharte(
        "comptees", "Comptées dans l'objectif", "Comptées dans l'objectif, depuis le début", source="charte_comptees"
    ),
    MesureDeCharte("hors", "Faites par d'autres, hors de l'objectif", "Faites par d'autres, hors de l'objectif"),
    MesureDeCharte("habitants", "Personnes qui ont fait les heures comptées", unite=""),
    MesureDeCharte("personnes", "Personnes en tout", unite=""),
)


def mesures_de_la_charte(charte: Charte) -> list[MesureDeCharte]:
    """Celles que ce bilan porte : un ancien ne sépare pas ce que l'objectif compte."""
    return [mesure for mesure in CHARTE if mesure.cle in charte]


COLONNES_DE_CHARTE = ("Clé", "Quoi", "Valeur")
CHARTE_SANS_PROGRAMME = "Charte"

# --- Les séries de parts, et l'état des mois ---------------------------------------------------------------------------
SERIES = "Année après année : les parts"
COLONNES_DES_SERIES = ("Clé", "Indicateur", "Part de", "Période", "Effectif", "Total", "Part")
ETAT_DES_MOIS = "Où en sont les mois"
COLONNES_DES_MOIS = ("Mois", "Connu", "Validés", "À valider", "Attendus", "Rouverts", "Jamais déclarés")
CLES_DES_MOIS = ("mois", "connu", "valides", "a_valider", "attendus", "rouverts", "manquants")

"""La synthèse : toutes les données d'un bilan, en huit requêtes quel que soit le volume.

Une seule lecture couvre toute l'histoire de la structure jusqu'à la fin de l'année ; l'année, la précédente, l'évolution et les
cumuls des marchés en sont des parts. Rien n'est arrondi, sauf les ETP, à six décimales : leurs heures et leur diviseur y sont.

Le résultat passe en JSON sans perte : un entier reste entier, une heure au centième devient le flottant dont l'écriture la
plus courte est ce centième (`Decimal(str(valeur))` la rend).
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from comptes.models import Organisation
from entreprises.enums import TypeEntreprise
from marches.enums import Nature, TypeClause, TypeMaitreOuvrage
from reporting import indicateurs, ventilations
from reporting.donnees import Chiffre, DonneesBilan, LigneAnnee, LigneMarche, LigneMois, Valeur, en_json
from reporting.indicateurs import Unite, marches_suivis_de
from reporting.lecture import charger
from reporting.masques import masquer
from reporting.models import PREMIERE_ANNEE
from reporting.registre import INDICATEURS, VENTILES
from reporting.releve import Releve
from reporting.repartitions import repartitions
from socle.nombres import arrondir, nombre
from socle.periodes import Periode
from territoires.models import Territoire

SCHEMA = 1
ANNEES_D_EVOLUTION = 5
DE_L_EVOLUTION = ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")


def synthese(structure: Organisation, annee: int, *, public: bool = False) -> DonneesBilan:
    """Les données du bilan de `structure` ; `public` masque les petits effectifs, comme dans tout ce qui sort d'elle."""
    histoire = charger(structure, Periode(datetime.date(PREMIERE_ANNEE, 1, 1), datetime.date(annee, 12, 31)))
    territoire = Territoire.objects.filter(structure=structure).values_list("nom", flat=True).first() or ""
    donnees = assembler(histoire, structure, territoire, annee, timezone.localdate())
    return masquer(donnees) if public else donnees


def assembler(
    histoire: Releve, structure: Organisation, territoire: str, annee: int, arrete_le: datetime.date
) -> DonneesBilan:
    """Les données d'un bilan, du relevé de toute l'histoire."""
    releve, avant = histoire.sur(Periode.annee(annee)), histoire.sur(Periode.annee(annee - 1))
    avant = avant if a_de_quoi_dire(avant) else None
    chiffres = chiffres_de(releve, avant)
    marches = ventilations.marches_du_bilan(releve, histoire)
    return {
        "schema": SCHEMA,
        "public": False,
        "annee": annee,
        "arrete_le": arrete_le.isoformat(),
        "structure": {"nom": structure.nom, "slug": structure.slug, "territoire": territoire},
        "etp_base": en_json(releve.heures_par_etp),
        "chiffres": chiffres,
        "ordre": list(chiffres),
        "evolution": _evolution(histoire, annee),
        "repartitions": repartitions(releve, avant),
        "mois": _mois(releve),
        "marches": [_ligne_marche(ligne, releve) for ligne in marches],
        "maitres_ouvrage": [
            {
                "nom": ligne.maitre_ouvrage.nom,
                "type": TypeMaitreOuvrage(ligne.maitre_ouvrage.type).label,
                "marches": ligne.marches,
                "heures_dues": en_json(ligne.dues),
                "heures_annee": en_json(ligne.annee),
                "heures_cumul": en_json(ligne.cumul),
            }
            for ligne in ventilations.maitres_ouvrage_du_bilan(releve, marches)
        ],
        "entreprises": [
            {
                "nom": ligne.entreprise.nom,
                "type": type_court(ligne.entreprise.type),
                "locale": ligne.locale,
                "engagee": ligne.engagee,
                "employeuse": ligne.employeuse,
                "heures_engagements": en_json(ligne.sur_engagements),
                "heures_employeuse": en_json(ligne.comme_employeuse),
            }
            for ligne in ventilations.entreprises_du_bilan(releve)
        ],
        "methode": _methode(releve.heures_par_etp),
    }


def type_court(type_entreprise: str) -> str:
    """Le sigle du métier quand il y en a un, qui tient dans une colonne ; la ventilation donne le nom entier."""
    nom, _, sigle = TypeEntreprise(type_entreprise).label.partition(" (")
    return sigle.removesuffix(")") or nom


def a_de_quoi_dire(releve: Releve) -> bool:
    """Vrai si la période a des heures ou un marché suivi."""
    return bool(releve.heures_par_contrat or marches_suivis_de(releve))


# --- Les chiffres et le temps ---------------------------------------------------------------------------------------
def chiffres_de(releve: Releve, avant: Releve | None) -> dict[str, Chiffre]:
    """Chaque indicateur du registre non ventilé, et sa valeur d'avant ; `avant` est nul si cette année-là n'a rien à dire."""
    return {
        indicateur.cle: {
            "cle": indicateur.cle,
            "libelle": indicateur.libelle,
            "definition": indicateur.definition,
            "unite": str(indicateur.unite),
            "valeur": _valeur(indicateur, releve),
            "precedente": _valeur(indicateur, avant) if avant else None,
            "sur": indicateur.sur,
        }
        for indicateur in INDICATEURS
        if indicateur.cle not in VENTILES
    }


def _valeur(indicateur: indicateurs.Indicateur, releve: Releve) -> Valeur:
    valeur = indicateur(releve).valeur
    assert not isinstance(valeur, Mapping)
    return en_json(arrondir(valeur, 6) if indicateur.unite == Unite.ETP else valeur)


def _evolution(histoire: Releve, annee: int) -> list[LigneAnnee]:
    """Cinq années au plus, depuis la première qui a quelque chose à dire."""
    annees = [histoire.sur(Periode.annee(a)) for a in range(annee - ANNEES_D_EVOLUTION + 1, annee + 1)]
    while len(annees) > 1 and not a_de_quoi_dire(annees[0]):
        annees.pop(0)
    return [_ligne_annee(releve) for releve in annees]


def _ligne_annee(releve: Releve) -> LigneAnnee:
    valeurs = {cle: en_json(getattr(indicateurs, cle)(releve).valeur) for cle in DE_L_EVOLUTION}
    return {"annee": releve.periode.debut.year, **valeurs}  # type: ignore[typeddict-item]


def _mois(releve: Releve) -> list[LigneMois]:
    heures = ventilations.heures_par_mois(releve)
    mois = (jour.strftime("%Y-%m") for jour in releve.periode.mois())
    return [{"mois": cle, "heures": en_json(heures.get(cle, 0))} for cle in mois]


# --- Les marchés et la méthode ------------------------------------------------------------------------------------------
def _ligne_marche(ligne: ventilations.HeuresMarche, releve: Releve) -> LigneMarche:
    marche = ligne.marche
    return {
        "reference": marche.reference,
        "objet": marche.objet,
        "maitre_ouvrage": releve.maitres_ouvrage[marche.maitre_ouvrage].nom,
        "nature": Nature(marche.nature).label,
        "type_clause": TypeClause(marche.type_clause).label,
        "debut": marche.debut.isoformat(),
        "fin": marche.fin.isoformat(),
        "heures_dues": en_json(ligne.dues),
        "heures_annee": en_json(ligne.annee),
        "heures_cumul": en_json(ligne.cumul),
    }


def _methode(heures_par_etp: Decimal) -> list[str]:
    nationales = ", le diviseur des consolidations nationales" if heures_par_etp == 1600 else ""
    return [
        "Une heure compte au mois où elle a été travaillée, non au mois de sa saisie, et seulement si elle a été validée par "
        "la structure ou reprise d'un classeur.",
        "Chaque personne est comptée une fois. Son profil (âge, niveau, critères, quartier) se lit au début de son contrat "
        "d'entrée : le premier de ses contrats qui a des heures dans l'année.",
        "Le total des quartiers est celui des habitants des quartiers prioritaires, non de tous les bénéficiaires.",
        "Un marché qui a des heures en dehors de ses dates figure avec elles dans la liste, sans compter parmi les marchés "
        "suivis ; ses heures dues n'y sont pas.",
        "Les effectifs et les marchés de plusieurs années ne s'additionnent pas : une personne ou un marché peut compter dans "
        "chacune.",
        f"Un équivalent temps plein vaut {nombre(heures_par_etp)} heures{nationales}.",
    ]

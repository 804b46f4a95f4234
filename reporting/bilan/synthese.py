"""La synthèse : toutes les données d'un bilan, en treize requêtes, quinze avec des opérations, quel que soit le volume.

Une seule lecture couvre toute l'histoire jusqu'à la fin de la période ; la période, celle d'avant, l'évolution et les cumuls
des marchés en sont des parts. Rien n'est arrondi, sauf les ETP, à six décimales : leurs heures et leur diviseur y sont.

Le résultat passe en JSON sans perte : un entier reste entier, une heure au centième devient le flottant dont l'écriture la
plus courte est ce centième (`Decimal(str(valeur))` la rend).
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import cast

from django.utils import timezone

from entreprises.enums import TypeEntreprise
from marches.enums import Nature, TypeClause, TypeMaitreOuvrage
from marches.models import Operation
from reporting.bilan.cartes import cartes_des_quartiers
from reporting.bilan.masques import masquer
from reporting.bilan.operations import regle_de
from reporting.bilan.suivi import chapitres_remplis, listes_du_suivi
from reporting.calcul import charte, indicateurs, ventilations
from reporting.calcul.indicateurs import Indicateur, Unite, marches_suivis_de
from reporting.calcul.registre import COMPLEMENTS, INDICATEURS, VENTILES
from reporting.calcul.repartitions import TOUTES, repartitions
from reporting.donnees import (
    REDACTION,
    SCHEMA,
    Charte,
    Chiffre,
    DonneesBilan,
    LigneMarche,
    LigneMois,
    LignePeriode,
    Valeur,
    en_json,
)
from reporting.lecture import periodes
from reporting.lecture.lignes import charger_ensemble
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import Releve
from reporting.models import PREMIERE_ANNEE
from reporting.variantes import TITRES, Chapitre
from socle.nombres import arrondir, nombre
from socle.periodes import Periode
from territoires.models import Territoire

PERIODES_D_EVOLUTION = 5
DE_L_EVOLUTION = ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")


@dataclass(frozen=True)
class Lecture:
    """Ce qui a été lu pour un bilan : la période, celle d'avant (si elle a de quoi dire), toute l'histoire."""

    perimetre: Perimetre
    histoire: Releve
    periode: Releve
    avant: Releve | None

    def de(self, periode: Periode) -> Releve:
        return self.histoire.sur(periode)

    @cached_property
    def regle(self) -> charte.Regle:
        """Ce que compte la charte de l'opération ; tout, ailleurs."""
        cible = self.perimetre.cible
        return regle_de(cible) if isinstance(cible, Operation) else charte.Regle()


def lire(perimetre: Perimetre) -> Lecture:
    """Huit requêtes : tout ce qu'il faut au bilan et à la provenance de ses chiffres."""
    histoire = charger_ensemble(perimetre.structures, toute_l_histoire(perimetre.periode))
    return decouper(perimetre, histoire if perimetre.cible is None else histoire.restreint_a(perimetre.garde))


def toute_l_histoire(periode: Periode) -> Periode:
    """Du plus loin que l'on sache à la fin de la période."""
    return Periode(datetime.date(PREMIERE_ANNEE, 1, 1), periode.fin)


def decouper(perimetre: Perimetre, histoire: Releve) -> Lecture:
    """La période et celle d'avant, dans une histoire déjà bornée au périmètre."""
    avant = histoire.sur(perimetre.avant)
    return Lecture(perimetre, histoire, histoire.sur(perimetre.periode), avant if a_de_quoi_dire(avant) else None)


def synthese(perimetre: Perimetre, *, public: bool = False, textes: dict[str, str] | None = None) -> DonneesBilan:
    """Les données du bilan ; `public` masque les petits effectifs, comme dans tout ce qui sort de la structure."""
    donnees = assembler(lire(perimetre), timezone.localdate(), textes or {})
    return masquer(donnees) if public else donnees


def assembler(lecture: Lecture, arrete_le: datetime.date, textes: Mapping[str, str]) -> DonneesBilan:
    """Les données d'un bilan, de ce qui a été lu ; cinq requêtes de plus : le territoire, les contours
    des quartiers, les objectifs, les avis.

    Tous les chiffres et toutes les répartitions y sont, quelle que soit la variante : le masque les lie. Ce que la variante
    ne montre pas s'ôte à la publication.
    """
    perimetre, releve = lecture.perimetre, lecture.periode
    modele = perimetre.modele
    chiffres = chiffres_de(releve, lecture.avant, indicateurs_de(Chapitre))
    lues, suivi = repartitions(releve, lecture.avant, TOUTES), listes_du_suivi(lecture, chiffres)
    chapitres = chapitres_remplis(modele.chapitres, lues, suivi, textes)
    donnees = {
        "schema": SCHEMA,
        "redaction": REDACTION,
        "public": False,
        "variante": str(perimetre.variante),
        "cible": perimetre.nom_cible,
        "chapitres": [str(chapitre) for chapitre in chapitres],
        "couverture": list(modele.couverture),
        "periode": {
            "debut": perimetre.periode.debut.isoformat(),
            "fin": perimetre.periode.fin.isoformat(),
            "nom": periodes.nommer(perimetre.periode),
            "situee": periodes.situer(perimetre.periode),
            "avant": periodes.nommer(perimetre.avant),
            "avant_situee": periodes.situer(perimetre.avant),
        },
        "arrete_le": arrete_le.isoformat(),
        "structure": {
            "nom": perimetre.organisation.nom,
            "slug": perimetre.organisation.slug,
            "territoire": _territoire(perimetre),
        },
        "etp_base": en_json(releve.heures_par_etp),
        "chiffres": chiffres,
        "ordre": list(chiffres),
        "evolution": _evolution(lecture),
        "repartitions": lues,
        "mois": _mois(releve),
        **_listes(lecture),
        **suivi,
        "structures": _structures(lecture) if Chapitre.STRUCTURES in modele.chapitres else [],
        "charte": _charte(lecture),
        "cartes": cartes_des_quartiers(releve, perimetre.periode.fin) if Chapitre.QUARTIERS in modele.chapitres else [],
        "textes": textes,
        "methode": _methode(releve.heures_par_etp, chapitres, [c for c in modele.chapitres if c not in chapitres]),
    }
    return cast(DonneesBilan, donnees)


def _territoire(perimetre: Perimetre) -> str:
    noms = Territoire.objects.filter(structure=perimetre.organisation).values_list("nom", flat=True)
    return noms.first() or ""


def indicateurs_de(chapitres: Iterable[str]) -> tuple[Indicateur, ...]:
    """Les chiffres clés, et ce que les chapitres y ajoutent."""
    ajoutes = (indicateur for chapitre in chapitres for indicateur in COMPLEMENTS.get(chapitre, ()))
    cles = (indicateur for indicateur in INDICATEURS if indicateur.cle not in VENTILES)
    return tuple({indicateur.cle: indicateur for indicateur in (*cles, *ajoutes)}.values())


def type_court(type_entreprise: str) -> str:
    """Le sigle du métier quand il y en a un, qui tient dans une colonne ; la ventilation donne le nom entier."""
    nom, _, sigle = TypeEntreprise(type_entreprise).label.partition(" (")
    return sigle.removesuffix(")") or nom


def a_de_quoi_dire(releve: Releve) -> bool:
    """Vrai si la période a des heures ou un marché suivi."""
    return bool(releve.heures_par_contrat or marches_suivis_de(releve))


# --- Les chiffres et le temps ---------------------------------------------------------------------------------------
def chiffres_de(
    releve: Releve, avant: Releve | None, choisis: Iterable[Indicateur] | None = None
) -> dict[str, Chiffre]:
    """Chaque indicateur non ventilé, et sa valeur d'avant ; `avant` est nul si cette période-là n'a rien à dire."""
    return {
        indicateur.cle: {
            "cle": indicateur.cle,
            "libelle": indicateur.libelle,
            "definition": indicateur.definition,
            "unite": str(indicateur.unite),
            "valeur": valeur_de(indicateur, releve),
            "precedente": valeur_de(indicateur, avant) if avant else None,
            "sur": indicateur.sur,
            "nom": indicateur.nom,
            "dite": indicateur.dite,
        }
        for indicateur in choisis or indicateurs_de(())
    }


def valeur_de(indicateur: Indicateur, releve: Releve) -> Valeur:
    valeur = indicateur(releve).nombre
    return en_json(arrondir(valeur, 6) if indicateur.unite == Unite.ETP else valeur)


def _evolution(lecture: Lecture) -> list[LignePeriode]:
    """Cinq périodes comparables au plus, depuis la première qui a quelque chose à dire."""
    releves = [lecture.de(periode) for periode in periodes.suite(lecture.perimetre.periode, PERIODES_D_EVOLUTION)]
    while len(releves) > 1 and not a_de_quoi_dire(releves[0]):
        releves.pop(0)
    return [_ligne_periode(releve) for releve in releves]


def _ligne_periode(releve: Releve) -> LignePeriode:
    valeurs = {cle: en_json(getattr(indicateurs, cle)(releve).valeur) for cle in DE_L_EVOLUTION}
    return {"periode": periodes.nommer(releve.periode), **valeurs}  # type: ignore[typeddict-item]  # les clés de DE_L_EVOLUTION


def _mois(releve: Releve) -> list[LigneMois]:
    heures = ventilations.heures_par_mois(releve).par_groupe
    mois = (jour.strftime("%Y-%m") for jour in releve.periode.mois())
    return [{"mois": cle, "heures": en_json(heures.get(cle, 0))} for cle in mois]


# --- Les listes -----------------------------------------------------------------------------------------------------
def _listes(lecture: Lecture) -> dict:
    """Les marchés, les acheteurs et les entreprises, un par un ; un réseau ne les nomme pas."""
    if not lecture.perimetre.modele.listes:
        return {"marches": [], "maitres_ouvrage": [], "entreprises": []}
    releve = lecture.periode
    marches = ventilations.marches_du_bilan(releve, lecture.histoire)
    return {
        "marches": [_ligne_marche(ligne, releve) for ligne in marches],
        "maitres_ouvrage": [
            {
                "id": ligne.maitre_ouvrage.id,
                "nom": ligne.maitre_ouvrage.nom,
                "type": TypeMaitreOuvrage(ligne.maitre_ouvrage.type).label,
                "marches": ligne.marches,
                "heures_dues": en_json(ligne.dues),
                "heures_periode": en_json(ligne.heures),
                "heures_cumul": en_json(ligne.cumul),
            }
            for ligne in ventilations.maitres_ouvrage_du_bilan(releve, marches)
        ],
        "entreprises": [
            {
                "id": ligne.entreprise.id,
                "nom": ligne.entreprise.nom,
                "type": type_court(ligne.entreprise.type),
                "locale": ligne.locale,
                "engagee": ligne.engagee,
                "employeuse": ligne.employeuse,
                "suivie": ligne.suivie,
                "heures_engagements": en_json(ligne.sur_engagements),
                "heures_employeuse": en_json(ligne.comme_employeuse),
            }
            for ligne in ventilations.entreprises_du_bilan(releve)
        ],
    }


def _ligne_marche(ligne: ventilations.HeuresMarche, releve: Releve) -> LigneMarche:
    marche = ligne.marche
    return {
        "id": marche.id,
        "reference": marche.reference,
        "objet": marche.objet,
        "maitre_ouvrage": releve.maitres_ouvrage[marche.maitre_ouvrage].nom,
        "nature": Nature(marche.nature).label,
        "type_clause": TypeClause(marche.type_clause).label,
        "debut": marche.debut.isoformat(),
        "fin": marche.fin.isoformat(),
        "heures_dues": en_json(ligne.dues),
        "heures_periode": en_json(ligne.heures),
        "heures_cumul": en_json(ligne.cumul),
    }


def _structures(lecture: Lecture) -> list[dict]:
    noms = {structure.pk: structure.nom for structure in lecture.perimetre.structures}
    return [
        {
            "id": ligne.structure,
            "nom": noms[ligne.structure],
            "heures": en_json(ligne.heures),
            "beneficiaires": ligne.personnes,
            "marches": ligne.marches,
        }
        for ligne in ventilations.structures_du_bilan(lecture.periode)
    ]


def _charte(lecture: Lecture) -> Charte | None:
    """L'objectif d'une opération, et ce qui en est fait : les heures que sa charte compte, le reste à part."""
    operation = lecture.perimetre.cible
    if not isinstance(operation, Operation):
        return None
    cumul = lecture.periode.depuis_le_debut()
    lu = charte.avancement(charte.contrats_de(cumul), lecture.regle)
    return {
        "programme": operation.get_programme_display(),
        "heures_travaillees": en_json(operation.heures_travaillees),
        "taux": en_json(operation.taux_vise),
        "objectif": en_json(operation.heures_visees),
        "faites": en_json(lu.faites),
        "faites_qpv": en_json(indicateurs.heures_qpv(cumul).nombre),
        "reservee": lecture.regle.reservee,
        "quartiers": lecture.regle.noms,
        "comptees": en_json(lu.comptees),
        "hors": en_json(lu.hors),
        "habitants": lu.habitants,
        "personnes": lu.personnes,
    }


# --- La méthode -----------------------------------------------------------------------------------------------------
def _methode(heures_par_etp: Decimal, chapitres: Iterable[str], absents: Iterable[Chapitre]) -> list[str]:
    nationales = ", le diviseur des consolidations nationales" if heures_par_etp == 1600 else ""
    phrases = {
        Chapitre.CHIFFRES_CLES: "Une heure compte au mois où elle a été travaillée, non au mois de sa saisie, et seulement si "
        "elle a été validée par la structure ou reprise d'un classeur.",
        Chapitre.METHODE: "Chaque personne est comptée une fois. Son profil (âge, niveau, critères, quartier) se lit au début "
        "de son contrat d'entrée : le premier de ses contrats qui a des heures dans la période.",
        Chapitre.QUARTIERS: "Le total des quartiers est celui des habitants des quartiers prioritaires, non de tous les "
        "bénéficiaires.",
        Chapitre.MARCHES: "Un marché qui a des heures en dehors de ses dates figure avec elles dans la liste, sans compter parmi "
        "les marchés suivis ; ses heures dues n'y sont pas.",
        Chapitre.SORTIES: "Une situation est demandée 3, 6 et 12 mois après la fin d'un contrat ; elle compte dans la période où "
        "elle est due. Sont dynamiques l'emploi durable, l'emploi de transition et la sortie positive ; le taux se compte sur "
        "les situations connues, moins les sorties neutralisées. Les injoignables n'y sont pas.",
        Chapitre.RSA: "Les tables des allocataires du RSA ne comptent qu'eux : ceux dont le critère était valide au début de "
        "leur contrat d'entrée.",
        Chapitre.HABITANTS: "Les tables des habitants ne comptent que ceux qui habitaient un quartier prioritaire au début de "
        "leur contrat d'entrée.",
        Chapitre.PARTICIPATIONS: "Une participation va de l'entrée à la sortie : des contrats qui se suivent à moins de 31 jours "
        "sont la même. Une nouvelle entrée n'efface pas la précédente.",
        Chapitre.STRUCTURES: "Une personne suivie par deux structures du réseau compte dans chacune ; une entreprise ou un "
        "maître d'ouvrage qu'elles partagent ne compte qu'une fois.",
    }
    presents = set(chapitres)
    return [
        *(phrase for chapitre, phrase in phrases.items() if chapitre in presents),
        *_chapitres_absents(absents),
        "Les effectifs et les marchés de plusieurs années ne s'additionnent pas : une personne ou un marché peut compter dans "
        "chacune.",
        f"Un équivalent temps plein vaut {nombre(heures_par_etp)} heures{nationales}.",
    ]


def _chapitres_absents(absents: Iterable[Chapitre]) -> list[str]:
    noms = [f"« {TITRES[chapitre]} »" for chapitre in absents]
    if not noms:
        return []
    return [f"Sans rien à y compter sur cette période, ce bilan n'a pas de chapitre {', '.join(noms)}."]

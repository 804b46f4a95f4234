"""Les faits datés. Déclarer du nouveau à une date clôt l'ancien la veille : le passé reste lisible tel qu'il était."""

import datetime

from django.db import transaction
from django.utils import timezone

from beneficiaires.eligibilite import fin_de_validite
from beneficiaires.models import Beneficiaire, Critere, InscriptionEmploi, NiveauAtteint
from beneficiaires.querysets import vrai_le
from beneficiaires.services.verrou import tenir_le_dossier
from comptes.acteur import Acteur
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import noter

UN_JOUR = datetime.timedelta(days=1)


@transaction.atomic
def enregistrer_critere(
    *,
    acteur: Acteur,
    beneficiaire: Beneficiaire,
    code: str,
    depuis: datetime.date | None = None,
    jusqu_a: datetime.date | None = None,
    principal: bool = False,
    piece_vue_le: datetime.date | None = None,
    piece_valable_jusqu_au: datetime.date | None = None,
) -> Critere:
    """Ajoute un critère d'éligibilité. Le marquer principal prend cette marque au précédent, sans toucher aux années passées."""
    beneficiaire = tenir_le_dossier(acteur, beneficiaire)
    exiger_une_date(beneficiaire, depuis)
    if any(_se_recouvrent(critere, depuis, jusqu_a) for critere in beneficiaire.criteres.filter(code=code)):
        raise RegleViolee("Ce critère est déjà enregistré sur cette période.", champ="code")
    marque_depuis = _prendre_la_marque(beneficiaire, depuis) if principal else None
    critere = Critere(beneficiaire=beneficiaire, principal_depuis=marque_depuis)
    ecrire(
        critere,
        {
            "code": code,
            "depuis": depuis,
            "jusqu_a": jusqu_a,
            "principal": principal,
            "piece_vue_le": piece_vue_le,
            "piece_vue_par": acteur.utilisateur if piece_vue_le else None,
            "piece_valable_jusqu_au": piece_valable_jusqu_au
            or fin_de_validite(beneficiaire.structure, code, piece_vue_le),
        },
    )
    noter(acteur=acteur, action="critere_enregistre", objet=beneficiaire)
    return critere


def _prendre_la_marque(beneficiaire: Beneficiaire, depuis: datetime.date | None) -> datetime.date | None:
    """Ôte la marque au critère principal d'avant. Rend le jour où la nouvelle commence ; rien si c'est avec son critère.

    Les contrats des années passées gardent le public qu'on leur a dit : la marque ne vaut que depuis le 1er janvier.
    """
    debut = debut_de_l_annee() if a_travaille_les_annees_passees(beneficiaire) else None
    if debut and depuis and depuis >= debut:
        debut = depuis
    for ancien in beneficiaire.criteres.filter(principal=True):
        commence = ancien.principal_depuis or ancien.depuis or datetime.date.min
        if debut is None or commence >= debut:
            ecrire(ancien, {"principal": False, "principal_depuis": None, "principal_jusqu_a": None})
        elif ancien.est_principal_le(debut):
            ecrire(ancien, {"principal_jusqu_a": debut - UN_JOUR})
    return debut if debut != depuis else None


def debut_de_l_annee() -> datetime.date:
    return timezone.localdate().replace(month=1, day=1)


def a_travaille_les_annees_passees(beneficiaire: Beneficiaire) -> bool:
    """Vrai si un contrat a commencé avant cette année : des bilans ont pu lire ce que le dossier disait alors."""
    return beneficiaire.contrats.filter(debut__lt=debut_de_l_annee()).exists()


def exiger_une_date(beneficiaire: Beneficiaire, depuis: datetime.date | None) -> None:
    """Sans date, un fait vaudrait depuis toujours : il changerait les années passées de qui a déjà travaillé."""
    if depuis is None and a_travaille_les_annees_passees(beneficiaire):
        raise RegleViolee(
            "Cette personne a travaillé les années passées : dites depuis quand, pour qu'elles restent ce qu'elles étaient.",
            champ="depuis",
        )


def _se_recouvrent(fait, depuis: datetime.date | None, jusqu_a: datetime.date | None) -> bool:
    commence_avant_la_fin = fait.depuis is None or jusqu_a is None or fait.depuis <= jusqu_a
    finit_apres_le_debut = fait.jusqu_a is None or depuis is None or fait.jusqu_a >= depuis
    return commence_avant_la_fin and finit_apres_le_debut


def _exiger_de_ne_pas_recouvrir(critere: Critere, jusqu_a: datetime.date) -> None:
    autres = Critere.objects.filter(beneficiaire=critere.beneficiaire_id, code=critere.code).exclude(pk=critere.pk)
    if any(_se_recouvrent(autre, critere.depuis, jusqu_a) for autre in autres):
        raise RegleViolee("Ce critère est enregistré une seconde fois sur cette période.", champ="jusqu_a")


@transaction.atomic
def clore_critere(*, acteur: Acteur, critere: Critere, jusqu_a: datetime.date) -> Critere:
    """Le critère est vrai jusqu'à ce jour, compris. Déjà clos, il se corrige, sans aller sur le suivant du même genre."""
    dossier = tenir_le_dossier(acteur, critere.beneficiaire)
    critere = verrouiller(Critere.objects, acteur, critere, beneficiaire=dossier)
    if critere.jusqu_a == jusqu_a:
        return critere
    if critere.jusqu_a and jusqu_a > critere.jusqu_a:
        _exiger_de_ne_pas_recouvrir(critere, jusqu_a)
    ecrire(critere, {"jusqu_a": jusqu_a})
    noter(acteur=acteur, action="critere_clos", objet=dossier)
    return critere


@transaction.atomic
def declarer_niveau(
    *, acteur: Acteur, beneficiaire: Beneficiaire, niveau: str, depuis: datetime.date | None = None
) -> NiveauAtteint:
    """Le niveau de formation à partir d'une date ; redéclarer à la même date corrige la valeur."""
    beneficiaire = tenir_le_dossier(acteur, beneficiaire)
    exiger_une_date(beneficiaire, depuis)
    fait = succeder(beneficiaire.niveaux, NiveauAtteint(beneficiaire=beneficiaire), depuis, {"niveau": niveau})
    noter(acteur=acteur, action="niveau_declare", objet=beneficiaire)
    return fait


@transaction.atomic
def declarer_inscription(
    *, acteur: Acteur, beneficiaire: Beneficiaire, depuis: datetime.date, jusqu_a: datetime.date | None = None
) -> InscriptionEmploi:
    """Une période d'inscription à France Travail ; elle clôt la précédente."""
    beneficiaire = tenir_le_dossier(acteur, beneficiaire)
    nouvelle = InscriptionEmploi(beneficiaire=beneficiaire)
    fait = succeder(beneficiaire.inscriptions, nouvelle, depuis, {"jusqu_a": jusqu_a})
    noter(acteur=acteur, action="inscription_declaree", objet=beneficiaire)
    return fait


def succeder(anciens, nouveau, depuis: datetime.date | None, valeurs: dict):
    """Pose un fait à sa place : même date, l'ancien est corrigé ; sinon, celui qui valait ce jour-là s'arrête la veille.

    Jamais deux à la fois : un fait déclaré dans le passé s'arrête, lui, la veille du suivant.
    """
    existant = anciens.filter(depuis=depuis).first() if depuis else anciens.filter(depuis__isnull=True).first()
    if existant is None or "jusqu_a" in valeurs:
        valeurs = {**valeurs, "jusqu_a": _fin_avant_le_suivant(anciens, depuis, valeurs.get("jusqu_a"))}
    if existant:
        ecrire(existant, valeurs)
        return existant
    if depuis:
        for ancien in anciens.filter(vrai_le(depuis)):
            ecrire(ancien, {"jusqu_a": depuis - UN_JOUR})
    ecrire(nouveau, {"depuis": depuis, **valeurs})
    return nouveau


def _fin_avant_le_suivant(anciens, depuis: datetime.date | None, fin: datetime.date | None) -> datetime.date | None:
    suivants = anciens.filter(depuis__gt=depuis) if depuis else anciens.filter(depuis__isnull=False)
    suivant = suivants.order_by("depuis").first()
    if suivant is None:
        return fin
    if fin and fin >= suivant.depuis:
        raise RegleViolee(
            f"La période suivante commence le {suivant.depuis:%d/%m/%Y} : finissez avant.", champ="jusqu_a"
        )
    return fin or suivant.depuis - UN_JOUR

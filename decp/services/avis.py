"""Ce que l'on fait d'un avis : le suivre, le rattacher à un marché déjà suivi, l'écarter, le revoir."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from decp.enums import TRANSITIONS_AVIS, Consideration, TypeContrat
from decp.models import AvisDecp
from entreprises.models import Entreprise
from entreprises.services import suivre_entreprise
from marches.enums import Forme, Nature, RoleEngagement, StatutMarche, TypeClause
from marches.models import MaitreOuvrage, Marche
from marches.permissions import peut_gerer_les_marches
from marches.services import ajouter_lot, creer_marche, engager_entreprise, modifier_marche, suivre_maitre_ouvrage
from socle.periodes import fin_de_delai
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee
from socle.validateurs import valider_siret
from territoires.models import Commune

declarer_actions(
    avis_suivi="Avis public mis au suivi",
    avis_rattache="Avis public rattaché à un marché",
    avis_ecarte="Avis public écarté",
    avis_repris="Avis public repris",
)
DUREE_INCONNUE = 12  # mois, à corriger : le format permet de ne pas la dire


def _verrouiller(acteur: Acteur, avis: AvisDecp, transition: str) -> AvisDecp:
    peut_gerer_les_marches(acteur).exiger()
    avis = verrouiller(AvisDecp.objects, acteur, avis)
    avis.statut = TRANSITIONS_AVIS.appliquer(transition, avis.statut)
    return avis


@transaction.atomic
def suivre_avis(*, acteur: Acteur, avis: AvisDecp) -> Marche:
    """Fait d'un avis un marché attribué : son acheteur, un lot, ses titulaires. Les heures restent à écrire."""
    avis = _verrouiller(acteur, avis, "suivre")
    acheteur = _acheteur(acteur, avis)
    debut = avis.date_notification or timezone.localdate()
    marche = creer_marche(
        acteur=acteur,
        reference=_reference(acteur, avis),
        objet=avis.objet[:300],
        maitre_ouvrage=acheteur,
        nature=avis.nature or Nature.SERVICES,
        forme=Forme.CONCESSION if avis.contrat == TypeContrat.CONCESSION else Forme.MARCHE,
        type_clause=_clause(avis),
        montant_ht=avis.montant,
        identifiant_decp=avis.identifiant[:40],
        commune=_commune(avis),
        date_notification=avis.date_notification,
        debut=debut,
        fin_prevue=fin_de_delai(debut, avis.duree_mois or DUREE_INCONNUE),
        statut=StatutMarche.ATTRIBUE,
    )
    lot = ajouter_lot(acteur=acteur, marche=marche, numero="1", intitule="Lot unique", montant_ht=avis.montant)
    for rang, entreprise in enumerate(_titulaires(acteur, avis)):
        role = RoleEngagement.COTRAITANT if rang else RoleEngagement.ATTRIBUTAIRE
        engager_entreprise(acteur=acteur, lot=lot, entreprise=entreprise, role=role)
    avis.marche = marche
    avis.save()
    noter(acteur=acteur, action="avis_suivi", objet=avis, reference=marche.reference)
    return marche


def _acheteur(acteur: Acteur, avis: AvisDecp) -> MaitreOuvrage:
    """Un SIRET dont la clé est fausse ne devient pas l'identité d'un acheteur : son nom suffit, en attendant."""
    try:
        valider_siret(avis.acheteur_siret)
    except ValidationError:
        homonymes = MaitreOuvrage.objects.suivis_par(acteur.organisation).de_nom(avis.acheteur)
        return homonymes.first() or suivre_maitre_ouvrage(acteur=acteur, nom=avis.acheteur)
    return suivre_maitre_ouvrage(acteur=acteur, nom=avis.acheteur, siret=avis.acheteur_siret)


def _commune(avis: AvisDecp) -> Commune | None:
    """La commune du lieu d'exécution, si son code n'en désigne qu'une ; un code postal partagé n'en choisit aucune."""
    if avis.lieu_type not in ("commune", "code_postal") or not avis.lieu_code:
        return None
    if avis.lieu_type == "commune":
        return Commune.objects.de_code(avis.lieu_code)
    communes = list(Commune.objects.de_code_postal(avis.lieu_code)[:2])
    return communes[0] if len(communes) == 1 else None


def _reference(acteur: Acteur, avis: AvisDecp) -> str:
    """L'identifiant public ; s'il est déjà pris par un autre acheteur, complété de la fin de son SIRET."""
    prise = Marche.objects.filter(structure=acteur.organisation, reference=avis.identifiant).exists()
    return f"{avis.identifiant[:48]}-{avis.acheteur_siret[-9:]}" if prise else avis.identifiant


def _clause(avis: AvisDecp) -> TypeClause:
    lues = set(avis.considerations)
    if lues & {Consideration.RESERVE, Consideration.CONCESSION_RESERVEE}:
        return TypeClause.RESERVE
    if {Consideration.CLAUSE, Consideration.CRITERE} <= lues:
        return TypeClause.CONDITION_ET_CRITERE
    return TypeClause.CRITERE if Consideration.CRITERE in lues else TypeClause.CONDITION


def _titulaires(acteur: Acteur, avis: AvisDecp):
    """Les titulaires connus par un SIRET juste ; les autres restent lisibles sur l'avis."""
    for titulaire in avis.titulaires:
        try:
            valider_siret(titulaire["id"])
        except ValidationError:
            continue
        connue = Entreprise.objects.filter(siret=titulaire["id"]).first()
        nom = connue.raison_sociale if connue else titulaire["nom"] or f"Établissement {titulaire['id']}"
        yield suivre_entreprise(acteur=acteur, siret=titulaire["id"], raison_sociale=nom)


@transaction.atomic
def rattacher_avis(*, acteur: Acteur, avis: AvisDecp, marche: Marche) -> AvisDecp:
    """Dit qu'un avis décrit un marché déjà suivi ; le prochain import le reconnaîtra seul si l'acheteur a son SIRET."""
    avis = _verrouiller(acteur, avis, "rattacher")
    exiger_la_portee(acteur, {"marche": marche})
    modifier_marche(acteur=acteur, marche=marche, identifiant_decp=avis.identifiant[:40])
    avis.marche = marche
    avis.save()
    noter(acteur=acteur, action="avis_rattache", objet=avis, reference=marche.reference)
    return avis


@transaction.atomic
def ecarter_avis(*, acteur: Acteur, avis: AvisDecp, motif: str = "") -> AvisDecp:
    avis = _verrouiller(acteur, avis, "ecarter")
    avis.motif = motif
    avis.save()
    noter(acteur=acteur, action="avis_ecarte", objet=avis)
    return avis


@transaction.atomic
def reprendre_avis(*, acteur: Acteur, avis: AvisDecp) -> AvisDecp:
    avis = _verrouiller(acteur, avis, "reprendre")
    avis.save()
    noter(acteur=acteur, action="avis_repris", objet=avis)
    return avis

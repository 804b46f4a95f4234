"""La déclaration d'un mois par l'entreprise : garder un brouillon, envoyer, corriger avant validation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import TRANSITIONS_DECLARATION, StatutAnnonce, StatutDeclaration
from declarations.models import Declaration
from declarations.permissions import peut_declarer
from declarations.services.departs import poser_les_departs
from declarations.services.heures import poser_le_mois
from declarations.services.liens import USAGE_DECLARATION, fiche_de
from declarations.services.verrou import verrouiller_le_mois
from declarations.services.vu import exiger_le_mois_vu, valeurs_du_mois
from recrutement.models import Contrat
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.journal import declarer_actions, noter
from socle.services.liens import donner_lien

declarer_actions(declaration_envoyee="Heures déclarées par l'entreprise")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class HeuresDeclarees:
    """Ce que l'entreprise dit d'une personne pour un mois ; rien de connu : `None`."""

    travail: Decimal | None = None
    formation: Decimal | None = None
    absence: Decimal | None = None
    parti_le: date | None = None
    motif: str = ""


@transaction.atomic
def garder_brouillon(
    *,
    acteur: Acteur,
    declaration: Declaration,
    heures: Mapping[Contrat, HeuresDeclarees],
    version: str = "",
    autre_changement: bool = False,
) -> Declaration:
    """Enregistre ce qui est tapé sans l'envoyer ; le facilitateur ne le voit pas comme déclaré.

    Un mois déjà envoyé revient à l'entreprise s'il change, ou si une pièce ou une personne change avec lui
    (`autre_changement`) ; le même contenu le laisse envoyé. `version` dit ce que montrait le formulaire : ce qu'un autre a
    changé depuis est dit, jamais écrasé (`VersionDepassee`).
    """
    declaration = ouvrir(acteur, declaration)
    exiger_le_mois_vu(declaration, heures, version)
    envoyee = declaration.statut == StatutDeclaration.A_VALIDER and not autre_changement
    avant = valeurs_du_mois(declaration) if envoyee else None
    _poser(declaration, heures)
    poser_les_departs(declaration, heures)
    if envoyee and valeurs_du_mois(declaration) == avant:
        return declaration
    return _passer(declaration, "commencer")


@transaction.atomic
def envoyer_declaration(*, acteur: Acteur, declaration: Declaration, declarant: str = "") -> Declaration:
    """Envoie le brouillon à la structure. Envoyé vingt fois, il ne part qu'une."""
    declaration = ouvrir(acteur, declaration)
    if not _est_envoyee(declaration):
        if not (declaration.lignes.exists() or declaration.personnes_annoncees.a_traiter().exists()):
            raise RegleViolee("Donnez les heures d'une personne au moins, ou dites « aucune heure ce mois-ci ».")
        _declarer(acteur, declaration, declarant)
    return declaration


@transaction.atomic
def declarer_aucune_heure(*, acteur: Acteur, declaration: Declaration, declarant: str = "") -> Declaration:
    """« Aucune heure ce mois-ci » : zéro pour chaque personne en contrat, envoyé d'un coup. Des heures déjà notées restent."""
    declaration = ouvrir(acteur, declaration)
    if declaration.lignes.filter(Q(heures_declarees__gt=0) | Q(heures_formation__gt=0)).exists():
        raise RegleViolee(
            "Des heures sont déjà notées pour ce mois : mettez-les à zéro ici s'il n'y en a vraiment aucune."
        )
    if _est_envoyee(declaration):
        return declaration
    contrats = Contrat.objects.actifs().filter(engagement=declaration.engagement).pendant_le_mois(declaration.mois)
    _poser(declaration, {contrat: HeuresDeclarees(travail=ZERO) for contrat in contrats.select_related("convention")})
    return _declarer(acteur, declaration, declarant)


def ouvrir(acteur: Acteur, declaration: Declaration) -> Declaration:
    """La déclaration verrouillée, que cet acteur peut encore changer."""
    declaration = verrouiller_le_mois(acteur, declaration)
    peut_declarer(acteur, declaration).exiger()
    return declaration


def _est_envoyee(declaration: Declaration) -> bool:
    """Déjà chez le facilitateur : un second envoi n'ajoute rien."""
    return declaration.statut in TRANSITIONS_DECLARATION["rendre"].depuis and declaration.declaree_le is not None


def _poser(declaration: Declaration, heures: Mapping[Contrat, HeuresDeclarees]) -> None:
    poser_le_mois(
        declaration,
        {contrat: dites.travail for contrat, dites in heures.items()},
        {contrat: dites.formation for contrat, dites in heures.items()},
        {contrat: dites.absence for contrat, dites in heures.items()},
    )


def _passer(declaration: Declaration, transition: str) -> Declaration:
    declaration.statut = TRANSITIONS_DECLARATION.appliquer(transition, declaration.statut)
    declaration.save()
    return declaration


def _declarer(acteur: Acteur, declaration: Declaration, declarant: str) -> Declaration:
    declaration.declaree_le, declaration.motif_retour = timezone.now(), ""
    declaration.declaree_par = acteur.utilisateur.email if acteur.utilisateur else declarant
    _passer(declaration, "declarer")
    marche = declaration.engagement.lot.marche
    noter(acteur=acteur, action="declaration_envoyee", objet=marche, structure=marche.structure, mois=declaration.mois)
    _accuser_reception(acteur, declaration)
    return declaration


def _accuser_reception(acteur: Acteur, declaration: Declaration) -> None:
    """« Nous avons bien reçu » : le total, sans un nom ; une fois par envoi."""
    if not declaration.declaree_par:
        return
    marche = declaration.engagement.lot.marche
    facilitateur = marche.facilitateur
    ecrire_courriel(
        destinataire=declaration.declaree_par,
        gabarit="courriels/declaration_recue",
        structure=marche.structure,
        contexte={
            "declaration": declaration,
            "entreprise": declaration.engagement.entreprise.raison_sociale,
            "marche": marche.reference,
            "structure": marche.structure.nom,
            "total": declaration.lignes.all().total(),
            "lien": _ou_relire(acteur, declaration),
            "annonces": declaration.personnes_annoncees.filter(statut=StatutAnnonce.A_TRAITER).count(),
        },
        cle=f"declaration-recue-{declaration.uuid}-{declaration.declaree_le:%Y%m%d%H%M%S%f}",
        repondre_a=facilitateur.email if facilitateur else "",
    )


def _ou_relire(acteur: Acteur, declaration: Declaration) -> str:
    """Son espace pour un membre du compte ; un lien personnel pour qui n'en a pas."""
    if acteur.utilisateur:
        return settings.SITE_URL + reverse("suivi:mes_declarations")
    fiche = fiche_de(declaration.engagement)
    adresse = declaration.declaree_par
    return donner_lien(structure=fiche.structure, usage=USAGE_DECLARATION, objet=fiche, destinataire=adresse)

"""La déclaration d'un mois par l'entreprise : garder un brouillon, envoyer, corriger avant validation ; la lui rendre."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from recrutement.models import Contrat
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.journal import declarer_actions, noter
from socle.services.liens import declarer_usage, donner_lien
from suivi.enums import TRANSITIONS_DECLARATION
from suivi.models import Declaration
from suivi.permissions import peut_declarer, peut_envoyer_le_lien, peut_rendre
from suivi.services.decisions import ecarts
from suivi.services.heures import poser_le_mois

declarer_actions(
    declaration_envoyee="Heures déclarées par l'entreprise",
    declaration_rendue="Déclaration rendue à l'entreprise",
    lien_de_declaration="Lien de déclaration envoyé à l'entreprise",
)
USAGE_DECLARATION = "declarations"
declarer_usage(
    USAGE_DECLARATION,
    titre="Déclarer vos heures d'insertion",
    phrase="La page suivante montre les mois à déclarer de vos marchés. Une minute suffit, même s'il n'y a aucune heure.",
    adresse=lambda lien: reverse("suivi:mes_declarations_par_lien", args=[lien.objet_uuid]),
)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class HeuresDeclarees:
    """Ce que l'entreprise dit d'une personne pour un mois ; rien de connu : `None`."""

    travail: Decimal | None = None
    formation: Decimal | None = None
    absence: Decimal | None = None


@transaction.atomic
def garder_brouillon(
    *, acteur: Acteur, declaration: Declaration, heures: Mapping[Contrat, HeuresDeclarees]
) -> Declaration:
    """Enregistre ce qui est tapé sans l'envoyer ; le facilitateur ne le voit pas comme déclaré."""
    declaration = _ouvrir(acteur, declaration)
    _poser(declaration, heures)
    return _passer(declaration, "commencer")


@transaction.atomic
def envoyer_declaration(*, acteur: Acteur, declaration: Declaration, declarant: str = "") -> Declaration:
    """Envoie le brouillon à la structure. Envoyé vingt fois, il ne part qu'une."""
    declaration = _ouvrir(acteur, declaration)
    if declaration.statut not in TRANSITIONS_DECLARATION["rendre"].depuis:
        if not declaration.lignes.exists():
            raise RegleViolee("Donnez les heures d'une personne au moins, ou dites « aucune heure ce mois-ci ».")
        _declarer(acteur, declaration, declarant)
    return declaration


@transaction.atomic
def declarer_aucune_heure(*, acteur: Acteur, declaration: Declaration, declarant: str = "") -> Declaration:
    """« Aucune heure ce mois-ci » : zéro pour chaque personne en contrat, envoyé d'un coup."""
    declaration = _ouvrir(acteur, declaration)
    contrats = Contrat.objects.actifs().filter(engagement=declaration.engagement).pendant_le_mois(declaration.mois)
    _poser(declaration, {contrat: HeuresDeclarees(travail=ZERO) for contrat in contrats.avec_contexte()})
    return _declarer(acteur, declaration, declarant)


@transaction.atomic
def rendre_declaration(*, acteur: Acteur, declaration: Declaration, motif: str) -> Declaration:
    """Rend la déclaration avec ce qui est à corriger ; qui l'a envoyée le reçoit par courriel."""
    declaration = _verrouiller(declaration)
    peut_rendre(acteur, declaration).exiger()
    if not motif.strip():
        raise RegleViolee("Dites ce qui est à corriger.", champ="motif")
    declaration.motif_retour = motif.strip()
    declaration.full_clean()
    _passer(declaration, "rendre")
    contexte = {"ecarts": ecarts(declaration.lignes.all())}
    ecrire_a_l_entreprise(acteur, declaration, "courriels/declaration_rendue", contexte)
    marche = declaration.engagement.lot.marche
    noter(acteur=acteur, action="declaration_rendue", objet=marche, mois=declaration.mois, motif=motif.strip())
    return declaration


@transaction.atomic
def envoyer_le_lien(*, acteur: Acteur, engagement: Engagement, courriel: str) -> None:
    """Écrit au correspondant le lien personnel qui ouvre les mois à déclarer de son entreprise, dans cette structure."""
    peut_envoyer_le_lien(acteur, engagement).exiger()
    fiche = FicheEntreprise.objects.get(structure=acteur.organisation, entreprise=engagement.entreprise)
    lien = donner_lien(structure=acteur.organisation, usage=USAGE_DECLARATION, objet=fiche, destinataire=courriel)
    ecrire_courriel(
        destinataire=courriel,
        gabarit="courriels/declaration_demandee",
        structure=acteur.organisation,
        contexte={
            "entreprise": engagement.entreprise.raison_sociale,
            "structure": acteur.organisation.nom,
            "facilitateur": acteur.utilisateur.get_full_name() if acteur.utilisateur else "",
            "lien": lien,
            "site": settings.SITE_URL,
        },
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    noter(acteur=acteur, action="lien_de_declaration", objet=engagement.lot.marche)


def _verrouiller(declaration: Declaration) -> Declaration:
    """L'engagement sert de verrou : deux envois du même mois se suivent."""
    Engagement.objects.select_for_update().get(pk=declaration.engagement_id)
    declarations = Declaration.objects.select_related("engagement__entreprise", "engagement__lot__marche__structure")
    return declarations.get(pk=declaration.pk)


def _ouvrir(acteur: Acteur, declaration: Declaration) -> Declaration:
    declaration = _verrouiller(declaration)
    peut_declarer(acteur, declaration).exiger()
    return declaration


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
    return declaration


def ecrire_a_l_entreprise(acteur: Acteur, declaration: Declaration, gabarit: str, contexte: dict) -> None:
    """Écrit à qui a déclaré, sinon au correspondant ; le lien ouvre la page où se lisent les noms."""
    engagement = declaration.engagement
    correspondant = engagement.correspondant.courriel if engagement.correspondant else ""
    destinataire, structure = declaration.declaree_par or correspondant, engagement.lot.marche.structure
    fiche = FicheEntreprise.objects.filter(structure=structure, entreprise=engagement.entreprise).first()
    if not destinataire or fiche is None:
        return  # personne à prévenir : le facilitateur le voit sur la page du mois
    ecrire_courriel(
        destinataire=destinataire,
        gabarit=gabarit,
        structure=structure,
        contexte={
            "declaration": declaration,
            "entreprise": engagement.entreprise.raison_sociale,
            "marche": engagement.lot.marche.reference,
            "structure": structure.nom,
            "lien": donner_lien(structure=structure, usage=USAGE_DECLARATION, objet=fiche, destinataire=destinataire),
            **contexte,
        },
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )

"""Une personne embauchée que la structure ne connaît pas : annoncée par l'entreprise, rattachée par le facilitateur."""

import contextlib
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.acteur import Acteur
from declarations.annonces.services.traitement import traiter
from declarations.enums import TRANSITIONS_ANNONCE
from declarations.models import Declaration, PersonneAnnoncee
from declarations.permissions import peut_saisir_les_heures, peut_traiter_l_annonce
from declarations.services.declarations import ouvrir
from declarations.services.heures import poser_le_mois
from declarations.services.verrou import verrouiller_le_mois
from entreprises.models import Entreprise
from marches.models import Engagement
from recrutement.models import Contrat
from recrutement.services import conclure_contrat
from socle.periodes import dernier_jour
from socle.plis import compacter
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, relire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee
from socle.texte import plier

declarer_actions(
    personne_annoncee="Personne embauchée annoncée par l'entreprise",
    annonce_rattachee="Personne annoncée rattachée à son contrat",
)
ANNONCES_MAX = 20  # par déclaration : au-delà, ce n'est plus une déclaration


@transaction.atomic
def annoncer_personne(*, acteur: Acteur, declaration: Declaration, **valeurs) -> PersonneAnnoncee:
    """Garde une personne à rattacher. La même, envoyée deux fois, n'en fait qu'une : ses heures sont les dernières dites."""
    declaration = ouvrir(acteur, declaration)
    if valeurs["embauchee_le"] > dernier_jour(declaration.mois):
        raise RegleViolee("Cette embauche est postérieure au mois déclaré.", champ="embauchee_le")
    deja = list(declaration.personnes_annoncees.a_traiter())
    cle = _cle(valeurs["prenom"], valeurs["nom"], valeurs["embauchee_le"])
    annonce = next((a for a in deja if _cle(a.prenom, a.nom, a.embauchee_le) == cle), None)
    if annonce is None and len(deja) >= ANNONCES_MAX:
        raise RegleViolee("Vingt personnes sont déjà annoncées : écrivez à votre facilitateur.", champ="nom")
    nouvelle = annonce is None
    exiger_la_portee(acteur, valeurs)
    annonce = annonce or PersonneAnnoncee(declaration=declaration)
    ecrire(annonce, valeurs)
    if nouvelle:
        marche = declaration.engagement.lot.marche
        noter(
            acteur=acteur, action="personne_annoncee", objet=marche, structure=marche.structure, mois=declaration.mois
        )
    return annonce


def annonces_jusqu_au_mois(declaration: Declaration) -> tuple[list[PersonneAnnoncee], list[PersonneAnnoncee]]:
    """(celles de ce mois, celles à reporter), encore sans contrat, en une lecture.

    À reporter : annoncées un mois d'avant et que ce mois ne redit pas ; de plusieurs annonces, la plus récente.
    """
    meme_engagement = PersonneAnnoncee.objects.filter(declaration__engagement=declaration.engagement_id)
    annoncees = meme_engagement.filter(declaration__mois__lte=declaration.mois).select_related("declaration")
    lues = list(annoncees.order_by("-declaration__mois", "embauchee_le", "pk"))
    du_mois = [annonce for annonce in lues if annonce.declaration_id == declaration.pk]
    dites = {_cle(annonce.prenom, annonce.nom, annonce.embauchee_le) for annonce in du_mois}
    a_reporter: dict[tuple, PersonneAnnoncee] = {}
    for annonce in lues:
        cle = _cle(annonce.prenom, annonce.nom, annonce.embauchee_le)
        if annonce.est_a_traiter and cle not in dites:
            a_reporter.setdefault(cle, annonce)
    return [annonce for annonce in du_mois if annonce.est_a_traiter], list(a_reporter.values())


def _cle(prenom: str, nom: str, embauchee_le) -> tuple:
    return compacter(plier(prenom)), compacter(plier(nom)), embauchee_le


@transaction.atomic
def retirer_annonce(*, acteur: Acteur, declaration: Declaration, annonce: uuid.UUID) -> None:
    """L'entreprise retire une personne qu'elle avait annoncée, tant que la structure ne l'a pas traitée."""
    declaration = ouvrir(acteur, declaration)
    trouvee = declaration.personnes_annoncees.a_traiter().filter(uuid=annonce).first()
    if trouvee:
        trouvee.statut = TRANSITIONS_ANNONCE.appliquer("retirer", trouvee.statut)
        trouvee.save()


@transaction.atomic
def rattacher_personne(*, acteur: Acteur, annonce: PersonneAnnoncee, contrat: Contrat) -> PersonneAnnoncee:
    """Donne à l'annonce son contrat : ses heures deviennent une ligne du mois, à valider comme les autres."""
    verrouiller_le_mois(acteur, annonce.declaration)
    annonce = verrouiller(PersonneAnnoncee.objects.avec_contexte(), acteur, annonce)
    peut_traiter_l_annonce(acteur, annonce).exiger()
    declaration = annonce.declaration
    peut_saisir_les_heures(acteur, declaration).exiger()
    contrat = relire(Contrat.objects.avec_contexte().select_related("convention"), acteur, contrat)
    if declaration.lignes.filter(contrat=contrat, heures__gt=0).exists():
        raise RegleViolee(
            "Ce contrat a déjà des heures ce mois-là : corrigez-les, ou écartez l'annonce.", champ="contrat"
        )
    _rattacher(acteur, annonce, contrat)
    for autre in _memes_personnes(annonce):
        _rattacher_si_possible(acteur, autre, contrat)
    return annonce


def _rattacher(acteur: Acteur, annonce: PersonneAnnoncee, contrat: Contrat) -> None:
    poser_le_mois(annonce.declaration, {contrat: annonce.heures}, {})
    traiter(acteur, annonce, "prendre_en_compte", contrat=contrat)
    noter(acteur=acteur, action="annonce_rattachee", objet=contrat)


def _memes_personnes(annonce: PersonneAnnoncee) -> list[PersonneAnnoncee]:
    """La même personne, annoncée d'autres mois du même engagement et encore à traiter."""
    cle = _cle(annonce.prenom, annonce.nom, annonce.embauchee_le)
    autres = PersonneAnnoncee.objects.a_traiter().avec_contexte().exclude(pk=annonce.pk)
    du_meme = autres.filter(declaration__engagement=annonce.declaration.engagement_id).order_by("declaration__mois")
    return [autre for autre in du_meme if _cle(autre.prenom, autre.nom, autre.embauchee_le) == cle]


def _rattacher_si_possible(acteur: Acteur, annonce: PersonneAnnoncee, contrat: Contrat) -> None:
    """Un mois validé, déjà rempli ou hors du contrat se rattache à la main : on ne devine pas à sa place."""
    declaration = annonce.declaration
    if not peut_saisir_les_heures(acteur, declaration):
        return
    if declaration.lignes.filter(contrat=contrat, heures__gt=0).exists():
        return
    with contextlib.suppress(ValidationError), transaction.atomic():
        _rattacher(acteur, annonce, contrat)


@transaction.atomic
def embaucher_personne_annoncee(
    *, acteur: Acteur, annonce: PersonneAnnoncee, engagement: Engagement, employeur: Entreprise, **valeurs
) -> Contrat:
    """Enregistre le contrat d'une personne annoncée, et y pose ses heures d'un même geste."""
    annonce = relire(PersonneAnnoncee.objects.avec_contexte(), acteur, annonce)
    peut_traiter_l_annonce(acteur, annonce).exiger()
    if engagement.pk != annonce.declaration.engagement_id:
        raise RegleViolee("La personne est annoncée sur un autre marché.", champ="engagement")
    contrat = conclure_contrat(acteur=acteur, engagement=engagement, employeur=employeur, **valeurs)
    rattacher_personne(acteur=acteur, annonce=annonce, contrat=contrat)
    return contrat


def contrats_possibles(acteur: Acteur, annonce: PersonneAnnoncee):
    """Les contrats de l'engagement qui touchent le mois annoncé."""
    declaration = annonce.declaration
    contrats = Contrat.objects.visibles_par(acteur).actifs().filter(engagement=declaration.engagement_id)
    return contrats.pendant_le_mois(declaration.mois).avec_contexte().order_by("beneficiaire__nom_plie", "pk")

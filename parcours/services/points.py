"""Prendre des nouvelles après un contrat : les points dus sont des lignes, chaque demande est comptée, rien ne part deux fois."""

import datetime
from typing import cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaires.destinataires import referents_joignables
from comptes.acteur import Acteur
from comptes.models import Organisation
from parcours.enums import TRANSITIONS_POINT, QuiDemande, StatutPoint, Terme
from parcours.models import PointSuivi, ReglagesParcours
from parcours.permissions import peut_regler_le_parcours, peut_repondre_au_point
from recrutement.models import Contrat
from socle.avis import Destinataire
from socle.periodes import ajouter_mois
from socle.services.courriels import ecrire_courriel
from socle.services.enregistrement import changements, ecrire, modifier, verrouiller, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter
from socle.services.liens import declarer_usage, donner_lien
from socle.services.lots import pour_chacun, travail
from socle.services.portee import exiger_la_portee

declarer_actions(
    situation_connue="Situation après contrat enregistrée",
    situation_demandee="Situation après contrat demandée",
    personne_injoignable="Personne injoignable après contrat",
    parcours_regle="Suivi des parcours réglé",
)
USAGE_SITUATION = "point_suivi"
declarer_usage(
    USAGE_SITUATION,
    titre="Donner des nouvelles d'une personne",
    phrase="Une personne que vous suivez a fini son contrat. La page suivante vous demande où elle en est, en un clic.",
    adresse=lambda lien: reverse("suivi:point_par_lien", args=[lien.objet_uuid]),
)
# Un contrat fini depuis plus longtemps n'a plus de point à venir : on ne réveille pas un vieux classeur repris.
ANCIENNETE_MAX = datetime.timedelta(days=400)


@travail("Points d'un parcours à préparer")
def preparer_points(le: datetime.date | None = None) -> int:
    """Écrit les points des contrats finis, et recale ceux dont la fin a changé sans réponse encore. Rend leur nombre."""
    le = le or timezone.localdate()
    finis = Contrat.objects.actifs().finis_entre(le - ANCIENNETE_MAX, le).filter(beneficiaire__archive_le__isnull=True)
    return sum(pour_chacun(finis.order_by("pk").prefetch_related("points_suivi").iterator(200), _preparer))


@transaction.atomic
def _preparer(contrat: Contrat) -> int:
    connus = {point.terme: point for point in contrat.points_suivi.all()}
    fin = cast(datetime.date, contrat.fin)  # on ne prépare que les contrats finis
    faits = 0
    for terme in Terme:
        du_le = ajouter_mois(fin, terme.value)
        point = connus.get(terme)
        if point is None:
            PointSuivi.objects.get_or_create(contrat=contrat, terme=terme, defaults={"du_le": du_le})
            faits += 1
        elif point.du_le != du_le and point.statut == StatutPoint.A_VENIR:
            ecrire(point, {"du_le": du_le})
    return faits


@travail("Situations à demander")
def demander_situations(le: datetime.date | None = None) -> int:
    """Demande chaque situation due, relance au rythme réglé, constate « injoignable ». Rend le nombre de demandes."""
    le = le or timezone.localdate()
    dus = PointSuivi.objects.attendus(le).filter(contrat__archive_le__isnull=True).order_by("du_le", "pk")
    return sum(pour_chacun(list(dus.only("uuid")), lambda point: _demander(point.pk, le)))


@transaction.atomic
def _demander(point_id: int, le: datetime.date) -> int:
    point = PointSuivi.objects.select_for_update(of=("self",)).avec_contexte().get(pk=point_id)
    structure = point.contrat.structure
    reglages = reglages_de(structure)
    if point.statut not in StatutPoint.ouverts():
        return 0
    if point.demande_le and le < point.demande_le + datetime.timedelta(days=reglages.jours_entre_essais):
        return 0
    systeme = Acteur.systeme(structure)
    if point.essais >= reglages.essais:
        ecrire(point, {"statut": TRANSITIONS_POINT.appliquer("renoncer", point.statut)})
        noter(acteur=systeme, action="personne_injoignable", objet=point.contrat.beneficiaire)
        return 0
    valeurs = {
        "essais": point.essais + 1,
        "demande_le": le,
        "statut": TRANSITIONS_POINT.appliquer("demander", point.statut),
    }
    ecrire(point, valeurs)
    for destinataire in destinataires(point, reglages):
        _ecrire_au_referent(point, destinataire.adresse)
    noter(acteur=systeme, action="situation_demandee", objet=point.contrat.beneficiaire)
    return 1


def reglages_de(structure: Organisation) -> ReglagesParcours:
    """Ceux de la structure, ou les usuels (non enregistrés)."""
    return ReglagesParcours.objects.filter(structure=structure).first() or ReglagesParcours(structure=structure)


def destinataires(point: PointSuivi, reglages: ReglagesParcours) -> list[Destinataire]:
    """Le référent, sinon les membres du prescripteur ; vide si c'est au facilitateur de prendre des nouvelles."""
    if reglages.qui_demande == QuiDemande.FACILITATEUR:
        return []
    return referents_joignables(point.contrat.beneficiaire)


def _ecrire_au_referent(point: PointSuivi, destinataire: str) -> None:
    contrat = point.contrat
    lien = donner_lien(structure=contrat.structure, usage=USAGE_SITUATION, objet=point, destinataire=destinataire)
    ecrire_courriel(
        destinataire=destinataire,
        gabarit="courriels/situation_demandee",
        structure=contrat.structure,
        contexte={
            "initiales": contrat.beneficiaire.initiales,
            "fin": contrat.fin,
            "employeur": contrat.employeur.raison_sociale,
            "terme": Terme(point.terme).label,
            "structure": contrat.structure.nom,
            "essai": point.essais,
            "lien": lien,
            "site": settings.SITE_URL,
        },
        cle=f"situation-{point.uuid}-{point.essais}-{destinataire}"[:200],
    )


@transaction.atomic
def repondre_point(*, acteur: Acteur, point: PointSuivi, sans_nouvelles: bool = False, **valeurs) -> PointSuivi:
    """Enregistre la situation ; une réponse tardive ou corrigée remplace l'ancienne, le journal garde le geste.

    `sans_nouvelles` : ne pas savoir est une réponse, qui arrête les demandes.
    """
    point = verrouiller(PointSuivi.objects.avec_contexte(), acteur, point)
    peut_repondre_au_point(acteur, point).exiger()
    exiger_la_portee(acteur, valeurs)
    statut = TRANSITIONS_POINT.appliquer("ignorer" if sans_nouvelles else "repondre", point.statut)
    if not changements(point, {**valeurs, "statut": statut}):
        return point
    ecrire(point, {**valeurs, "statut": statut, "repondu_le": timezone.now(), "repondu_par": acteur.utilisateur})
    personne = point.contrat.beneficiaire
    noter(acteur=acteur, action="situation_connue", objet=personne, structure=point.contrat.structure)
    return point


@transaction.atomic
def regler_parcours(*, acteur: Acteur, **valeurs) -> ReglagesParcours:
    peut_regler_le_parcours(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesParcours, acteur.organisation)
    modifier(reglages, valeurs, acteur=acteur, action="parcours_regle", sur=acteur.organisation)
    return reglages

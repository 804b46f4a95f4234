"""Ce que les parcours font attendre : des nouvelles à prendre, à donner."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from parcours.enums import QuiDemande, Terme
from parcours.models import DemandeNouvelles, PointSuivi, ReglagesParcours
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.expressions import initiales
from socle.nombres import il_y_a, jour


def _sans_referent() -> Q:
    """Personne d'autre que le facilitateur ne prendra de nouvelles."""
    seul = Q(contrat__beneficiaire__prescripteur=None, contrat__beneficiaire__referent_courriel="")
    reglages = ReglagesParcours.objects.filter(
        structure=OuterRef("contrat__structure"), qui_demande=QuiDemande.FACILITATEUR
    )
    return seul | Q(Exists(reglages))


@dataclass(frozen=True, slots=True)
class PointAttendu(Lue):
    dossier: uuid.UUID
    personne: str
    marche: str
    terme: Terme
    du_le: datetime.date
    demande_le: datetime.date | None


def _points(acteur: Acteur, objets, ecrire, personne) -> Attente:
    return Attente(
        objets.filter(contrat__archive_le__isnull=True, contrat__beneficiaire__archive_le__isnull=True),
        PointAttendu,
        ecrire,
        {
            "dossier": "contrat__beneficiaire__uuid",
            "personne": personne,
            "marche": "contrat__engagement__lot__marche__reference",
            "terme": "terme",
            "du_le": "du_le",
            "demande_le": "demande_le",
        },
        jour="du_le",
        dossier=Q(contrat__engagement__lot__marche__facilitateur=acteur.utilisateur),
    )


@source(
    "parcours", "À contacter", "Parcours à 3, 6 et 12 mois", roles=FACILITATEURS, liste="suivi:points?statut=demande"
)
def parcours_a_contacter(acteur: Acteur, le: datetime.date) -> Attente:
    points = PointSuivi.objects.visibles_par(acteur).attendus(le).filter(_sans_referent())
    return _points(acteur, points, _ecrire_point, initiales("contrat__beneficiaire"))


@source("parcours_demandes", "Chez le référent", "Situations demandées", roles=FACILITATEURS, ton="info", attend=True)
def situations_attendues(acteur: Acteur, le: datetime.date) -> Attente:
    points = PointSuivi.objects.visibles_par(acteur).attendus(le).filter(~_sans_referent())
    return _points(acteur, points, _ecrire_point, initiales("contrat__beneficiaire"))


def _ecrire_point(acteur: Acteur, lu: PointAttendu) -> LigneAFaire:
    return lu.montrer(
        f"{lu.personne} · {lu.terme.label} après {lu.marche}",
        reverse("beneficiaires:parcours", args=[lu.dossier]),
        f"depuis le {jour(lu.du_le)}",
        f"demandé {il_y_a(lu.demande_le, lu.le)}" if lu.demande_le else "",
        [Geste("Saisir", reverse("suivi:point", args=[lu.uuid]))],
    )


@dataclass(frozen=True, slots=True)
class NouvellesAttendues(Lue):
    dossier: uuid.UUID
    personne_et_organisation: str
    demande_le: datetime.date


@source("nouvelles", "Chez le prescripteur", "Demandes de nouvelles", roles=FACILITATEURS, ton="info", attend=True)
def nouvelles_attendues(acteur: Acteur, le: datetime.date) -> Attente:
    demandes = DemandeNouvelles.objects.visibles_par(acteur).ouvertes()
    demandee = TruncDate("cree_le")
    return Attente(
        demandes,
        NouvellesAttendues,
        _ecrire_nouvelles,
        {
            "dossier": "beneficiaire__uuid",
            "personne_et_organisation": Concat(initiales("beneficiaire"), Value(" · "), "organisation__nom"),
            "demande_le": demandee,
        },
        jour=demandee,
    )


def _ecrire_nouvelles(acteur: Acteur, lu: NouvellesAttendues) -> LigneAFaire:
    page, demande = reverse("beneficiaires:parcours", args=[lu.dossier]), f"demandé {il_y_a(lu.demande_le, lu.le)}"
    return lu.montrer(lu.personne_et_organisation, page, dernier=demande)


PRESCRIPTEURS = frozenset({Role.PRESCRIPTEUR})


# --- Le prescripteur ---------------------------------------------------------------------------------------------
@source("situations", "À dire", "Situations demandées", roles=PRESCRIPTEURS)
def situations_a_dire(acteur: Acteur, le: datetime.date) -> Attente:
    points = PointSuivi.objects.visibles_par(acteur).attendus(le)
    personne = Concat("contrat__beneficiaire__prenom", Value(" "), "contrat__beneficiaire__nom")
    return _points(acteur, points, _ecrire_situation, personne)


def _ecrire_situation(acteur: Acteur, lu: PointAttendu) -> LigneAFaire:
    page = reverse("suivi:point_referent", args=[lu.uuid])
    demandee = f"demandé {il_y_a(lu.demande_le, lu.le)}" if lu.demande_le else ""
    quoi = f"{lu.personne} · {lu.terme.label} après son contrat"
    return lu.montrer(quoi, page, f"depuis le {jour(lu.du_le)}", demandee, [Geste("Répondre", page)])


@dataclass(frozen=True, slots=True)
class NouvellesADonner(Lue):
    personne: str
    demande_le: datetime.date


@source("demandes", "À dire", "Nouvelles demandées", roles=PRESCRIPTEURS)
def nouvelles_a_donner(acteur: Acteur, le: datetime.date) -> Attente:
    demandee = TruncDate("cree_le")
    return Attente(
        DemandeNouvelles.objects.visibles_par(acteur).ouvertes(),
        NouvellesADonner,
        _ecrire_demande,
        {"personne": Concat("beneficiaire__prenom", Value(" "), "beneficiaire__nom"), "demande_le": demandee},
        jour=demandee,
    )


def _ecrire_demande(acteur: Acteur, lu: NouvellesADonner) -> LigneAFaire:
    page = reverse("suivi:demande", args=[lu.uuid])
    demandee = f"demandé {il_y_a(lu.demande_le, lu.le)}"
    return lu.montrer(f"{lu.personne} · que devient cette personne ?", page, "", demandee, [Geste("Répondre", page)])

"""Ce que les parcours font attendre : des nouvelles à prendre, à donner."""

import datetime

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


def _points(acteur: Acteur, objets, ecrire, personne) -> Attente:
    return Attente(
        objets.filter(contrat__archive_le__isnull=True, contrat__beneficiaire__archive_le__isnull=True),
        ecrire,
        jour="du_le",
        depuis="du_le",
        dernier="demande_le",
        objet=personne,
        precision="contrat__engagement__lot__marche__reference",
        nombre="terme",
        cible="contrat__beneficiaire__uuid",
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


def _ecrire_point(acteur: Acteur, lu: Lue) -> LigneAFaire:
    return lu.ligne(
        f"{lu.objet} · {Terme(lu.nombre).label} après {lu.precision}",
        reverse("beneficiaires:parcours", args=[lu.cible]),
        f"depuis le {jour(lu.depuis)}",
        f"demandé {il_y_a(lu.dernier, lu.le)}" if lu.dernier else "",
        [Geste("Saisir", reverse("suivi:point", args=[lu.uuid]))],
    )


@source("nouvelles", "Chez le prescripteur", "Demandes de nouvelles", roles=FACILITATEURS, ton="info", attend=True)
def nouvelles_attendues(acteur: Acteur, le: datetime.date) -> Attente:
    demandes = DemandeNouvelles.objects.visibles_par(acteur).ouvertes()
    demandee = TruncDate("cree_le")
    return Attente(
        demandes,
        _ecrire_nouvelles,
        jour=demandee,
        dernier=demandee,
        objet=Concat(initiales("beneficiaire"), Value(" · "), "organisation__nom"),
        cible="beneficiaire__uuid",
    )


def _ecrire_nouvelles(acteur: Acteur, lu: Lue) -> LigneAFaire:
    return lu.ligne(
        lu.objet, reverse("beneficiaires:parcours", args=[lu.cible]), dernier=f"demandé {il_y_a(lu.dernier, lu.le)}"
    )


PRESCRIPTEURS = frozenset({Role.PRESCRIPTEUR})


# --- Le prescripteur ---------------------------------------------------------------------------------------------
@source("situations", "À dire", "Situations demandées", roles=PRESCRIPTEURS)
def situations_a_dire(acteur: Acteur, le: datetime.date) -> Attente:
    points = PointSuivi.objects.visibles_par(acteur).attendus(le)
    personne = Concat("contrat__beneficiaire__prenom", Value(" "), "contrat__beneficiaire__nom")
    return _points(acteur, points, _ecrire_situation, personne)


def _ecrire_situation(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("suivi:point_referent", args=[lu.uuid])
    demandee = f"demandé {il_y_a(lu.dernier, lu.le)}" if lu.dernier else ""
    quoi = f"{lu.objet} · {Terme(lu.nombre).label} après son contrat"
    return lu.ligne(quoi, page, f"depuis le {jour(lu.depuis)}", demandee, [Geste("Répondre", page)])


@source("demandes", "À dire", "Nouvelles demandées", roles=PRESCRIPTEURS)
def nouvelles_a_donner(acteur: Acteur, le: datetime.date) -> Attente:
    demandee = TruncDate("cree_le")
    return Attente(
        DemandeNouvelles.objects.visibles_par(acteur).ouvertes(),
        _ecrire_demande,
        jour=demandee,
        dernier=demandee,
        objet=Concat("beneficiaire__prenom", Value(" "), "beneficiaire__nom"),
    )


def _ecrire_demande(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("suivi:demande", args=[lu.uuid])
    demandee = f"demandé {il_y_a(lu.dernier, lu.le)}"
    return lu.ligne(f"{lu.objet} · que devient cette personne ?", page, "", demandee, [Geste("Répondre", page)])

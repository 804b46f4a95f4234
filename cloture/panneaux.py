"""Ce que la fin d'un engagement ajoute aux pages des autres : l'engagement, le marché de l'acheteur, son accueil."""

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from cloture.constat import est_fini
from cloture.enums import GenrePenalite, StatutPenalite, VerdictOperation
from cloture.models import Attestation, Penalite
from comptes.enums import FACILITATEURS, Role
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from marches.models import Engagement, Marche
from socle.composants import LigneAFaire
from socle.nombres import euros
from socle.panneaux import panneau

MONTRES, DERNIERES = 25, 5


@panneau("marches.engagement", gabarit="cloture/panneau_fin.html", acces=FACILITATEURS, ordre=40, cote=True)
def fin_de_l_engagement(acteur, engagement: Engagement) -> dict:
    """L'état en une phrase, et le lien vers la page qui fait avancer. Une seule lecture."""
    du_meme = {"engagement": OuterRef("pk")}
    penalites = Penalite.objects.filter(**du_meme).exclude(statut=StatutPenalite.RETIREE)
    attestations = Attestation.objects.courantes().filter(**du_meme)
    ouverts = Declaration.objects.filter(**du_meme).exclude(statut=StatutDeclaration.VALIDEE)
    lu = Engagement.objects.filter(pk=engagement.pk).values(
        penalite=Subquery(penalites.order_by("-cree_le", "-pk").values("statut")[:1]),
        numero=Subquery(attestations.values("numero")[:1]),
        verdict=Subquery(attestations.values("verdict")[:1]),
        ouvert=Subquery(ouverts.order_by("mois").values("mois")[:1]),
    )[0]
    marche = engagement.lot.marche
    fini, manque = est_fini(marche, timezone.localdate()), engagement.heures_dues - engagement.heures_realisees
    return {
        "adresse": reverse("suivi:fin", args=[engagement.uuid]),
        "ecrire": acteur.peut_ecrire,
        "fini": fini,
        "manque": manque if fini and manque > 0 else None,
        "penalite": StatutPenalite(lu["penalite"]) if lu["penalite"] else None,
        "numero": lu["numero"],
        "verdict": VerdictOperation(lu["verdict"]) if lu["verdict"] else None,
        "ouvert": lu["ouvert"] if fini else None,
        "fin": marche.fin,
    }


def _courriers(acteur, **du_meme) -> dict:
    """Les pénalités et les attestations que cet acteur peut lire."""
    penalites = list(Penalite.objects.visibles_par(acteur).filter(**du_meme).avec_contexte()[:MONTRES])
    for penalite in penalites:
        penalite.etat, penalite.objet = StatutPenalite(penalite.statut), GenrePenalite(penalite.genre).label
    attestations = list(
        Attestation.objects.visibles_par(acteur).filter(**du_meme).avec_contexte().defer("donnees")[:MONTRES]
    )
    for attestation in attestations:
        attestation.avis = VerdictOperation(attestation.verdict)
    return {"penalites": penalites, "attestations": attestations}


@panneau("marches.engagement", gabarit="cloture/panneau_courriers.html", acces={Role.ENTREPRISE}, ordre=40)
def courriers_de_l_engagement(acteur, engagement: Engagement) -> dict:
    return _courriers(acteur, engagement=engagement)


@panneau("marches.marche", gabarit="cloture/panneau_courriers.html", acces={Role.MAITRE_OUVRAGE}, ordre=40)
def courriers_du_marche(acteur, marche: Marche) -> dict:
    return _courriers(acteur, engagement__lot__marche=marche)


@panneau("espace.acheteur", gabarit="cloture/panneau_decisions.html", acces={Role.MAITRE_OUVRAGE}, ordre=10)
def decisions_de_l_acheteur(acteur, organisation) -> dict:
    """Les pénalités qui attendent sa décision."""
    attendues = Penalite.objects.a_decider_par(acteur).avec_contexte().order_by("repondre_avant", "pk")
    return {
        "lignes": [
            LigneAFaire(
                "attention",
                "À décider",
                f"{p.engagement.entreprise.raison_sociale}, marché {p.engagement.lot.marche.reference}",
                p.get_absolute_url(),
                f"pénalité proposée : {euros(p.montant_propose)}",
            )
            for p in attendues[:MONTRES]
        ]
    }


@panneau("espace.documents", gabarit="cloture/panneau_mes_attestations.html", acces={Role.ENTREPRISE}, ordre=10)
def attestations_de_l_entreprise(acteur, organisation) -> dict:
    """Ses dernières attestations ; rien s'il n'y en a pas."""
    attestations = Attestation.objects.visibles_par(acteur).courantes().avec_contexte().defer("donnees")
    dernieres = list(attestations.pour_lecture()[:DERNIERES])
    return {"attestations": dernieres} if dernieres else {}


@panneau(
    "espace.acheteur.fins", gabarit="cloture/panneau_vers_attestations.html", acces={Role.MAITRE_OUVRAGE}, ordre=10
)
def vers_ses_attestations(acteur, organisation) -> dict:
    return {}

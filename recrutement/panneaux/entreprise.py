"""Ce que le recrutement ajoute à la page d'un engagement, vue par l'entreprise : ses offres, les aides."""

from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role
from marches.models import Engagement
from recrutement.enums import StatutOffre
from recrutement.models import AideEmbauche, Offre
from socle.panneaux import UN_GESTE, panneau
from socle.tables import Colonne, Genre, lignes

MONTRES = 25
ENTREPRISES = frozenset({Role.ENTREPRISE})
COLONNES_OFFRES = [
    Colonne(
        "Poste",
        lambda o: o.intitule,
        lien=lambda o: reverse("recrutement:reponse", args=[o.uuid]),
        principale=True,
    ),
    Colonne("Statut", lambda o: StatutOffre(o.statut), Genre.STATUT),
    Colonne("Début", lambda o: o.debut, Genre.DATE),
    Colonne("Postes", lambda o: o.postes, Genre.NOMBRE),
    Colonne("À examiner", lambda o: o.a_examiner or None, Genre.NOMBRE),
]


@panneau("marches.engagement.gestes", gabarit=UN_GESTE, acces=ENTREPRISES, ordre=20)
def exprimer_un_besoin(acteur, engagement: Engagement) -> dict:
    return {
        "libelle": "Exprimer un besoin",
        "url": reverse("recrutement:besoin_nouveau", query={"engagement": engagement.uuid}),
    }


@panneau("marches.engagement", gabarit="recrutement/panneau_mes_offres.html", acces=ENTREPRISES, ordre=20)
def offres_de_mon_engagement(acteur, engagement: Engagement) -> dict:
    offres = Offre.objects.visibles_par(acteur).filter(engagement=engagement).avec_reponses_attendues()
    montrees = list(offres.exclude(statut=StatutOffre.ABANDONNEE).order_by("-debut", "pk")[:MONTRES])
    return {"colonnes": COLONNES_OFFRES, "lignes": lignes(montrees, COLONNES_OFFRES)}


@panneau("marches.engagement", gabarit="recrutement/panneau_aides.html", acces=ENTREPRISES, ordre=30)
def aides_de_mon_engagement(acteur, engagement: Engagement) -> dict:
    """Les aides que connaît la structure de ce marché, valables aujourd'hui."""
    aides = AideEmbauche.objects.visibles_par(acteur).filter(structure=engagement.lot.marche.structure_id)
    return {"aides": list(aides.lisibles(timezone.localdate()).select_related("structure")[:MONTRES])}

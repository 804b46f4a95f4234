"""Ce que le suivi ajoute à la page d'un engagement, vue par l'entreprise : ses personnes et leurs heures, ses mois."""

from django.db.models import Sum
from django.urls import reverse

from comptes.enums import Role
from declarations.espace import avec_heures_validees, cases_de_l_entreprise
from declarations.models import Declaration
from declarations.views.espace_entreprise import COLONNES_PERSONNES
from marches.models import Engagement
from recrutement.models import Contrat
from socle.panneaux import UN_GESTE, panneau
from socle.tables import lignes, sans_tri

MONTRES = 25
ENTREPRISES = frozenset({Role.ENTREPRISE})
COLONNES = [colonne for colonne in sans_tri(COLONNES_PERSONNES) if colonne.titre != "Marché"]


@panneau("marches.engagement.gestes", gabarit=UN_GESTE, acces=ENTREPRISES, ordre=10)
def declarer_mes_heures(acteur, engagement: Engagement) -> dict:
    return {"libelle": "Déclarer mes heures", "url": reverse("suivi:mes_declarations")}


@panneau("marches.engagement", gabarit="declarations/panneau_mes_personnes.html", acces=ENTREPRISES, ordre=10)
def personnes_de_mon_engagement(acteur, engagement: Engagement) -> dict:
    """Celles qu'elle emploie ou qui y travaillent pour elle ; jamais celles d'une autre entreprise du même lot."""
    contrats = Contrat.objects.visibles_par(acteur).filter(engagement=engagement).avec_contexte()
    montres = list(avec_heures_validees(contrats).order_by("-debut", "pk")[: MONTRES + 1])
    return {"colonnes": COLONNES, "lignes": lignes(montres[:MONTRES], COLONNES), "suite": len(montres) > MONTRES}


@panneau("marches.engagement", gabarit="declarations/panneau_mes_mois.html", acces=ENTREPRISES, ordre=15)
def mois_de_mon_engagement(acteur, engagement: Engagement) -> dict:
    declarations = Declaration.objects.visibles_par(acteur).filter(engagement=engagement)
    return {"cases": cases_de_l_entreprise(declarations.annotate(total=Sum("lignes__heures")).order_by("mois"))}

"""Ce que les marchés ajoutent à la fiche d'une entreprise : ses engagements."""

from comptes.enums import FACILITATEURS
from entreprises.models import Entreprise
from marches.enums import StatutMarche
from marches.models import Engagement
from marches.views.marches import jauge_marche
from socle.panneaux import panneau
from socle.tables import Colonne, Genre, lignes

COLONNES = [
    Colonne(
        "Marché", lambda e: e.lot.marche.reference, lien=lambda e: e.lot.marche.get_absolute_url(), principale=True
    ),
    Colonne("Lot", lambda e: e.lot.intitule, lien=lambda e: e.get_absolute_url()),
    Colonne("Maître d'ouvrage", lambda e: e.lot.marche.maitre_ouvrage.nom),
    Colonne("Statut", lambda e: StatutMarche(e.lot.marche.statut), Genre.STATUT),
    Colonne("Heures", lambda e: jauge_marche(e.lot.marche, e.heures_dues, e.heures_realisees), Genre.JAUGE),
]


@panneau("entreprises.entreprise", gabarit="marches/panneau_engagements.html", acces=FACILITATEURS, ordre=10)
def engagements_de_l_entreprise(acteur, entreprise: Entreprise) -> dict:
    engagements = Engagement.objects.visibles_par(acteur).actifs().filter(entreprise=entreprise).avec_contexte()
    return {"colonnes": COLONNES, "lignes": lignes(engagements.order_by("-lot__marche__debut", "pk"), COLONNES)}

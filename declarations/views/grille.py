"""La grille : les heures de tous les engagements d'un mois, tapées comme dans un tableur, enregistrées à mesure."""

import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from comptes.enums import FACILITATEURS
from declarations.filters import GrilleFilter
from declarations.grille import blocs_du_mois
from declarations.models import Declaration
from marches.models import Engagement
from recrutement.models import Contrat
from socle.lecture import lire_mois
from socle.periodes import ajouter_mois, premier_jour
from socle.tables import Colonne
from socle.views import ListeView

PAR_PAGE = 40


class GrilleView(ListeView):
    """Les engagements où quelqu'un travaille ce mois-là, chacun avec ses personnes."""

    acces = FACILITATEURS
    model = Engagement
    filterset_class = GrilleFilter
    template_name = "declarations/grille.html"
    paginate_by = PAR_PAGE
    titre = "Heures du mois"
    vide = "Personne n'est en contrat ce mois-là."
    nom_export = "engagements-du-mois"
    avec_vues = False  # le mois change à chaque visite, et ses contrôles prennent déjà les requêtes de la page
    colonnes = [
        Colonne("Entreprise", lambda e: e.entreprise.raison_sociale, tri="entreprise__raison_sociale_pliee"),
        Colonne("Marché", lambda e: e.lot.marche.reference, tri="lot__marche__reference"),
        Colonne("Lot", lambda e: e.lot.numero),
    ]

    @cached_property
    def mois(self) -> datetime.date:
        """Celui demandé ; sinon le mois qui vient de finir : c'est lui que l'on saisit."""
        try:
            return lire_mois(self.criteres.get("mois", ""))
        except ValueError:
            return ajouter_mois(premier_jour(timezone.localdate()), -1)

    def get_base_queryset(self):
        contrats = Contrat.objects.actifs().pendant_le_mois(self.mois).filter(engagement=OuterRef("pk"))
        declares = Declaration.objects.filter(engagement=OuterRef("pk"), mois=self.mois)
        visibles = super().get_base_queryset().actifs().avec_contexte().annotate(ouvert=Exists(declares))
        return visibles.filter(Exists(contrats)).order_by("entreprise__raison_sociale_pliee", "pk")

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        blocs = blocs_du_mois(self.acteur, contexte["object_list"], self.mois)
        return {
            **contexte,
            "blocs": blocs,
            "mois": self.mois,
            "avant": ajouter_mois(self.mois, -1),
            "apres": ajouter_mois(self.mois, 1),
            "ecrire": self.acteur.peut_ecrire,
            "a_valider": sum(bool(bloc.coche) for bloc in blocs),
        }

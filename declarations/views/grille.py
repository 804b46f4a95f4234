"""La grille : un mois de tous les engagements, ou l'année d'un seul, tapée comme dans un tableur, enregistrée à mesure."""

import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from comptes.enums import FACILITATEURS
from declarations.filters import GrilleFilter
from declarations.grille import blocs_de_l_annee, blocs_du_mois, rangs_de_l_annee
from declarations.models import Declaration
from marches.models import Engagement
from recrutement.models import Contrat
from socle.lecture import ANNEES, lire_mois
from socle.periodes import Periode, ajouter_mois, premier_jour
from socle.tables import Colonne
from socle.views import FicheView, ListeView

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


class GrilleDeLEngagementView(FicheView):
    """L'année d'un engagement : ses personnes, mois par mois, sur un écran."""

    intitule = "Les heures d'un engagement, mois par mois"
    acces = FACILITATEURS
    model = Engagement
    template_name = "declarations/grille_engagement.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    @cached_property
    def annee(self) -> int:
        """Celle demandée ; sinon celle du mois qui vient de finir."""
        demandee = self.request.GET.get("annee", "")
        if demandee in map(str, ANNEES):
            return int(demandee)
        return ajouter_mois(premier_jour(timezone.localdate()), -1).year

    def get_context_data(self, **kwargs):
        blocs = blocs_de_l_annee(self.acteur, self.object, self._commences())
        rangs = rangs_de_l_annee(blocs)
        return {
            **super().get_context_data(**kwargs),
            "annee": str(self.annee),
            "annee_avant": self.annee - 1,
            "annee_apres": self.annee + 1,
            "blocs": blocs,
            "rangs": rangs,
            "avant": ajouter_mois(blocs[0].mois, -1) if any(rang.avant is not None for rang in rangs) else None,
            "total": sum(rang.total for rang in rangs),
            "ecrire": self.acteur.peut_ecrire,
            "a_suivre": [bloc for bloc in reversed(blocs) if not bloc.est_valide],
        }

    def _commences(self) -> Periode:
        """Les mois commencés de l'année : on ne tape pas d'heures à venir."""
        annee = Periode.annee(self.annee)
        return Periode(annee.debut, min(annee.fin, timezone.localdate()))

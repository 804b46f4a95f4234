import django_filters

from beneficiaires.models import Beneficiaire
from parcours.enums import Situation, StatutPoint, Terme
from parcours.models import PointSuivi
from socle.filters import FiltreDomaine, JourFilter, RechercheConfidentielle


class PointFilter(FiltreDomaine):
    champs_recherche = ("contrat__engagement__lot__marche__texte_plie",)
    champs_personne = ("contrat__beneficiaire__nom_plie",)

    personne = RechercheConfidentielle(label="Personne", method="filtrer_personne")
    recherche = django_filters.CharFilter(label="Marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutPoint.choices, empty_label="Tous")
    terme = django_filters.ChoiceFilter(label="Terme", choices=Terme.choices, empty_label="Tous")
    situation = django_filters.ChoiceFilter(label="Situation", choices=Situation.choices, empty_label="Toutes")
    du_avant = JourFilter(label="Dus avant le", field_name="du_le", lookup_expr="lte")

    class Meta:
        model = PointSuivi
        fields = ["personne", "recherche", "statut", "terme", "situation", "du_avant"]


class RetrouverFilter(FiltreDomaine):
    champs_recherche = ("nom_plie",)

    recherche = RechercheConfidentielle(label="Nom ou prénom", method="filtrer_recherche")
    mois = django_filters.NumberFilter(
        label="Sans nouvelles depuis (mois)", method="lire_mois", min_value=1, max_value=60
    )

    class Meta:
        model = Beneficiaire
        fields = ["recherche", "mois"]

    def lire_mois(self, queryset, nom, valeur):
        return queryset  # la vue l'a déjà lu : c'est la question même de la page

import django_filters

from socle.filters import FiltreDomaine
from suivi.enums import Situation, StatutDeclaration, StatutPoint, Terme
from suivi.models import Declaration, PointSuivi


class DeclarationFilter(FiltreDomaine):
    champs_recherche = ("engagement__entreprise__raison_sociale_pliee", "engagement__lot__marche__texte_plie")

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutDeclaration.choices, empty_label="Tous")

    class Meta:
        model = Declaration
        fields = ["recherche", "statut"]


class PointFilter(FiltreDomaine):
    champs_recherche = ("contrat__beneficiaire__nom_plie", "contrat__engagement__lot__marche__texte_plie")

    recherche = django_filters.CharFilter(label="Personne, marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutPoint.choices, empty_label="Tous")
    terme = django_filters.ChoiceFilter(label="Terme", choices=Terme.choices, empty_label="Tous")
    situation = django_filters.ChoiceFilter(label="Situation", choices=Situation.choices, empty_label="Toutes")
    du_avant = django_filters.DateFilter(label="Dus avant le", field_name="du_le", lookup_expr="lte")

    class Meta:
        model = PointSuivi
        fields = ["recherche", "statut", "terme", "situation", "du_avant"]

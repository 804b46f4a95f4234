import django_filters

from socle.filters import FiltreDomaine
from suivi.enums import StatutDeclaration
from suivi.models import Declaration


class DeclarationFilter(FiltreDomaine):
    champs_recherche = ("engagement__entreprise__raison_sociale_pliee", "engagement__lot__marche__texte_plie")

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutDeclaration.choices, empty_label="Tous")

    class Meta:
        model = Declaration
        fields = ["recherche", "statut"]

import django_filters

from decp.enums import StatutAvis
from decp.models import AvisDecp
from marches.enums import Nature
from socle.filters import FiltreDomaine

SOCIALE = (("oui", "Avec"), ("non", "Sans"))


class AvisDecpFilter(FiltreDomaine):
    champs_recherche = ("texte_plie",)
    champs_codes = ("acheteur_siret",)

    recherche = django_filters.CharFilter(label="Objet, acheteur, identifiant", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutAvis.choices, empty_label="Tous")
    sociale = django_filters.ChoiceFilter(
        label="Considération sociale", choices=SOCIALE, method="filtrer_sociale", empty_label="Avec ou sans"
    )
    nature = django_filters.ChoiceFilter(label="Nature", choices=Nature.choices, empty_label="Toutes")

    class Meta:
        model = AvisDecp
        fields = ["recherche", "statut", "sociale", "nature"]

    def filtrer_sociale(self, queryset, nom, valeur):
        return queryset.filter(sociale=valeur == "oui")

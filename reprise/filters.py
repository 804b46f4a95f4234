import django_filters

from reprise.enums import EtatReprise
from reprise.models import ListeConfiee, Reprise
from socle.filters import FiltreDomaine


class ListeConfieeFilter(FiltreDomaine):
    champs_recherche = ("nom_fichier_plie",)

    recherche = django_filters.CharFilter(label="Fichier", method="filtrer_recherche")

    class Meta:
        model = ListeConfiee
        fields = ["recherche"]


class RepriseFilter(FiltreDomaine):
    etat = django_filters.ChoiceFilter(label="État", choices=EtatReprise.choices, empty_label="Tous")

    class Meta:
        model = Reprise
        fields = ["etat"]

import django_filters

from comptes.models import Utilisateur
from marches.filters import maitres_ouvrage_visibles
from marches.models import Engagement
from pronostic.enums import Pronostic
from socle.filters import FiltreDomaine


def facilitateurs_de_la_structure(request):
    organisation = request.acteur.organisation
    return Utilisateur.objects.filter(adhesions__organisation=organisation, adhesions__active=True).order_by(
        "nom", "pk"
    )


class AlerteFilter(FiltreDomaine):
    """Les engagements à projeter ; le pronostic se calcule ensuite, la vue le filtre."""

    champs_recherche = ("entreprise__raison_sociale_pliee", "lot__marche__texte_plie")

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    pronostic = django_filters.ChoiceFilter(
        label="Pronostic", choices=Pronostic.choices, method="lire_pronostic", empty_label="Tous"
    )
    maitre_ouvrage = django_filters.ModelChoiceFilter(
        label="Maître d'ouvrage",
        field_name="lot__marche__maitre_ouvrage",
        queryset=maitres_ouvrage_visibles,
        to_field_name="uuid",
        empty_label="Tous",
    )
    facilitateur = django_filters.ModelChoiceFilter(
        label="Facilitateur chargé du marché",
        field_name="lot__marche__facilitateur",
        queryset=facilitateurs_de_la_structure,
        to_field_name="uuid",
        empty_label="Tous",
    )

    class Meta:
        model = Engagement
        fields = ["recherche", "pronostic", "maitre_ouvrage", "facilitateur"]

    def lire_pronostic(self, queryset, nom, valeur):
        return queryset

import django_filters

from entreprises.enums import TypeEntreprise
from entreprises.models import Entreprise
from socle.filters import FiltreDomaine


class EntrepriseFilter(FiltreDomaine):
    champs_recherche = ("raison_sociale_pliee",)
    champs_codes = ("siret",)

    recherche = django_filters.CharFilter(label="Raison sociale ou SIRET", method="filtrer_recherche")
    type = django_filters.ChoiceFilter(label="Type", choices=TypeEntreprise.choices, empty_label="Tous")
    archives = django_filters.ChoiceFilter(
        label="Archive",
        choices=(("non", "En cours de suivi"), ("oui", "Archivées")),
        method="filtrer_archives",
        empty_label=None,
        initial="non",
    )

    class Meta:
        model = Entreprise
        fields = ["recherche", "type", "archives"]

    def filtrer_archives(self, queryset, nom, valeur):
        return queryset

    @property
    def qs(self):
        return super().qs.suivies_par(self.acteur.organisation, archivees=self.data.get("archives") == "oui")

import django_filters

from entreprises.enums import TypeEntreprise
from entreprises.models import Entreprise
from socle.filters import FiltreArchivable


class EntrepriseFilter(FiltreArchivable):
    champs_recherche = ("raison_sociale_pliee",)
    champs_codes = ("siret",)

    recherche = django_filters.CharFilter(label="Raison sociale ou SIRET", method="filtrer_recherche")
    type = django_filters.ChoiceFilter(label="Type", choices=TypeEntreprise.choices, empty_label="Tous")

    class Meta:
        model = Entreprise
        fields = ["recherche", "type", "archives"]

    def selon_l_archive(self, lignes, archivees):
        """Chaque structure archive pour elle-même."""
        return lignes.suivis_par(self.acteur.organisation, archives=archivees)

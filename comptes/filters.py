import django_filters

from comptes.enums import TYPES_PARTENAIRES, TypeOrganisation
from comptes.models import Organisation
from socle.filters import FiltreArchivable


class OrganisationFilter(FiltreArchivable):
    champs_recherche = ("nom_plie",)
    recherche = django_filters.CharFilter(label="Rechercher", method="filtrer_recherche")
    type = django_filters.ChoiceFilter(label="Type", choices=TypeOrganisation.choices, empty_label="Tous")

    class Meta:
        model = Organisation
        fields = ["recherche", "type", "archives"]


class PartenaireFilter(OrganisationFilter):
    type = django_filters.ChoiceFilter(
        label="Type", choices=[(type_.value, type_.label) for type_ in TYPES_PARTENAIRES], empty_label="Tous"
    )

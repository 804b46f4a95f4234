import django_filters

from comptes.enums import TYPES_PARTENAIRES, TypeOrganisation
from comptes.models import Compte, Invitation, Organisation
from socle.filters import FiltreArchivable, FiltreDomaine, RechercheConfidentielle


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


class CompteFilter(FiltreDomaine):
    champs_personne = ("nom_plie",)
    personne = RechercheConfidentielle(label="Nom", method="filtrer_personne")
    adresse = RechercheConfidentielle(label="Adresse", field_name="email", lookup_expr="icontains")
    etat = django_filters.ChoiceFilter(
        label="État",
        field_name="is_active",
        choices=(("True", "Ouverts"), ("False", "Fermés")),
        empty_label="Tous",
    )
    second_facteur = django_filters.ChoiceFilter(
        label="Second facteur", choices=(("True", "Avec"), ("False", "Sans")), empty_label="Tous"
    )

    class Meta:
        model = Compte
        fields = ["personne", "adresse", "etat", "second_facteur"]


class InvitationFilter(FiltreDomaine):
    recherche = RechercheConfidentielle(label="Adresse", field_name="email", lookup_expr="icontains")
    arrivee = django_filters.ChoiceFilter(
        label="Courriel", choices=(("non", "Non arrivés"),), method="filtrer_arrivee", empty_label="Tous"
    )

    class Meta:
        model = Invitation
        fields = ["recherche", "arrivee"]

    def filtrer_arrivee(self, queryset, nom, valeur):
        return queryset.non_arrivees()

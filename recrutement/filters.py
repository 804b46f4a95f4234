import django_filters

from beneficiaires.models import Beneficiaire
from recrutement.enums import GenreAide, Modalite, StatutOffre, TypeContrat
from recrutement.models import AideEmbauche, Contrat, Offre
from recrutement.querysets import AideQuerySet
from socle.filters import FiltreDomaine, RechercheConfidentielle


class ContratFilter(FiltreDomaine):
    champs_recherche = ("employeur__raison_sociale_pliee", "engagement__lot__marche__texte_plie")
    champs_personne = ("beneficiaire__nom_plie",)

    recherche = django_filters.CharFilter(label="Employeur, marché", method="filtrer_recherche")
    personne = RechercheConfidentielle(label="Personne", method="filtrer_personne")
    modalite = django_filters.ChoiceFilter(label="Modalité", choices=Modalite.choices, empty_label="Toutes")
    type_contrat = django_filters.ChoiceFilter(label="Type", choices=TypeContrat.choices, empty_label="Tous")
    archives = django_filters.ChoiceFilter(
        label="Archive",
        choices=(("non", "En cours de suivi"), ("oui", "Archivés")),
        method="filtrer_archives",
        empty_label=None,
        initial="non",
    )

    class Meta:
        model = Contrat
        fields = ["recherche", "personne", "modalite", "type_contrat", "archives"]

    def filtrer_archives(self, queryset, nom, valeur):
        return queryset

    @property
    def qs(self):
        contrats = super().qs
        return contrats.archives() if self.data.get("archives") == "oui" else contrats.actifs()


class OffreFilter(FiltreDomaine):
    champs_recherche = (
        "texte_plie",
        "engagement__entreprise__raison_sociale_pliee",
        "engagement__lot__marche__texte_plie",
    )

    recherche = django_filters.CharFilter(label="Poste, métier, entreprise, marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutOffre.choices, empty_label="Tous")
    demandee_par_entreprise = django_filters.BooleanFilter(label="Demandée par l'entreprise")
    reserve_qpv = django_filters.BooleanFilter(label="Réservée aux QPV")

    class Meta:
        model = Offre
        fields = ["recherche", "statut", "demandee_par_entreprise", "reserve_qpv"]


class MesOffresFilter(FiltreDomaine):
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutOffre.choices, empty_label="Tous")

    class Meta:
        model = Offre
        fields = ["statut"]


class MesAidesFilter(FiltreDomaine):
    """Une aide sans type de contrat vaut pour tous."""

    champs_recherche = ("intitule_plie",)

    recherche = django_filters.CharFilter(label="Aide", method="filtrer_recherche")
    type_contrat = django_filters.ChoiceFilter(
        label="Contrat", choices=TypeContrat.choices, empty_label="Tous", method="filtrer_contrat"
    )
    genre = django_filters.ChoiceFilter(label="Aide à", choices=GenreAide.choices, empty_label="Tout")

    class Meta:
        model = AideEmbauche
        fields = ["recherche", "type_contrat", "genre"]

    def filtrer_contrat(self, aides: AideQuerySet, nom: str, valeur: str) -> AideQuerySet:
        return aides.filter(type_contrat__in=["", valeur])


class AideFilter(MesAidesFilter):
    archives = django_filters.ChoiceFilter(
        label="Archive",
        choices=(("non", "Montrées aux entreprises"), ("oui", "Archivées")),
        method="filtrer_archives",
        empty_label=None,
        initial="non",
    )

    class Meta(MesAidesFilter.Meta):
        fields = [*MesAidesFilter.Meta.fields, "archives"]

    def filtrer_archives(self, aides, nom, valeur):
        return aides

    @property
    def qs(self):
        aides = super().qs
        return aides.archives() if self.data.get("archives") == "oui" else aides.actifs()


class PersonneConfieeFilter(FiltreDomaine):
    champs_recherche = ("nom_plie",)

    recherche = RechercheConfidentielle(label="Nom ou prénom", method="filtrer_recherche")

    class Meta:
        model = Beneficiaire
        fields = ["recherche"]

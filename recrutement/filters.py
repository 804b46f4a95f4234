import django_filters
from django.db.models import Q
from django.db.models.functions import Coalesce

from beneficiaires.models import Beneficiaire
from beneficiaires.querysets import BeneficiaireQuerySet
from recrutement.enums import GenreAide, Modalite, SituationConfiee, StatutOffre, SuiviePar, TypeContrat
from recrutement.models import AideEmbauche, Contrat, Offre
from recrutement.querysets import AideQuerySet
from socle.filters import FiltreArchivable, FiltreDomaine, JourFilter, RechercheConfidentielle


class ContratFilter(FiltreArchivable):
    champs_recherche = ("employeur__raison_sociale_pliee", "engagement__lot__marche__texte_plie")
    champs_personne = ("beneficiaire__nom_plie",)

    recherche = django_filters.CharFilter(label="Employeur, marché", method="filtrer_recherche")
    personne = RechercheConfidentielle(label="Personne", method="filtrer_personne")
    modalite = django_filters.ChoiceFilter(label="Modalité", choices=Modalite.choices, empty_label="Toutes")
    type_contrat = django_filters.ChoiceFilter(label="Type", choices=TypeContrat.choices, empty_label="Tous")
    fin_du = JourFilter(label="Finit à partir du", method="filtrer_fin")
    fin_au = JourFilter(label="Finit au plus tard le", method="filtrer_fin")

    class Meta:
        model = Contrat
        fields = ["recherche", "personne", "modalite", "type_contrat", "fin_du", "fin_au", "archives"]

    def filtrer_fin(self, queryset, nom, valeur):
        """La fin qui vaut : la réelle, sinon la prévue ; un CDI n'en a pas, et ne finit dans aucun intervalle."""
        datees = queryset.alias(fin_qui_vaut=Coalesce("fin_reelle", "fin_prevue"))
        borne = {"fin_qui_vaut__gte" if nom == "fin_du" else "fin_qui_vaut__lte": valeur}
        return datees.filter(**borne)


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


class AideFilter(FiltreArchivable, MesAidesFilter):
    EN_COURS = "Montrées aux entreprises"

    class Meta(MesAidesFilter.Meta):
        fields = [*MesAidesFilter.Meta.fields, "archives"]


class PersonneConfieeFilter(FiltreDomaine):
    champs_recherche = ("nom_plie",)

    recherche = RechercheConfidentielle(label="Nom ou prénom", method="filtrer_recherche")
    situation = django_filters.ChoiceFilter(
        label="Où elle en est", choices=SituationConfiee.choices, empty_label="Toutes", method="filtrer_situation"
    )
    suivi = django_filters.ChoiceFilter(
        label="Suivie par", choices=SuiviePar.choices, empty_label="Tous", method="filtrer_suivi"
    )
    depuis = JourFilter(label="Confiée depuis le", field_name="cree_le", lookup_expr="date__gte")

    class Meta:
        model = Beneficiaire
        fields = ["recherche", "situation", "suivi", "depuis"]

    def filtrer_situation(self, personnes: BeneficiaireQuerySet, nom: str, valeur: str) -> BeneficiaireQuerySet:
        return personnes.filter(situation=valeur)

    def filtrer_suivi(self, personnes: BeneficiaireQuerySet, nom: str, valeur: str) -> BeneficiaireQuerySet:
        sans, miennes = Q(referent_courriel=""), Q(referent_courriel__iexact=self.acteur.utilisateur.email)
        selon = {SuiviePar.MOI: miennes, SuiviePar.PERSONNE: sans, SuiviePar.COLLEGUE: ~sans & ~miennes}
        return personnes.filter(selon[SuiviePar(valeur)])

import django_filters
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.models import Utilisateur
from marches.filters import maitres_ouvrage_visibles
from marches.models import Engagement
from recrutement.models import Contrat
from recrutement.querysets import ContratQuerySet
from socle.champs import MoisField
from socle.filters import FiltreDomaine, JourFilter, RechercheConfidentielle
from suivi.enums import Pronostic, Situation, StatutDeclaration, StatutPoint, Terme
from suivi.models import Declaration, PointSuivi


class MoisFilter(django_filters.Filter):
    field_class = MoisField


class DeclarationFilter(FiltreDomaine):
    champs_recherche = ("engagement__entreprise__raison_sociale_pliee", "engagement__lot__marche__texte_plie")

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutDeclaration.choices, empty_label="Tous")

    retard = django_filters.ChoiceFilter(
        label="Échéance", choices=[("oui", "En retard")], empty_label="Toutes", method="filtrer_retard"
    )

    class Meta:
        model = Declaration
        fields = ["recherche", "statut", "retard"]

    def filtrer_retard(self, queryset, nom, valeur):
        return queryset.en_retard(timezone.localdate())


class AValiderFilter(FiltreDomaine):
    champs_recherche = ("engagement__entreprise__raison_sociale_pliee", "engagement__lot__marche__texte_plie")

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    du = MoisFilter(label="Depuis le mois", field_name="mois", lookup_expr="gte")
    au = MoisFilter(label="Jusqu'au mois", field_name="mois", lookup_expr="lte")
    qui = django_filters.ChoiceFilter(
        label="Marchés", choices=[("moi", "Les miens")], empty_label="Tous", method="filtrer_les_miens"
    )

    class Meta:
        model = Declaration
        fields = ["recherche", "du", "au", "qui"]

    def filtrer_les_miens(self, queryset, nom, valeur):
        return queryset.filter(engagement__lot__marche__facilitateur=self.request.acteur.utilisateur)


class PointFilter(FiltreDomaine):
    champs_recherche = ("contrat__engagement__lot__marche__texte_plie",)
    champs_personne = ("contrat__beneficiaire__nom_plie",)

    personne = RechercheConfidentielle(label="Personne", method="filtrer_personne")
    recherche = django_filters.CharFilter(label="Marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutPoint.choices, empty_label="Tous")
    terme = django_filters.ChoiceFilter(label="Terme", choices=Terme.choices, empty_label="Tous")
    situation = django_filters.ChoiceFilter(label="Situation", choices=Situation.choices, empty_label="Toutes")
    du_avant = JourFilter(label="Dus avant le", field_name="du_le", lookup_expr="lte")

    class Meta:
        model = PointSuivi
        fields = ["personne", "recherche", "statut", "terme", "situation", "du_avant"]


class RetrouverFilter(FiltreDomaine):
    champs_recherche = ("nom_plie",)

    recherche = RechercheConfidentielle(label="Nom ou prénom", method="filtrer_recherche")
    mois = django_filters.NumberFilter(
        label="Sans nouvelles depuis (mois)", method="lire_mois", min_value=1, max_value=60
    )

    class Meta:
        model = Beneficiaire
        fields = ["recherche", "mois"]

    def lire_mois(self, queryset, nom, valeur):
        return queryset  # la vue l'a déjà lu : c'est la question même de la page


class MesContratsFilter(FiltreDomaine):
    champs_recherche = ("engagement__lot__marche__texte_plie",)
    champs_personne = ("beneficiaire__nom_plie",)

    personne = RechercheConfidentielle(label="Personne", method="filtrer_personne")
    recherche = django_filters.CharFilter(label="Marché", method="filtrer_recherche")
    quand = django_filters.ChoiceFilter(
        label="Contrats", choices=(("en_cours", "En cours"), ("finis", "Finis")), empty_label="Tous", method="dater"
    )

    class Meta:
        model = Contrat
        fields = ["personne", "recherche", "quand"]

    def dater(self, contrats: ContratQuerySet, nom: str, valeur: str) -> ContratQuerySet:
        le = timezone.localdate()
        en_cours = contrats.en_cours(le)
        return (
            en_cours if valeur == "en_cours" else contrats.exclude(pk__in=en_cours.values("pk")).filter(debut__lte=le)
        )


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

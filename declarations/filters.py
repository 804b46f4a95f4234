import django_filters
from django.utils import timezone

from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from marches.models import Engagement
from recrutement.models import Contrat
from recrutement.querysets import ContratQuerySet
from socle.champs import MoisField
from socle.filters import FiltreDomaine, RechercheConfidentielle


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


class GrilleFilter(FiltreDomaine):
    """Le mois est lu par la vue : il borne ce qui se montre."""

    champs_recherche = ("entreprise__raison_sociale_pliee", "lot__marche__texte_plie")

    mois = MoisFilter(label="Mois", method="laisser")
    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    qui = django_filters.ChoiceFilter(
        label="Marchés", choices=[("moi", "Les miens")], empty_label="Tous", method="filtrer_les_miens"
    )

    class Meta:
        model = Engagement
        fields = ["mois", "recherche", "qui"]

    def laisser(self, queryset, nom, valeur):
        return queryset

    def filtrer_les_miens(self, queryset, nom, valeur):
        return queryset.filter(lot__marche__facilitateur=self.request.acteur.utilisateur)


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

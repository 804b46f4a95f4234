import django_filters
from django.db.models import Exists, OuterRef
from django.utils import timezone

from beneficiaires.enums import CodeCritere, Sexe, StatutQuartier
from beneficiaires.models import Beneficiaire, Critere, RattachementQuartier
from beneficiaires.querysets import vrai_le
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from socle.filters import FiltreArchivable, JourFilter, RechercheConfidentielle
from territoires.enums import millesime_en_vigueur


def prescripteurs_visibles(request):
    partenaires = Organisation.objects.partenaires_de(request.acteur.organisation)
    return partenaires.filter(type=TypeOrganisation.PRESCRIPTEUR)


class BeneficiaireFilter(FiltreArchivable):
    champs_recherche = ("nom_plie",)

    recherche = RechercheConfidentielle(label="Nom, prénom ou identifiant", method="filtrer_recherche")
    critere = django_filters.ChoiceFilter(
        label="Critère", choices=CodeCritere.choices, method="filtrer_critere", empty_label="Tous"
    )
    sexe = django_filters.ChoiceFilter(label="Sexe", choices=Sexe.choices, empty_label="Tous")
    quartier = django_filters.ChoiceFilter(
        label="Quartier prioritaire", choices=StatutQuartier.choices, method="filtrer_quartier", empty_label="Tous"
    )
    prescripteur = django_filters.ModelChoiceFilter(
        label="Prescripteur", queryset=prescripteurs_visibles, to_field_name="uuid", empty_label="Tous"
    )
    disponible = JourFilter(label="Disponible au", method="filtrer_disponible")
    conservation = django_filters.ChoiceFilter(
        label="Conservation",
        choices=(("oui", "Bientôt anonymisés"),),
        method="filtrer_conservation",
        empty_label="Tous",
    )

    class Meta:
        model = Beneficiaire
        fields = [
            "recherche",
            "critere",
            "sexe",
            "quartier",
            "prescripteur",
            "disponible",
            "archives",
            "conservation",
        ]

    def filtrer_recherche(self, queryset, nom, valeur):
        """Les identifiants sont gardés tels que tapés : on y cherche sans casse."""
        trouves = super().filtrer_recherche(queryset, nom, valeur)
        return trouves | queryset.filter(identifiant__iexact=valeur.strip())

    def filtrer_critere(self, queryset, nom, valeur):
        """Ceux pour qui ce critère est en vigueur aujourd'hui, dernier jour compris."""
        criteres = Critere.objects.filter(beneficiaire=OuterRef("pk"), code=valeur)
        return queryset.filter(Exists(criteres.valides_le(timezone.localdate())))

    def filtrer_disponible(self, queryset, nom, valeur):
        """Celles que l'on sait disponibles ce jour-là ; une disponibilité inconnue ne se devine pas."""
        return queryset.filter(disponible_le__lte=valeur)

    def filtrer_quartier(self, queryset, nom, valeur):
        """Le domicile d'aujourd'hui, dans la géographie d'aujourd'hui."""
        rattachements = RattachementQuartier.objects.filter(
            vrai_le(timezone.localdate(), "domicile__"),
            domicile__beneficiaire=OuterRef("pk"),
            millesime=millesime_en_vigueur(timezone.localdate()),
            statut=valeur,
        )
        return queryset.filter(Exists(rattachements))

    def filtrer_conservation(self, queryset, nom, valeur):
        return queryset.filter(fin_annoncee_le__isnull=False, anonymise_le__isnull=True)

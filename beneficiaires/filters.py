import django_filters

from beneficiaires.enums import CodeCritere, Sexe
from beneficiaires.models import Beneficiaire
from socle.filters import FiltreDomaine


class BeneficiaireFilter(FiltreDomaine):
    champs_recherche = ("nom_plie",)

    recherche = django_filters.CharFilter(label="Nom, prénom ou identifiant", method="filtrer_recherche")
    critere = django_filters.ChoiceFilter(
        label="Critère", choices=CodeCritere.choices, method="filtrer_critere", empty_label="Tous"
    )
    sexe = django_filters.ChoiceFilter(label="Sexe", choices=Sexe.choices, empty_label="Tous")
    archives = django_filters.ChoiceFilter(
        label="Archive",
        choices=(("non", "En cours de suivi"), ("oui", "Archivés")),
        method="filtrer_archives",
        empty_label=None,
        initial="non",
    )

    class Meta:
        model = Beneficiaire
        fields = ["recherche", "critere", "sexe", "archives"]

    def filtrer_recherche(self, queryset, nom, valeur):
        """Les identifiants sont gardés tels que tapés : on y cherche sans casse."""
        trouves = super().filtrer_recherche(queryset, nom, valeur)
        return trouves | queryset.filter(identifiant__iexact=valeur.strip())

    def filtrer_critere(self, queryset, nom, valeur):
        return queryset.filter(criteres__code=valeur, criteres__jusqu_a__isnull=True).distinct()

    def filtrer_archives(self, queryset, nom, valeur):
        return queryset

    @property
    def qs(self):
        personnes = super().qs
        return personnes.archives() if self.data.get("archives") == "oui" else personnes.actifs()

import django_filters

from cloture.enums import GenrePenalite, StatutPenalite
from cloture.models import Penalite
from comptes.enums import Role
from socle.filters import FiltreDomaine

CHAMPS = ("engagement__entreprise__raison_sociale_pliee", "engagement__lot__marche__texte_plie")


class PenaliteFilter(FiltreDomaine):
    champs_recherche = CHAMPS

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutPenalite.choices, empty_label="Tous")
    genre = django_filters.ChoiceFilter(label="Objet", choices=GenrePenalite.choices, empty_label="Tous")
    decision = django_filters.ChoiceFilter(
        label="Décision", choices=[("attendue", "Attendue")], empty_label="Toutes", method="filtrer_decision"
    )

    class Meta:
        model = Penalite
        fields = ["recherche", "statut", "genre", "decision"]

    def filtrer_decision(self, queryset, nom, valeur):
        return queryset.a_decider()

    @property
    def form(self):
        formulaire = super().form
        if self.acteur.role == Role.ENTREPRISE:
            formulaire.fields.pop("decision", None)
        return formulaire

"""Observer, décider, notifier, retirer une pénalité."""

from django import forms

from cloture.enums import DecisionPenalite
from cloture.forms import DEUX_LIGNES, SIX_LIGNES
from cloture.penalites.services import verifier_decision
from comptes.enums import Role
from socle.champs import EurosField, JourField
from socle.forms import Formulaire


class ObservationsForm(Formulaire):
    """L'entreprise écrit ; le facilitateur, qui recopie un courrier, en donne aussi la date."""

    recues_le = JourField(label="Reçues le")
    texte = forms.CharField(
        label="Observations",
        max_length=4000,
        widget=forms.Textarea(attrs=SIX_LIGNES),
        help_text="Ce qui explique l'écart : recrutement difficile, arrêt du chantier, heures non déclarées… Ne nommez personne.",
    )

    def borner_les_choix(self) -> None:
        if self.acteur.role == Role.ENTREPRISE:
            del self.fields["recues_le"]


class DecisionForm(Formulaire):
    """La décision de l'acheteur ; consignée par un facilitateur, elle porte la date du document."""

    le = JourField(label="Date du document de l'acheteur")
    decision = forms.ChoiceField(label="Décision", choices=DecisionPenalite.choices, widget=forms.RadioSelect)
    montant = EurosField(label="Montant réduit", required=False, help_text="Si la pénalité est réduite.")
    montant.unite = "€"
    motif = forms.CharField(
        label="Motif",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Obligatoire pour réduire ou abandonner. L'entreprise le lit.",
    )

    def __init__(self, *args, penalite, **kwargs):
        self.penalite = penalite
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        if self.acteur.role == Role.MAITRE_OUVRAGE:
            del self.fields["le"]

    def clean(self):
        """Ce que le service refuserait se dit avant la page de confirmation."""
        valeurs = super().clean()
        if "decision" in valeurs and "montant" in valeurs:
            try:
                self.retenu = verifier_decision(
                    self.penalite, valeurs["decision"], valeurs["montant"], valeurs.get("motif", "")
                )
            except forms.ValidationError as refus:
                self.reporter(refus)
        return valeurs


class NotificationForm(Formulaire):
    le = JourField(label="Notifiée le", help_text="La date du courrier de l'acheteur à l'entreprise.")


class RetraitForm(Formulaire):
    motif = forms.CharField(label="Pourquoi la retirer", max_length=300, widget=forms.Textarea(attrs=DEUX_LIGNES))

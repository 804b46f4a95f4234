"""Les formulaires de la fin d'un engagement."""

from django import forms
from django.utils import timezone

from comptes.enums import Role
from recrutement.models import Offre
from socle.champs import EurosField, HeuresField, JourField, NombreField
from socle.forms import Formulaire, FormulaireModele
from suivi.enums import DecisionPenalite, RemiseLettre
from suivi.models import Carence, MiseEnDemeure, ReglagesCloture
from suivi.models.cloture import SANS_NOM
from suivi.services.penalites import verifier_decision

DEUX_LIGNES, SIX_LIGNES = {"rows": 2}, {"rows": 6}


class SansValeurForm(Formulaire):
    """Rien à remplir : la page dit ce qui va se passer, le bouton le fait."""


class MiseEnDemeureForm(Formulaire):
    le = JourField(label="Datée du")
    objet = forms.CharField(
        label="Ce qui est demandé",
        max_length=MiseEnDemeure._meta.get_field("objet").max_length,
        widget=forms.Textarea(attrs=DEUX_LIGNES),
        help_text=f"Repris mot pour mot dans la lettre. {SANS_NOM}",
    )


class CarenceForm(FormulaireModele):
    constatee_le = JourField(label="Constatée le")
    heures_neutralisees = HeuresField(
        label="Heures à ne pas compter",
        required=False,
        max_digits=10,
        help_text="C'est vous qui le décidez : vide ou 0, le constat se lit sans rien changer au montant.",
    )

    class Meta:
        model = Carence
        fields = ["constatee_le", "offre", "postes", "motif", "heures_neutralisees", "motif_heures"]
        widgets = {
            "motif": forms.Textarea(attrs=DEUX_LIGNES),
            "motif_heures": forms.TextInput(attrs={"placeholder": "2 postes × 150 h"}),
        }

    def __init__(self, *args, engagement, **kwargs):
        self.engagement = engagement
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        offres = Offre.objects.visibles_par(self.acteur).filter(engagement=self.engagement).order_by("debut", "pk")
        self.fields["offre"].queryset = offres
        self.fields["offre"].empty_label = "Aucune offre"
        self.fields["offre"].label_from_instance = lambda offre: f"{offre.intitule}, {offre.postes} poste(s)"

    def clean_heures_neutralisees(self):
        return self.cleaned_data["heures_neutralisees"] or 0


class LettreForm(Formulaire):
    repondre_avant = JourField(
        label="L'entreprise répond avant le", help_text="Le délai usuel se règle pour toute la structure."
    )


class RemiseForm(Formulaire):
    """Comment et quand une lettre que l'on a portée ou postée est parvenue."""

    remise = forms.ChoiceField(label="Comment", choices=RemiseLettre.a_la_main(), widget=forms.RadioSelect)
    le = JourField(label="Reçue le", help_text="La date de l'avis de réception, ou du jour de la remise.")


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


class AttestationForm(Formulaire):
    """Qui signe ; et, si une attestation est déjà émise, pourquoi la remplacer."""

    signataire = forms.CharField(label="Signataire", max_length=120, help_text="Prénom et nom.")
    qualite = forms.CharField(label="Qualité", max_length=120, required=False, help_text="Facilitateur, directrice…")
    motif = forms.CharField(
        label="Pourquoi la remplacer", max_length=300, widget=forms.Textarea(attrs=DEUX_LIGNES), help_text=SANS_NOM
    )

    def __init__(self, *args, remplace=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not remplace:
            del self.fields["motif"]


class ReglagesClotureForm(FormulaireModele):
    class Meta:
        model = ReglagesCloture
        fields = ["jours_pour_repondre", "seuil_satisfait", "seuil_partiel"]
        field_classes = {"seuil_satisfait": NombreField, "seuil_partiel": NombreField}


def aujourd_hui() -> dict:
    return {"le": timezone.localdate(), "constatee_le": timezone.localdate(), "recues_le": timezone.localdate()}

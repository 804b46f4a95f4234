"""Mettre en demeure, constater une carence."""

from django import forms

from cloture.forms import DEUX_LIGNES
from cloture.models import Carence, MiseEnDemeure
from cloture.models.penalite import SANS_NOM
from recrutement.models import Offre
from socle.champs import HeuresField, JourField
from socle.forms import Formulaire, FormulaireModele


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

from django import forms
from django.core.exceptions import ValidationError

from entreprises.models import ContactEntreprise, Entreprise
from socle.champs import SiretField
from socle.forms import Formulaire, FormulaireModele
from territoires.forms import CommuneField


class EntrepriseForm(FormulaireModele):
    siret = SiretField(help_text="14 chiffres, espaces permis. Déjà connue ? Sa fiche commune est reprise.")
    commune = CommuneField(
        required=False, help_text="Nom, code INSEE ou code postal. Elle dit si l'entreprise est locale."
    )
    notes = forms.CharField(label="Notes de votre structure", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = Entreprise
        fields = ["siret", "raison_sociale", "type", "commune"]

    def validate_unique(self) -> None:
        """Un SIRET déjà connu n'est pas une erreur à la création : le service reprend la fiche commune."""
        if self.instance.pk:
            super().validate_unique()


class EntrepriseEditionForm(EntrepriseForm):
    """Le SIRET désigne l'établissement : il ne se change pas, on ajoute un autre établissement."""

    siret = None  # type: ignore[assignment]  # Django retire ainsi un champ hérité

    class Meta(EntrepriseForm.Meta):
        fields = ["raison_sociale", "type", "commune"]


class AutreEntrepriseForm(Formulaire):
    """L'entreprise à réunir à celle-ci, parmi celles que la structure suit."""

    autre = SiretField(label="SIRET de l'autre entreprise", help_text="14 chiffres, espaces permis.")

    def clean_autre(self):
        autre = Entreprise.objects.visibles_par(self.acteur).filter(siret=self.cleaned_data["autre"]).first()
        if autre is None:
            raise ValidationError("Votre structure ne suit aucune entreprise de ce SIRET.")
        return autre


class ContactForm(FormulaireModele):
    class Meta:
        model = ContactEntreprise
        fields = ["nom", "fonction", "courriel", "telephone"]

from django import forms

from entreprises.models import Entreprise
from marches.enums import StatutMarche
from marches.models import Avenant, Engagement, Lot, MaitreOuvrage, Marche, Operation
from socle.champs import EurosField, HeuresField, JourField, NombreField, SiretField
from socle.forms import FormulaireModele
from territoires.forms import CommuneField


class MaitreOuvrageForm(FormulaireModele):
    siret = SiretField(
        required=False, help_text="14 chiffres. Avec un SIRET, la fiche est commune à toutes les structures."
    )
    commune = CommuneField(required=False)
    notes = forms.CharField(label="Notes de votre structure", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = MaitreOuvrage
        fields = ["nom", "siret", "type", "commune"]

    def validate_unique(self) -> None:
        """Un SIRET déjà connu n'est pas une erreur à la création : le service reprend la fiche commune."""
        if self.instance.pk:
            super().validate_unique()


class OperationForm(FormulaireModele):
    class Meta:
        model = Operation
        fields = ["nom", "maitre_ouvrage", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def borner_les_choix(self) -> None:
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.suivis_par(
            self.acteur.organisation, archives=False
        )


class MarcheForm(FormulaireModele):
    """La description d'un marché. À la création, son statut : on reprend souvent un marché déjà attribué."""

    montant_ht = EurosField(label="Montant", required=False)
    date_notification = JourField(label="Date de notification", required=False)
    debut = JourField(label="Début d'exécution")
    fin_prevue = JourField(label="Fin prévue")
    fin_reelle = JourField(
        label="Fin réelle", required=False, help_text="Si l'exécution s'est arrêtée à une autre date."
    )

    class Meta:
        model = Marche
        fields = [
            "reference",
            "objet",
            "maitre_ouvrage",
            "operation",
            "nature",
            "type_clause",
            "montant_ht",
            "statut",
            "date_notification",
            "debut",
            "fin_prevue",
            "fin_reelle",
            "notes",
        ]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["statut"]
        else:
            self.fields["statut"].initial = StatutMarche.EXECUTION
            del self.fields["fin_reelle"]

    def borner_les_choix(self) -> None:
        structure = self.acteur.organisation
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.suivis_par(structure, archives=False)
        self.fields["maitre_ouvrage"].empty_label = "Choisir…"
        self.fields["operation"].queryset = Operation.objects.visibles_par(self.acteur).actifs()
        self.fields["operation"].empty_label = "Aucune"


class LotForm(FormulaireModele):
    montant_ht = EurosField(label="Montant", required=False)

    class Meta:
        model = Lot
        fields = ["numero", "intitule", "montant_ht"]


class LotAttribueForm(LotForm):
    """Un nouveau lot et, si on le connaît, son attributaire avec les heures qu'il doit."""

    entreprise = forms.ModelChoiceField(
        label="Attributaire",
        queryset=Entreprise.objects.none(),
        required=False,
        empty_label="Pas encore attribué",
        help_text="L'entreprise manque ? Ajoutez-la d'abord dans « Entreprises ».",
    )
    heures_initiales = HeuresField(label="Heures dues", required=False)

    def borner_les_choix(self) -> None:
        self.fields["entreprise"].queryset = Entreprise.objects.suivies_par(self.acteur.organisation, archivees=False)

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("entreprise") and valeurs.get("heures_initiales") is None:
            self.add_error("heures_initiales", "Donnez les heures dues par l'attributaire (0 si le lot n'en doit pas).")
        if valeurs.get("heures_initiales") and not valeurs.get("entreprise"):
            self.add_error("entreprise", "Choisissez l'attributaire qui doit ces heures.")
        return valeurs


class EngagementForm(FormulaireModele):
    heures_initiales = HeuresField(
        label="Heures dues", help_text="Hors avenants : ils s'ajoutent sur la page de l'engagement."
    )

    class Meta:
        model = Engagement
        fields = ["entreprise", "role", "heures_initiales"]

    def borner_les_choix(self) -> None:
        self.fields["entreprise"].queryset = Entreprise.objects.suivies_par(self.acteur.organisation)
        self.fields["entreprise"].empty_label = "Choisir…"


class AvenantForm(FormulaireModele):
    heures_delta = NombreField(
        label="Heures ajoutées ou retirées",
        max_digits=10,
        decimal_places=2,
        help_text="Négatif si l'avenant réduit les heures dues, par exemple −120.",
    )
    montant_delta_ht = NombreField(
        label="Montant ajouté ou retiré (€ HT)", required=False, max_digits=14, decimal_places=2
    )
    date_notification = JourField(label="Date de notification")

    class Meta:
        model = Avenant
        fields = ["heures_delta", "montant_delta_ht", "date_notification", "motif"]

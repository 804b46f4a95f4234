"""Ce que l'entreprise joint à ses heures, et ce qu'en fait le facilitateur."""

from django import forms
from django.core.exceptions import ValidationError

from declarations.annonces.services.justificatifs import FORMATS_JUSTIFICATIF
from declarations.forms.declaration import titre_du_contrat
from declarations.forms.mois import champ_heures
from declarations.models import PersonneAnnoncee
from recrutement.models import Contrat
from socle.champs import JourField
from socle.fichiers import PAPIERS, nom_propre, reconnaitre
from socle.forms import Formulaire, FormulaireModele
from socle.nombres import mois_annee, taille

TAILLE_JUSTIFICATIF = 5 * 1024 * 1024


class PersonneAnnonceeForm(FormulaireModele):
    """Une personne embauchée depuis : le strict nécessaire pour la reconnaître."""

    embauchee_le = JourField(label="Embauchée le")
    heures = champ_heures("Heures du mois")

    class Meta:
        model = PersonneAnnoncee
        fields = ["prenom", "nom", "embauchee_le", "type_contrat", "heures", "precision"]
        help_texts = {"precision": "Le poste, l'agence d'intérim. Rien sur la santé, ni de numéro de sécurité sociale."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="annonce", **kwargs)
        for nom in ("prenom", "nom", "heures"):
            self.fields[nom].required = True
        self.empty_permitted, self.use_required_attribute = True, False


class ReportsForm(Formulaire):
    """Les personnes annoncées un mois d'avant : leurs heures de ce mois, sans retaper leur nom. Vide : pas ce mois-ci."""

    def __init__(self, *args, annonces=(), **kwargs):
        self.annonces = {f"report_{annonce.uuid.hex}": annonce for annonce in annonces}
        super().__init__(*args, **kwargs)
        for nom, annonce in self.annonces.items():
            libelle = f"{annonce.nom_complet}, annoncée en {mois_annee(annonce.declaration.mois)}"
            self.fields[nom] = champ_heures(libelle)
        self.use_required_attribute = False

    def reprises(self) -> list[dict]:
        """Ce qu'il faut annoncer de nouveau pour ce mois."""
        champs = ("prenom", "nom", "embauchee_le", "type_contrat", "precision")
        return [
            {**{champ: getattr(annonce, champ) for champ in champs}, "heures": self.cleaned_data[nom]}
            for nom, annonce in self.annonces.items()
            if self.cleaned_data.get(nom) is not None
        ]


class JustificatifForm(Formulaire):
    fichier = forms.FileField(
        label="Relevé d'heures ou bulletin",
        required=False,
        help_text=f"{FORMATS_JUSTIFICATIF}, 5 Mo au plus. Seul votre facilitateur le lit. Sur un bulletin de paie, masquez le "
        "numéro de sécurité sociale, l'adresse et la banque : le nom, le mois et les heures suffisent.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{extension}" for extension in PAPIERS)}),
        error_messages={"empty": "Ce fichier est vide."},
    )

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if not fichier:
            return None
        if fichier.size > TAILLE_JUSTIFICATIF:
            raise ValidationError(f"Ce fichier pèse {taille(fichier.size)}, plus que les 5 Mo permis.")
        reconnaitre(fichier, nom_propre(fichier.name), PAPIERS, FORMATS_JUSTIFICATIF)
        return fichier


class EcartementForm(Formulaire):
    motif = forms.CharField(
        label="Pourquoi écarter cette annonce ?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L'entreprise le reçoit par courriel. Pas de nom de salarié.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)


class ContratChoiceField(forms.ModelChoiceField):
    """Un contrat se choisit par sa personne et ses dates."""

    def label_from_instance(self, contrat):
        return titre_du_contrat(contrat, seul=False)


class RattachementForm(Formulaire):
    contrat = ContratChoiceField(
        label="Contrat de cette personne",
        queryset=Contrat.objects.none(),
        empty_label="Choisir…",
        to_field_name="uuid",
        help_text="Il manque ? Ouvrez d'abord son dossier, ou son contrat depuis son dossier.",
    )

    def __init__(self, *args, instance=None, contrats=None, **kwargs):
        self.instance, self.contrats = instance, contrats
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        self.fields["contrat"].queryset = self.contrats

"""Une embauche d'un coup : qui, éligible par quoi, où elle habite, à quel contrat. Un seul formulaire, un seul envoi."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from beneficiaires.enums import NiveauFormation, Sexe
from beneficiaires.forms import ChercheDoublonsMixin, criteres_retenus
from beneficiaires.models.beneficiaire import NE_ENTRE
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from recrutement.forms.contrats import EmbaucheForm
from socle.champs import CodePostalField, JourField
from socle.forms import Section
from socle.texte import sans_numero_national
from socle.validateurs import valider_nom
from territoires.forms import AdresseWidget, CommuneField

PERSONNE = ("nom", "prenom", "date_naissance", "sexe", "telephone", "prescripteur", "referent", "referent_courriel")
ELIGIBILITE = ("code", "critere_depuis", "piece_vue", "niveau", "inscrit_depuis")
DOMICILE = ("adresse", "code_postal", "commune")
CONTRAT = ("employeur", "modalite", "type_contrat", "debut", "fin_prevue", "heures_hebdomadaires")


class EmbaucheDirecteForm(ChercheDoublonsMixin, EmbaucheForm):
    """Une personne que la structure ne connaît pas encore, et son contrat sur un engagement."""

    nom = forms.CharField(label="Nom", max_length=80, validators=[valider_nom, sans_numero_national])
    prenom = forms.CharField(label="Prénom", max_length=80, validators=[valider_nom, sans_numero_national])
    date_naissance = JourField(label="Date de naissance", bornes=NE_ENTRE)
    sexe = forms.ChoiceField(label="Sexe", choices=[("", "Choisir…"), *Sexe.choices])
    telephone = forms.CharField(label="Téléphone", max_length=20, required=False)
    prescripteur = forms.ModelChoiceField(
        label="Prescripteur", queryset=Organisation.objects.none(), required=False, empty_label="Aucun"
    )
    referent = forms.CharField(label="Référent", max_length=120, required=False, validators=[valider_nom])
    referent_courriel = forms.EmailField(label="Courriel du référent", required=False)
    code = forms.ChoiceField(label="Critère d'éligibilité", required=False)
    critere_depuis = JourField(label="Critère vrai depuis le", required=False, help_text="Vide : date inconnue.")
    piece_vue = forms.BooleanField(
        label="J'ai vu la pièce aujourd'hui", required=False, help_text="La pièce est regardée, jamais copiée ici."
    )
    niveau = forms.ChoiceField(
        label="Niveau de formation", required=False, choices=[("", "Pas encore connu"), *NiveauFormation.choices]
    )
    inscrit_depuis = JourField(label="Inscrite à France Travail depuis le", required=False)
    adresse = forms.CharField(label="Adresse", max_length=200, required=False, widget=AdresseWidget)
    code_postal = CodePostalField(required=False)
    commune = CommuneField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([*PERSONNE, *ELIGIBILITE, *DOMICILE, *CONTRAT])
        self.helper.layout = Layout(
            Section("Qui", *PERSONNE),
            Section("Éligible par quoi", *ELIGIBILITE),
            Section("Où elle habite", *DOMICILE),
            Section("Son contrat", *CONTRAT),
        )

    def borner_les_choix(self) -> None:
        super().borner_les_choix()
        partenaires = Organisation.objects.partenaires_de(self.acteur.organisation).actifs()
        self.fields["prescripteur"].queryset = partenaires.filter(type=TypeOrganisation.PRESCRIPTEUR)
        self.fields["code"].choices = [("", "Aucun pour l'instant"), *criteres_retenus(self.acteur.organisation)]

    def clean(self):
        valeurs = super().clean()
        if not valeurs.get("code") and (valeurs.get("critere_depuis") or valeurs.get("piece_vue")):
            self.add_error("code", "Dites de quel critère il s'agit.")
        return valeurs

    def groupes(self) -> dict[str, Any]:
        """Ce que le service attend : la personne, son critère, son niveau, son inscription, son domicile, son contrat."""
        dit = self.cleaned_data
        return {
            "identite": {nom: dit[nom] for nom in PERSONNE},
            "critere": {"code": dit["code"], "depuis": dit["critere_depuis"], "piece_vue": dit["piece_vue"]},
            "niveau": dit["niveau"],
            "inscrite_depuis": dit["inscrit_depuis"],
            "adresse": {nom: dit[nom] for nom in DOMICILE},
            "contrat": {nom: dit[nom] for nom in CONTRAT},
        }

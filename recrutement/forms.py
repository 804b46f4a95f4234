"""Les formulaires des contrats ; ceux des offres et candidatures sont dans `forms_offres`."""

from django import forms

from entreprises.models import Entreprise
from marches.models import Engagement
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from socle.champs import JourField
from socle.forms import FormulaireModele


class EngagementChoiceField(forms.ModelChoiceField):
    """Un engagement se choisit par son marché, son lot et son entreprise."""

    def label_from_instance(self, engagement):
        marche = engagement.lot.marche
        return f"{marche.reference} · lot {engagement.lot.numero} · {engagement.entreprise.raison_sociale}"


class ContratEditionForm(FormulaireModele):
    debut = JourField(label="Début")
    fin_prevue = JourField(label="Fin prévue", required=False, help_text="Vide pour un CDI seulement.")
    fin_reelle = JourField(label="Fin réelle", required=False, help_text="Si le contrat s'est arrêté à une autre date.")

    class Meta:
        model = Contrat
        fields = ["employeur", "modalite", "type_contrat", "debut", "fin_prevue", "fin_reelle", "motif_fin"]

    def borner_les_choix(self) -> None:
        self.fields["employeur"].queryset = Entreprise.objects.suivies_par(self.acteur.organisation)
        self.fields["employeur"].empty_label = "Choisir…"

    def clean(self):
        valeurs = super().clean()
        sans_fin = not valeurs.get("fin_prevue") and not valeurs.get("fin_reelle")
        if sans_fin and valeurs.get("type_contrat") not in (None, TypeContrat.CDI):
            self.add_error("fin_prevue", "Donnez la date de fin : seul un CDI n'en a pas.")
        reelle, prevue = valeurs.get("fin_reelle"), valeurs.get("fin_prevue")
        if (
            "motif_fin" in self.fields
            and reelle
            and (prevue is None or reelle < prevue)
            and not valeurs.get("motif_fin")
        ):
            self.add_error("motif_fin", "Le contrat s'arrête avant son terme : dites pourquoi.")
        return valeurs


class EmbaucheForm(ContratEditionForm):
    """Le contrat d'une personne retenue : l'engagement est celui de l'offre."""

    class Meta(ContratEditionForm.Meta):
        fields = ["employeur", "modalite", "type_contrat", "debut", "fin_prevue"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["fin_reelle"]


class ContratForm(ContratEditionForm):
    engagement = EngagementChoiceField(
        label="Marché et lot", queryset=Engagement.objects.none(), empty_label="Choisir…"
    )

    class Meta(ContratEditionForm.Meta):
        fields = ["engagement", "employeur", "modalite", "type_contrat", "debut", "fin_prevue"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["fin_reelle"]

    def borner_les_choix(self) -> None:
        super().borner_les_choix()
        engagements = Engagement.objects.visibles_par(self.acteur).ouverts_aux_contrats().avec_contexte()
        self.fields["engagement"].queryset = engagements.order_by("lot__marche__reference", "lot__numero", "pk")

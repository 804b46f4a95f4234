"""Les formulaires des contrats ; ceux des offres et candidatures sont dans `offres`."""

from django import forms

from entreprises.models import ContactEntreprise, Entreprise
from marches.models import ConventionGlobalisation, Engagement
from recrutement.enums import GenreAvenant, TypeContrat
from recrutement.models import Contrat
from socle.champs import HeuresField, JourField
from socle.forms import Formulaire, FormulaireModele


class EngagementChoiceField(forms.ModelChoiceField):
    """Un engagement se choisit par son marché, son lot et son entreprise."""

    def label_from_instance(self, engagement):
        marche = engagement.lot.marche
        return f"{marche.reference} · lot {engagement.lot.numero} · {engagement.entreprise.raison_sociale}"


class ContratEditionForm(FormulaireModele):
    debut = JourField(label="Début")
    fin_prevue = JourField(label="Fin prévue", required=False, help_text="Vide pour un CDI seulement.")
    heures_hebdomadaires = HeuresField(label="Heures par semaine", required=False, max_digits=4, max_value=48)
    fin_reelle = JourField(label="Fin réelle", required=False, help_text="Si le contrat s'est arrêté à une autre date.")

    class Meta:
        model = Contrat
        fields = [
            "employeur",
            "modalite",
            "type_contrat",
            "debut",
            "fin_prevue",
            "heures_hebdomadaires",
            "tuteur",
            "convention",
            "fin_reelle",
            "motif_fin",
        ]

    def borner_les_choix(self) -> None:
        self.fields["employeur"].queryset = Entreprise.objects.suivis_par(self.acteur.organisation, archives=False)
        self.fields["employeur"].empty_label = "Choisir…"
        if "tuteur" in self.fields:
            self._borner_le_tuteur()
        if "convention" in self.fields:
            conventions = ConventionGlobalisation.objects.visibles_par(self.acteur).actifs()
            self.fields["convention"].queryset = conventions.filter(marches__lots__engagements=self.instance.engagement)
            self.fields["convention"].empty_label = "Aucune : les heures se font sur le marché"

    def _borner_le_tuteur(self) -> None:
        """Un contact de l'employeur, ou de l'entreprise engagée quand ce n'est pas elle qui emploie."""
        contrat = self.instance
        entreprises = [contrat.employeur_id, contrat.engagement.entreprise_id]
        contacts = ContactEntreprise.objects.visibles_par(self.acteur).actifs()
        self.fields["tuteur"].queryset = contacts.filter(fiche__entreprise__in=entreprises)
        self.fields["tuteur"].empty_label = "Pas encore désigné"
        self.fields["tuteur"].label_from_instance = lambda contact: contact.nom

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
        fields = ["employeur", "modalite", "type_contrat", "debut", "fin_prevue", "heures_hebdomadaires"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["fin_reelle"]


class ContratForm(ContratEditionForm):
    engagement = EngagementChoiceField(
        label="Marché et lot", queryset=Engagement.objects.none(), empty_label="Choisir…"
    )

    class Meta(ContratEditionForm.Meta):
        fields = ["engagement", "employeur", "modalite", "type_contrat", "debut", "fin_prevue", "heures_hebdomadaires"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["fin_reelle"]

    def borner_les_choix(self) -> None:
        super().borner_les_choix()
        engagements = Engagement.objects.visibles_par(self.acteur).ouverts_aux_contrats().avec_contexte()
        self.fields["engagement"].queryset = engagements.order_by("lot__marche__reference", "lot__numero", "pk")


class AvenantContratForm(Formulaire):
    """Ce qui change au contrat de travail, et à partir de quand."""

    genre = forms.ChoiceField(label="Ce qui change", choices=GenreAvenant, widget=forms.RadioSelect)
    date_effet = JourField(label="À compter du")
    fin_prevue = JourField(label="Nouvelle fin prévue", required=False, help_text="Pour une prolongation.")
    heures_hebdomadaires = HeuresField(
        label="Heures par semaine",
        required=False,
        max_digits=4,
        min_value=1,
        max_value=48,
        help_text="Pour un changement de la durée du travail.",
    )


class SansCritereForm(Formulaire):
    """Pourquoi les heures d'une personne sans critère comptent."""

    motif = forms.CharField(
        label="Pourquoi compter ses heures sans critère ?",
        max_length=300,
        help_text="L'entreprise et l'acheteur le liront sur l'attestation : ni nom, ni situation personnelle.",
    )


class AffectationForm(FormulaireModele):
    """Un second marché pour le même contrat de travail."""

    engagement = EngagementChoiceField(
        label="Marché et lot", queryset=Engagement.objects.none(), empty_label="Choisir…"
    )
    debut = JourField(label="À partir du")
    fin_prevue = JourField(label="Jusqu'au", required=False, help_text="Vide seulement si le contrat est sans terme.")

    class Meta:
        model = Contrat
        fields = ["engagement", "debut", "fin_prevue", "convention"]

    def __init__(self, *args, contrat: Contrat, **kwargs):
        self.contrat = contrat
        super().__init__(*args, **kwargs)

    def _post_clean(self):
        """Le contrat naît dans le service, avec ce qu'il reprend de l'autre : rien à contrôler d'un demi-objet ici."""

    def borner_les_choix(self) -> None:
        engagements = Engagement.objects.visibles_par(self.acteur).ouverts_aux_contrats().avec_contexte()
        autres = engagements.exclude(pk=self.contrat.engagement_id)
        self.fields["engagement"].queryset = autres.order_by("lot__marche__reference", "lot__numero", "pk")
        conventions = ConventionGlobalisation.objects.visibles_par(self.acteur).actifs()
        self.fields["convention"].queryset = conventions
        self.fields["convention"].empty_label = "Aucune : les heures se font sur ce marché"

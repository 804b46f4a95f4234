"""Les formulaires de l'espace entreprise : le besoin qu'elle exprime, ce qu'on lui répond, les aides qu'on lui montre."""

from django import forms
from django.utils import timezone

from marches.models import Engagement
from recrutement.forms.offres import OffreForm
from recrutement.models import AideEmbauche, Offre
from socle.champs import JourField, NombreField
from socle.forms import FormulaireModele


class EngagementField(forms.ModelChoiceField):
    """Un engagement, par son marché, son lot et la structure qui le suit."""

    def label_from_instance(self, engagement):
        marche = engagement.lot.marche
        return f"{marche.reference}, lot {engagement.lot.numero} · {marche.objet} ({marche.structure.nom})"


class BesoinEditionForm(OffreForm):
    class Meta(OffreForm.Meta):
        fields = [nom for nom in OffreForm.Meta.fields if nom != "reserve_qpv"]
        labels = {"adresse": "Lieu de travail", "exigences": "Ce que le poste demande"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for nom in self.instance.manques:
                champ = self.fields[nom]
                champ.help_text = f"À compléter : un candidat le demande d'abord. {champ.help_text}".strip()


class BesoinForm(BesoinEditionForm):
    engagement = EngagementField(
        label="Pour quel marché", queryset=Engagement.objects.none(), to_field_name="uuid", empty_label="Choisir…"
    )
    field_order = ["engagement"]

    def borner_les_choix(self) -> None:
        super().borner_les_choix()
        ouverts = Engagement.objects.visibles_par(self.acteur).vivants(timezone.localdate())
        champ = self.fields["engagement"]
        champ.queryset = ouverts.select_related("lot__marche__structure").order_by("-lot__marche__debut", "pk")
        if len(seuls := list(champ.queryset[:2])) == 1:
            champ.initial = seuls[0].uuid


class EcartForm(FormulaireModele):
    reponse_besoin = forms.CharField(
        label="Pourquoi",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L'entreprise lit cette phrase, dans son espace et par courriel.",
    )

    class Meta:
        model = Offre
        fields = ["reponse_besoin"]


class AideForm(FormulaireModele):
    montant = NombreField(
        label="Montant ou taux",
        max_digits=9,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text="Tel que la source le dit. Vide : dites dans les conditions ce que l'aide prend en charge.",
    )
    date_source = JourField(
        label="Source lue le",
        required=False,
        help_text="Le jour où vous l'avez vérifiée. Vide, vos entreprises ne la lisent pas ; de plus d'un an, « à vérifier ».",
    )
    valable_du = JourField(label="Valable du", required=False)
    valable_au = JourField(label="Valable jusqu'au", required=False)

    class Meta:
        model = AideEmbauche
        fields = [
            "intitule",
            "genre",
            "publics",
            "type_contrat",
            "montant",
            "unite",
            "duree_mois",
            "conditions",
            "source",
            "source_url",
            "date_source",
            "valable_du",
            "valable_au",
        ]
        widgets = {"conditions": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "type_contrat": "Vide : l'aide vaut pour tous les contrats.",
            "source": "D'où viennent ces valeurs : un texte, une page, un usage.",
        }

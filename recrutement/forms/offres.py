"""Les formulaires des offres et des candidatures."""

from django import forms

from beneficiaires.enums import CodeCritere, NiveauFormation
from beneficiaires.forms import ChercheDoublonsMixin
from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from comptes.models import Adhesion, Organisation
from metiers.forms import MetierField, MetiersField
from recrutement.enums import MotifRefus
from recrutement.models import Candidature, Offre
from socle.bornes import VIE
from socle.champs import HeuresField, JourField
from socle.forms import Formulaire, FormulaireModele
from socle.texte import sans_numero_national
from territoires.forms import AdresseWidget, CommuneField


class PersonneChoiceField(forms.ModelChoiceField):
    """Une personne de sa portée, par son nom et son numéro de dossier."""

    def label_from_instance(self, personne):
        return f"{personne.nom} {personne.prenom} ({personne.identifiant})"


class OffreForm(FormulaireModele):
    metier = MetierField()
    debut = JourField(label="Début")
    fin = JourField(label="Fin", required=False, help_text="Vide pour un CDI ou une durée encore ouverte.")
    heures = HeuresField(label="Heures prévues par poste", required=False)
    commune = CommuneField(required=False, label="Commune du lieu de travail")

    def borner_les_choix(self) -> None:
        self.fields["metier"].connaitre(self.acteur.structure)

    class Meta:
        model = Offre
        fields = [
            "intitule",
            "metier",
            "postes",
            "debut",
            "fin",
            "heures",
            "adresse",
            "commune",
            "modalite",
            "type_contrat",
            "exigences",
            "reserve_qpv",
        ]
        widgets = {"exigences": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "intitule": "Comme on le dit au candidat : « Maçon coffreur », « Agente d'entretien ».",
            "exigences": "Permis, horaires, habilitations, langue. Ce qui est indispensable, et rien d'autre.",
            "reserve_qpv": "À cocher si le marché vise les habitants des quartiers prioritaires.",
        }


class DiffusionForm(Formulaire):
    partenaires = forms.ModelMultipleChoiceField(
        label="À qui la proposer",
        queryset=Organisation.objects.none(),
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
    )
    date_limite = JourField(label="Proposer avant le", required=False)

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        partenaires = Organisation.objects.partenaires_de(self.acteur.organisation).actifs()
        self.fields["partenaires"].queryset = partenaires.filter(type=TypeOrganisation.PRESCRIPTEUR)


class LienEntrepriseForm(Formulaire):
    courriel = forms.EmailField(
        label="Courriel du correspondant",
        help_text="Il reçoit un lien personnel, valable 30 jours, pour voir les personnes transmises et répondre.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)


class PositionnementForm(Formulaire):
    """Proposer une personne que l'on suit déjà."""

    beneficiaire = PersonneChoiceField(label="Personne", queryset=Beneficiaire.objects.none(), empty_label="Choisir…")
    avis = forms.CharField(
        label="Pourquoi cette personne pour ce poste",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ses atouts pour le poste. Rien sur la santé ni la justice.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.offre = instance
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        deja = Candidature.objects.filter(offre=self.offre).order_by().values("beneficiaire")
        suivies = Beneficiaire.objects.visibles_par(self.acteur).actifs().filter(structure=self.offre.structure_id)
        self.fields["beneficiaire"].queryset = suivies.exclude(pk__in=deja)


class NouvellePersonneForm(ChercheDoublonsMixin, FormulaireModele):
    """Une personne confiée par un prescripteur : le minimum utile, le facilitateur complète."""

    metiers = MetiersField(required=False)
    disponible_le = JourField(label="Disponible à partir du", required=False)
    adresse = forms.CharField(
        label="Adresse",
        required=False,
        max_length=200,
        widget=AdresseWidget,
        help_text="Numéro, rue et commune : elle dit le quartier prioritaire et la distance des postes.",
    )
    criteres = forms.MultipleChoiceField(
        label="Sa situation",
        choices=CodeCritere.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tout ce qui est vrai ; le facilitateur verra les pièces.",
    )
    critere_principal = forms.ChoiceField(
        label="Critère principal",
        required=False,
        choices=[("", ""), *CodeCritere.choices],
        help_text="Parmi ceux que vous cochez. Vide : le premier coché, dans l'ordre de la liste.",
    )
    niveau = forms.ChoiceField(
        label="Niveau de formation", required=False, choices=[("", ""), *NiveauFormation.choices]
    )
    inscrite_depuis = JourField(
        label="Inscrite à France Travail depuis le",
        bornes=VIE,
        required=False,
        help_text="Avec le niveau, c'est ce que les bilans demandent d'une personne.",
    )

    class Meta:
        model = Beneficiaire
        fields = [
            "nom",
            "prenom",
            "date_naissance",
            "sexe",
            "telephone",
            "courriel",
            "metiers",
            "disponible_le",
            "rayon_km",
        ]

    def __init__(self, *args, structure=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.structure = structure

    def clean(self):
        valeurs = super().clean()
        principal = valeurs.get("critere_principal")
        if principal and principal not in valeurs.get("criteres", ()):
            self.add_error("critere_principal", "Cochez-le aussi dans la situation de la personne.")
        return valeurs

    def valeurs(self) -> dict:
        """Les critères, le principal d'abord : c'est ainsi que le service le reconnaît."""
        valeurs = super().valeurs()
        principal = valeurs.pop("critere_principal")
        return {**valeurs, "criteres": sorted(valeurs["criteres"], key=lambda code: code != principal)}


class MaPersonneForm(FormulaireModele):
    """Ce qu'un prescripteur tient à jour d'une personne qu'il a confiée."""

    metiers = MetiersField(required=False)
    disponible_le = JourField(label="Disponible à partir du", required=False)

    class Meta(NouvellePersonneForm.Meta):
        pass

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["metiers"].connaitre(self.instance.structure)


class CollegueField(forms.ModelChoiceField):
    def label_from_instance(self, adhesion):
        return adhesion.utilisateur.get_full_name()


class CollegueForm(Formulaire):
    adhesion = CollegueField(
        label="Qui suit désormais cette personne",
        queryset=Adhesion.objects.none(),
        to_field_name="uuid",
        help_text="C'est à cette personne que l'on écrira : candidatures, situation après le contrat.",
    )

    def borner_les_choix(self) -> None:
        membres = Adhesion.objects.visibles_par(self.acteur).en_vigueur().filter(utilisateur__is_active=True)
        self.fields["adhesion"].queryset = membres.select_related("utilisateur").order_by("pk")


class NouveauCandidatForm(NouvellePersonneForm):
    avis = PositionnementForm.base_fields["avis"]


class StructureField(forms.ModelChoiceField):
    """La structure à qui confier la personne, quand on travaille avec plusieurs."""


class PersonneConfieeForm(NouvellePersonneForm):
    structure = StructureField(label="Confier à", queryset=Organisation.objects.none(), empty_label="Choisir…")
    field_order = ["structure"]

    def borner_les_choix(self) -> None:
        siennes = self.acteur.organisation.partenariats.order_by().values("structure")
        self.fields["structure"].queryset = Organisation.objects.actifs().filter(pk__in=siennes)
        if self.fields["structure"].queryset.count() == 1:
            self.fields["structure"].initial = self.fields["structure"].queryset.first()


class EntretienForm(Formulaire):
    entretien_le = JourField(label="Entretien le")

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)


class RefusForm(Formulaire):
    motif = forms.ChoiceField(label="Raison", choices=[("", ""), *MotifRefus.choices])
    precision = forms.CharField(
        label="Précision",
        required=False,
        max_length=300,
        validators=[sans_numero_national],
        help_text="Ce qui aiderait à mieux proposer la prochaine fois. Rien sur la santé.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("motif") == MotifRefus.AUTRE and not (valeurs.get("precision") or "").strip():
            self.add_error("precision", "Précisez cette autre raison : le référent la lit.")
        return valeurs

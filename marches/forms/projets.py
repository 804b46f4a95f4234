"""Les formulaires de l'amont : projets d'achat, décisions, scénarios, corps de métier."""

from decimal import Decimal

from django import forms

from comptes.enums import Role
from comptes.models import Organisation
from marches.calcul import PARAMETRES
from marches.enums import Arrondi, Derogation, Formule, TypeClause
from marches.forms.marches import FacilitateurField
from marches.forms.nouveaux import ACHETEUR, AvecUnNouveau
from marches.forms.redaction import PublicsField
from marches.forms.taux import TauxRelusMixin
from marches.interlocuteur import structures_qui_suivent
from marches.models import CorpsMetier, MaitreOuvrage, ProjetAchat
from socle.bornes import TERME
from socle.champs import EurosField, JourField, NombreField
from socle.forms import Formulaire, FormulaireModele
from territoires.forms import CommuneField


class CorpsMetierField(forms.ModelChoiceField):
    """Un corps de métier ; de plusieurs structures à la fois, chacun dit de laquelle il est."""

    de_plusieurs = False

    def label_from_instance(self, obj):
        return f"{obj.nom} ({obj.structure.nom})" if self.de_plusieurs else obj.nom


class ProjetAcheteurForm(FormulaireModele):
    """Ce qu'un acheteur dit de son achat ; s'il travaille avec plusieurs structures, il choisit la sienne."""

    structure = forms.ModelChoiceField(
        label="Structure qui étudiera le projet", queryset=Organisation.objects.none(), empty_label="Choisir…"
    )
    montant_estime_ht = EurosField(label="Montant estimé HT", required=False)
    date_publication = JourField(label="Publication prévue", required=False)
    date_notification = JourField(label="Notification prévue", required=False)
    commune = CommuneField(required=False)
    corps_metier = CorpsMetierField(
        label="Corps de métier",
        queryset=CorpsMetier.objects.none(),
        required=False,
        empty_label="Pas encore connu",
        help_text="Il dit quelles personnes pourraient prendre ces emplois.",
    )

    class Meta:
        model = ProjetAchat
        fields = [
            "objet",
            "description",
            "nature",
            "corps_metier",
            "forme",
            "type_acheteur",
            "montant_estime_ht",
            "duree_mois",
            "date_publication",
            "date_notification",
            "commune",
            "defense",
            "services_sociaux",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def borner_les_choix(self) -> None:
        self._borner_les_corps_de_metier()
        if self.acteur.role != Role.MAITRE_OUVRAGE or self.instance.pk:
            self.fields.pop("structure", None)
            return
        structures = structures_qui_suivent(self.acteur)
        self.fields["structure"].queryset = structures
        self.order_fields(["structure"])
        if structures.count() == 1:
            self.fields["structure"].initial = structures.get().pk

    def _borner_les_corps_de_metier(self) -> None:
        champ = self.fields["corps_metier"]
        champ.queryset = CorpsMetier.objects.visibles_par(self.acteur).actifs().select_related("structure")
        if self.instance.structure_id:
            champ.queryset = champ.queryset.filter(structure=self.instance.structure_id)
        else:
            champ.de_plusieurs = self.acteur.role == Role.MAITRE_OUVRAGE

    def clean(self):
        valeurs = super().clean()
        publication, notification = valeurs.get("date_publication"), valeurs.get("date_notification")
        if publication and notification and notification < publication:
            self.add_error("date_notification", "La notification précède la publication.")
        return valeurs


class ProjetForm(AvecUnNouveau, ProjetAcheteurForm):
    """Le même, et ce que le facilitateur y ajoute pour l'étude."""

    nouveau = ACHETEUR

    class Meta(ProjetAcheteurForm.Meta):
        fields = [
            "maitre_ouvrage",
            *ProjetAcheteurForm.Meta.fields,
            "technicite",
            "type_clause",
        ]

    def borner_les_choix(self) -> None:
        super().borner_les_choix()
        structure = self.acteur.organisation
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.suivis_par(structure, archives=False)
        self.fields["maitre_ouvrage"].empty_label = "Choisir…"
        self.fields["type_clause"].required = False


class EcarterForm(Formulaire):
    motif = forms.CharField(
        label="Pourquoi",
        max_length=300,
        help_text="Par exemple : durée trop courte, pas de public, refus de l'acheteur. Ce motif servira au bilan.",
    )


class DerogationForm(Formulaire):
    """La dérogation que l'acheteur invoque, parmi celles que la loi ouvre à cet achat."""

    derogation = forms.ChoiceField(label="Dérogation", choices=[], required=False)
    motif_derogation = forms.CharField(
        label="Motif", required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    date_derogation = JourField(label="Consigné le", required=False)

    def __init__(self, *args, possibles=(), **kwargs):
        self.possibles = possibles
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        choix = [(derogation, Derogation(derogation).label) for derogation in self.possibles]
        self.fields["derogation"].choices = [("aucune", "Aucune : la condition sociale est prévue"), *choix]

    def valeurs_actuelles(self) -> dict:
        """La dérogation consignée reste au projet, même si l'achat a changé depuis."""
        code = self.initial.get("derogation")
        return {"derogation": Derogation(code)} if code in Derogation.values else {}

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("derogation") in ("", "aucune", None):
            valeurs["derogation"] = ""
        elif not valeurs.get("motif_derogation"):
            self.add_error("motif_derogation", "Écrivez le motif : il est conservé avec les pièces du marché.")
        return valeurs


class TransformationForm(Formulaire):
    """Ce qu'il faut savoir de plus pour faire du projet un marché."""

    reference = forms.CharField(label="Référence du marché", max_length=60)
    type_clause = forms.ChoiceField(label="Clause retenue", choices=TypeClause.choices)
    debut = JourField(label="Début d'exécution prévu")
    fin_prevue = JourField(label="Fin prévue", bornes=TERME)
    facilitateur = FacilitateurField()
    publics_vises = PublicsField(label="Publics visés", required=False)
    penalite_par_heure = EurosField(label="Pénalité par heure manquante", required=False)
    penalite_par_jour = EurosField(label="Pénalité par jour de retard", required=False)

    def borner_les_choix(self) -> None:
        self.fields["facilitateur"].borner_a(self.acteur.organisation)

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("debut") and valeurs.get("fin_prevue") and valeurs["fin_prevue"] < valeurs["debut"]:
            self.add_error("fin_prevue", "La fin prévue précède le début.")
        return valeurs


class ScenarioForm(TauxRelusMixin, Formulaire):
    """Un scénario : un nom, les valeurs que sa formule demande, un arrondi."""

    nom = forms.CharField(label="Nom du scénario", max_length=80, help_text="Par exemple : « 5 %, prudent ».")
    arrondi = forms.ChoiceField(label="Arrondi", choices=Arrondi.choices)

    def __init__(self, *args, formule: Formule, **kwargs):
        self.formule = formule
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        for parametre in PARAMETRES[self.formule]:
            champ = NombreField(label=parametre.libelle, max_digits=16, decimal_places=4, help_text=parametre.aide)
            champ.unite = parametre.unite
            self.fields[parametre.nom] = champ
        self.order_fields(["nom", *(parametre.nom for parametre in PARAMETRES[self.formule]), "arrondi"])

    def taux(self) -> list[str]:
        return [parametre.nom for parametre in PARAMETRES[self.formule] if parametre.unite == "%"]

    def valeurs(self) -> dict:
        noms = [parametre.nom for parametre in PARAMETRES[self.formule]]
        return {
            "nom": self.cleaned_data["nom"],
            "arrondi": self.cleaned_data["arrondi"],
            "valeurs": {nom: self.cleaned_data[nom] for nom in noms},
        }


class CorpsMetierForm(TauxRelusMixin, FormulaireModele):
    part_main_oeuvre = NombreField(label="Part de main-d'œuvre (%)", max_digits=5, decimal_places=2)
    taux_insertion = NombreField(label="Taux d'insertion (%)", max_digits=5, decimal_places=2)
    cout_horaire = NombreField(label="Coût horaire chargé (€)", max_digits=7, decimal_places=2, min_value=Decimal(1))
    date_source = JourField(label="Date de la source")

    class Meta:
        model = CorpsMetier
        fields = [
            "nom",
            "nature",
            "part_main_oeuvre",
            "taux_insertion",
            "cout_horaire",
            "technicite",
            "familles_rome",
            "source",
            "date_source",
        ]

    def taux(self) -> list[str]:
        return ["part_main_oeuvre", "taux_insertion"]

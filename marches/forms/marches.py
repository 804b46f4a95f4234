from typing import Any

from django import forms
from django.db.models import Q

from comptes.models import Utilisateur
from entreprises.models import ContactEntreprise, Entreprise
from marches.enums import Assiette, FormationComptee, Periodicite, StatutMarche
from marches.etude import reglages_de
from marches.forms.nouveaux import ACHETEUR, ATTRIBUTAIRE, ENTREPRISE, AvecUnNouveau
from marches.models import (
    Avenant,
    Commande,
    ContactMaitreOuvrage,
    ConventionGlobalisation,
    CorpsMetier,
    Engagement,
    Lot,
    MaitreOuvrage,
    Marche,
    Operation,
    Tranche,
)
from marches.propositions import heures_d_un_avenant
from socle.champs import EurosField, HeuresField, JourField, NombreField, SiretField
from socle.forms import Formulaire, FormulaireModele
from socle.nombres import heures, nombre
from territoires.forms import CommuneField
from territoires.models import QuartierPrioritaire


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


class AutreMaitreOuvrageForm(Formulaire):
    autre = forms.ModelChoiceField(
        label="L'autre maître d'ouvrage", queryset=MaitreOuvrage.objects.none(), to_field_name="uuid"
    )

    def borner_les_choix(self) -> None:
        self.fields["autre"].queryset = MaitreOuvrage.objects.suivis_par(self.acteur.organisation, archives=False)


class ContactMaitreOuvrageForm(FormulaireModele):
    class Meta:
        model = ContactMaitreOuvrage
        fields = ["nom", "fonction", "courriel", "telephone"]


class QuartiersField(forms.ModelMultipleChoiceField):
    """Des quartiers prioritaires à cocher, chacun dans sa géographie."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, quartier):
        return f"{quartier.nom} ({quartier.code}, géographie {quartier.millesime})"


class OperationForm(FormulaireModele):
    class Meta:
        model = Operation
        fields = ["nom", "maitre_ouvrage", "programme", "taux_cible", "heures_travaillees", "quartiers", "description"]
        field_classes = {"taux_cible": NombreField, "heures_travaillees": HeuresField, "quartiers": QuartiersField}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def borner_les_choix(self) -> None:
        structure = self.acteur.organisation
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.suivis_par(structure, archives=False)
        quartiers = QuartierPrioritaire.objects.du_territoire_de(structure).en_service()
        self.fields["quartiers"].queryset = quartiers.order_by("nom", "code", "millesime").defer("geometrie")


class MarchesField(forms.ModelMultipleChoiceField):
    """Des marchés à cocher, dits par leur maître d'ouvrage."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, marche):
        return f"{marche.maitre_ouvrage.nom} · {marche.reference} · {marche.objet}"


class FacilitateurField(forms.ModelChoiceField):
    """Le facilitateur chargé d'un marché, parmi les membres de la structure."""

    def __init__(
        self,
        *,
        label: str = "Facilitateur chargé du marché",
        required: bool = False,
        empty_label: str = "Non précisé",
        **options: Any,
    ):
        aucun = Utilisateur.objects.none()
        super().__init__(queryset=aucun, label=label, required=required, empty_label=empty_label, **options)

    def borner_a(self, structure) -> None:
        self.queryset = Utilisateur.objects.filter(adhesions__organisation=structure, adhesions__active=True)

    def label_from_instance(self, membre):
        return membre.get_full_name()


class MarcheForm(AvecUnNouveau, FormulaireModele):
    """La description d'un marché. À la création, son statut : on reprend souvent un marché déjà attribué."""

    nouveau = ACHETEUR
    montant_ht = EurosField(label="Montant", required=False)
    penalite_par_heure = EurosField(label="Pénalité par heure manquante", required=False)
    penalite_par_jour = EurosField(label="Pénalité par jour de retard", required=False)
    commune = CommuneField(label="Commune d'exécution", required=False)
    facilitateur = FacilitateurField()
    date_consultation = JourField(
        label="Date de la consultation", required=False, help_text="Elle décide du droit applicable et des textes."
    )
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
            "forme",
            "type_clause",
            "montant_ht",
            "commune",
            "facilitateur",
            "statut",
            "date_consultation",
            "date_notification",
            "debut",
            "fin_prevue",
            "fin_reelle",
            "duree_eligibilite_mois",
            "interruption_eligibilite_mois",
            "regle_cdi_mois",
            "periodicite",
            "code_avant_noms",
            "justificatif_demande",
            "formation_comptee",
            "plafond_formation",
            "penalite_par_heure",
            "penalite_par_jour",
            "mise_en_demeure_prealable",
            "identifiant_decp",
            "notes",
        ]
        field_classes = {"plafond_formation": NombreField}
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["statut"].initial = StatutMarche.EXECUTION
            self._proposer_les_penalites()
        for nom in ("formation_comptee", "periodicite"):
            self.fields[nom].required = False

    def _proposer_les_penalites(self) -> None:
        reglages = reglages_de(self.acteur.organisation)
        for nom in ("penalite_par_heure", "penalite_par_jour"):
            self.fields[nom].initial = getattr(reglages, nom)

    def clean_periodicite(self):
        return self.cleaned_data["periodicite"] or Periodicite.MENSUELLE

    def clean_formation_comptee(self):
        return self.cleaned_data["formation_comptee"] or FormationComptee.NON

    def borner_les_choix(self) -> None:
        structure = self.acteur.organisation
        del self.fields["statut" if self.instance.pk else "fin_reelle"]
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.suivis_par(structure, archives=False)
        self.fields["maitre_ouvrage"].empty_label = "Choisir…"
        self.fields["operation"].queryset = Operation.objects.visibles_par(self.acteur).actifs()
        self.fields["operation"].empty_label = "Aucune"
        self.fields["facilitateur"].borner_a(structure)


class CollegueForm(Formulaire):
    """À qui l'on confie ce que l'on a choisi."""

    facilitateur = FacilitateurField(label="Collègue", required=True, empty_label="Choisir…")

    def borner_les_choix(self) -> None:
        self.fields["facilitateur"].borner_a(self.acteur.organisation)


class ConventionForm(FormulaireModele):
    debut = JourField(label="Début")
    fin = JourField(label="Fin")
    marches = MarchesField(label="Marchés réunis", queryset=Marche.objects.none(), to_field_name="uuid")

    class Meta:
        model = ConventionGlobalisation
        fields = ["intitule", "debut", "fin", "marches"]
        help_texts = {"intitule": "Comme sur la convention signée."}

    def borner_les_choix(self) -> None:
        """Les marchés ouverts, et ceux que la convention réunit déjà : un marché soldé y garde ses heures."""
        siens = Marche.objects.visibles_par(self.acteur).actifs().select_related("maitre_ouvrage")
        ouverts = Marche.objects.visibles_par(self.acteur).ouverts_aux_contrats().order_by().values("pk")
        reunis = self.instance.marches.order_by().values("pk") if self.instance.pk else Marche.objects.none()
        choix = siens.filter(Q(pk__in=ouverts) | Q(pk__in=reunis))
        self.fields["marches"].queryset = choix.order_by("maitre_ouvrage__nom", "reference")


class LotForm(FormulaireModele):
    montant_ht = EurosField(label="Montant", required=False)
    heures_contractuelles = HeuresField(
        label="Heures contractuelles", required=False, help_text="Le nombre écrit au contrat : il fait foi."
    )
    seuil_ht = EurosField(label="Seuil facturé avant la première heure", required=False)
    euros_par_heure = EurosField(
        label="Euros pour une heure due", required=False, help_text="Pour un accord-cadre, par exemple 2 000."
    )

    class Meta:
        model = Lot
        fields = [
            "numero",
            "intitule",
            "montant_ht",
            "corps_metier",
            "perimetre",
            "heures_contractuelles",
            "assiette",
            "seuil_ht",
            "euros_par_heure",
        ]
        widgets = {"perimetre": forms.Textarea(attrs={"rows": 2})}

    def borner_les_choix(self) -> None:
        self.fields["corps_metier"].queryset = CorpsMetier.objects.visibles_par(self.acteur).actifs()
        self.fields["corps_metier"].empty_label = "Non précisé"
        self.fields["assiette"].required = False

    def clean(self):
        valeurs = super().clean()
        valeurs["assiette"] = valeurs.get("assiette") or Assiette.CONTRAT
        valeurs["seuil_ht"] = valeurs.get("seuil_ht") or 0
        if valeurs["assiette"] != Assiette.CONTRAT and not valeurs.get("euros_par_heure"):
            self.add_error("euros_par_heure", "Dites combien d'euros font une heure due.")
        return valeurs


class LotAttribueForm(AvecUnNouveau, LotForm):
    """Un nouveau lot et, si on le connaît, son attributaire avec les heures qu'il doit."""

    nouveau = ATTRIBUTAIRE

    entreprise = forms.ModelChoiceField(
        label="Attributaire",
        queryset=Entreprise.objects.none(),
        required=False,
        empty_label="Pas encore attribué",
    )
    heures_initiales = HeuresField(label="Heures dues", required=False)

    def borner_les_choix(self) -> None:
        super().borner_les_choix()
        self.fields["entreprise"].queryset = Entreprise.objects.suivis_par(self.acteur.organisation, archives=False)

    def clean(self):
        valeurs = super().clean()
        dues_a_dire = valeurs.get("heures_initiales") is None and "heures_initiales" not in self.errors
        attribue = valeurs.get("entreprise") or self.est_nouveau()
        if attribue and dues_a_dire:
            self.add_error("heures_initiales", "Donnez les heures dues par l'attributaire (0 si le lot n'en doit pas).")
        if valeurs.get("heures_initiales") and not attribue:
            self.add_error("entreprise", "Choisissez l'attributaire qui doit ces heures.")
        return valeurs


class EngagementForm(AvecUnNouveau, FormulaireModele):
    nouveau = ENTREPRISE
    heures_initiales = HeuresField(
        label="Heures dues",
        help_text="Au contrat d'origine : avenants, tranches affermies et commandes s'y ajoutent d'eux-mêmes.",
    )
    part = NombreField(
        label="Part du groupement (%)",
        required=False,
        max_digits=5,
        decimal_places=2,
        help_text="Pour un groupement : elle répartit les heures des tranches et des avenants.",
    )

    class Meta:
        model = Engagement
        fields = ["entreprise", "role", "heures_initiales", "part", "correspondant", "tuteur"]

    def borner_les_choix(self) -> None:
        self.fields["entreprise"].queryset = Entreprise.objects.suivis_par(self.acteur.organisation, archives=False)
        self.fields["entreprise"].empty_label = "Choisir…"
        contacts = ContactEntreprise.objects.visibles_par(self.acteur).actifs().select_related("fiche__entreprise")
        for champ in ("correspondant", "tuteur"):
            self.fields[champ].queryset = contacts
            self.fields[champ].empty_label = "Pas encore désigné"
            self.fields[champ].label_from_instance = lambda c: f"{c.nom}, {c.fiche.entreprise.raison_sociale}"


class AvenantForm(FormulaireModele):
    heures_delta = NombreField(
        label="Heures ajoutées ou retirées",
        required=False,
        max_digits=10,
        decimal_places=2,
        help_text="Négatif si l'avenant réduit les heures dues, par exemple −120. Vide, avec un montant : une proposition.",
    )
    montant_delta_ht = NombreField(
        label="Montant ajouté ou retiré (€ HT)", required=False, max_digits=14, decimal_places=2
    )
    date_notification = JourField(label="Date de notification")

    class Meta:
        model = Avenant
        fields = ["heures_delta", "montant_delta_ht", "date_notification", "motif"]

    def __init__(self, *args, engagement: Engagement, **kwargs):
        self.engagement = engagement
        super().__init__(*args, **kwargs)

    def clean(self):
        """Sans heures mais avec un montant, la proposition se pose dans le champ : la personne la lit avant d'enregistrer."""
        valeurs = super().clean()
        if valeurs.get("heures_delta") is not None or "heures_delta" in self.errors:
            return valeurs
        montant = valeurs.get("montant_delta_ht")
        corrige = self.instance if self.instance.pk else None
        proposees = heures_d_un_avenant(self.engagement, montant, corrige) if montant else None
        if proposees is None:
            self.add_error("heures_delta", "Donnez les heures ajoutées ou retirées (0 si elles ne changent pas).")
        else:
            self.data = {**self.data.dict(), "heures_delta": nombre(proposees)}
            self.add_error(
                "heures_delta", f"À proportion du montant, ce serait {heures(proposees)} : vérifiez, puis enregistrez."
            )
        return valeurs


class AnnulationForm(Formulaire):
    motif = forms.CharField(label="Pourquoi", max_length=300, help_text="Ce motif reste au journal du marché.")


class TrancheForm(FormulaireModele):
    montant_ht = EurosField(label="Montant")

    class Meta:
        model = Tranche
        fields = ["numero", "intitule", "optionnelle", "montant_ht"]


class AffermissementForm(Formulaire):
    le = JourField(label="Affermie le")
    heures = HeuresField(
        label="Heures que l'affermissement ajoute",
        help_text="Proposées d'après le scénario retenu, sur le total affermi ; la valeur que vous validez fait foi.",
    )


class CommandeForm(FormulaireModele):
    montant_ht = NombreField(
        label="Montant (€ HT)", max_digits=14, decimal_places=2, help_text="Négatif pour un avoir, par exemple −1 500."
    )
    date = JourField(label="Date")

    class Meta:
        model = Commande
        fields = ["genre", "numero", "date", "montant_ht"]


class ArretForm(Formulaire):
    """Suspendre ou abandonner un marché : quand, et pourquoi."""

    le = JourField(label="À compter du")
    motif = forms.CharField(
        label="Pourquoi", max_length=300, help_text="Et avec l'accord de qui : ce motif reste au journal du marché."
    )

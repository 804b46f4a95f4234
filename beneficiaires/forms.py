from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import CodeCritere, NiveauFormation, StatutQuartier
from beneficiaires.models import Beneficiaire, Critere, Domicile, NoteParcours, ReglageCritere, ReglagesEligibilite
from beneficiaires.models.reglages import DUREE_PAR_DEFAUT_MOIS
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from metiers.forms import MetiersField
from socle.bornes import TERME, VIE
from socle.champs import CodePostalField, JourField
from socle.forms import Formulaire, FormulaireMixin, FormulaireModele
from territoires.enums import Millesime
from territoires.forms import AdresseWidget, CommuneField
from territoires.models import QuartierPrioritaire


class ChercheDoublonsMixin(FormulaireMixin):
    """Pendant la frappe, demande si la personne est déjà connue ; sans JavaScript, le formulaire marche pareil."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom in ("nom", "prenom", "date_naissance"):
            self.fields[nom].widget.attrs |= {
                "hx-post": reverse("beneficiaires:doublons"),
                "hx-trigger": "change",
                "hx-target": "#doublons",
                "hx-params": "nom,prenom,date_naissance,csrfmiddlewaretoken",
            }


class BeneficiaireForm(ChercheDoublonsMixin, FormulaireModele):
    """L'identité d'une personne."""

    class Meta:
        model = Beneficiaire
        fields = [
            "nom",
            "prenom",
            "date_naissance",
            "sexe",
            "telephone",
            "courriel",
            "prescripteur",
            "referent",
            "referent_courriel",
            "identifiant",
            "notes",
        ]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["identifiant"].required = bool(self.instance.pk)
        if not self.instance.pk:
            self.fields["identifiant"].help_text = "Laissez vide : le numéro suivant est attribué."
        self.fields["notes"].help_text = "Rien sur la santé ni de numéro de sécurité sociale."

    def borner_les_choix(self) -> None:
        partenaires = Organisation.objects.partenaires_de(self.acteur.organisation).actifs()
        self.fields["prescripteur"].queryset = partenaires.filter(type=TypeOrganisation.PRESCRIPTEUR)
        self.fields["prescripteur"].empty_label = "Aucun"


class AutreDossierForm(Formulaire):
    """Le dossier à réunir à celui-ci, par son numéro : un nom ne s'écrit pas dans une adresse."""

    autre = forms.CharField(label="Numéro de l'autre dossier", max_length=40, help_text="Par exemple B-0147.")

    def clean_autre(self):
        numero = self.cleaned_data["autre"]
        dossier = Beneficiaire.objects.visibles_par(self.acteur).filter(identifiant__iexact=numero).first()
        if dossier is None:
            raise ValidationError("Aucun dossier de votre structure ne porte ce numéro.")
        return dossier


class RechercheForm(FormulaireModele):
    """Les métiers recherchés, la disponibilité, la mobilité."""

    metiers = MetiersField(required=False)
    disponible_le = JourField(label="Disponible à partir du", required=False, help_text="Vide : on ne sait pas encore.")

    def borner_les_choix(self) -> None:
        self.fields["metiers"].connaitre(self.acteur.structure)

    class Meta:
        model = Beneficiaire
        fields = ["metiers", "disponible_le", "rayon_km"]


def criteres_retenus(structure: Organisation, deja: str = "") -> list[tuple[str, str]]:
    """(code, libellé) des critères en vigueur ce jour dans la structure ; `deja` s'y ajoute s'il a été retenu autrefois."""
    reglages = {reglage.code: reglage for reglage in ReglageCritere.objects.filter(structure=structure)}
    jour = timezone.localdate()
    retenus = []
    for code, libelle in CodeCritere.choices:
        reglage = reglages.get(code)
        if reglage is None or reglage.est_retenu_le(jour):
            retenus.append((code, reglage.libelle if reglage else libelle))
        elif code == deja:
            retenus.append((code, f"{reglage.libelle} (n'est plus retenu)"))
    return retenus


class CritereForm(FormulaireModele):
    depuis = JourField(
        label="Depuis",
        required=False,
        help_text="Vide : depuis toujours, ou date inconnue. À dire si la personne a travaillé les années passées.",
    )
    jusqu_a = JourField(label="Jusqu'au", required=False)
    piece_vue_le = JourField(
        label="Pièce vue le", required=False, help_text="La pièce est regardée, jamais copiée ici."
    )
    piece_valable_jusqu_au = JourField(
        label="Pièce valable jusqu'au",
        required=False,
        help_text="Vide : la durée réglée pour ce critère, à compter du jour où la pièce est vue.",
    )

    class Meta:
        model = Critere
        fields = ["code", "depuis", "jusqu_a", "principal", "piece_vue_le", "piece_valable_jusqu_au"]

    def borner_les_choix(self) -> None:
        """Les critères que la structure retient aujourd'hui, sous le nom qu'elle leur donne ; le sien reste au dossier."""
        self.fields["code"].choices = criteres_retenus(self.acteur.organisation, self.instance.code)


class ClotureCritereForm(Formulaire):
    jusqu_a = JourField(label="Vrai jusqu'au", bornes=TERME)

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)


class NiveauForm(Formulaire):
    niveau = forms.ChoiceField(label="Niveau de formation", choices=NiveauFormation)
    depuis = JourField(
        label="À compter du",
        bornes=VIE,
        required=False,
        help_text="Vide : corrige le niveau connu depuis l'ouverture du dossier. "
        "À dire si la personne a travaillé les années passées.",
    )


class InscriptionForm(Formulaire):
    depuis = JourField(label="Inscrit à France Travail depuis le", bornes=VIE)
    jusqu_a = JourField(
        label="Jusqu'au", bornes=TERME, required=False, help_text="Vide si l'inscription court toujours."
    )


class DomicileForm(FormulaireModele):
    code_postal = CodePostalField(required=False)
    commune = CommuneField(required=False)
    depuis = JourField(
        label="Habite là depuis le",
        required=False,
        help_text="Vide : depuis l'ouverture du dossier. À dire si la personne a travaillé les années passées.",
    )

    class Meta:
        model = Domicile
        fields = ["adresse", "code_postal", "commune", "latitude", "longitude", "depuis"]
        widgets = {"adresse": AdresseWidget}
        help_texts = {
            "adresse": "Tapez le numéro et la rue, puis choisissez. Le quartier prioritaire se cherche tout seul.",
            "latitude": "Facultatif. Avec la longitude, elle situe l'adresse dans les quartiers prioritaires.",
        }

    def clean(self):
        valeurs = super().clean()
        if (valeurs.get("latitude") is None) != (valeurs.get("longitude") is None):
            self.add_error("longitude", "Donnez la latitude et la longitude, ou aucune des deux.")
        if not any(valeurs.get(champ) for champ in ("adresse", "code_postal", "commune", "latitude")):
            self.add_error("adresse", "Donnez une adresse, une commune ou des coordonnées.")
        return valeurs


class QuartierForm(Formulaire):
    """La décision d'un facilitateur pour un millésime : un quartier, ou aucun."""

    millesime = forms.TypedChoiceField(label="Géographie", choices=Millesime.choices, coerce=int)
    quartier = forms.ModelChoiceField(
        label="Quartier",
        queryset=QuartierPrioritaire.objects.none(),
        required=False,
        empty_label=StatutQuartier.NON.label,
        to_field_name="uuid",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        quartiers = QuartierPrioritaire.objects.visibles_par(self.acteur).du_territoire_de(self.acteur.organisation)
        self.fields["quartier"].queryset = quartiers.defer("geometrie")


class DureeEligibiliteForm(FormulaireModele):
    class Meta:
        model = ReglagesEligibilite
        fields = ["duree_mois", "interruption_mois"]
        help_texts = {
            "duree_mois": f"À partir de la première mise à l'emploi. {DUREE_PAR_DEFAUT_MOIS} mois est l'usage ; "
            "un marché peut avoir sa propre durée.",
            "interruption_mois": "Après ce temps sans contrat de clause, une nouvelle embauche ouvre une nouvelle période. "
            "Aucun texte ne le fixe : à accorder avec vos acheteurs. Vide : jamais.",
        }


class ReglageCritereForm(FormulaireModele):
    depuis = JourField(label="Retenu depuis le", required=False)
    jusqu_a = JourField(
        label="Retenu jusqu'au", required=False, help_text="Passé ce jour, le critère ne se propose plus."
    )

    class Meta:
        model = ReglageCritere
        fields = ["libelle", "justificatif", "validite_mois", "depuis", "jusqu_a"]


class NotePrescripteurForm(FormulaireModele):
    """La note d'un référent : la structure la lit toujours."""

    jour = JourField(label="Le")

    class Meta:
        model = NoteParcours
        fields = ["genre", "jour", "texte"]
        widgets = {"texte": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"texte": "Rien sur la santé, la justice, ni de numéro de sécurité sociale."}


class NoteForm(NotePrescripteurForm):
    class Meta(NotePrescripteurForm.Meta):
        fields = ["genre", "jour", "texte", "partagee"]

"""Les formulaires des organisations, des invitations et du profil."""

from django import forms
from django.core.exceptions import ValidationError

from comptes.comptes_lies import comptes_sans_fiche
from comptes.doublons import organisations_ressemblantes
from comptes.enums import TYPES_LIES, TYPES_PARTENAIRES, Role, SortePrescripteur, TypeOrganisation
from comptes.logos import POIDS_MAX
from comptes.models import AvecCompte, Organisation, Utilisateur
from comptes.permissions import roles_proposables
from socle.forms import Formulaire, FormulaireModele
from socle.nombres import taille

ROLES_EXPLIQUES = {
    Role.RESPONSABLE: "saisit, invite, règle les paramètres et publie les bilans",
    Role.EDITION: "saisit et modifie tout ce que suit la structure",
    Role.LECTURE: "consulte sans rien modifier",
}


class InvitationForm(Formulaire):
    email = forms.EmailField(label="Adresse de courriel", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label="Rôle", widget=forms.RadioSelect)

    def __init__(self, *args, organisation: Organisation, **kwargs):
        self.organisation = organisation
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        roles = roles_proposables(self.acteur, self.organisation)
        self.fields["role"].choices = [(role.value, self._choix(role)) for role in roles]
        self.fields["role"].initial = Role.EDITION if Role.EDITION in roles else roles[0]
        if len(roles) == 1:  # rien à choisir : la page dit le rôle, le champ voyage caché
            self.fields["role"].widget = forms.HiddenInput()

    @staticmethod
    def _choix(role: Role) -> str:
        return f"{role.label} : {ROLES_EXPLIQUES[role]}" if role in ROLES_EXPLIQUES else role.label


class InviterDepuisUneFicheForm(Formulaire):
    """Rien que la personne : son organisation est celle de la fiche, et n'a qu'un rôle."""

    email = forms.EmailField(label="Adresse de courriel", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    prenom = forms.CharField(label="Prénom", max_length=80, required=False)
    nom = forms.CharField(label="Nom", max_length=80, required=False)


class RelierUnCompteForm(Formulaire):
    organisation = forms.ModelChoiceField(
        label="Compte", queryset=Organisation.objects.none(), empty_label="Choisissez…"
    )

    def __init__(self, *args, fiche: AvecCompte, **kwargs):
        self.fiche = fiche
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        self.fields["organisation"].queryset = comptes_sans_fiche(self.acteur, self.fiche)


def _sorte() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Sorte de prescripteur",
        choices=[("", "Sans précision"), *SortePrescripteur.choices],
        required=False,
        help_text="Pour un prescripteur seulement.",
    )


class PartenaireForm(Formulaire):
    type = forms.ChoiceField(
        label="Type d'organisation",
        choices=[
            ("", "Choisissez…"),
            *((type_.value, type_.label) for type_ in TYPES_PARTENAIRES if type_ not in TYPES_LIES),
        ],
        help_text="Une entreprise ou un maître d'ouvrage s'invite depuis sa fiche.",
    )
    sorte = _sorte()
    nom = forms.CharField(label="Nom", max_length=150, help_text="Par exemple : Mission locale du Cotentin.")
    email = forms.EmailField(
        label="Adresse de son premier membre",
        required=False,
        help_text="Cette personne reçoit une invitation. Vous pourrez aussi l'inviter plus tard.",
    )


class OrganisationForm(Formulaire):
    type = forms.ChoiceField(
        label="Type d'organisation",
        choices=[(t.value, t.label) for t in TypeOrganisation if t not in {TypeOrganisation.OPERATEUR, *TYPES_LIES}],
        initial=TypeOrganisation.FACILITATRICE,
    )
    sorte = _sorte()
    nom = forms.CharField(label="Nom", max_length=150, help_text="Par exemple : Maison de l'emploi du Cotentin.")
    slug = forms.SlugField(
        label="Identifiant court",
        max_length=60,
        required=False,
        help_text="Lettres sans accents, chiffres et tirets, pour les commandes. Vide : il se déduit du nom.",
    )
    email = forms.EmailField(
        label="Adresse de son premier membre",
        required=False,
        help_text="Dans une structure facilitatrice, cette personne sera son premier responsable.",
    )
    creer_quand_meme = forms.BooleanField(
        label="C'est une autre organisation : la créer quand même", required=False, widget=forms.HiddenInput
    )

    def clean(self):
        """Un nom déjà porté, ou presque, se dit avant de créer un doublon ; la case paraît alors."""
        donnees = super().clean()
        voulu = donnees.pop("creer_quand_meme", False)
        ressemblantes = organisations_ressemblantes(donnees.get("type", ""), donnees.get("nom", ""))
        if ressemblantes:
            self.fields["creer_quand_meme"].widget = forms.CheckboxInput()
            if not voulu:
                noms = ", ".join(f"« {organisation} »" for organisation in ressemblantes)
                self.add_error("nom", f"Ce nom ressemble à {noms}, déjà ici. Si c'en est une autre, cochez la case.")
        return donnees


class NomOrganisationForm(FormulaireModele):
    class Meta:
        model = Organisation
        fields = ["nom", "sorte"]

    def borner_les_choix(self) -> None:
        if self.instance.type != TypeOrganisation.PRESCRIPTEUR:
            del self.fields["sorte"]


class LogoForm(Formulaire):
    fichier = forms.FileField(
        label="Image du logo",
        help_text=f"Un fichier PNG ou JPEG, {taille(POIDS_MAX)} au plus. Il est redessiné : rien d'autre n'en est gardé.",
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        error_messages={"required": "Choisissez une image.", "empty": "Ce fichier est vide."},
    )


class RattachementForm(Formulaire):
    structure = forms.ModelChoiceField(
        label="Structure facilitatrice", queryset=Organisation.objects.none(), empty_label="Choisissez…"
    )

    def borner_les_choix(self) -> None:
        structures = Organisation.objects.visibles_par(self.acteur).actifs()
        self.fields["structure"].queryset = structures.filter(type=TypeOrganisation.FACILITATRICE)


class ProfilForm(FormulaireModele):
    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom", "telephone"]
        widgets = {
            "prenom": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "nom": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "telephone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }


class NouveauCompteForm(Formulaire):
    """Le compte créé en acceptant une invitation ; le mot de passe est jugé par le service, selon les réglages."""

    prenom = forms.CharField(
        label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Au moins 16 caractères : par exemple quatre mots sans lien entre eux. Ni chiffre ni symbole exigé.",
    )
    confirmation = forms.CharField(
        label="Le même mot de passe, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_confirmation(self):
        confirmation = self.cleaned_data["confirmation"]
        if confirmation != self.cleaned_data.get("mot_de_passe"):
            raise ValidationError("Les deux mots de passe diffèrent : retapez-les.")
        return confirmation

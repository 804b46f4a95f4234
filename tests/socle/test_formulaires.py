"""Ce que la base des formulaires garantit : rien d'invisible n'entre, rien de tapé ne s'exécute, aucun numéro national."""

from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from marches.forms.marches import MarcheForm, OperationForm
from socle.forms import CHOISIR, Depliant, Formulaire, Section

NUMERO = "1850578006084"
# Une empreinte et un identifiant tirés au hasard : treize chiffres de suite, que personne n'a tapés.
EMPREINTE, IDENTIFIANT = f"ab{NUMERO}cd", "aaaaaaaa-1850-5780-0608-4aaaaaaaaaaa"


class Essai(Formulaire):
    texte = forms.CharField(required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    acheteur = forms.UUIDField(required=False)


def test_un_numero_tape_se_refuse_a_cote_de_son_champ():
    formulaire = Essai({"texte": f"voir {NUMERO}"})
    assert list(formulaire.errors) == ["texte"]


def test_une_empreinte_ou_un_identifiant_qui_y_ressemble_passe():
    assert Essai({"texte": "voir", "version": EMPREINTE, "acheteur": IDENTIFIANT}).is_valid()


def test_ce_qui_est_tape_se_nettoie_avant_d_etre_lu_et_reste_propre_a_l_ecran():
    class Saisie(Formulaire):
        nom = forms.CharField(max_length=6)
        note = forms.CharField(widget=forms.Textarea)
        choix = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])
        secret = forms.CharField(widget=forms.PasswordInput, strip=False)

    tape = {"nom": "Le\u200bgoff\x0b", "note": "salle\x0bsuite\r\nfin\u00ad", "choix": ["a", "b"], "secret": "a\u200bb"}
    donnees = QueryDict(mutable=True)
    for cle, valeur in tape.items():
        donnees.setlist(cle, valeur if isinstance(valeur, list) else [valeur])
    for saisie in (donnees, tape):
        formulaire = Saisie(saisie)
        assert formulaire.is_valid(), formulaire.errors
        assert formulaire.cleaned_data == {
            "nom": "Legoff", "note": "salle\nsuite\nfin", "choix": ["a", "b"], "secret": "a\u200bb",
        }  # fmt: skip
        assert formulaire["note"].value() == "salle\nsuite\nfin"


def test_un_texte_d_espaces_invisibles_est_un_champ_vide():
    class Saisie(Formulaire):
        nom = forms.CharField()

    assert Saisie({"nom": "\u200b\ufeff \u2066"}).has_error("nom", "required")


def test_aucun_texte_d_un_formulaire_n_est_un_programme():
    """Titres de section, libellés, aides, choix, erreurs et valeurs : tous peuvent citer une donnée."""
    nom = "{{ 7111|add:7111 }}{% now 'Y' %}<b onx=1>\"'&"

    class Hostile(Formulaire):
        texte = forms.CharField(label=nom, help_text=nom)
        coche = forms.BooleanField(label=nom, help_text=nom)
        choix = forms.ChoiceField(label=nom, help_text=nom, choices=[("1", nom)])
        radios = forms.ChoiceField(label=nom, help_text=nom, choices=[("1", nom)], widget=forms.RadioSelect)
        cases = forms.MultipleChoiceField(label=nom, choices=[(nom, [("1", nom)])], widget=forms.CheckboxSelectMultiple)
        fichier = forms.FileField(label=nom, help_text=nom)

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.helper.layout = Layout(
                Section(nom, "texte", "coche", "choix"), Depliant(nom, "radios", "cases", "fichier")
            )

        def clean_texte(self):
            raise ValidationError("« %(nom)s » est refusé.", params={"nom": self.cleaned_data["texte"]})

    rendu = render_crispy_form(Hostile({"texte": nom, "radios": nom}))
    assert "14222" not in rendu and "<b onx" not in rendu
    assert rendu.count("{{ 7111|add:7111 }}") >= 15


def test_un_choix_vide_invite_a_choisir_sauf_si_le_formulaire_le_dit_autrement(monde):
    """L'acheteur d'une opération disait « - Choisir une option - », mot de la bibliothèque."""
    assert OperationForm(acteur=monde.acteur()).fields["maitre_ouvrage"].empty_label == CHOISIR
    assert MarcheForm(acteur=monde.acteur()).fields["operation"].empty_label == "Aucune"

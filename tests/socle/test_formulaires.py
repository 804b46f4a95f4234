"""Un numéro de sécurité sociale se refuse là où l'on tape, et nulle part ailleurs."""

from django import forms

from socle.forms import Formulaire

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

"""Désigner un métier dans un formulaire : par son code ROME, un de ses noms, ou quelques mots ; préciser, nommer."""

import re
from typing import cast

from django import forms
from django.core.exceptions import ValidationError

from metiers.models import A_PRECISER, Appellation, Metier
from metiers.mots import SAISIE_MAX, radicaux
from socle.champs import SuggestionsWidget
from socle.forms import Formulaire, FormulaireModele

CHOIX_MONTRES = 6
CODE_APPARENT = re.compile(r"[A-Za-z]\d{4}")  # un code mal tapé n'est pas un nom de métier
AIDE = "Un mot du métier, ou son code ROME."
AIDE_PLUSIEURS = "Un mot du métier par case, ou son code ROME."
AIDE_ECRITS = "Séparés d'un point-virgule : « maçon ; agent d'entretien »."
METIERS_PAR_PERSONNE = 4


class MetierWidget(SuggestionsWidget):
    """Parmi les métiers du répertoire ROME."""

    nom_url = "metiers:suggestions"


class MetierField(forms.Field):
    """Rend un `Metier` : « F1703 », « F1703 · Maçonnerie », « maçon », « maçonnerie » s'il est seul à répondre.

    Un mot que rien ne désigne n'arrête personne : il est rendu tel quel, un `Metier` à préciser, pas encore enregistré, que
    le service garde (`metiers.services.garder_les_metiers`). `libre=False` le refuse.
    """

    widget = MetierWidget
    default_error_messages = {
        "inconnu": "Métier inconnu : « %(saisie)s ». Tapez un mot de son nom, ou son code ROME.",
        "ambigu": "Plusieurs métiers répondent à « %(saisie)s » : choisissez dans la liste. %(choix)s",
    }

    def __init__(self, *, queryset=None, structure=None, libre: bool = True, **options):
        super().__init__(**{"label": "Métier", "help_text": AIDE, **options})
        self.queryset, self.structure, self.libre = queryset, structure, libre

    def connaitre(self, structure) -> None:
        """Lit aussi les noms que cette structure a ajoutés."""
        self.structure = structure

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, Metier):
            return value or None
        lisible = " ".join("".join(lettre for lettre in str(value) if lettre.isprintable()).split())[:SAISIE_MAX]
        saisie = lisible.removesuffix(f" ({A_PRECISER})")
        if not saisie:
            return None
        code, libelle = saisie.partition(" ")[0].upper(), saisie.partition("·")[2].strip()
        if metier := Metier.objects.du_repertoire().filter(code=code).first():
            return metier
        return self._designe(libelle or saisie)

    def _designe(self, saisie: str) -> Metier:
        trouves = Metier.objects.nommes(saisie, self.structure)
        trouves = trouves or list(Metier.objects.chercher(saisie, self.structure)[: CHOIX_MONTRES + 1])
        if len(trouves) == 1:
            return trouves[0]
        if not trouves and self.libre and radicaux(saisie) and not CODE_APPARENT.fullmatch(saisie):
            return Metier(libelle=saisie)
        choix = ", ".join(str(metier) for metier in trouves[:CHOIX_MONTRES])
        code_erreur = "ambigu" if trouves else "inconnu"
        raise ValidationError(
            self.error_messages[code_erreur], code=code_erreur, params={"saisie": saisie, "choix": choix}
        )

    def prepare_value(self, value):
        return libelle_du_metier(value)

    def has_changed(self, initial, data) -> bool:
        return libelle_du_metier(initial) != (data or "")


def libelle_du_metier(valeur) -> str:
    """Ce que montre le champ : un métier, sa clé (formulaire d'un objet enregistré), ou ce qui était tapé."""
    if isinstance(valeur, int):
        valeur = Metier.objects.filter(pk=valeur).first()
    return "" if valeur is None else str(valeur)


class MetiersWidget(forms.MultiWidget):
    def __init__(self, attrs=None):
        rangs = range(1, METIERS_PAR_PERSONNE + 1)
        super().__init__([MetierWidget({"aria-label": f"Métier recherché {rang}"}) for rang in rangs], attrs)

    def decompress(self, value):
        return [""] * METIERS_PAR_PERSONNE  # une liste arrive déjà découpée : ceci ne sert qu'au champ vide


class MetiersField(forms.MultiValueField):
    """Quelques métiers, un par case ; rend leur liste sans doublon."""

    def __init__(self, *, queryset=None, **options):
        champs = [MetierField(required=False) for _ in range(METIERS_PAR_PERSONNE)]
        defauts = {"label": "Métiers recherchés", "help_text": AIDE_PLUSIEURS}
        super().__init__(champs, widget=MetiersWidget, require_all_fields=False, **{**defauts, **options})
        self.queryset = queryset

    def connaitre(self, structure) -> None:
        for champ in self.fields:
            cast(MetierField, champ).connaitre(structure)

    def prepare_value(self, value):
        return [libelle_du_metier(metier) for metier in value or []]

    def compress(self, valeurs):
        return list({metier.pk or metier.libelle: metier for metier in valeurs if metier}.values())


class MetiersEcritsField(forms.CharField):
    """Des métiers écrits à la suite, séparés d'un point-virgule ou d'une virgule ; rend leur liste.

    C'est une cellule de tableur : personne n'y choisit. Un mot inconnu, ou que plusieurs métiers portent, reste à préciser.
    """

    def __init__(self, **options):
        super().__init__(**{"label": "Métiers recherchés", "max_length": 400, "help_text": AIDE_ECRITS, **options})

    def clean(self, value):
        lus = [" ".join(mot.split()) for mot in re.split(r"[;,/]", super().clean(value))]
        metiers = [self._designe(mot) for mot in lus if radicaux(mot)]
        return list({metier.pk or metier.libelle: metier for metier in metiers}.values())[:METIERS_PAR_PERSONNE]

    def _designe(self, mot: str) -> Metier:
        trouves = Metier.objects.portant(mot)
        trouves = trouves or list(Metier.objects.du_repertoire().filter(code=mot.partition(" ")[0].upper()))
        return trouves[0] if len(trouves) == 1 else Metier(libelle=mot[:SAISIE_MAX])


class PreciserForm(Formulaire):
    """Le métier du répertoire que désignait un mot tapé librement."""

    vers = MetierField(label="Métier du répertoire", libre=False)


class AppellationForm(FormulaireModele):
    """Un nom de métier que la structure emploie, et le métier du répertoire qu'il désigne."""

    metier = MetierField(libre=False)

    class Meta:
        model = Appellation
        fields = ["libelle", "metier"]
        help_texts = {"libelle": "Comme on le dit chez vous : « agent de chantier », « manœuvre VRD »."}

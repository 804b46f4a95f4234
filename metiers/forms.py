"""Désigner un métier dans un formulaire : par son code ROME ou quelques mots de son libellé."""

from django import forms
from django.core.exceptions import ValidationError

from metiers.models import Metier
from socle.champs import SuggestionsWidget

CHOIX_MONTRES = 6
METIERS_PAR_PERSONNE = 4


class MetierWidget(SuggestionsWidget):
    """Parmi les métiers du répertoire ROME."""

    nom_url = "metiers:suggestions"


class MetierField(forms.Field):
    """Rend un `Metier` : « F1703 », « F1703 · Maçonnerie », « maçonnerie » s'il est seul à répondre."""

    widget = MetierWidget
    default_error_messages = {
        "inconnu": "Métier inconnu : « %(saisie)s ». Tapez un mot de son nom, ou son code ROME.",
        "ambigu": "Plusieurs métiers répondent à « %(saisie)s » : choisissez dans la liste. %(choix)s",
    }

    def __init__(self, *, queryset=None, **options):
        super().__init__(**{"label": "Métier", "help_text": "Un mot du métier, ou son code ROME.", **options})
        self.queryset = queryset

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, Metier):
            return value or None
        saisie = " ".join("".join(lettre for lettre in str(value) if lettre.isprintable()).split())[:150]
        if not saisie:
            return None
        code, libelle = saisie.partition(" ")[0].upper(), saisie.partition("·")[2].strip()
        if metier := Metier.objects.filter(code=code).first():
            return metier
        trouves = list(Metier.objects.chercher(libelle or saisie)[: CHOIX_MONTRES + 1])
        if len(trouves) == 1:
            return trouves[0]
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
        defauts = {"label": "Métiers recherchés", "help_text": "Un mot du métier par case, ou son code ROME."}
        super().__init__(champs, widget=MetiersWidget, require_all_fields=False, **{**defauts, **options})
        self.queryset = queryset

    def prepare_value(self, value):
        return [libelle_du_metier(metier) for metier in value or []]

    def compress(self, valeurs):
        return list({metier.pk: metier for metier in valeurs if metier}.values())

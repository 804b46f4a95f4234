"""Désigner une commune dans un formulaire : par son code, son nom ou son code postal, parmi toutes celles de France."""

from django import forms
from django.core.exceptions import ValidationError

from socle.champs import SuggestionsWidget
from territoires.models import Commune
from territoires.querysets import compacter, mots

CHOIX_MONTRES = 8


class CommuneWidget(SuggestionsWidget):
    """Parmi les communes de France."""

    nom_url = "territoires:communes_suggestions"


class AdresseWidget(SuggestionsWidget):
    """Parmi les adresses de la Base adresse nationale."""

    nom_url = "territoires:adresses_suggestions"


class CommuneField(forms.Field):
    """Rend une `Commune` : « 50129 », « cherbourg en cotentin », « Cherbourg-en-Cotentin (50129) », « 50700 » s'il est seul.

    Un nom ou un code postal partagé est refusé, avec les codes INSEE entre lesquels choisir. Convient à un champ de
    modèle `ForeignKey(Commune)` comme à un formulaire libre ; vide et facultatif, rend `None`.
    """

    widget = CommuneWidget
    default_error_messages = {
        "inconnue": "Commune inconnue : « %(saisie)s ». Tapez son nom, son code INSEE ou son code postal.",
        "ambigue": "Plusieurs communes répondent à « %(saisie)s » : précisez le nom, ou tapez le code INSEE. %(choix)s",
    }

    def __init__(self, *, queryset=None, **options):
        defauts = {"label": "Commune", "help_text": "Nom, code INSEE ou code postal."}
        super().__init__(**{**defauts, **options})
        self.queryset = queryset

    def get_queryset(self):
        return Commune.objects.all() if self.queryset is None else self.queryset.all()

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, Commune):
            return value or None
        saisie = " ".join(str(value).split())
        if not saisie:
            return None
        trouvees = self._trouver(saisie)
        if len(trouvees) == 1:
            return trouvees[0]
        if not trouvees:
            raise ValidationError(self.error_messages["inconnue"], code="inconnue", params={"saisie": saisie[:80]})
        raise ValidationError(
            self.error_messages["ambigue"],
            code="ambigue",
            params={"saisie": saisie[:80], "choix": _enumerer(trouvees)},
        )

    def _trouver(self, saisie: str) -> list[Commune]:
        communes = self.get_queryset()
        code, nom = decouper(saisie)
        if not code:
            return list(communes.de_nom(nom)) or communes.commencant_par(nom)
        actuelle = communes.filter(code_insee=code).first()
        if actuelle and nom and _porte_ce_nom(actuelle, nom):
            return [actuelle]
        possibles = {commune.pk: commune for commune in communes.de_code_postal(code)}
        if actuelle:
            possibles[actuelle.pk] = actuelle
        elif not possibles and (ancienne := communes.de_code(code)):
            return [ancienne]
        return [commune for commune in possibles.values() if not nom or _porte_ce_nom(commune, nom)]

    def prepare_value(self, value):
        if isinstance(value, int):
            value = self.get_queryset().filter(pk=value).first()
        return value.libelle if isinstance(value, Commune) else value

    def has_changed(self, initial, data) -> bool:
        if self.disabled:
            return False
        try:
            apres = self.to_python(data)
        except ValidationError:
            return True
        avant = initial.pk if isinstance(initial, Commune) else initial
        return (avant or None) != (apres.pk if apres else None)


def decouper(saisie: str) -> tuple[str, str]:
    """(code, nom) d'une saisie : « Nom (50129) » et « 50129 Nom » portent les deux, sinon l'un des deux est vide."""
    parties = saisie.replace("(", " ").replace(")", " ").split()
    codes = [partie.upper() for partie in (parties[0], parties[-1]) if _est_un_code(partie)] if parties else []
    code = next(iter(codes), "")
    return code, " ".join(partie for partie in parties if partie.upper() != code)


def _est_un_code(texte: str) -> bool:
    return len(texte) == 5 and texte[2:].isdigit() and (texte[:2].isdigit() or texte[:2].upper() in ("2A", "2B"))


def _porte_ce_nom(commune: Commune, nom: str) -> bool:
    demandes = mots(nom)
    return compacter(commune.nom) == compacter(nom) or mots(commune.nom)[: len(demandes)] == demandes


def _enumerer(communes: list[Commune]) -> str:
    montrees = ", ".join(f"{commune.nom} : {commune.code_insee}" for commune in communes[:CHOIX_MONTRES])
    reste = len(communes) - CHOIX_MONTRES
    return f"{montrees}… et {reste} autres." if reste > 0 else f"{montrees}."

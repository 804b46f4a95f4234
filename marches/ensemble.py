"""Ce qui se fait d'un coup sur plusieurs marchés, ou plusieurs projets."""

from comptes.acteur import Acteur
from comptes.models import Utilisateur
from marches.forms.marches import CollegueForm
from marches.models import Marche
from marches.services import archiver_marche, archiver_projet, modifier_marche
from socle.ensemble import GesteDEnsemble, archivage, inscrire


def _confier(acteur: Acteur, marche: Marche, *, facilitateur: Utilisateur) -> None:
    modifier_marche(acteur=acteur, marche=marche, facilitateur=facilitateur)


def _deja_confie(acteur: Acteur, marche: Marche, *, facilitateur: Utilisateur) -> str:
    return "cette personne le suit déjà." if marche.facilitateur_id == facilitateur.pk else ""


inscrire(
    "marches.marche",
    GesteDEnsemble(
        nom="confier",
        libelle="Confier à un collègue",
        fait="marché confié",
        faits="marchés confiés",
        service=_confier,
        deja=_deja_confie,
        formulaire=CollegueForm,
        aide="Ce qui attend sur ces marchés passera dans sa liste « À faire ».",
    ),
    archivage(
        archiver_marche,
        "marche",
        fait="marché archivé",
        faits="marchés archivés",
        aide="Ils sortent des listes ; leurs heures restent dans les bilans.",
    ),
)
inscrire(
    "marches.projetachat",
    archivage(
        archiver_projet,
        "projet",
        fait="projet archivé",
        faits="projets archivés",
        aide="Ils sortent des listes ; leur étude reste lisible.",
    ),
)

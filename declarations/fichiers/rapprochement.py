"""À quel contrat va ce que le fichier dit d'une personne : accents, ordre et une faute pardonnés, jamais choisi à l'aveugle."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Q

from comptes.acteur import Acteur
from declarations.services.heures import est_hors_du_contrat
from entreprises.models import Entreprise
from recrutement.models import Contrat
from socle.texte import plier

RESSEMBLANCE = 0.84


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Le contrat proposé, et s'il n'y a rien à en vérifier ; sans contrat, `pourquoi` le dit."""

    contrat: Contrat | None
    pourquoi: str = ""


def contrats_de(acteur: Acteur, entreprise: Entreprise) -> list[Contrat]:
    """Ceux des personnes qu'elle emploie, ou qui travaillent sur ses engagements, dans la portée de qui lit."""
    siens = (
        Contrat.objects.visibles_par(acteur)
        .actifs()
        .filter(Q(employeur=entreprise) | Q(engagement__entreprise=entreprise))
    )
    contexte = siens.avec_contexte().select_related("convention")
    return list(contexte.order_by("beneficiaire__nom_plie", "-debut", "pk"))


def rapprocher(personne: str, mois: datetime.date | None, contrats: Sequence[Contrat]) -> Rapprochement:
    cherche = _mots(personne)
    notes = {
        contrat.pk: SequenceMatcher(None, cherche, _mots(contrat.beneficiaire.nom_plie)).ratio() for contrat in contrats
    }
    meilleure = max(notes.values(), default=0.0)
    if meilleure < RESSEMBLANCE:
        return Rapprochement(None, "Aucun contrat à ce nom : choisissez le sien, ou laissez la ligne.")
    proches = [contrat for contrat in contrats if notes[contrat.pk] == meilleure]
    du_mois = [contrat for contrat in proches if mois is None or not est_hors_du_contrat(contrat, mois)]
    if len({contrat.beneficiaire_id for contrat in proches}) > 1:
        return Rapprochement(None, "Plusieurs personnes portent ce nom : choisissez.")
    if not du_mois:
        return Rapprochement(proches[0], "Aucun de ses contrats ne court ce mois-là.")
    if len(du_mois) > 1:
        return Rapprochement(None, "Plusieurs contrats courent ce mois-là : choisissez.")
    return Rapprochement(du_mois[0], "" if meilleure == 1 else "Écrit autrement que dans le dossier : vérifiez.")


def _mots(texte: str) -> str:
    return " ".join(sorted(plier(texte).replace("-", " ").replace("'", " ").split()))

"""La fiche de lancement d'une entreprise engagée : ce qu'elle a promis, par quelles voies le tenir, qui appeler.

Des nombres, des dates, des phrases ; une seule lecture : qui joindre, quand personne n'est chargé du marché.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.enums import CodeCritere
from marches.interlocuteur import qui_joindre
from marches.models import Marche
from socle.nombres import arrondir

JOURS_PAR_MOIS = Decimal("30.4375")


@dataclass(frozen=True, slots=True)
class Voie:
    """Une façon de faire ses heures : qui emploie, ce qu'elle apporte, ce qu'elle demande."""

    titre: str
    qui_emploie: str
    pour: tuple[str, ...]
    contre: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interlocuteur:
    qui: str
    nom: str
    telephone: str = ""
    courriel: str = ""


VOIES = (
    Voie(
        "Embaucher vous-même",
        "Vous êtes l'employeur : CDI, CDD, apprentissage, contrat de professionnalisation.",
        (
            "La personne apprend votre métier, à votre façon, et peut rester après le marché.",
            "Des aides existent, surtout en alternance.",
        ),
        (
            "Le contrat, la paie et l'accueil sont à votre charge.",
            "Si la personne part tôt, il faut recruter de nouveau.",
        ),
    ),
    Voie(
        "Accueillir une personne mise à disposition",
        "Une entreprise de travail temporaire d'insertion, une association intermédiaire ou un GEIQ emploie ; "
        "vous payez les heures.",
        (
            "Souple : de quelques jours à plusieurs mois, sans contrat de travail chez vous.",
            "La structure recrute, vérifie l'éligibilité et accompagne la personne.",
        ),
        (
            "D'une mission à l'autre, la personne peut changer.",
            "Vous désignez quand même un tuteur, et les heures se déclarent avec celles de la structure.",
        ),
    ),
    Voie(
        "Confier une part du travail",
        "Sous-traitance ou cotraitance avec une entreprise d'insertion, un chantier d'insertion ou une entreprise adaptée.",
        (
            "Une équipe encadrée prend une tâche entière ; rien à recruter chez vous.",
            "Le partenaire connaît les publics et leur accompagnement.",
        ),
        (
            "À prévoir tôt : l'acheteur doit accepter le sous-traitant.",
            "Seules comptent les heures des salariés en insertion, pas celles de l'encadrement.",
        ),
    ),
)


def heures_par_mois(reste: Decimal, le: datetime.date, fin: datetime.date) -> Decimal | None:
    """Ce qu'il faudrait faire chaque mois pour finir à temps, à l'heure ; `None` si rien ne reste ou si c'est fini."""
    jours = (fin - le).days + 1
    if reste <= 0 or jours <= 0:
        return None
    # Le dernier mois compte entier : on ne demande pas plus par mois que ce qui reste en tout.
    return arrondir(reste / max(jours / JOURS_PAR_MOIS, Decimal(1)))


def publics_vises(marche: Marche) -> list[str]:
    return [CodeCritere(code).label for code in marche.publics_vises if code in CodeCritere.values]


def facilitateur_de(marche: Marche) -> Interlocuteur:
    """Qui appeler : la personne chargée du marché, sinon le contact que la structure donne, sinon son responsable."""
    qui = f"Facilitateur, {marche.structure.nom}"
    if marche.facilitateur is not None:
        personne = marche.facilitateur
        return Interlocuteur(qui, personne.get_full_name(), personne.telephone, personne.email)
    joindre = qui_joindre(marche.structure)
    return Interlocuteur(qui, joindre.nom, joindre.telephone, joindre.adresse)


def contact_de(qui: str, contact) -> Interlocuteur:
    """Le correspondant ou le tuteur, tel que la structure le connaît."""
    if contact is None:
        return Interlocuteur(qui, "pas encore désigné")
    return Interlocuteur(qui, contact.nom, contact.telephone, contact.courriel)

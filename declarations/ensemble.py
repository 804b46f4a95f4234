"""Ce qui se fait d'un coup sur plusieurs mois, et sur les entreprises qui les doivent."""

from comptes.acteur import Acteur
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from declarations.permissions import peut_relancer, peut_tenir_les_mois
from declarations.relances.services.a_la_main import relancer_maintenant
from declarations.services.sans_alerte import valider_un_mois_sans_alerte
from entreprises.models import Entreprise
from socle.ensemble import GesteDEnsemble, inscrire

UN_PAR_JOUR = "Un courriel par entreprise et par jour, qui dit tous les mois qu'elle doit."


def _relancer_l_entreprise(acteur: Acteur, entreprise: Entreprise) -> None:
    relancer_maintenant(acteur=acteur, entreprise=entreprise)


def _relancer_pour_le_mois(acteur: Acteur, declaration: Declaration) -> None:
    relancer_maintenant(acteur=acteur, entreprise=declaration.engagement.entreprise)


def _rien_a_declarer(acteur: Acteur, declaration: Declaration) -> str:
    attendu = declaration.statut in StatutDeclaration.chez_l_entreprise()
    return "" if attendu else "ce mois n'attend rien de l'entreprise."


def _valider(acteur: Acteur, declaration: Declaration) -> None:
    valider_un_mois_sans_alerte(acteur=acteur, declaration=declaration)


VALIDER = GesteDEnsemble(
    nom="valider",
    libelle="Valider les mois sans alerte",
    fait="mois validé",
    faits="mois validés",
    service=_valider,
    permis=peut_tenir_les_mois,
    aide="Leurs heures compteront. Un mois où quelque chose étonne est laissé, à ouvrir.",
)
inscrire(
    "declarations.declaration",
    GesteDEnsemble(
        nom="relancer",
        libelle="Relancer les entreprises",
        fait="relance écrite",
        faits="relances écrites",
        service=_relancer_pour_le_mois,
        deja=_rien_a_declarer,
        permis=peut_relancer,
        aide=UN_PAR_JOUR,
    ),
    VALIDER,
)
inscrire("declarations.a_valider", VALIDER)
inscrire(
    "entreprises.entreprise",
    GesteDEnsemble(
        nom="relancer",
        libelle="Relancer pour les heures attendues",
        fait="relance écrite",
        faits="relances écrites",
        service=_relancer_l_entreprise,
        permis=peut_relancer,
        aide=UN_PAR_JOUR,
    ),
)

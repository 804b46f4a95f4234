from collections.abc import Collection

from django.db import transaction

from comptes.acteur import Acteur
from marches.models import ConventionGlobalisation, Marche
from marches.permissions import peut_gerer_les_marches
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    convention_enregistree="Convention de globalisation enregistrée",
    convention_modifiee="Convention de globalisation modifiée",
    convention_archivee="Convention de globalisation archivée",
    convention_reactivee="Convention de globalisation sortie de l'archive",
)


@transaction.atomic
def creer_convention(*, acteur: Acteur, marches: Collection[Marche], **valeurs) -> ConventionGlobalisation:
    """Réunit les marchés d'au moins deux maîtres d'ouvrage."""
    peut_gerer_les_marches(acteur).exiger()
    _exiger_deux_acheteurs(marches)
    exiger_la_portee(acteur, {**valeurs, "marches": marches})
    convention = ConventionGlobalisation(structure=acteur.organisation)
    ecrire(convention, {**valeurs, "marches": marches})
    noter(acteur=acteur, action="convention_enregistree", objet=convention, marches=len(marches))
    return convention


@transaction.atomic
def modifier_convention(
    *, acteur: Acteur, convention: ConventionGlobalisation, marches: Collection[Marche], **valeurs
) -> ConventionGlobalisation:
    peut_gerer_les_marches(acteur).exiger()
    convention = verrouiller(ConventionGlobalisation.objects, acteur, convention)
    _exiger_deux_acheteurs(marches)
    modifier(convention, {**valeurs, "marches": marches}, acteur=acteur, action="convention_modifiee")
    return convention


def _exiger_deux_acheteurs(marches: Collection[Marche]) -> None:
    if len({marche.maitre_ouvrage_id for marche in marches}) < 2:
        raise RegleViolee("Choisissez des marchés d'au moins deux maîtres d'ouvrage.", champ="marches")


@transaction.atomic
def archiver_convention(*, acteur: Acteur, convention: ConventionGlobalisation, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    convention = verrouiller(ConventionGlobalisation.objects, acteur, convention)
    if basculer_archive(convention, archiver=archiver):
        action = "convention_archivee" if archiver else "convention_reactivee"
        noter(acteur=acteur, action=action, objet=convention)

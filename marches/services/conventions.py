from collections.abc import Collection

from django.db import transaction

from comptes.acteur import Acteur
from marches.models import ConventionGlobalisation, Marche
from marches.permissions import peut_gerer_les_marches
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire
from socle.services.journal import declarer_actions, noter

declarer_actions(
    convention_enregistree="Convention de globalisation enregistrée",
    convention_archivee="Convention de globalisation archivée",
    convention_reactivee="Convention de globalisation sortie de l'archive",
)


@transaction.atomic
def enregistrer_convention(
    *, acteur: Acteur, marches: Collection[Marche], convention: ConventionGlobalisation | None = None, **valeurs
) -> ConventionGlobalisation:
    """Crée ou modifie la convention. Elle réunit les marchés d'au moins deux maîtres d'ouvrage."""
    peut_gerer_les_marches(acteur).exiger()
    if len({marche.maitre_ouvrage_id for marche in marches}) < 2:
        raise RegleViolee("Choisissez des marchés d'au moins deux maîtres d'ouvrage.", champ="marches")
    if any(marche.structure_id != acteur.organisation.pk for marche in marches):
        raise RegleViolee("Ce marché n'est pas suivi par votre structure.", champ="marches")
    convention = convention or ConventionGlobalisation(structure=acteur.organisation)
    ecrire(convention, valeurs)
    convention.marches.set(marches)
    noter(acteur=acteur, action="convention_enregistree", objet=convention, marches=len(marches))
    return convention


@transaction.atomic
def archiver_convention(*, acteur: Acteur, convention: ConventionGlobalisation, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    if basculer_archive(convention, archiver=archiver):
        action = "convention_archivee" if archiver else "convention_reactivee"
        noter(acteur=acteur, action=action, objet=convention)

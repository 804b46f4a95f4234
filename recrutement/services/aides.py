"""Le référentiel des aides d'une structure : ajouter, corriger, archiver, installer celles qu'on propose."""

from django.db import transaction

from comptes.acteur import Acteur
from recrutement.aides_proposees import PROPOSEES
from recrutement.models import AideEmbauche
from recrutement.permissions import peut_gerer_les_aides
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    aide_ajoutee="Aide ajoutée",
    aide_modifiee="Aide modifiée",
    aide_archivee="Aide archivée",
    aide_reactivee="Aide sortie de l'archive",
    aides_installees="Aides proposées installées",
)


@transaction.atomic
def ajouter_aide(*, acteur: Acteur, **valeurs) -> AideEmbauche:
    """Ajoute une aide au référentiel de la structure."""
    peut_gerer_les_aides(acteur).exiger()
    exiger_la_portee(acteur, valeurs)
    aide = AideEmbauche(structure=acteur.organisation)
    ecrire(aide, valeurs)
    noter(acteur=acteur, action="aide_ajoutee", objet=aide)
    return aide


@transaction.atomic
def modifier_aide(*, acteur: Acteur, aide: AideEmbauche, **valeurs) -> AideEmbauche:
    aide = verrouiller(AideEmbauche.objects, acteur, aide)
    peut_gerer_les_aides(acteur, aide).exiger()
    modifier(aide, valeurs, acteur=acteur, action="aide_modifiee")
    return aide


@transaction.atomic
def installer_aides_proposees(*, acteur: Acteur) -> int:
    """Ajoute celles des aides proposées que la structure n'a pas ; rend leur nombre. Les siennes ne changent pas."""
    peut_gerer_les_aides(acteur).exiger()
    connues = set(AideEmbauche.objects.filter(structure=acteur.organisation).values_list("intitule", flat=True))
    nouvelles = [proposee for proposee in PROPOSEES if proposee.intitule not in connues]
    for proposee in nouvelles:
        ecrire(
            AideEmbauche(structure=acteur.organisation),
            {
                "intitule": proposee.intitule,
                "genre": proposee.genre,
                "publics": proposee.publics,
                "type_contrat": proposee.type_contrat,
                "conditions": proposee.conditions,
                "source": proposee.source,
                "source_url": proposee.source_url,
            },
        )
    if nouvelles:
        noter(acteur=acteur, action="aides_installees", objet=acteur.agit_pour, nombre=len(nouvelles))
    return len(nouvelles)


@transaction.atomic
def archiver_aide(*, acteur: Acteur, aide: AideEmbauche, archiver: bool) -> None:
    """Une aide archivée ne se montre plus aux entreprises."""
    aide = verrouiller(AideEmbauche.objects, acteur, aide)
    peut_gerer_les_aides(acteur, aide).exiger()
    if basculer_archive(aide, archiver=archiver):
        noter(acteur=acteur, action="aide_archivee" if archiver else "aide_reactivee", objet=aide)

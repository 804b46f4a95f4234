"""Le référentiel des aides d'une structure : ajouter, corriger, archiver, installer celles qu'on propose."""

from django.db import transaction

from comptes.acteur import Acteur
from recrutement.aides_proposees import PROPOSEES
from recrutement.models import AideEmbauche
from recrutement.permissions import peut_gerer_les_aides
from socle.services.enregistrement import basculer_archive, changements, ecrire
from socle.services.journal import declarer_actions, noter

declarer_actions(
    aide_ajoutee="Aide ajoutée",
    aide_modifiee="Aide modifiée",
    aide_archivee="Aide archivée",
    aide_reactivee="Aide sortie de l'archive",
    aides_installees="Aides proposées installées",
)


@transaction.atomic
def enregistrer_aide(*, acteur: Acteur, aide: AideEmbauche | None = None, **valeurs) -> AideEmbauche:
    """Ajoute une aide au référentiel de la structure, ou corrige celle qui est donnée."""
    peut_gerer_les_aides(acteur, aide).exiger()
    creation = aide is None
    if aide is None:
        aide = AideEmbauche(structure=acteur.organisation)
    else:
        aide = AideEmbauche.objects.select_for_update().get(pk=aide.pk)
    changes = changements(aide, valeurs)
    if creation or changes:
        ecrire(aide, valeurs)
        noter(acteur=acteur, action="aide_ajoutee" if creation else "aide_modifiee", objet=aide, champs=sorted(changes))
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
        noter(acteur=acteur, action="aides_installees", objet=acteur.organisation, nombre=len(nouvelles))
    return len(nouvelles)


@transaction.atomic
def archiver_aide(*, acteur: Acteur, aide: AideEmbauche, archiver: bool) -> None:
    """Une aide archivée ne se montre plus aux entreprises."""
    peut_gerer_les_aides(acteur, aide).exiger()
    if basculer_archive(aide, archiver=archiver):
        noter(acteur=acteur, action="aide_archivee" if archiver else "aide_reactivee", objet=aide)

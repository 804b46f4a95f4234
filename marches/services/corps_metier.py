from django.db import transaction

from comptes.acteur import Acteur
from marches.corps_metier_proposes import DATE_SOURCE, PROPOSES
from marches.models import CorpsMetier
from marches.permissions import peut_gerer_les_marches
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    corps_metier_cree="Corps de métier ajouté",
    corps_metier_modifie="Corps de métier modifié",
    corps_metier_archive="Corps de métier archivé",
    corps_metier_reactive="Corps de métier sorti de l'archive",
    corps_metier_installes="Corps de métier proposés installés",
)


@transaction.atomic
def ajouter_corps_metier(*, acteur: Acteur, **valeurs) -> CorpsMetier:
    """Ajoute un corps de métier à la structure ; sa source et sa date l'accompagnent."""
    peut_gerer_les_marches(acteur).exiger()
    exiger_la_portee(acteur, valeurs)
    corps_metier = CorpsMetier(structure=acteur.organisation)
    ecrire(corps_metier, valeurs)
    noter(acteur=acteur, action="corps_metier_cree", objet=corps_metier)
    return corps_metier


@transaction.atomic
def modifier_corps_metier(*, acteur: Acteur, corps_metier: CorpsMetier, **valeurs) -> CorpsMetier:
    peut_gerer_les_marches(acteur).exiger()
    corps_metier = verrouiller(CorpsMetier.objects, acteur, corps_metier)
    modifier(corps_metier, valeurs, acteur=acteur, action="corps_metier_modifie")
    return corps_metier


@transaction.atomic
def installer_corps_metier_proposes(*, acteur: Acteur) -> int:
    """Ajoute ceux des corps de métier proposés que la structure n'a pas ; rend leur nombre. Les siens ne changent pas."""
    peut_gerer_les_marches(acteur).exiger()
    connus = set(CorpsMetier.objects.filter(structure=acteur.organisation).values_list("nom", flat=True))
    nouveaux = [propose for propose in PROPOSES if propose.nom not in connus]
    for propose in nouveaux:
        ecrire(
            CorpsMetier(structure=acteur.organisation),
            {
                "nom": propose.nom,
                "nature": propose.nature,
                "part_main_oeuvre": propose.part,
                "taux_insertion": propose.taux,
                "cout_horaire": propose.cout,
                "technicite": propose.technicite,
                "familles_rome": propose.familles,
                "source": propose.source,
                "date_source": DATE_SOURCE,
            },
        )
    if nouveaux:
        noter(acteur=acteur, action="corps_metier_installes", objet=acteur.agit_pour, nombre=len(nouveaux))
    return len(nouveaux)


@transaction.atomic
def archiver_corps_metier(*, acteur: Acteur, corps_metier: CorpsMetier, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    corps_metier = verrouiller(CorpsMetier.objects, acteur, corps_metier)
    if basculer_archive(corps_metier, archiver=archiver):
        action = "corps_metier_archive" if archiver else "corps_metier_reactive"
        noter(acteur=acteur, action=action, objet=corps_metier)

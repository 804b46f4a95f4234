"""Qui, dans la structure, répond à une entreprise ou à un acheteur : son nom, son téléphone, son adresse."""

from django.db.models import QuerySet

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import RESPONSABLES
from comptes.models import Organisation
from marches.etude import reglages_de
from marches.models import MaitreOuvrage
from socle.avis import Destinataire


def interlocuteur_de(structure, facilitateur=None) -> Destinataire:
    """Le facilitateur s'il est connu, complété de ce que la structure donne pour être jointe."""
    reglages = reglages_de(structure)
    if facilitateur is None:
        return Destinataire(reglages.contact or structure.nom, reglages.courriel, telephone=reglages.telephone)
    telephone = facilitateur.telephone or reglages.telephone
    return Destinataire(facilitateur.get_full_name(), facilitateur.email, telephone=telephone)


def structures_qui_suivent(acteur: Acteur) -> QuerySet[Organisation]:
    """Celles auprès de qui cet acheteur peut déposer un projet : qui le suit ; son compte pas encore confirmé, qui l'a invité."""
    maitres = MaitreOuvrage.objects.visibles_par(acteur)
    suivent = Organisation.objects.filter(pk__in=maitres.values("fiches__structure"))
    return suivent if acteur.structures is None else suivent.filter(pk__in=acteur.structures)


def interlocuteurs_de(organisation) -> list[tuple[str, Destinataire]]:
    """Qui peut relier un compte à sa fiche : (structure partenaire, qui y joindre)."""
    partenariats = organisation.partenariats.select_related("structure__reglages_clause").order_by(
        "structure__nom_plie"
    )
    return [(p.structure.nom, _qui_relie(p.structure)) for p in partenariats]


def _qui_relie(structure) -> Destinataire:
    """Ce que la structure donne pour être jointe ; à défaut, son plus ancien responsable."""
    donne = interlocuteur_de(structure)
    if donne.adresse or donne.telephone:
        return donne
    return next(iter(membres_joignables(structure.pk, roles=RESPONSABLES)), donne)

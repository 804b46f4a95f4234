"""Un prescripteur confie une personne à une structure, avec ou sans offre."""

from collections.abc import Collection

from django.db import transaction

from beneficiaires.models import Beneficiaire, Critere
from beneficiaires.permissions import peut_orienter
from beneficiaires.services.dossiers import prochain_identifiant
from comptes.acteur import Acteur
from comptes.models import Organisation
from metiers.models import Metier
from socle.services.enregistrement import ecrire
from socle.services.journal import declarer_actions, noter

declarer_actions(personne_orientee="Personne confiée par un prescripteur")


@transaction.atomic
def orienter_personne(
    *,
    acteur: Acteur,
    structure: Organisation,
    criteres: Collection[str] = (),
    metiers: Collection[Metier] = (),
    **identite,
) -> Beneficiaire:
    """Ouvre un dossier dans la structure, au nom du prescripteur. Les critères sont dits, aucune pièce n'est encore vue."""
    peut_orienter(acteur, structure).exiger()
    structure = Organisation.objects.select_for_update().get(pk=structure.pk)
    par = acteur.utilisateur
    personne = Beneficiaire(structure=structure, prescripteur=acteur.organisation)
    ecrire(
        personne,
        {
            "identifiant": prochain_identifiant(structure),
            "referent": par.get_full_name() if par else "",
            "referent_courriel": par.email if par else "",
            **identite,
        },
    )
    personne.metiers.set(metiers)
    for rang, code in enumerate(criteres):
        ecrire(Critere(beneficiaire=personne), {"code": code, "principal": rang == 0})
    noter(acteur=acteur, action="personne_orientee", objet=personne, structure=structure)
    return personne

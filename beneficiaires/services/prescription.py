"""Un prescripteur confie une personne à une structure, avec ou sans offre."""

from collections.abc import Collection

from django.db import transaction

from beneficiaires.models import Beneficiaire, Critere, Domicile
from beneficiaires.permissions import peut_orienter
from beneficiaires.services.domiciles import rattacher
from beneficiaires.services.dossiers import prochain_identifiant
from beneficiaires.services.ressemblances import signaler_les_ressemblances
from comptes.acteur import Acteur
from comptes.models import Organisation
from metiers.models import Metier
from metiers.services import garder_les_metiers
from socle.services.enregistrement import ecrire
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(personne_orientee="Personne confiée par un prescripteur")


@transaction.atomic
def orienter_personne(
    *,
    acteur: Acteur,
    structure: Organisation,
    criteres: Collection[str] = (),
    metiers: Collection[Metier] = (),
    domicile: dict | None = None,
    **identite,
) -> Beneficiaire:
    """Ouvre un dossier dans la structure, au nom du prescripteur. Les critères sont dits, aucune pièce n'est encore vue.

    `domicile` est une adresse déjà cherchée (`situer_adresse`) : on n'attend pas un service extérieur dans la transaction.
    """
    peut_orienter(acteur, structure).exiger()
    exiger_la_portee(acteur, {**identite, "metiers": metiers})
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
    personne.metiers.set(garder_les_metiers(structure, {"metiers": list(metiers)})["metiers"])
    for rang, code in enumerate(criteres):
        ecrire(Critere(beneficiaire=personne), {"code": code, "principal": rang == 0})
    if domicile:
        lieu = Domicile(beneficiaire=personne)
        ecrire(lieu, domicile)
        rattacher(lieu)
    noter(acteur=acteur, action="personne_orientee", objet=personne, structure=structure)
    signaler_les_ressemblances([personne])
    return personne

"""Qui appeler chez un maître d'ouvrage : chaque structure tient les siens."""

from django.db import transaction

from comptes.acteur import Acteur
from marches.models import ContactMaitreOuvrage, FicheMaitreOuvrage, MaitreOuvrage
from marches.permissions import peut_gerer_les_marches
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import noter
from socle.services.portee import exiger_la_portee


@transaction.atomic
def ajouter_contact(*, acteur: Acteur, maitre_ouvrage: MaitreOuvrage, **valeurs) -> ContactMaitreOuvrage:
    peut_gerer_les_marches(acteur).exiger()
    fiche: FicheMaitreOuvrage = verrouiller(FicheMaitreOuvrage.objects, acteur, maitre_ouvrage=maitre_ouvrage)
    exiger_la_portee(acteur, valeurs)
    contact = ContactMaitreOuvrage(fiche=fiche)
    ecrire(contact, valeurs)
    noter(acteur=acteur, action="contact_ajoute", objet=maitre_ouvrage)
    return contact


@transaction.atomic
def modifier_contact(*, acteur: Acteur, contact: ContactMaitreOuvrage, **valeurs) -> ContactMaitreOuvrage:
    peut_gerer_les_marches(acteur).exiger()
    contact = _tenir(acteur, contact)
    modifier(contact, valeurs, acteur=acteur, action="contact_modifie", sur=contact.fiche.maitre_ouvrage)
    return contact


@transaction.atomic
def archiver_contact(*, acteur: Acteur, contact: ContactMaitreOuvrage, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    contact = _tenir(acteur, contact)
    if basculer_archive(contact, archiver=archiver):
        action = "contact_archive" if archiver else "contact_reactive"
        noter(acteur=acteur, action=action, objet=contact.fiche.maitre_ouvrage)


def _tenir(acteur: Acteur, contact: ContactMaitreOuvrage) -> ContactMaitreOuvrage:
    return verrouiller(ContactMaitreOuvrage.objects.select_related("fiche__maitre_ouvrage"), acteur, contact)

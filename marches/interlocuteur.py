"""Qui, dans la structure, répond à une entreprise ou à un acheteur : son nom, son téléphone, son adresse."""

from marches.etude import reglages_de
from socle.avis import Destinataire


def interlocuteur_de(structure, facilitateur=None) -> Destinataire:
    """Le facilitateur s'il est connu, complété de ce que la structure donne pour être jointe."""
    reglages = reglages_de(structure)
    if facilitateur is None:
        return Destinataire(reglages.contact or structure.nom, reglages.courriel, telephone=reglages.telephone)
    telephone = facilitateur.telephone or reglages.telephone
    return Destinataire(facilitateur.get_full_name(), facilitateur.email, telephone=telephone)

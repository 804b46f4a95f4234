"""Ce que la file fait pour quelqu'un : un geste d'ensemble, avec les droits qu'il a au moment où elle le fait."""

from comptes.acteur import Acteur
from comptes.models import Adhesion
from socle.fabriques import fabrique
from socle.models import Document
from socle.regles import RegleViolee
from socle.services import ensemble
from socle.services.documents import Suivi


@fabrique(ensemble.GENRE)
def faire_un_geste_d_ensemble(document: Document, suivi: Suivi) -> bytes:
    adhesions = Adhesion.objects.en_vigueur().select_related("organisation", "utilisateur")
    sienne = adhesions.filter(organisation=document.organisation, utilisateur=document.demandeur).first()
    if sienne is None:
        raise RegleViolee("Qui a demandé ce geste n'est plus membre de l'organisation : rien n'est fait.")
    return ensemble.executer(document=document, acteur=Acteur.membre(sienne), suivre=suivi)

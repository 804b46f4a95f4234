"""Ce que la file fabrique pour une reprise : le rapport d'une analyse, celui d'une application, le classeur de la structure."""

import io

from reprise.exports import ecrire_classeur
from reprise.services import listes, reprises
from socle.fabriques import fabrique
from socle.models import Document
from socle.services.documents import Suivi


@fabrique(reprises.GENRE_ANALYSE)
def analyser(document: Document, suivi: Suivi) -> bytes:
    return reprises.analyser(document=document, suivre=suivi)


@fabrique(reprises.GENRE_APPLICATION)
def appliquer(document: Document, suivi: Suivi) -> bytes:
    return reprises.appliquer(document=document, suivre=suivi)


@fabrique(reprises.GENRE_CLASSEUR)
def ecrire_le_classeur(document: Document, suivi: Suivi) -> bytes:
    tampon = io.BytesIO()
    ecrire_classeur(tampon, document.organisation, suivi)
    return tampon.getvalue()


@fabrique(listes.GENRE_VERSEMENT)
def verser_la_liste(document: Document, suivi: Suivi) -> bytes:
    return listes.verser(document=document, suivre=suivi)

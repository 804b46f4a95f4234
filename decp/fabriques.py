"""Ce que la file fabrique pour un import : le rapport, une fois le fichier lu."""

from decp.services import imports
from socle.fabriques import fabrique
from socle.models import Document
from socle.services.documents import Suivi


@fabrique(imports.GENRE)
def importer_un_fichier(document: Document, suivi: Suivi) -> bytes:
    return imports.executer(document=document, suivre=suivi)

from socle.models.avis import AvisLu
from socle.models.code import CodeCourriel
from socle.models.courriel import Courriel
from socle.models.document import Document
from socle.models.echec import EchecTravail
from socle.models.entree_journal import EntreeJournal
from socle.models.fusion import Fusion
from socle.models.lien import Lien
from socle.models.passage import PassageTravail
from socle.models.vue import VueEnregistree

__all__ = [
    "AvisLu",
    "CodeCourriel",
    "Courriel",
    "Document",
    "EchecTravail",
    "EntreeJournal",
    "Fusion",
    "Lien",
    "PassageTravail",
    "VueEnregistree",
]

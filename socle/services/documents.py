"""Fabriquer un fichier hors de la requête : la ligne d'abord, un travailleur qui la prend, un autre s'il meurt."""

import datetime
import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import get_valid_filename

from socle.enums import EtatDocument
from socle.fabriques import FABRIQUES, SUITES, tache_de
from socle.file import confier
from socle.models import Document
from socle.permissions import peut_demander_un_document
from socle.regles import RegleViolee
from socle.retention import DUREE_DE_VIE
from socle.services.bail import BAIL, Suivi, tenu
from socle.services.enregistrement import relire
from socle.services.lots import pour_chacun, travail
from socle.stockage import disque_plein

journal_technique = logging.getLogger(__name__)

TENTATIVES_MAX = Document.TENTATIVES_MAX
ECHEC_REPETE = "La fabrication a échoué plusieurs fois. Relancez-la ou prévenez l'administrateur."
ECHEC_MORTEL = (
    "Le programme qui fabrique ce document s'est arrêté en route à chaque essai, sans doute faute de mémoire. "
    "Relancez-le ; si cela recommence, prévenez l'administrateur."
)
DISQUE_PLEIN = "Le disque du serveur est plein : prévenez l'administrateur."
RELANCER_ENSUITE = "Relancez ensuite ce document."
# Ce qu'un échec dit quand la faute est au service, et non au fichier qu'on lui a donné.
ECHECS_TECHNIQUES = (ECHEC_REPETE, ECHEC_MORTEL, f"{DISQUE_PLEIN} {RELANCER_ENSUITE}")


@transaction.atomic
def demander_document(*, acteur, genre: str, titre: str, nom_fichier: str, parametres: dict, **champs) -> Document:
    """Crée la ligne du document et, une fois la transaction validée, le confie à la file. Rend le document."""
    peut_demander_un_document(acteur).exiger()
    document = Document.objects.create(
        organisation=acteur.organisation,
        demandeur=acteur.utilisateur,
        genre=genre,
        titre=titre,
        nom_fichier=get_valid_filename(nom_fichier),
        parametres=parametres,
        expire_le=champs.pop("expire_le", timezone.now() + DUREE_DE_VIE),
        **champs,
    )
    confier(tache_de(genre), document.pk)
    return document


def fabriquer(document_id: int) -> bool:
    """Fabrique le document s'il est libre. Sans danger deux fois : un bail le réserve, un bail expiré le libère."""
    document = _prendre(document_id)
    if document is None:
        return False
    if document.tentatives > TENTATIVES_MAX:  # chaque travailleur qui l'a pris en est mort : ne plus en tuer
        _echouer(document, ECHEC_MORTEL)
        return False
    with Suivi(document) as suivi:
        try:
            contenu = FABRIQUES[document.genre](document, suivi)
            return suivi.renouveler() and _ranger(document, contenu)
        except RegleViolee as refus:
            _echouer(document, refus.motif)
        except Exception as panne:
            journal_technique.exception("Fabrication du document %s", document.uuid)
            _rendre_ou_echouer(document, DISQUE_PLEIN if disque_plein(panne) else "")
    return False


@transaction.atomic
def _prendre(document_id: int) -> Document | None:
    maintenant = timezone.now()
    libre = models.Q(etat=EtatDocument.EN_ATTENTE) | models.Q(etat=EtatDocument.EN_COURS, pris_jusqu_a__lt=maintenant)
    pris = Document.objects.filter(libre, pk=document_id).update(
        etat=EtatDocument.EN_COURS,
        pris_jusqu_a=maintenant + BAIL,
        tentatives=models.F("tentatives") + 1,
        progression=0,
        etape="",
        message="",
    )
    return Document.objects.select_related("organisation", "demandeur").get(pk=document_id) if pris else None


def _ranger(document: Document, contenu: bytes) -> bool:
    """Garde le fichier, puis le dit. Faux si un autre a repris le document entre-temps : c'est son fichier qui compte.

    La suite de la fabrique tient dans la transaction qui le dit : un travailleur tué entre les deux n'a fait ni l'un ni
    l'autre, et le prochain essai fait les deux.
    """
    nom = f"{document.uuid}-{document.nom_fichier}"
    stockage = document.fichier.storage
    stockage.delete(
        document.fichier.field.generate_filename(document, nom)
    )  # un essai tué, ou un disque plein, l'a laissé
    document.fichier.save(nom, ContentFile(contenu), save=False)
    with transaction.atomic():
        gardes = tenu(document).update(
            fichier=document.fichier.name,
            taille=len(contenu),
            empreinte=hashlib.sha256(contenu).hexdigest(),
            etat=EtatDocument.PRET,
            progression=100,
            etape="",
            pris_jusqu_a=None,
            modifie_le=timezone.now(),
        )
        if gardes and document.genre in SUITES:
            SUITES[document.genre](document)
    return bool(gardes)


def _rendre_ou_echouer(document: Document, motif: str) -> None:
    if document.tentatives >= TENTATIVES_MAX:
        _echouer(document, f"{motif} {RELANCER_ENSUITE}" if motif else ECHEC_REPETE)
        return
    tenu(document).update(etat=EtatDocument.EN_ATTENTE, message=motif, pris_jusqu_a=None)


def _echouer(document: Document, motif: str) -> None:
    tenu(document).update(etat=EtatDocument.ECHEC, message=motif, pris_jusqu_a=None)


def refaire_un_document(*, acteur, document: Document) -> None:
    """Remet en file un document de son organisation."""
    relancer(document=relire(Document.objects, acteur, document))


def relancer(*, document: Document) -> None:
    """Remet en file un document échoué, expiré ou dont le fichier manque ; celui qui n'expire pas n'expirera toujours pas."""
    expire_le = document.expire_le and timezone.now() + DUREE_DE_VIE
    refaisables = [*EtatDocument.refaisables(), *([EtatDocument.PRET] if document.fichier_manque else [])]
    with transaction.atomic():
        Document.objects.filter(pk=document.pk, etat__in=refaisables).update(
            etat=EtatDocument.EN_ATTENTE, tentatives=0, message="", expire_le=expire_le
        )
        confier(tache_de(document.genre), document.pk)


def a_reprendre() -> list[int]:
    """Les documents qu'aucun travailleur vivant ne tient : message perdu, ou travailleur mort."""
    maintenant = timezone.now()
    oublie = models.Q(etat=EtatDocument.EN_ATTENTE, modifie_le__lt=maintenant - datetime.timedelta(minutes=1))
    abandonne = models.Q(etat=EtatDocument.EN_COURS, pris_jusqu_a__lt=maintenant)
    return list(Document.objects.filter(oublie | abandonne).order_by("cree_le", "pk").values_list("pk", flat=True))


def tache_du_document(document_id: int) -> str:
    """La tâche qui le fabriquera, donc la file où il attend."""
    return tache_de(Document.objects.values_list("genre", flat=True).get(pk=document_id))


@travail("Documents périmés")
def purger() -> int:
    """Vide les fichiers dont la date d'expiration est passée ; la ligne reste, pour le dire."""
    perimes = Document.objects.filter(expire_le__lt=timezone.now(), etat=EtatDocument.PRET).order_by("pk")
    return sum(pour_chacun(perimes, _vider))


def _vider(document: Document) -> int:
    document.fichier.delete(save=False)
    return Document.objects.filter(pk=document.pk).update(etat=EtatDocument.EXPIRE, fichier="", taille=0)

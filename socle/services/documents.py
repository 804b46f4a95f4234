"""Fabriquer un fichier hors de la requête : la ligne d'abord, un travailleur qui la prend, une reprise s'il meurt."""

import datetime
import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import get_valid_filename

from socle.enums import EtatDocument
from socle.fabriques import FABRIQUES, tache_de
from socle.file import confier
from socle.models import Document
from socle.regles import RegleViolee

journal_technique = logging.getLogger(__name__)

BAIL = datetime.timedelta(minutes=16)  # plus long que la limite d'une tâche (15 min) : jamais deux travailleurs vivants
TENTATIVES_MAX = 3
ECHEC_REPETE = "La fabrication a échoué plusieurs fois. Relancez-la ou prévenez l'administrateur."
DUREE_DE_VIE = datetime.timedelta(days=30)


@transaction.atomic
def demander_document(*, acteur, genre: str, titre: str, nom_fichier: str, parametres: dict, **champs) -> Document:
    """Crée la ligne du document et, une fois la transaction validée, le confie à la file. Rend le document."""
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
        _echouer(document, ECHEC_REPETE)
        return False
    suivi = Suivi(document)
    try:
        contenu = FABRIQUES[document.genre](document, suivi)
    except RegleViolee as refus:
        _echouer(document, refus.motif)
        return False
    except Exception:
        journal_technique.exception("Fabrication du document %s", document.uuid)
        _rendre_ou_echouer(document)
        return False
    _ranger(document, contenu)
    return True


class Suivi:
    """L'avancement que la page du document montre : `suivi(40, "Graphiques")`."""

    def __init__(self, document: Document):
        self.document = document

    def __call__(self, progression: int, etape: str) -> None:
        Document.objects.filter(pk=self.document.pk).update(
            progression=progression, etape=etape, pris_jusqu_a=timezone.now() + BAIL
        )


@transaction.atomic
def _prendre(document_id: int) -> Document | None:
    maintenant = timezone.now()
    libre = models.Q(etat=EtatDocument.EN_ATTENTE) | models.Q(etat=EtatDocument.EN_COURS, pris_jusqu_a__lt=maintenant)
    pris = Document.objects.filter(libre, pk=document_id).update(
        etat=EtatDocument.EN_COURS,
        pris_jusqu_a=maintenant + BAIL,
        tentatives=models.F("tentatives") + 1,
        progression=0,
        message="",
    )
    return Document.objects.select_related("organisation", "demandeur").get(pk=document_id) if pris else None


def _ranger(document: Document, contenu: bytes) -> None:
    document.fichier.save(f"{document.uuid}-{document.nom_fichier}", ContentFile(contenu), save=False)
    document.taille = len(contenu)
    document.empreinte = hashlib.sha256(contenu).hexdigest()
    document.etat, document.progression, document.etape = EtatDocument.PRET, 100, ""
    document.pris_jusqu_a = None
    document.save()


def _rendre_ou_echouer(document: Document) -> None:
    if document.tentatives >= TENTATIVES_MAX:
        _echouer(document, ECHEC_REPETE)
        return
    Document.objects.filter(pk=document.pk).update(etat=EtatDocument.EN_ATTENTE, pris_jusqu_a=None)


def _echouer(document: Document, motif: str) -> None:
    Document.objects.filter(pk=document.pk).update(etat=EtatDocument.ECHEC, message=motif, pris_jusqu_a=None)


def relancer(*, document: Document) -> None:
    """Remet en file un document échoué ou expiré ; celui qui n'expire pas n'expirera toujours pas."""
    expire_le = document.expire_le and timezone.now() + DUREE_DE_VIE
    with transaction.atomic():
        Document.objects.filter(pk=document.pk, etat__in=EtatDocument.refaisables()).update(
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


def purger() -> int:
    """Vide les fichiers dont la date d'expiration est passée ; la ligne reste, pour le dire."""
    perimes = Document.objects.filter(expire_le__lt=timezone.now(), etat=EtatDocument.PRET).order_by("pk")
    nombre = 0
    for document in perimes:
        document.fichier.delete(save=False)
        Document.objects.filter(pk=document.pk).update(etat=EtatDocument.EXPIRE, fichier="", taille=0)
        nombre += 1
    return nombre

"""Les fabriques des bilans : un document et son avancement entrent, les octets du PDF ou du classeur sortent."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from comptes.papier_a_entete import images_de
from reporting.donnees import DonneesBilan
from reporting.models import Bilan
from reporting.notifications import annoncer_la_publication
from reporting.recit.ecriture import jour
from reporting.rendu.classeur import ecrire_classeur
from reporting.rendu.pdf.contexte import Publication
from reporting.rendu.pdf.document import rendre_bilan
from reporting.services.bilans import GENRE, GENRE_CLASSEUR, PERIME, lire_les_chiffres
from socle.fabriques import fabrique
from socle.models import Document
from socle.regles import RegleViolee
from socle.services.documents import Suivi

LIENS = ("structure", "maitre_ouvrage", "operation", "marche")


def _bilan_de(document: Document) -> Bilan | None:
    return Bilan.objects.select_related(*LIENS).filter(document=document).first()


def annoncer(document: Document) -> None:
    """Un bilan publié s'annonce quand son fichier est rangé : le lien du courriel ouvre un document prêt."""
    bilan = _bilan_de(document)
    if bilan is not None and bilan.est_fige:
        annoncer_la_publication(bilan)


@fabrique(GENRE, pdf=True, ensuite=annoncer)
def fabriquer_bilan(document: Document, suivi: Suivi) -> bytes:
    """Un brouillon lit ses chiffres maintenant ; un bilan publié rend les siens, figés."""
    bilan = _bilan_de(document)
    if bilan is None:
        raise RegleViolee(PERIME)
    suivi(10, "Lecture des heures")
    donnees: DonneesBilan = bilan.contenu if bilan.est_fige else lire_les_chiffres(bilan=bilan, document=document)
    suivi(35, "Graphiques et mise en page")
    contenu = rendre_bilan(donnees, bilan.presentation, publication_de(bilan), images_de(document))
    suivi(95, "Enregistrement")
    return contenu


@fabrique(GENRE_CLASSEUR)
def fabriquer_classeur(document: Document, suivi: Suivi) -> bytes:
    """Le classeur d'un bilan publié."""
    bilan = Bilan.objects.filter(classeur=document).first()
    if bilan is None:
        raise RegleViolee(PERIME)
    suivi(20, "Écriture des feuilles")
    return ecrire_classeur(bilan.contenu)


def publication_de(bilan: Bilan) -> Publication | None:
    """Ce que le PDF d'un bilan publié porte ; rien pour un brouillon, qui se dit document de travail."""
    if bilan.publie_le is None:
        return None
    publie_le = timezone.localtime(bilan.publie_le).date()
    adresse = settings.SITE_URL + reverse("reporting:verifier_empreinte", args=[bilan.empreinte])
    return Publication(bilan.version, jour(publie_le.isoformat()), bilan.empreinte, bilan.motif, adresse)

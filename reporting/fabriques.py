"""La fabrique du genre « bilan » : un document et son avancement entrent, les octets du PDF sortent."""

from django.utils import timezone

from reporting.donnees import DonneesBilan
from reporting.models import Bilan
from reporting.pdf import Publication, rendre_bilan
from reporting.pdf.ecriture import jour
from reporting.services.bilans import GENRE, PERIME, lire_les_chiffres
from socle.fabriques import fabrique
from socle.models import Document
from socle.regles import RegleViolee
from socle.services.documents import Suivi


@fabrique(GENRE)
def fabriquer_bilan(document: Document, suivi: Suivi) -> bytes:
    """Un brouillon lit ses chiffres maintenant ; un bilan publié rend les siens, figés."""
    bilan = Bilan.objects.select_related("structure").filter(document=document).first()
    if bilan is None:
        raise RegleViolee(PERIME)
    suivi(10, "Lecture des heures")
    donnees: DonneesBilan = bilan.donnees if bilan.est_fige else lire_les_chiffres(bilan=bilan, document=document)
    suivi(35, "Graphiques et mise en page")
    contenu = rendre_bilan(donnees, bilan.presentation, publication_de(bilan))
    suivi(95, "Enregistrement")
    return contenu


def publication_de(bilan: Bilan) -> Publication | None:
    """Ce que le PDF d'un bilan publié porte ; rien pour un brouillon, qui se dit document de travail."""
    if bilan.publie_le is None:
        return None
    publie_le = timezone.localtime(bilan.publie_le).date()
    return Publication(bilan.version, jour(publie_le.isoformat()), bilan.empreinte)

"""Les fabriques du suivi : lettre contradictoire, mise en demeure, attestation. Chacune lit une ligne figée."""

from cloture.attestations.services import GENRE_ATTESTATION
from cloture.carences.services import GENRE_MISE_EN_DEMEURE
from cloture.lettres.services import GENRE_LETTRE
from cloture.models import Attestation, MiseEnDemeure, Penalite
from cloture.rendu import rendre_attestation, rendre_lettre, rendre_mise_en_demeure
from comptes.papier_a_entete import images_de
from socle.fabriques import fabrique
from socle.models import Document
from socle.regles import RegleViolee
from socle.services.documents import Suivi

SANS_OBJET = "Ce document n'a plus lieu d'être."


def _la_ligne(modele, document: Document, cle: str):
    ligne = modele.objects.filter(uuid=document.parametres[cle]).first()
    if ligne is None:
        raise RegleViolee(SANS_OBJET)
    return ligne


@fabrique(GENRE_LETTRE, pdf=True)
def fabriquer_lettre(document: Document, suivi: Suivi) -> bytes:
    suivi(30, "Mise en page")
    return rendre_lettre(_la_ligne(Penalite, document, "penalite"), images_de(document))


@fabrique(GENRE_MISE_EN_DEMEURE, pdf=True)
def fabriquer_mise_en_demeure(document: Document, suivi: Suivi) -> bytes:
    suivi(30, "Mise en page")
    return rendre_mise_en_demeure(_la_ligne(MiseEnDemeure, document, "mise_en_demeure"), images_de(document))


@fabrique(GENRE_ATTESTATION, pdf=True)
def fabriquer_attestation(document: Document, suivi: Suivi) -> bytes:
    suivi(30, "Mise en page")
    return rendre_attestation(_la_ligne(Attestation, document, "attestation"), images_de(document))

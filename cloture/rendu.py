"""Les courriers et l'attestation en PDF : des données figées entrent, les octets sortent, toujours les mêmes."""

from collections.abc import Mapping

from cloture.attestations.pdf import contexte_de_l_attestation
from cloture.lettres.pdf import contexte_de_la_lettre, contexte_de_la_mise_en_demeure
from cloture.models import Attestation, MiseEnDemeure, Penalite
from socle.pdf import ecrire_pdf

FEUILLES = ("css/pdf-courrier.css",)
Images = Mapping[str, bytes]  # le logo de la structure, si le document le porte


def rendre_lettre(penalite: Penalite, images: Images | None = None) -> bytes:
    return _ecrire("lettre", contexte_de_la_lettre(penalite), images)


def rendre_mise_en_demeure(mise_en_demeure: MiseEnDemeure, images: Images | None = None) -> bytes:
    return _ecrire("mise_en_demeure", contexte_de_la_mise_en_demeure(mise_en_demeure), images)


def rendre_attestation(attestation: Attestation, images: Images | None = None) -> bytes:
    return _ecrire("attestation", contexte_de_l_attestation(attestation.donnees, attestation.empreinte), images)


def _ecrire(nom: str, contexte: dict, images: Images | None) -> bytes:
    contexte = {**contexte, "logo": bool(images)}
    return ecrire_pdf(f"cloture/pdf/{nom}.html", contexte, feuilles=FEUILLES, images=images)

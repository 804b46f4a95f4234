"""Les courriers et l'attestation en PDF : des données figées entrent, les octets sortent, toujours les mêmes."""

from socle.pdf import ecrire_pdf
from suivi.models import Attestation, MiseEnDemeure, Penalite
from suivi.pdf.attestation import contexte_de_l_attestation
from suivi.pdf.courriers import contexte_de_la_lettre, contexte_de_la_mise_en_demeure

__all__ = ["rendre_attestation", "rendre_lettre", "rendre_mise_en_demeure"]

FEUILLES = ("css/pdf-courrier.css",)


def rendre_lettre(penalite: Penalite) -> bytes:
    return ecrire_pdf("suivi/pdf/lettre.html", contexte_de_la_lettre(penalite), feuilles=FEUILLES)


def rendre_mise_en_demeure(mise_en_demeure: MiseEnDemeure) -> bytes:
    contexte = contexte_de_la_mise_en_demeure(mise_en_demeure)
    return ecrire_pdf("suivi/pdf/mise_en_demeure.html", contexte, feuilles=FEUILLES)


def rendre_attestation(attestation: Attestation) -> bytes:
    contexte = contexte_de_l_attestation(attestation.donnees, attestation.empreinte)
    return ecrire_pdf("suivi/pdf/attestation.html", contexte, feuilles=FEUILLES)

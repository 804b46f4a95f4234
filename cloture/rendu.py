"""Les courriers et l'attestation en PDF : des données figées entrent, les octets sortent, toujours les mêmes."""

from cloture.attestations.pdf import contexte_de_l_attestation
from cloture.lettres.pdf import contexte_de_la_lettre, contexte_de_la_mise_en_demeure
from cloture.models import Attestation, MiseEnDemeure, Penalite
from socle.pdf import ecrire_pdf

FEUILLES = ("css/pdf-courrier.css",)


def rendre_lettre(penalite: Penalite) -> bytes:
    return ecrire_pdf("cloture/pdf/lettre.html", contexte_de_la_lettre(penalite), feuilles=FEUILLES)


def rendre_mise_en_demeure(mise_en_demeure: MiseEnDemeure) -> bytes:
    contexte = contexte_de_la_mise_en_demeure(mise_en_demeure)
    return ecrire_pdf("cloture/pdf/mise_en_demeure.html", contexte, feuilles=FEUILLES)


def rendre_attestation(attestation: Attestation) -> bytes:
    contexte = contexte_de_l_attestation(attestation.donnees, attestation.empreinte)
    return ecrire_pdf("cloture/pdf/attestation.html", contexte, feuilles=FEUILLES)

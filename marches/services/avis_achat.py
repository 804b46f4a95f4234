"""Ce qu'on écrit d'un pas d'un achat : à l'acheteur quand la structure agit, à ses facilitateurs quand c'est lui."""

from django.conf import settings
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from marches.destinataires import L_ACHETEUR, acheteurs_joignables
from marches.enums import StatutProjet
from marches.models import ProjetAchat, Redaction
from socle.avis import Avis
from socle.services.courriels import ecrire_a_chacun

PHRASES = {
    StatutProjet.REPERE: "le projet est déposé, il reste à l'étudier.",
    StatutProjet.ETUDE: "il est à l'étude.",
    StatutProjet.PROPOSE: "une clause est proposée à l'acheteur, qui la retient ou l'écarte.",
    StatutProjet.RETENU: "la clause est retenue.",
    StatutProjet.ECARTE: "il est écarté.",
    StatutProjet.MARCHE: "il est devenu un marché, dont la clause se rédige.",
}


def prevenir_du_projet(acteur: Acteur, projet: ProjetAchat) -> Avis:
    """L'autre partie apprend où en est le projet."""
    statut = StatutProjet(projet.statut)
    contexte = {
        "achat": projet.objet,
        "acheteur": projet.maitre_ouvrage.nom,
        "etape": statut.label,
        "phrase_de_l_etape": PHRASES[statut],
        "motif": projet.motif_ecart,
        "lien": settings.SITE_URL + projet.get_absolute_url(),
    }
    return _ecrire(acteur, projet.structure, projet.maitre_ouvrage, contexte)


def prevenir_d_un_ajout(acteur: Acteur, projet: ProjetAchat, quoi: str) -> Avis:
    """Le facilitateur apprend que l'acheteur a ajouté quelque chose à son projet ; ce que c'est se lit sur la page."""
    contexte = {
        "achat": projet.objet,
        "acheteur": projet.maitre_ouvrage.nom,
        "quoi": quoi,
        "lien": settings.SITE_URL + reverse("marches:projet_suivi", args=[projet.uuid]),
    }
    return _ecrire(acteur, projet.structure, projet.maitre_ouvrage, contexte, gabarit="courriels/achat_complete")


def prevenir_du_texte(acteur: Acteur, redaction: Redaction) -> Avis:
    """L'acheteur a le texte de sa clause dès qu'il est produit."""
    marche = redaction.marche
    contexte = {
        "achat": marche.objet,
        "acheteur": marche.maitre_ouvrage.nom,
        "etape": "Texte de clause produit",
        "phrase_de_l_etape": f"le texte de la clause est prêt à relire ({redaction.titres}).",
        "motif": "",
        "lien": settings.SITE_URL + redaction.get_absolute_url(),
    }
    return _ecrire(acteur, marche.structure, marche.maitre_ouvrage, contexte)


def _ecrire(acteur: Acteur, structure, maitre_ouvrage, contexte: dict, gabarit: str = "courriels/achat_avance") -> Avis:
    if acteur.est_facilitateur:
        qui, membres = L_ACHETEUR, acheteurs_joignables(maitre_ouvrage, structure.pk)
    else:
        qui, membres = "votre facilitateur", membres_joignables(structure.pk, roles=FACILITATEURS_QUI_ECRIVENT)
    ecrits = ecrire_a_chacun(
        membres,
        gabarit=gabarit,
        structure=structure,
        contexte=contexte,
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    return Avis(qui, ecrits)

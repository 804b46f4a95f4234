"""Ce qu'on écrit d'un pas d'une candidature : à qui l'a proposée, et à l'entreprise quand on la lui transmet."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import Role
from recrutement.enums import StatutCandidature
from recrutement.models import Candidature, Offre
from recrutement.services.avis_entreprise import annoncer_la_transmission, facilitateurs_joignables, repondre_a
from socle.avis import Avis, Destinataire, sans_doublon
from socle.services.regroupement import DELAI, ecrire_au_groupe

SUITES = {
    StatutCandidature.PROPOSEE: "est de nouveau proposée.",
    StatutCandidature.PRESELECTIONNEE: "est présélectionnée.",
    StatutCandidature.TRANSMISE: "est transmise à l'entreprise.",
    StatutCandidature.ENTRETIEN: "mène à un entretien.",
    StatutCandidature.RETENUE: "est retenue.",
    StatutCandidature.REFUSEE: "n'est pas retenue.",
    StatutCandidature.RETIREE: "est retirée.",
    StatutCandidature.SANS_SUITE: "reste sans suite.",
}
EMBAUCHE = "aboutit : le contrat est établi."


def prevenir_qui_a_propose(
    acteur: Acteur, candidature: Candidature, offre: Offre, *, embauchee: bool = False
) -> Avis | None:
    """Le prescripteur suit chaque pas. D'une personne que la structure a proposée, l'entreprise l'apprend au facilitateur.

    Rien si l'on n'a personne d'autre à prévenir que soi : qui retire sa propre personne, qui avance celle de sa structure.
    """
    if acteur.role == Role.PRESCRIPTEUR or (candidature.proposee_par_id is None and acteur.role != Role.ENTREPRISE):
        return None
    if candidature.proposee_par_id is None:
        qui, membres = "votre facilitateur", facilitateurs_joignables(offre)
        lien = reverse("recrutement:offre", args=[offre.uuid])
    else:
        qui, membres = "le prescripteur", _auteur_ou_membres(candidature)
        lien = reverse("recrutement:ma_personne", args=[candidature.beneficiaire.uuid])
    statut = StatutCandidature(candidature.statut)
    contexte = {
        "initiales": candidature.beneficiaire.initiales,
        "offre": offre,
        "statut": "Contrat établi" if embauchee else statut.label,
        "suite": EMBAUCHE if embauchee else SUITES[statut],
        "motif": candidature.get_motif_display() if candidature.motif else "",
        "precision": candidature.precision,
        "entretien_le": candidature.entretien_le if statut == StatutCandidature.ENTRETIEN else None,
        "lien": settings.SITE_URL + lien,
    }
    for membre in membres:
        ecrire_au_groupe(
            groupe="candidatures",
            destinataire=membre.adresse,
            gabarit="courriels/candidature_avancee",
            structure=offre.structure,
            contexte=contexte,
            repondre_a=repondre_a(acteur, offre),
        )
    return Avis(qui, tuple(membres), delai=DELAI)


def _auteur_ou_membres(candidature: Candidature) -> list[Destinataire]:
    """Qui a proposé la personne, s'il est toujours membre ; sinon tous les membres de son organisation."""
    membres = membres_joignables(candidature.proposee_par_id)
    auteur = candidature.auteur.email if candidature.auteur else ""
    return [membre for membre in membres if membre.adresse == auteur] or membres


def avis_du_lot(offre: Offre, transition: str, avancees: Sequence[Candidature]) -> Avis | None:
    """À qui le pas de plusieurs candidatures est dit : l'entreprise si on les lui transmet, sinon qui les a proposées."""
    if transition == "transmettre" and avancees:
        return annoncer_la_transmission(offre, len(avancees))
    dits = [candidature.dit_a for candidature in avancees if candidature.dit_a]
    if not dits:
        return None
    destinataires = sans_doublon(destinataire for avis in dits for destinataire in avis.destinataires)
    return Avis("le prescripteur", destinataires, delai=DELAI)

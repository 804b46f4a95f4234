"""Le lien personnel qui ouvre à l'entreprise les mois qu'elle a à déclarer : l'écrire, lire ceux qui courent, le fermer."""

import uuid

from django.db import transaction
from django.urls import reverse

from comptes.acteur import Acteur
from declarations.models import Declaration
from declarations.permissions import peut_envoyer_le_lien
from declarations.services.ouverture import ouvrir_les_mois_de
from entreprises.destinataires import L_ENTREPRISE
from entreprises.models import FicheEntreprise
from marches.interlocuteur import interlocuteur_de
from marches.models import Engagement
from socle.avis import Avis, Destinataire
from socle.models import Courriel, Lien
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.liens import declarer_usage, donner_lien, liens_ouverts, revoquer_lien

declarer_actions(
    lien_de_declaration="Lien de déclaration envoyé à l'entreprise",
    lien_de_declaration_revoque="Lien de déclaration fermé",
)
USAGE_DECLARATION = "declarations"
declarer_usage(
    USAGE_DECLARATION,
    titre="Déclarer vos heures d'insertion",
    phrase="La page suivante montre les mois à déclarer de vos marchés. Une minute suffit, même s'il n'y a aucune heure.",
    adresse=lambda lien: reverse("suivi:mes_declarations_par_lien", args=[lien.objet_uuid]),
)


@transaction.atomic
def envoyer_le_lien(*, acteur: Acteur, engagement: Engagement, courriel: str) -> Avis:
    """Écrit à cette adresse le lien personnel qui ouvre les mois à déclarer de l'entreprise, dans cette structure.

    Ses mois dus s'ouvrent d'abord : un marché saisi à l'instant n'attend pas le passage de l'heure.
    """
    engagement = _tenir(acteur, engagement)
    fiche, structure = fiche_de(engagement), acteur.agit_pour
    ouvrir_les_mois_de(acteur=acteur, fiche=fiche)
    lien = donner_lien(structure=structure, usage=USAGE_DECLARATION, objet=fiche, destinataire=courriel)
    attendues = Declaration.objects.de_la_fiche(fiche).a_relancer().avec_contexte().order_by("mois", "pk")
    ecrire_courriel(
        destinataire=courriel,
        gabarit="courriels/declaration_demandee",
        structure=structure,
        contexte={
            "entreprise": engagement.entreprise.raison_sociale,
            "structure": structure.nom,
            "marche": engagement.lot.marche.reference,
            "declarations": list(attendues),
            "presenter": not Courriel.objects.filter(structure=structure, destinataire=courriel).exists(),
            "interlocuteur": interlocuteur_de(structure, acteur.utilisateur),
            "lien": lien,
        },
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    noter(acteur=acteur, action="lien_de_declaration", objet=engagement.lot.marche)
    return Avis(L_ENTREPRISE, (Destinataire(adresse=courriel),))


def liens_de(engagement: Engagement) -> list[Lien]:
    """Les liens de déclaration encore ouverts de l'entreprise, dans la structure du marché."""
    fiches = FicheEntreprise.objects.filter(
        structure=engagement.lot.marche.structure_id, entreprise=engagement.entreprise_id
    )
    return [lien for fiche in fiches for lien in liens_ouverts(usage=USAGE_DECLARATION, objet=fiche)]


def lien_de(engagement: Engagement, lien: uuid.UUID) -> Lien:
    """Celui des liens ouverts de l'entreprise que désigne cet identifiant."""
    for ouvert in liens_de(engagement):
        if ouvert.uuid == lien:
            return ouvert
    raise RegleViolee("Ce lien n'est plus ouvert.")


@transaction.atomic
def fermer_le_lien(*, acteur: Acteur, engagement: Engagement, lien: uuid.UUID) -> Lien:
    """Ferme un lien de déclaration, sur-le-champ : la session qu'il a ouverte se ferme avec lui."""
    engagement = _tenir(acteur, engagement)
    ferme = revoquer_lien(usage=USAGE_DECLARATION, objet=fiche_de(engagement), lien=lien)
    if ferme is None:
        raise RegleViolee("Ce lien n'est pas celui de cette entreprise.")
    noter(acteur=acteur, action="lien_de_declaration_revoque", objet=engagement.lot.marche)
    return ferme


def _tenir(acteur: Acteur, engagement: Engagement) -> Engagement:
    engagement = verrouiller(Engagement.objects.avec_contexte(), acteur, engagement)
    peut_envoyer_le_lien(acteur, engagement).exiger()
    return engagement


def fiche_de(engagement: Engagement) -> FicheEntreprise:
    return FicheEntreprise.objects.select_related("structure", "entreprise").get(
        structure=engagement.lot.marche.structure_id, entreprise=engagement.entreprise_id
    )

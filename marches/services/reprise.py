"""Reprendre d'un coup ce que la structure suivait déjà ailleurs : maîtres d'ouvrage, marchés, lots, engagements."""

from collections.abc import Collection, Sequence

from django.db import transaction

from comptes.acteur import Acteur
from marches.models import Engagement, FicheMaitreOuvrage, Lot, MaitreOuvrage, Marche, Operation
from marches.permissions import IDENTITE_PARTAGEE, peut_gerer_les_marches, sont_suivis_ailleurs
from socle.regles import RegleViolee
from socle.services.masse import creer_en_masse, modifier_en_masse, par_paquets
from socle.services.portee import exiger_la_portee_des_lignes
from socle.texte import plier

IDENTITE = ("nom", "siret", "type", "commune")
MOTIF_REPRISE = "Reprise d'un classeur"


@transaction.atomic
def reprendre_maitres_ouvrage(
    *,
    acteur: Acteur,
    nouveaux: Sequence[MaitreOuvrage],
    modifies: Sequence[MaitreOuvrage] = (),
    a_suivre: Sequence[MaitreOuvrage] = (),
) -> None:
    """Crée, corrige ceux que la structure est seule à suivre, met au suivi."""
    peut_gerer_les_marches(acteur).exiger()
    exiger_la_portee_des_lignes(acteur, nouveaux, [*modifies, *_sans_siret(a_suivre)], IDENTITE)
    if any(sont_suivis_ailleurs(acteur, paquet) for paquet in par_paquets(modifies)):
        raise RegleViolee(IDENTITE_PARTAGEE)
    for maitre_ouvrage in (*nouveaux, *modifies):
        maitre_ouvrage.nom_plie = plier(maitre_ouvrage.nom)
    creer_en_masse(nouveaux, acteur=acteur)
    modifier_en_masse(modifies, [*IDENTITE, "nom_plie"], acteur=acteur)
    fiches = [FicheMaitreOuvrage(structure=acteur.organisation, maitre_ouvrage=m) for m in (*nouveaux, *a_suivre)]
    creer_en_masse(fiches, acteur=acteur)


def _sans_siret(a_suivre: Sequence[MaitreOuvrage]) -> list[MaitreOuvrage]:
    """Le SIRET rend une ligne commune à toutes les structures ; sans lui, elle est à celles qui la suivent déjà."""
    return [
        maitre_ouvrage
        for paquet in par_paquets(a_suivre)
        for maitre_ouvrage in MaitreOuvrage.objects.filter(pk__in=[m.pk for m in paquet], siret=None)
    ]


@transaction.atomic
def reprendre_marches(
    *,
    acteur: Acteur,
    operations: Sequence[Operation],
    nouveaux: Sequence[Marche],
    modifies: Sequence[Marche] = (),
    champs: Collection[str] = (),
) -> None:
    """Crée des opérations, crée et corrige des marchés (`champs` nomme ce qui change)."""
    peut_gerer_les_marches(acteur).exiger()
    _exiger_sa_structure(acteur, (*operations, *nouveaux, *modifies))
    for operation in operations:
        operation.nom_plie = plier(operation.nom)
    for marche in (*nouveaux, *modifies):
        marche.texte_plie = plier(f"{marche.reference} {marche.objet}")
    exiger_la_portee_des_lignes(acteur, operations)
    creer_en_masse(operations, acteur=acteur)
    exiger_la_portee_des_lignes(acteur, nouveaux, modifies, champs)
    creer_en_masse(nouveaux, acteur=acteur, motif=MOTIF_REPRISE)
    modifier_en_masse(modifies, [*champs, "texte_plie"], acteur=acteur, motif=MOTIF_REPRISE)


@transaction.atomic
def reprendre_lots(
    *, acteur: Acteur, nouveaux: Sequence[Lot], modifies: Sequence[Lot] = (), champs: Collection[str] = ()
) -> None:
    """Crée et corrige des lots de marchés de la structure."""
    peut_gerer_les_marches(acteur).exiger()
    exiger_la_portee_des_lignes(acteur, nouveaux, modifies, champs)
    creer_en_masse(nouveaux, acteur=acteur, motif=MOTIF_REPRISE)
    modifier_en_masse(modifies, champs, acteur=acteur, motif=MOTIF_REPRISE)


@transaction.atomic
def reprendre_engagements(
    *,
    acteur: Acteur,
    nouveaux: Sequence[Engagement],
    modifies: Sequence[Engagement] = (),
    champs: Collection[str] = (),
) -> None:
    """Crée et corrige des engagements ; leurs avenants restent, `heures_initiales` porte la différence."""
    peut_gerer_les_marches(acteur).exiger()
    exiger_la_portee_des_lignes(acteur, nouveaux, modifies, champs)
    creer_en_masse(nouveaux, acteur=acteur, motif=MOTIF_REPRISE)
    modifier_en_masse(modifies, champs, acteur=acteur, motif=MOTIF_REPRISE)


def _exiger_sa_structure(acteur: Acteur, objets: Collection[Marche | Operation]) -> None:
    if any(objet.structure_id != acteur.agit_pour.pk for objet in objets):
        raise RegleViolee("Ce marché n'est pas suivi par votre structure.")

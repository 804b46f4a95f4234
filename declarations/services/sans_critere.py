"""Les heures d'une personne sans critère : elles ne comptent qu'avec un motif, demandé au plus tard quand le mois se valide.

Un mois déjà validé n'est pas rejugé ; rectifié, il le redemande.
"""

from collections.abc import Iterable, Mapping

from django.db.models import prefetch_related_objects

from comptes.acteur import Acteur
from declarations.cases import case
from declarations.enums import DecisionLigne
from declarations.models import LigneHeures
from recrutement.eligibilite import est_sans_critere
from recrutement.models import MotifSansCritere
from recrutement.services import consigner_le_motif
from socle.regles import RegleViolee

SANS_MOTIF = "Sans motif consigné, ses heures ne comptent pas : donnez-le, ou refusez-les."


def consigner_les_motifs(acteur: Acteur, lignes: Iterable[LigneHeures], motifs: Mapping[int, str]) -> None:
    """Garde les motifs donnés, {clé de la ligne: motif}, sur le contrat de chacune ; vide ou inchangé, rien."""
    for ligne in lignes:
        motif = motifs.get(ligne.pk, "").strip()
        if not motif or motif == ligne.contrat.motif_sans_critere:
            continue
        if ligne.decision == DecisionLigne.REFUSEE:
            raise RegleViolee(
                "Un motif est donné pour compter ces heures : acceptez-les, ou effacez-le.",
                champ=case("decision", ligne),
            )
        consigner_le_motif(acteur=acteur, contrat=ligne.contrat, motif=motif, champ=case("sans_critere", ligne))


def exiger_les_motifs(lignes: Iterable[LigneHeures]) -> None:
    """Refuse de compter les heures d'une personne sans critère ni motif ; chacune se dit à côté de sa case."""
    comptees = [ligne for ligne in lignes if ligne.heures]
    contrats = [ligne.contrat_id for ligne in comptees]
    motives = set(MotifSansCritere.objects.filter(contrat__in=contrats).values_list("contrat", flat=True))
    restent = [ligne for ligne in comptees if ligne.contrat_id not in motives]
    prefetch_related_objects([ligne.contrat.beneficiaire for ligne in restent], "criteres", "inscriptions")
    if cases := [case("sans_critere", ligne) for ligne in restent if est_sans_critere(ligne.contrat)]:
        raise RegleViolee(SANS_MOTIF, champs=cases)

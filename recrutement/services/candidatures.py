"""Les gestes sur une candidature. L'offre sert de verrou : deux personnes ne prennent jamais le dernier poste."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.enums import Role
from recrutement.enums import TRANSITIONS_CANDIDATURE, MotifRefus, StatutCandidature
from recrutement.models import Candidature, Contrat, Offre
from recrutement.permissions import (
    peut_avancer_candidature,
    peut_gerer_les_contrats,
    peut_gerer_les_offres,
    peut_proposer,
    peut_retablir_candidature,
)
from recrutement.services.avis_candidatures import avis_du_lot, prevenir_qui_a_propose
from recrutement.services.contrats import conclure_contrat
from recrutement.services.offres import passer
from socle.avis import Avis
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    candidature_proposee="Personne proposée",
    candidature_preselectionnee="Candidature présélectionnée",
    candidature_transmise="Candidature transmise à l'entreprise",
    candidature_entretien="Entretien fixé",
    candidature_retenue="Candidature retenue",
    candidature_refusee="Candidature non retenue",
    candidature_retiree="Candidature retirée",
    candidature_sans_suite="Candidature classée sans suite",
    candidature_reprise="Candidature reprise",
    candidature_embauchee="Contrat établi depuis une candidature",
)


@dataclass(frozen=True, slots=True)
class Avancees:
    """Les candidatures qui ont fait le pas, et à qui il est dit."""

    candidatures: tuple[Candidature, ...]
    dit_a: Avis | None

    def __len__(self) -> int:
        return len(self.candidatures)


@transaction.atomic
def proposer_personne(*, acteur: Acteur, offre: Offre, beneficiaire: Beneficiaire, avis: str = "") -> Candidature:
    """Propose une personne de sa portée sur une offre ouverte. La proposer deux fois est refusé."""
    offre = _verrouiller(acteur, offre)
    peut_proposer(acteur, offre).exiger()
    visibles = Beneficiaire.objects.visibles_par(acteur).actifs().filter(structure=offre.structure)
    if not visibles.filter(pk=beneficiaire.pk).exists():
        raise RegleViolee("Cette personne n'est pas parmi celles que vous suivez.", champ="beneficiaire")
    candidature = Candidature(offre=offre)
    par = acteur.organisation if acteur.role == Role.PRESCRIPTEUR else None
    ecrire(
        candidature,
        {"beneficiaire": beneficiaire, "proposee_par": par, "auteur": acteur.utilisateur, "avis": avis},
    )
    _noter(acteur, "candidature_proposee", candidature, offre)
    return candidature


@transaction.atomic
def avancer_candidature(
    *,
    acteur: Acteur,
    candidature: Candidature,
    transition: str,
    motif: str = "",
    precision: str = "",
    entretien_le: datetime.date | None = None,
) -> Candidature:
    """Fait un pas. Retenir prend un poste : le dernier pris ferme l'offre et classe les autres candidatures."""
    offre, candidature = _tenir(acteur, candidature)
    peut_avancer_candidature(acteur, candidature, transition).exiger()
    if transition == "refuser" and not motif:
        raise RegleViolee("Dites pourquoi : cela aide à mieux proposer.", champ="motif")
    if transition == "refuser" and motif == MotifRefus.AUTRE and not precision.strip():
        raise RegleViolee("Précisez cette autre raison : le référent la lit.", champ="precision")
    if transition == "rencontrer" and entretien_le is None:
        raise RegleViolee("Donnez la date de l'entretien.", champ="entretien_le")
    if transition == "retenir" and not offre.est_ouverte:
        raise RegleViolee("Cette offre n'est plus ouverte : tous ses postes sont pris, ou elle est close.")
    if transition == "retenir" and _est_pleine(offre):
        raise RegleViolee("Tous les postes sont pourvus : augmentez leur nombre avant de retenir quelqu'un de plus.")
    if transition == "reprendre" and not offre.est_ouverte:
        raise RegleViolee("Rouvrez d'abord l'offre.")
    _passer(acteur, candidature, offre, transition, motif=motif, precision=precision, entretien_le=entretien_le)
    if transition == "transmettre":
        candidature.dit_a = avis_du_lot(offre, transition, [candidature])
    if transition == "retenir":
        _fermer_si_pourvue(acteur, offre)
    return candidature


@transaction.atomic
def retablir_candidature(*, acteur: Acteur, candidature: Candidature) -> Candidature:
    """Revient sur un refus ou un retrait : la candidature retrouve l'étape où elle en était."""
    offre, candidature = _tenir(acteur, candidature)
    peut_retablir_candidature(acteur, candidature).exiger()
    if candidature.statut not in (StatutCandidature.REFUSEE, StatutCandidature.RETIREE) or not candidature.statut_avant:
        raise RegleViolee("Cette candidature n'est ni refusée ni retirée : il n'y a rien à annuler.")
    if not offre.est_ouverte:
        raise RegleViolee("L'offre n'est plus ouverte : rouvrez-la d'abord.")
    etape = candidature.statut_avant
    if etape == StatutCandidature.RETENUE and _est_pleine(offre):
        raise RegleViolee("Tous les postes sont pourvus : quelqu'un d'autre a été retenu depuis.")
    decidee_le = timezone.now() if etape == StatutCandidature.RETENUE else None
    ecrire(candidature, {"statut": etape, "statut_avant": "", "motif": "", "precision": "", "decidee_le": decidee_le})
    _noter(acteur, "candidature_reprise", candidature, offre)
    candidature.dit_a = prevenir_qui_a_propose(acteur, candidature, offre)
    if etape == StatutCandidature.RETENUE:
        _fermer_si_pourvue(acteur, offre)
    return candidature


@transaction.atomic
def avancer_candidatures(
    *, acteur: Acteur, offre: Offre, candidatures: Collection[Candidature], transition: str
) -> Avancees:
    """Le même pas pour plusieurs : présélectionner, transmettre. Celles qui ne peuvent pas le faire restent où elles sont."""
    offre = _verrouiller(acteur, offre)
    peut_gerer_les_offres(acteur).exiger()
    exiger_la_portee(acteur, {"candidatures": candidatures})
    faites: list[Candidature] = []
    choisies = Candidature.objects.select_for_update(of=("self",)).avec_contexte().filter(offre=offre)
    for candidature in choisies.filter(pk__in=[c.pk for c in candidatures]):
        verdict = peut_avancer_candidature(acteur, candidature, transition)
        if verdict:
            _passer(acteur, candidature, offre, transition)
            faites.append(candidature)
    return Avancees(tuple(faites), avis_du_lot(offre, transition, faites))


@transaction.atomic
def embaucher(*, acteur: Acteur, candidature: Candidature, **termes) -> Contrat:
    """Établit le contrat de travail d'une personne retenue. Une candidature donne un contrat, jamais deux."""
    peut_gerer_les_contrats(acteur).exiger()
    offre, candidature = _tenir(acteur, candidature)
    if candidature.statut != StatutCandidature.RETENUE:
        raise RegleViolee("L'entreprise n'a pas encore retenu cette personne.")
    if candidature.contrat_id:
        raise RegleViolee("Le contrat de cette personne est déjà établi.")
    contrat = conclure_contrat(
        acteur=acteur, beneficiaire=candidature.beneficiaire, engagement=offre.engagement, **termes
    )
    candidature.contrat = contrat
    candidature.save()
    _noter(acteur, "candidature_embauchee", candidature, offre)
    contrat.dit_a = prevenir_qui_a_propose(acteur, candidature, offre, embauchee=True)
    return contrat


def classer_le_reste(acteur: Acteur, offre: Offre) -> None:
    """Ce qui restait en cours sur une offre refermée est classé sans suite, et qui l'avait proposé le sait."""
    en_cours = Candidature.objects.select_for_update(of=("self",)).avec_contexte().filter(offre=offre).en_cours()
    motif = MotifRefus.AUTRE_CANDIDATURE if offre.statut == "pourvue" else ""
    for candidature in en_cours:
        _passer(acteur, candidature, offre, "classer", motif=motif)


def _verrouiller(acteur: Acteur, offre: Offre) -> Offre:
    return verrouiller(Offre.objects.avec_contexte().select_related("structure"), acteur, offre)


def _tenir(acteur: Acteur, candidature: Candidature) -> tuple[Offre, Candidature]:
    """L'offre, qui sert de verrou, puis la candidature, dont la portée décide.

    Un prescripteur retire sa personne d'une offre qu'on ne lui a pas diffusée.
    """
    offres = Offre.objects.select_for_update(of=("self",)).avec_contexte().select_related("structure")
    offre = offres.get(candidatures=candidature)
    return offre, verrouiller(Candidature.objects.avec_contexte(), acteur, candidature, offre=offre)


def _est_pleine(offre: Offre) -> bool:
    """Autant de personnes retenues que de postes : leur nombre a pu baisser, l'offre encore ouverte."""
    return offre.candidatures.filter(statut=StatutCandidature.RETENUE).count() >= offre.postes


def _fermer_si_pourvue(acteur: Acteur, offre: Offre) -> None:
    if _est_pleine(offre):
        passer(offre, "pourvoir")
        noter(acteur=acteur, action="offre_pourvue", objet=offre, structure=offre.structure)
        classer_le_reste(acteur, offre)


def _passer(acteur: Acteur, candidature: Candidature, offre: Offre, transition: str, **valeurs) -> None:
    """Le pas lui-même, candidature et offre déjà verrouillées et permission vérifiée."""
    arrivee = TRANSITIONS_CANDIDATURE.appliquer(transition, candidature.statut)
    finie = arrivee not in StatutCandidature.en_cours()
    ecrire(
        candidature,
        {
            "statut": arrivee,
            "statut_avant": candidature.statut if finie else "",
            "motif": valeurs.get("motif") or "",
            "precision": valeurs.get("precision") or "",
            "entretien_le": valeurs.get("entretien_le") or candidature.entretien_le,
            "decidee_le": timezone.now() if finie else None,
        },
    )
    action = "candidature_reprise" if transition == "reprendre" else f"candidature_{arrivee}"
    _noter(acteur, action, candidature, offre)
    candidature.dit_a = prevenir_qui_a_propose(acteur, candidature, offre)


def _noter(acteur: Acteur, action: str, candidature: Candidature, offre: Offre) -> None:
    noter(acteur=acteur, action=action, objet=offre, structure=offre.structure, candidature=candidature)

"""Ce que le facilitateur fait lui-même : relancer tout de suite, noter un appel, mettre les relances en pause."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import IssueRelance, Palier
from declarations.models import Appel, Declaration, PauseRelances, ReglagesDeclaration, Relance
from declarations.models.relance import SILENCE
from declarations.permissions import peut_relancer
from declarations.relances.calendrier import Du, prochain_rappel
from declarations.relances.services.envois import Envoi, adresser, ecrire_les_relances
from declarations.relances.services.passage import avec_de_quoi_ecrire
from entreprises.destinataires import L_ENTREPRISE
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement
from socle.avis import Avis, Destinataire
from socle.jours_ouvres import UN_JOUR, premier_jour_ouvre
from socle.models import Courriel
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    relance_manuelle="Entreprise relancée",
    entreprise_appelee="Entreprise appelée",
    relances_en_pause="Relances mises en pause",
    relances_reprises="Relances reprises",
)
PAUSE_LA_PLUS_LONGUE = datetime.timedelta(days=366)


@transaction.atomic
def relancer_maintenant(*, acteur: Acteur, entreprise: Entreprise) -> Courriel:
    """Écrit tout de suite le rappel des mois attendus d'une entreprise ; une relance par jour, à la main ou non.

    Rend le courriel ; `dit_a` : à qui il part.
    """
    peut_relancer(acteur).exiger()
    fiche, le = _fiche(acteur, entreprise), timezone.localdate()
    envoi = Envoi(fiche, [(declaration, Du(Palier.MANUELLE, ())) for declaration in _attendues(fiche, le)])
    if not envoi.declarations:
        raise RegleViolee(_rien_a_relancer(fiche, le))
    if Relance.objects.de_la_fiche(fiche).parties(le).exists():
        raise RegleViolee("Cette entreprise est déjà relancée aujourd'hui : un courriel par jour, pas plus.")
    adresser({(fiche.structure_id, fiche.entreprise_id): envoi})
    if not envoi.destinataire:
        raise RegleViolee("Aucun contact de cette entreprise n'a d'adresse qui reçoit : ajoutez-en une, ou appelez.")
    courriel = ecrire_les_relances([envoi], le, par=acteur.utilisateur)[fiche.pk]
    courriel.dit_a = Avis(L_ENTREPRISE, (Destinataire(adresse=courriel.destinataire),))
    Relance.objects.bulk_create(
        Relance(
            declaration=declaration,
            palier=Palier.MANUELLE,
            jour=le,
            issue=IssueRelance.ENVOYEE,
            courriel=courriel,
            par=acteur.utilisateur,
        )
        for declaration, _ in envoi.declarations
    )
    noter(acteur=acteur, action="relance_manuelle", objet=entreprise)
    return courriel


@transaction.atomic
def noter_appel(*, acteur: Acteur, entreprise: Entreprise) -> Appel:
    """« J'ai appelé » : les relances se taisent trois jours. Deux fois le même jour, c'est un seul appel."""
    peut_relancer(acteur).exiger()
    fiche, le = _fiche(acteur, entreprise), timezone.localdate()
    appel, nouveau = Appel.objects.get_or_create(fiche=fiche, le=le, defaults={"par": acteur.utilisateur})
    if nouveau:
        noter(acteur=acteur, action="entreprise_appelee", objet=entreprise)
    return appel


@transaction.atomic
def mettre_en_pause(
    *, acteur: Acteur, entreprise: Entreprise, jusqu_au: datetime.date, motif: str, engagement: Engagement | None = None
) -> PauseRelances:
    """Ne relance plus l'entreprise, ou l'un de ses engagements, jusqu'à cette date ; la pause d'avant est remplacée."""
    peut_relancer(acteur).exiger()
    fiche, le = _fiche(acteur, entreprise), timezone.localdate()
    if not le <= jusqu_au <= le + PAUSE_LA_PLUS_LONGUE:
        raise RegleViolee("Donnez une date à venir, dans l'année.", champ="jusqu_au")
    exiger_la_portee(acteur, {"engagement": engagement})
    PauseRelances.objects.en_cours(le).filter(fiche=fiche, engagement=engagement).update(levee_le=timezone.now())
    pause = PauseRelances(fiche=fiche, engagement=engagement, posee_par=acteur.utilisateur)
    ecrire(pause, {"jusqu_au": jusqu_au, "motif": motif.strip()})
    noter(acteur=acteur, action="relances_en_pause", objet=entreprise, motif=pause.motif)
    return pause


@transaction.atomic
def lever_la_pause(*, acteur: Acteur, pause: PauseRelances) -> PauseRelances:
    """Les relances reprennent ; les paliers manqués pendant la pause n'en font qu'un."""
    peut_relancer(acteur).exiger()
    pause = verrouiller(PauseRelances.objects.select_related("fiche__entreprise"), acteur, pause)
    if pause.levee_le is None:
        ecrire(pause, {"levee_le": timezone.now()})
        noter(acteur=acteur, action="relances_reprises", objet=pause.fiche.entreprise)
    return pause


def _fiche(acteur: Acteur, entreprise: Entreprise) -> FicheEntreprise:
    """La fiche, verrouillée : elle sert de verrou à tout ce qui relance l'entreprise."""
    fiches = FicheEntreprise.objects.select_related("structure", "entreprise")
    return verrouiller(fiches, acteur, entreprise=entreprise)


def _attendues(fiche: FicheEntreprise, le: datetime.date) -> list[Declaration]:
    """Ce que l'entreprise doit et qui n'est pas en pause."""
    pauses = PauseRelances.objects.en_cours(le).filter(fiche=fiche)
    if pauses.filter(engagement=None).exists():
        return []
    attendues = Declaration.objects.de_la_fiche(fiche).a_relancer()
    return list(avec_de_quoi_ecrire(attendues.exclude(engagement__in=pauses.order_by().values("engagement"))))


def _rien_a_relancer(fiche: FicheEntreprise, le: datetime.date) -> str:
    pause = PauseRelances.objects.en_cours(le).filter(fiche=fiche).first()
    if pause and Declaration.objects.de_la_fiche(fiche).a_relancer().exists():
        return f"Les relances sont en pause jusqu'au {pause.jusqu_au:%d/%m/%Y} : reprenez-les d'abord."
    return "Cette entreprise ne doit aucune déclaration : il n'y a rien à relancer."


@dataclass(frozen=True, slots=True)
class SituationRelances:
    """Où en sont les relances d'une entreprise : ce qui les arrête, et quand la suivante partira."""

    fiche: FicheEntreprise
    reglages: ReglagesDeclaration
    pause: PauseRelances | None
    dernier_appel: datetime.date | None
    attendue: bool

    def prochain(self, attendues: Iterable[tuple[Declaration, Collection[str]]]) -> dict | None:
        """Le prochain rappel parmi ces déclarations et leurs paliers passés : son palier, son jour, jamais pendant une pause."""
        if not (self.attendue and self.reglages.relances):
            return None
        rappels = [
            (self._jour_permis(rappel[1]), rappel[0])
            for declaration, faits in attendues
            if declaration.echeance and (rappel := prochain_rappel(declaration, self.reglages, faits))
        ]
        if not rappels:
            return None
        jour, palier = min(rappels, key=lambda rappel: (rappel[0], rappel[1].rang))
        return {"jour": jour, "palier": palier.label}

    def _jour_permis(self, jour: datetime.date) -> datetime.date:
        jours = [jour, timezone.localdate()]
        if self.pause:
            jours.append(self.pause.jusqu_au + UN_JOUR)
        if self.dernier_appel:
            jours.append(self.dernier_appel + SILENCE)
        return premier_jour_ouvre(max(jours))


def lire_situation(acteur: Acteur, entreprise_id: int, engagement_id: int | None = None) -> SituationRelances:
    """En une requête : la fiche, les réglages, la pause en cours (de l'entreprise ou de l'engagement), l'appel, l'attendu."""
    pauses = PauseRelances.objects.en_cours(timezone.localdate()).filter(fiche=OuterRef("pk"))
    pauses = pauses.filter(Q(engagement=None) | Q(engagement=engagement_id)).order_by("-jusqu_au", "-pk")
    appels = Appel.objects.filter(fiche=OuterRef("pk")).order_by("-le")
    champs = ("uuid", "jusqu_au", "motif", "engagement")
    attendues = Declaration.objects.a_relancer().filter(
        engagement__entreprise=OuterRef("entreprise"), engagement__lot__marche__structure=OuterRef("structure")
    )
    if engagement_id is not None:
        attendues = attendues.filter(engagement=engagement_id)
    fiche = (
        FicheEntreprise.objects.visibles_par(acteur)
        .select_related("entreprise", "structure__reglages_declaration")
        .annotate(
            attendue=Exists(attendues),
            dernier_appel=Subquery(appels.values("le")[:1]),
            **{f"pause_{champ}": Subquery(pauses.values(champ)[:1]) for champ in champs},
        )
        .get(entreprise=entreprise_id)
    )
    pause = PauseRelances(
        uuid=fiche.pause_uuid,
        jusqu_au=fiche.pause_jusqu_au,
        motif=fiche.pause_motif,
        engagement_id=fiche.pause_engagement,
    )
    reglages = getattr(fiche.structure, "reglages_declaration", None) or ReglagesDeclaration(structure=fiche.structure)
    return SituationRelances(fiche, reglages, pause if fiche.pause_uuid else None, fiche.dernier_appel, fiche.attendue)

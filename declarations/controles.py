"""Les contrôles d'une déclaration : des signaux, jamais un blocage. Module pur, sans base.

Un signal dit en une phrase ce qui étonne, et propose au besoin le motif d'un refus. Une ligne sans signal est « sans alerte ».
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from beneficiaires.enums import VerdictEligibilite
from declarations.enums import DecisionLigne, Gravite, NatureSignal
from recrutement.eligibilite import HEURES_MAX_PAR_JOUR, verdict_du_mois
from socle.jours_ouvres import UN_JOUR, est_ouvre
from socle.nombres import accorder, heures
from socle.periodes import dernier_jour

PLAFOND_MENSUEL = 220  # au-delà, une personne travaille plus de 48 h par semaine, tous employeurs réunis
TOLERANCE_CONTRAT = Decimal("1.25")  # heures supplémentaires courantes
SAUT_PART, SAUT_HEURES = Decimal("0.5"), 20


@dataclass(frozen=True, slots=True)
class Signal:
    """Ce qu'un contrôle a vu. `motif` : celui d'un refus, s'il va de soi ; `decision` : celle qui est proposée, s'il le faut.

    `fois` : combien de personnes ou de lignes il concerne.
    """

    nature: NatureSignal
    gravite: Gravite
    phrase: str
    motif: str = ""
    decision: DecisionLigne | None = None
    fois: int = 1


@dataclass(frozen=True, slots=True)
class Ailleurs:
    """Les heures d'une même personne, le même mois, sur un autre contrat."""

    entreprise: str
    heures: Decimal


@dataclass(frozen=True, slots=True)
class LigneControlee:
    """Ce qu'il faut savoir d'une ligne. `fin` vide : contrat sans terme."""

    mois: datetime.date
    presence: Decimal
    debut: datetime.date
    fin: datetime.date | None
    hebdomadaires: Decimal | None
    dernier_jour_valorisable: datetime.date
    eligibilite: VerdictEligibilite
    raison: str
    motif_consigne: bool = False
    ailleurs: tuple[Ailleurs, ...] = ()
    mois_d_avant: Decimal | None = None

    @property
    def bornes(self) -> tuple[datetime.date, datetime.date]:
        """Les jours du mois que le contrat couvre ; renversées s'il n'en couvre aucun."""
        fin = dernier_jour(self.mois)
        return max(self.debut, self.mois), min(self.fin or fin, fin)


def controler_ligne(ligne: LigneControlee) -> tuple[Signal, ...]:
    """Les signaux d'une ligne, les plus graves d'abord. Zéro heure n'étonne personne."""
    if not ligne.presence:
        return ()
    controles = (_dates, _fenetre, _volume, _autres_entreprises, _saut, _eligibilite)
    signaux = [signal for controle in controles if (signal := controle(ligne))]
    return tuple(sorted(signaux, key=lambda signal: signal.gravite != Gravite.FORTE))


def controler_mois(
    mois: datetime.date, suspendu_le: datetime.date | None, preuve_manquante: bool, a_rattacher: int = 0
) -> tuple[Signal, ...]:
    """Les signaux du mois entier : un marché suspendu n'attend pas d'heures ; le justificatif que le marché demande ; les
    personnes que l'entreprise annonce et qui n'ont pas encore de contrat connu."""
    signaux = []
    if suspendu_le is not None and suspendu_le <= dernier_jour(mois):
        phrase = f"Le marché est suspendu depuis le {suspendu_le:%d/%m/%Y}."
        signaux.append(Signal(NatureSignal.MARCHE_SUSPENDU, Gravite.FORTE, phrase))
    if preuve_manquante:
        phrase = "Le marché demande un justificatif : aucun n'est joint."
        signaux.append(Signal(NatureSignal.SANS_PREUVE, Gravite.ATTENTION, phrase))
    if a_rattacher:
        phrase = (
            f"{accorder(a_rattacher, 'personne annoncée', 'personnes annoncées')} à rattacher. Le mois peut être validé "
            "sans ces heures : l'annonce restera à traiter."
        )
        signaux.append(Signal(NatureSignal.A_RATTACHER, Gravite.ATTENTION, phrase, fois=a_rattacher))
    return tuple(signaux)


def motif_hors_fenetre(dernier: datetime.date) -> str:
    return f"Éligibilité terminée : les heures comptent jusqu'au {dernier:%d/%m/%Y}."


def _dates(ligne: LigneControlee) -> Signal | None:
    debut, fin = ligne.bornes
    if debut <= fin:
        return None
    motif = "Heures hors des dates du contrat"
    phrase = "Ce mois est hors des dates du contrat."
    return Signal(NatureSignal.HORS_CONTRAT, Gravite.FORTE, phrase, motif, DecisionLigne.REFUSEE)


def _fenetre(ligne: LigneControlee) -> Signal | None:
    dernier = ligne.dernier_jour_valorisable
    if dernier >= dernier_jour(ligne.mois):
        return None
    if verdict_du_mois(dernier, ligne.mois, ligne.presence):
        phrase = f"L'éligibilité finit ce mois-ci : seules comptent les heures faites jusqu'au {dernier:%d/%m/%Y}."
        return Signal(NatureSignal.HORS_ELIGIBILITE, Gravite.ATTENTION, phrase, motif_hors_fenetre(dernier))
    motif = motif_hors_fenetre(dernier)
    decision = DecisionLigne.REFUSEE if dernier < ligne.mois else DecisionLigne.PARTIELLE
    return Signal(NatureSignal.HORS_ELIGIBILITE, Gravite.FORTE, motif, motif, decision)


def _volume(ligne: LigneControlee) -> Signal | None:
    debut, fin = ligne.bornes
    jours = jours_ouvres(debut, fin)
    possibles = min(jours * HEURES_MAX_PAR_JOUR, PLAFOND_MENSUEL)
    if ligne.presence > possibles:
        phrase = f"{heures(ligne.presence)} pour {jours} jours ouvrés : plus que les {heures(possibles)} possibles."
        return Signal(NatureSignal.TROP_POUR_LE_MOIS, Gravite.FORTE, phrase)
    if ligne.hebdomadaires is None:
        return None
    prevues = ligne.hebdomadaires * ((fin - debut).days + 1) / 7
    if ligne.presence <= prevues * TOLERANCE_CONTRAT:
        return None
    phrase = f"{heures(ligne.presence)} pour un contrat de {heures(ligne.hebdomadaires)} par semaine."
    return Signal(NatureSignal.TROP_POUR_LE_CONTRAT, Gravite.ATTENTION, phrase)


def _autres_entreprises(ligne: LigneControlee) -> Signal | None:
    total = ligne.presence + sum(ailleurs.heures for ailleurs in ligne.ailleurs)
    if not ligne.ailleurs or total <= PLAFOND_MENSUEL:
        return None
    noms = ", ".join(sorted({ailleurs.entreprise for ailleurs in ligne.ailleurs}))
    phrase = f"Déclarée aussi par {noms} : {heures(total)} en tout ce mois-ci, plus de {heures(PLAFOND_MENSUEL)}."
    return Signal(NatureSignal.DEUX_ENTREPRISES, Gravite.FORTE, phrase)


def _saut(ligne: LigneControlee) -> Signal | None:
    """Seulement d'un mois plein à un mois plein : commencer ou finir un contrat n'est pas un saut."""
    debut, fin = ligne.bornes
    mois_entier = debut == ligne.mois and fin == dernier_jour(ligne.mois)
    avant_entier = ligne.debut <= (ligne.mois - UN_JOUR).replace(day=1)
    if not ligne.mois_d_avant or not (mois_entier and avant_entier):
        return None
    ecart = abs(ligne.presence - ligne.mois_d_avant)
    if ecart <= SAUT_HEURES or ecart <= ligne.mois_d_avant * SAUT_PART:
        return None
    phrase = f"{heures(ligne.presence)}, contre {heures(ligne.mois_d_avant)} le mois d'avant."
    return Signal(NatureSignal.SAUT, Gravite.ATTENTION, phrase)


def _eligibilite(ligne: LigneControlee) -> Signal | None:
    if ligne.eligibilite == VerdictEligibilite.OUI:
        return None
    if ligne.eligibilite == VerdictEligibilite.NON:
        return None if ligne.motif_consigne else _sans_critere(ligne)
    phrase = f"Éligibilité non vérifiée : {ligne.raison}."
    return Signal(NatureSignal.SANS_ELIGIBILITE, Gravite.ATTENTION, phrase)


def _sans_critere(ligne: LigneControlee) -> Signal:
    phrase = f"Non éligible à l'embauche : {ligne.raison}. Sans motif consigné, ces heures ne comptent pas."
    motif = "Aucun critère d'éligibilité au début du contrat"
    return Signal(NatureSignal.SANS_CRITERE, Gravite.FORTE, phrase, motif, DecisionLigne.REFUSEE)


@lru_cache(maxsize=4096)
def jours_ouvres(debut: datetime.date, fin: datetime.date) -> int:
    """Le nombre de jours ouvrés, bornes comprises ; 0 si elles sont renversées."""
    return sum(est_ouvre(debut + UN_JOUR * rang) for rang in range((fin - debut).days + 1))

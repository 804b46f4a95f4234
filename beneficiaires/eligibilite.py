"""L'éligibilité d'une personne à une date : ses critères, leurs pièces, et pourquoi. Le même verdict partout.

Un critère vaut s'il est vrai ce jour-là et que l'âge ou la durée d'inscription qu'il suppose le sont aussi. Une pièce non
vue ou périmée n'exclut pas : elle est « à vérifier ». La fenêtre d'éligibilité (24 mois) est l'affaire du contrat.
"""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from beneficiaires.criteres import REGLES
from beneficiaires.enums import CodeCritere, VerdictEligibilite
from beneficiaires.models import Beneficiaire, Critere, InscriptionEmploi, ReglageCritere, ReglagesEligibilite
from comptes.models import Organisation
from socle.periodes import age, ajouter_mois, fin_de_delai
from socle.texte import dans_une_phrase


@dataclass(frozen=True, slots=True)
class Examen:
    """Le verdict à une date, le public retenu (code), et les phrases qui le disent."""

    verdict: VerdictEligibilite
    public: str
    raisons: tuple[str, ...]

    @property
    def phrase(self) -> str:
        return " ; ".join(self.raisons)


def reglages_d_eligibilite(structure: Organisation | int) -> ReglagesEligibilite:
    """Ceux de la structure, ou les usuels (non enregistrés)."""
    return ReglagesEligibilite.objects.filter(structure=structure).first() or ReglagesEligibilite()


def fin_de_validite(structure: Organisation, code: str, vue_le: datetime.date | None) -> datetime.date | None:
    """Dernier jour où une pièce vue ce jour-là fait foi ; `None` si la pièce porte sa propre date."""
    if vue_le is None:
        return None
    reglage = ReglageCritere.objects.filter(structure=structure, code=code).first()
    mois = reglage.validite_mois if reglage else REGLES[code].validite_mois
    return fin_de_delai(vue_le, mois) if mois else None


def examiner_personne(personne: Beneficiaire, le: datetime.date) -> Examen:
    """Lit les faits d'une personne et rend son verdict à une date."""
    return examiner(personne.date_naissance, list(personne.criteres.all()), list(personne.inscriptions.all()), le)


def examiner(
    naissance: datetime.date, criteres: Sequence[Critere], inscriptions: Sequence[InscriptionEmploi], le: datetime.date
) -> Examen:
    """Le verdict sur des faits déjà lus."""
    vrais = [critere for critere in criteres if critere.vaut_le(le)]
    if not vrais and _inscrite_depuis(REGLES[CodeCritere.DELD].inscription_mois, inscriptions, le):
        raison = "inscription à France Travail de 12 mois ou plus : ajoutez le critère, avec sa pièce"
        return Examen(VerdictEligibilite.A_VERIFIER, CodeCritere.DELD, (raison,))
    if not vrais:
        return Examen(VerdictEligibilite.NON, "", ("aucun critère d'éligibilité valable à cette date",))
    refus = {critere.code: motif for critere in vrais if (motif := _refus(critere.code, naissance, inscriptions, le))}
    retenus = [critere for critere in vrais if critere.code not in refus]
    if not retenus:
        return Examen(VerdictEligibilite.NON, "", tuple(refus.values()))
    public = public_principal(retenus)
    pieces = [_reserve_sur_la_piece(critere, le) for critere in retenus if critere.code == public]
    # Après une fusion, le même critère est là deux fois : une pièce qui vaut suffit, une qui manque se dit une fois.
    if all(pieces):
        return Examen(VerdictEligibilite.A_VERIFIER, public, tuple(dict.fromkeys(pieces)))
    return Examen(VerdictEligibilite.OUI, public, (CodeCritere(public).label,))


def public_principal(criteres: Collection[Critere]) -> str:
    """Celui marqué principal ; sinon l'ordre de la liste, où le RSA précède la durée d'inscription.

    Depuis le 1er janvier 2025 l'inscription à France Travail des allocataires du RSA est automatique : la date
    d'inscription ne dit plus la durée du chômage (loi du 18 décembre 2023).
    """
    marque = next((critere.code for critere in criteres if critere.principal), "")
    codes = {critere.code for critere in criteres}
    return marque or next(code for code in CodeCritere.values if code in codes)


def _inscrite_depuis(mois: int | None, inscriptions: Sequence[InscriptionEmploi], le: datetime.date) -> bool:
    """Vrai si une inscription en cours ce jour-là a cette durée."""
    return any(i.depuis and i.vaut_le(le) and ajouter_mois(i.depuis, mois or 0) <= le for i in inscriptions)


def _refus(code: str, naissance: datetime.date, inscriptions: Sequence[InscriptionEmploi], le: datetime.date) -> str:
    regle = REGLES[code]
    ans = age(naissance, le)
    if regle.moins_de and ans >= regle.moins_de:
        return f"{ans} ans le {le:%d/%m/%Y} : ce critère demande moins de {regle.moins_de} ans"
    if regle.plus_de and ans < regle.plus_de:
        return f"{ans} ans le {le:%d/%m/%Y} : ce critère demande plus de {regle.plus_de} ans"
    if regle.inscription_mois:
        en_cours = [i.depuis for i in inscriptions if i.depuis and i.vaut_le(le)]
        # Sans inscription connue, la pièce dira la durée ; avec une inscription trop courte, le critère n'est pas vrai.
        if en_cours and all(ajouter_mois(depuis, regle.inscription_mois) > le for depuis in en_cours):
            return f"inscription à France Travail depuis moins de {regle.inscription_mois} mois le {le:%d/%m/%Y}"
    return ""


def _reserve_sur_la_piece(critere: Critere, le: datetime.date) -> str:
    nom = CodeCritere(critere.code).label
    if critere.piece_vue_le is None:
        return f"{nom} : pièce à voir ({dans_une_phrase(REGLES[critere.code].justificatif)})"
    if critere.piece_valable_jusqu_au and critere.piece_valable_jusqu_au < le:
        return f"{nom} : pièce valable jusqu'au {critere.piece_valable_jusqu_au:%d/%m/%Y}, à revoir"
    return ""

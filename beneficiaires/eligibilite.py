"""L'éligibilité d'une personne à une date : ses critères, leurs pièces, et pourquoi. Le même verdict partout.

Un critère vaut s'il est vrai ce jour-là et que l'âge ou la durée d'inscription qu'il suppose le sont aussi. Une pièce non
vue ou périmée n'exclut pas : elle est « à vérifier ». La fenêtre d'éligibilité (24 mois) est l'affaire du contrat.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from beneficiaires import publics
from beneficiaires.criteres import REGLES
from beneficiaires.enums import CodeCritere, VerdictEligibilite
from beneficiaires.models import Beneficiaire, Critere, InscriptionEmploi, ReglageCritere, ReglagesEligibilite
from comptes.models import Organisation
from socle.periodes import fin_de_delai
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
    depuis = [i.depuis for i in inscriptions if i.depuis and i.vaut_le(le)]
    public = public_du_jour(vrais, naissance, depuis, le)
    if not vrais and public:
        raison = "inscription à France Travail de 12 mois ou plus : ajoutez le critère, avec sa pièce"
        return Examen(VerdictEligibilite.A_VERIFIER, public, (raison,))
    if not vrais:
        return Examen(VerdictEligibilite.NON, "", ("aucun critère d'éligibilité valable à cette date",))
    if not public:
        refus = {critere.code: publics.refus(critere.code, naissance, depuis, le) for critere in vrais}
        return Examen(VerdictEligibilite.NON, "", tuple(refus.values()))
    pieces = [_reserve_sur_la_piece(critere, le) for critere in vrais if critere.code == public]
    # Après une fusion, le même critère est là deux fois : une pièce qui vaut suffit, une qui manque se dit une fois.
    if all(pieces):
        return Examen(VerdictEligibilite.A_VERIFIER, public, tuple(dict.fromkeys(pieces)))
    return Examen(VerdictEligibilite.OUI, public, (CodeCritere(public).label,))


def public_du_jour(
    vrais: Sequence[Critere], naissance: datetime.date, inscrite_depuis: Sequence[datetime.date], le: datetime.date
) -> str:
    """Le public dont relèvent des critères vrais ce jour-là ; vide si aucun n'est retenu."""
    marques = sorted(
        (c for c in vrais if c.est_principal_le(le)), key=lambda critere: critere.rang_de_la_marque, reverse=True
    )
    codes = {critere.code for critere in vrais}
    return publics.public_principal(codes, [critere.code for critere in marques], naissance, inscrite_depuis, le)


def _reserve_sur_la_piece(critere: Critere, le: datetime.date) -> str:
    nom = CodeCritere(critere.code).label
    if critere.piece_vue_le is None:
        return f"{nom} : pièce à voir ({dans_une_phrase(REGLES[critere.code].justificatif)})"
    if critere.piece_valable_jusqu_au and critere.piece_valable_jusqu_au < le:
        return f"{nom} : pièce valable jusqu'au {critere.piece_valable_jusqu_au:%d/%m/%Y}, à revoir"
    return ""

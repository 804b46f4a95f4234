"""Les critères d'éligibilité : la pièce attendue, sa validité, l'âge ou la durée d'inscription qu'ils supposent.

Croisement du CCAG 2021 (article 16.1), de l'arrêté du 4 septembre 2025 sur les critères de l'IAE et des conventions de
facilitateurs. Chaque structure peut régler le libellé, la pièce et la validité (`ReglageCritere`).
"""

from dataclasses import dataclass

from beneficiaires.enums import CodeCritere

SITUATION_FRANCE_TRAVAIL = "Avis de situation France Travail"


@dataclass(frozen=True, slots=True)
class RegleCritere:
    """`validite_mois` : durée pendant laquelle la pièce vue fait foi ; vide, c'est la pièce qui porte sa date de fin.

    `moins_de` et `plus_de` bornent l'âge au jour de l'embauche ; `inscription_mois` est la durée d'inscription exigée.
    `sans_copie` : pièce de santé ou de justice, regardée, jamais copiée ni décrite.
    """

    justificatif: str
    validite_mois: int | None = 3
    moins_de: int | None = None
    plus_de: int | None = None
    inscription_mois: int | None = None
    sans_copie: bool = False


REGLES: dict[str, RegleCritere] = {
    CodeCritere.RSA: RegleCritere("Attestation CAF ou MSA"),
    CodeCritere.RQTH: RegleCritere("Notification MDPH ou attestation RQTH", None, sans_copie=True),
    CodeCritere.DELD: RegleCritere(SITUATION_FRANCE_TRAVAIL, inscription_mois=12),
    CodeCritere.DETLD: RegleCritere(SITUATION_FRANCE_TRAVAIL, inscription_mois=24),
    CodeCritere.ASS: RegleCritere("Attestation France Travail"),
    CodeCritere.AAH: RegleCritere("Attestation CAF ou MSA", sans_copie=True),
    CodeCritere.AI_AV_INV: RegleCritere("Notification ou attestation de l'organisme", sans_copie=True),
    CodeCritere.JEUNE_SQ: RegleCritere("Pièce d'identité, diplôme ou attestation sur l'honneur", moins_de=26),
    CodeCritere.JEUNE_DIPL: RegleCritere("Pièce d'identité, diplôme, avis de situation", moins_de=26),
    CodeCritere.JEUNE_SUIVI: RegleCritere("Attestation de la mission locale"),
    CodeCritere.SENIOR: RegleCritere("Pièce d'identité et avis de situation", plus_de=50),
    CodeCritere.IAE: RegleCritere("Pass IAE en cours", None),
    CodeCritere.QPV: RegleCritere("Justificatif de domicile", 6),
    CodeCritere.REF: RegleCritere("Titre de séjour ou autorisation de travail", None),
    CodeCritere.PSMJ: RegleCritere("Pièce vue, sans la décrire", 6, sans_copie=True),
    CodeCritere.PLIE: RegleCritere("Attestation de parcours"),
    CodeCritere.AUTRE: RegleCritere("Avis motivé d'un prescripteur, validé par le facilitateur"),
}

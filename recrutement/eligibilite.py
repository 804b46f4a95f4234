"""Jusqu'à quand les heures d'un contrat comptent : la fenêtre d'éligibilité, la règle des CDI d'un marché.

La fenêtre court de la mise à l'emploi de la personne, tous marchés confondus : 24 mois par défaut. Après une interruption sans
contrat (12 mois par défaut), une embauche en ouvre une nouvelle : ses critères de ce jour-là décident. Les deux durées se
règlent pour la structure et pour un marché. Un CDI peut suivre la règle du marché : ses heures comptent tant que le marché
court, au plus tant de mois depuis l'embauche (CCAP « BAM » : 4 ans).

`fin_de_la_fenetre` est la seule à le calculer : le classement des personnes, le contrat, les contrôles d'un mois, ce qui finit
bientôt et la reprise d'un classeur la lisent.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.aggregates import StringAgg
from django.db.models.functions import Cast, Coalesce, Concat

from beneficiaires.eligibilite import examiner_personne
from beneficiaires.enums import VerdictEligibilite
from beneficiaires.models import ReglagesEligibilite
from marches.eligibilite import Regle, regle_du_marche
from marches.models import Marche
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from socle.jours_ouvres import UN_JOUR
from socle.periodes import dernier_jour, fin_de_delai
from socle.regles import OUI, Verdict, non

HEURES_MAX_PAR_JOUR = 10  # durée quotidienne maximale, article L3121-18 du code du travail
ENTRE_EMPLOIS, ENTRE_DATES = " ", "/"


class Emploi(NamedTuple):
    """Un contrat de clause : ses jours ; sans fin, il court encore."""

    debut: datetime.date
    fin: datetime.date | None


def ouverture_de_la_fenetre(
    embauche: datetime.date, emplois: Iterable[Emploi], interruption_mois: int | None
) -> datetime.date:
    """La mise à l'emploi d'où court la fenêtre d'une embauche : la première, ou celle qui suit une interruption."""
    ouverture, occupee_jusqu_au = None, datetime.date.min
    avant = sorted((emploi for emploi in emplois if emploi.debut <= embauche), key=lambda emploi: emploi.debut)
    for emploi in (*avant, Emploi(embauche, embauche)):
        if ouverture is None or _interrompue(occupee_jusqu_au, emploi.debut, interruption_mois):
            ouverture = emploi.debut
        occupee_jusqu_au = max(occupee_jusqu_au, emploi.fin or datetime.date.max)
    return ouverture or embauche


def _interrompue(dernier: datetime.date, reprise: datetime.date, interruption_mois: int | None) -> bool:
    if interruption_mois is None or dernier >= reprise:
        return False
    return fin_de_delai(dernier + UN_JOUR, interruption_mois) < reprise


def fin_de_la_fenetre(
    embauche: datetime.date, type_contrat: str, emplois: Iterable[Emploi], regle: Regle
) -> datetime.date:
    """Le dernier jour, compris, dont les heures compteraient pour cette embauche."""
    if type_contrat == TypeContrat.CDI and regle.cdi_mois:
        return min(regle.fin_du_marche, fin_de_delai(embauche, regle.cdi_mois))
    return fin_de_delai(ouverture_de_la_fenetre(embauche, emplois, regle.interruption_mois), regle.duree_mois)


def derniers_jours_valorisables(contrats: Collection[Contrat]) -> dict[int, datetime.date]:
    """{clé du contrat: dernier jour dont les heures comptent}, en une requête."""
    lus = avec_fenetre(Contrat.objects.filter(pk__in=[contrat.pk for contrat in contrats])).order_by()
    faits = {lu.pk: lu for lu in lus.only("pk")}
    return {contrat.pk: dernier_jour_valorisable(contrat, faits[contrat.pk]) for contrat in contrats}


def emplois_de(beneficiaire: str) -> Subquery:
    """Les contrats de clause d'une personne, en un texte que `lire_les_emplois` relit : une requête n'en coûte pas deux."""
    fin = Coalesce(Cast(Coalesce("fin_reelle", "fin_prevue"), CharField()), Value(""))
    jours = Concat(Cast("debut", CharField()), Value(ENTRE_DATES), fin, output_field=CharField())
    siens = Contrat.objects.actifs().filter(beneficiaire=OuterRef(beneficiaire)).order_by().values("beneficiaire")
    return Subquery(siens.annotate(emplois=StringAgg(jours, delimiter=Value(ENTRE_EMPLOIS))).values("emplois"))


def lire_les_emplois(texte: str | None) -> list[Emploi]:
    paires = (emploi.split(ENTRE_DATES) for emploi in (texte or "").split())
    lire = datetime.date.fromisoformat
    return [Emploi(lire(debut), lire(fin) if fin else None) for debut, fin in paires]


def avec_fenetre(lignes, contrat: str = ""):
    """Ajoute ce qu'il faut pour dire la fenêtre : les emplois de la personne, et ce que la structure a réglé.

    `contrat` mène d'une ligne à son contrat (« contrat__ ») ; vide, les lignes sont des contrats.
    """
    reglages = ReglagesEligibilite.objects.filter(structure=OuterRef(f"{contrat}structure"))
    return lignes.annotate(
        emplois=emplois_de(f"{contrat}beneficiaire"),
        regles_duree=Subquery(reglages.values("duree_mois")),
        regles_interruption=Subquery(reglages.values("interruption_mois")),
    )


def dernier_jour_valorisable(contrat: Contrat, lue: Any, marche: Marche | None = None) -> datetime.date:
    """Dernier jour, compris, dont les heures comptent pour ce contrat.

    `lue` porte ce qu'`avec_fenetre` ajoute : le contrat lui-même, ou sa ligne ; `marche` est le sien, s'il est déjà lu.
    """
    marche = marche or contrat.engagement.lot.marche
    regles = ReglagesEligibilite()
    if lue.regles_duree is not None:
        regles = ReglagesEligibilite(duree_mois=lue.regles_duree, interruption_mois=lue.regles_interruption)
    emplois, regle = lire_les_emplois(lue.emplois), regle_du_marche(marche, regles)
    return fin_de_la_fenetre(contrat.debut, contrat.type_contrat, emplois, regle)


def _dans_la_fenetre(dernier: datetime.date, jour: datetime.date) -> Verdict:
    return OUI if jour <= dernier else non(f"Éligibilité terminée : les heures comptent jusqu'au {dernier:%d/%m/%Y}.")


def verdict_du_mois(dernier: datetime.date, mois: datetime.date, heures) -> Verdict:
    """Les heures d'un mois tiennent-elles dans la fenêtre ? Le mois où elle finit, seuls ses premiers jours comptent."""
    if dernier >= dernier_jour(mois) or not heures:
        return OUI
    if dernier < mois:
        return non(f"Éligibilité terminée : les heures comptent jusqu'au {dernier:%d/%m/%Y}.")
    possibles = dernier.day * HEURES_MAX_PAR_JOUR
    if heures > possibles:
        return non(
            f"Ce mois-ci, les heures comptent jusqu'au {dernier:%d/%m/%Y} seulement : pas plus de {possibles} h. "
            "Saisissez celles de ces jours-là."
        )
    return OUI


def est_sans_critere(contrat: Contrat) -> bool:
    """Aucun critère ne valait au premier jour : ses heures ne comptent qu'avec un motif consigné (`MotifSansCritere`)."""
    return examiner_personne(contrat.beneficiaire, contrat.debut).verdict == VerdictEligibilite.NON


@dataclass(frozen=True, slots=True)
class EligibiliteDuContrat:
    """Ce qu'un contrat permet : le verdict au premier jour, sa raison, et le dernier jour dont les heures comptent."""

    verdict: VerdictEligibilite
    raison: str
    dernier_jour: datetime.date
    sans_critere: bool = False


def examiner_contrat(contrat: Contrat) -> EligibiliteDuContrat:
    """L'éligibilité de la personne au premier jour du contrat, fenêtre comprise (lue d'avance par `avec_fenetre`)."""
    if hasattr(contrat, "emplois"):
        dernier = dernier_jour_valorisable(contrat, contrat)
    else:
        dernier = derniers_jours_valorisables([contrat])[contrat.pk]
    examen = examiner_personne(contrat.beneficiaire, contrat.debut)
    fenetre = _dans_la_fenetre(dernier, contrat.debut)
    if examen.verdict != VerdictEligibilite.NON and not fenetre:
        return EligibiliteDuContrat(VerdictEligibilite.NON, fenetre.motif, dernier)
    return EligibiliteDuContrat(examen.verdict, examen.phrase, dernier, examen.verdict == VerdictEligibilite.NON)

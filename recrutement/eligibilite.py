"""Jusqu'à quand les heures d'un contrat comptent : la fenêtre d'éligibilité, la règle des CDI d'un marché.

La fenêtre court de la première mise à l'emploi de la personne, tous marchés confondus : 24 mois par défaut, réglable pour
la structure et pour un marché. Un CDI peut suivre la règle du marché : ses heures comptent tant que le marché court, au
plus tant de mois depuis l'embauche (CCAP « BAM » : 4 ans).
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from beneficiaires.eligibilite import examiner_personne
from beneficiaires.enums import VerdictEligibilite
from beneficiaires.models import ReglagesEligibilite
from beneficiaires.models.reglages import DUREE_PAR_DEFAUT_MOIS
from marches.models import Marche
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from socle.periodes import dernier_jour, fin_de_delai
from socle.regles import OUI, Verdict, non

HEURES_MAX_PAR_JOUR = 10  # durée quotidienne maximale, article L3121-18 du code du travail


def derniers_jours_valorisables(contrats: Collection[Contrat]) -> dict[int, datetime.date]:
    """{clé du contrat: dernier jour dont les heures comptent}, en une requête."""
    lus = avec_fenetre(Contrat.objects.filter(pk__in=[contrat.pk for contrat in contrats])).order_by()
    faits = {pk: (premier, duree) for pk, premier, duree in lus.values_list("pk", "premier_emploi", "duree_mois")}
    return {contrat.pk: dernier_jour_valorisable(contrat, *faits[contrat.pk]) for contrat in contrats}


def avec_fenetre(lignes, contrat: str = ""):
    """Ajoute `premier_emploi`, la première mise à l'emploi de la personne, et `duree_mois`, la durée de la structure.

    `contrat` mène d'une ligne à son contrat (« contrat__ ») ; vide, les lignes sont des contrats.
    """
    siens = Contrat.objects.actifs().filter(beneficiaire=OuterRef(f"{contrat}beneficiaire"))
    premiers = siens.order_by().values("beneficiaire").annotate(premier=Min("debut"))
    reglages = ReglagesEligibilite.objects.filter(structure=OuterRef(f"{contrat}structure"))
    return lignes.annotate(
        premier_emploi=Coalesce(Subquery(premiers.values("premier")), F(f"{contrat}debut")),
        duree_mois=Coalesce(Subquery(reglages.values("duree_mois")), DUREE_PAR_DEFAUT_MOIS),
    )


def dernier_jour_valorisable(
    contrat: Contrat, premier_emploi: datetime.date, duree_mois: int, marche: Marche | None = None
) -> datetime.date:
    """Dernier jour, compris, dont les heures comptent pour ce contrat ; `marche` est le sien, s'il est déjà lu."""
    marche = marche or contrat.engagement.lot.marche
    if contrat.type_contrat == TypeContrat.CDI and marche.regle_cdi_mois:
        return min(marche.fin, fin_de_delai(contrat.debut, marche.regle_cdi_mois))
    return fin_de_delai(premier_emploi, marche.duree_eligibilite_mois or duree_mois)


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


@dataclass(frozen=True, slots=True)
class EligibiliteDuContrat:
    """Ce qu'un contrat permet : le verdict au premier jour, sa raison, et le dernier jour dont les heures comptent."""

    verdict: VerdictEligibilite
    raison: str
    dernier_jour: datetime.date


def examiner_contrat(contrat: Contrat) -> EligibiliteDuContrat:
    """L'éligibilité de la personne au premier jour du contrat, fenêtre comprise (lue d'avance par `avec_fenetre`)."""
    if hasattr(contrat, "premier_emploi"):
        duree: int = contrat.duree_mois  # type: ignore[attr-defined]  # posée, comme lui, par `avec_fenetre`
        dernier = dernier_jour_valorisable(contrat, contrat.premier_emploi, duree)
    else:
        dernier = derniers_jours_valorisables([contrat])[contrat.pk]
    examen = examiner_personne(contrat.beneficiaire, contrat.debut)
    fenetre = _dans_la_fenetre(dernier, contrat.debut)
    if examen.verdict != VerdictEligibilite.NON and not fenetre:
        return EligibiliteDuContrat(VerdictEligibilite.NON, fenetre.motif, dernier)
    return EligibiliteDuContrat(examen.verdict, examen.phrase, dernier)

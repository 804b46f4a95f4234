"""Les heures : chaque mois dans son contrat, les invraisemblances signalées, les mois déjà connus laissés ou corrigés."""

import datetime
from decimal import Decimal
from functools import lru_cache

from recrutement.eligibilite import Emploi, ouverture_de_la_fenetre
from reprise.controles import Suivre, avertir
from reprise.feuilles import CONTRATS, HEURES, LigneHeures
from reprise.rapport import Changement
from reprise.rapprochement.contexte import CHANGEMENTS_MAX, Contexte
from reprise.rapprochement.contrats import Dates
from reprise.rapprochement.partenaires import INCONNU
from socle.nombres import nombre
from socle.periodes import dernier_jour, fin_de_delai

HEURES_A_VERIFIER = 220
# Le plus que la loi permette : 10 heures par jour (code du travail, L. 3121-18) et six jours par semaine (L. 3132-1).
HEURES_PAR_JOUR = 10
DIMANCHE = 6
PAS_DE_SUIVI = 20_000


def heures(ctx: Contexte, dates: dict[str, Dates], emplois: dict[str, list[Emploi]], suivre: Suivre) -> None:
    lignes = ctx.contenu.de(HEURES)
    du_classeur = _contrats_par_mois(ctx, lignes)
    for rang, ligne in enumerate(lignes, start=1):
        _ligne(ctx, ligne, dates, emplois, du_classeur)
        if rang % PAS_DE_SUIVI == 0:
            suivre(55 + 40 * rang // len(lignes), "Rapprochement des heures")


def _contrats_par_mois(ctx: Contexte, lignes: list[LigneHeures]) -> dict[datetime.date, set[str]]:
    """Pour les seuls mois encore à valider : les contrats dont le classeur donne les heures."""
    ouverts = {mois for _, mois in ctx.etat.mois_ouverts}
    par_mois: dict[datetime.date, set[str]] = {mois: set() for mois in ouverts}
    for ligne in lignes:
        if ligne.mois in ouverts:
            par_mois[ligne.mois].add(ligne.contrat)
    return par_mois


def _ligne(
    ctx: Contexte,
    ligne: LigneHeures,
    dates: dict[str, Dates],
    emplois: dict[str, list[Emploi]],
    du_classeur: dict[datetime.date, set[str]],
) -> None:
    identifiant, mois = ligne.contrat, ligne.mois
    if identifiant is None:
        return
    if identifiant not in ctx.contrats and identifiant not in ctx.etat.contrats:
        if CONTRATS.nom in ctx.contenu.fiables:
            ctx.refuser(HEURES, ligne, "contrat", INCONNU.format(feuille=CONTRATS.nom))
        return
    contrat_dates = dates.get(identifiant)
    if contrat_dates and mois:
        if dernier_jour(mois) < contrat_dates.debut or (contrat_dates.fin and mois > contrat_dates.fin):
            ctx.refuser(HEURES, ligne, "mois", _hors_du_contrat(contrat_dates), f"{mois:%Y-%m}")
        elif ligne.heures:
            _avertir(ctx, ligne, contrat_dates, emplois)
    if not ligne.fausses:
        _ecrire(ctx, ligne, du_classeur)


def _hors_du_contrat(dates: Dates) -> str:
    fin = f" au {dates.fin:%d/%m/%Y}" if dates.fin else ""
    return f"Ce mois est hors du contrat ({'du' if dates.fin else 'à partir du'} {dates.debut:%d/%m/%Y}{fin})."


# --- Avertissements --------------------------------------------------------------------------------------------------
def _avertir(ctx: Contexte, ligne: LigneHeures, dates: Dates, emplois: dict[str, list[Emploi]]) -> None:
    if ligne.heures > HEURES_A_VERIFIER:
        raison = f"Plus de {HEURES_A_VERIFIER} heures dans un mois : à vérifier."
        avertir(ctx.rapport, HEURES, ligne, "heures", raison, nombre(ligne.heures))
    possibles = _heures_possibles(dates.debut, dates.fin, ligne.mois)
    if ligne.heures > possibles:
        raison = (
            f"Plus que les jours du contrat dans ce mois n'en permettent : {possibles} h au plus, "
            f"à {HEURES_PAR_JOUR} h par jour et six jours par semaine."
        )
        avertir(ctx.rapport, HEURES, ligne, "heures", raison, nombre(ligne.heures))
    regle = ctx.etat.regle_d_eligibilite
    ouverte_le = ouverture_de_la_fenetre(dates.debut, emplois[dates.personne], regle.interruption_mois)
    if ligne.mois > _fin_eligibilite(ouverte_le, regle.duree_mois):
        raison = f"Au-delà des {regle.duree_mois} mois d'éligibilité, commencés le {ouverte_le:%d/%m/%Y}."
        avertir(ctx.rapport, HEURES, ligne, "mois", raison, f"{ligne.mois:%Y-%m}")


@lru_cache(maxsize=20_000)
def _heures_possibles(debut: datetime.date, fin: datetime.date | None, mois: datetime.date) -> int:
    """Les heures que la loi permet dans les jours du mois que couvre le contrat."""
    premier, dernier = max(debut, mois), min(fin or datetime.date.max, dernier_jour(mois))
    jours = (premier + datetime.timedelta(days=rang) for rang in range((dernier - premier).days + 1))
    return HEURES_PAR_JOUR * sum(jour.weekday() != DIMANCHE for jour in jours)


@lru_cache(maxsize=20_000)
def _fin_eligibilite(premier: datetime.date, duree_mois: int) -> datetime.date:
    """Le dernier jour éligible."""
    return fin_de_delai(premier, duree_mois)


# --- Écritures -------------------------------------------------------------------------------------------------------
def _ecrire(ctx: Contexte, ligne: LigneHeures, du_classeur: dict[datetime.date, set[str]]) -> None:
    identifiant, mois, valeur = ligne.contrat, ligne.mois, ligne.heures
    contrat = ctx.contrats[identifiant] if identifiant in ctx.contrats else ctx.etat.contrats[identifiant]
    if contrat is None:
        return
    if not _mois_reprenable(ctx, ligne, contrat, du_classeur):
        return
    connue = ctx.etat.heures.get(contrat.pk, {}).get(mois) if contrat.pk else None
    if connue is None:
        ctx.plan.heures.append((contrat, mois, valeur))
        ctx.rapport.cree[HEURES.nom] += 1
        return
    ouvert = (contrat.engagement_id, mois) in ctx.etat.mois_ouverts
    if connue.heures == valeur and not ouvert:
        ctx.rapport.inchange[HEURES.nom] += 1
        return
    if connue.heures != valeur:
        ctx.plan.heures_modifiees[connue.pk] = valeur
        _noter(ctx, ligne, connue.heures, valeur)
    if ouvert:
        ctx.plan.mois_a_valider.add((contrat.engagement_id, mois))
    ctx.rapport.modifie[HEURES.nom] += 1


def _mois_reprenable(ctx: Contexte, ligne: LigneHeures, contrat, du_classeur: dict[datetime.date, set[str]]) -> bool:
    """Reprendre un mois le valide : il ne doit pas emporter des heures saisies à l'écran que personne n'a validées."""
    autres = ctx.etat.mois_ouverts.get((contrat.engagement_id, ligne.mois))
    if not autres:
        return True
    repris = {
        connu.pk for identifiant in du_classeur[ligne.mois] if (connu := ctx.etat.contrats.get(identifiant)) is not None
    }
    if autres <= repris:
        return True
    raison = "Ce mois a des heures saisies à l'écran qui restent à valider : validez-le d'abord."
    ctx.refuser(HEURES, ligne, "mois", raison, f"{ligne.mois:%Y-%m}")
    return False


def _noter(ctx: Contexte, ligne: LigneHeures, avant: Decimal, apres: Decimal) -> None:
    if len(ctx.rapport.changements) < CHANGEMENTS_MAX:
        titre = HEURES.titre("heures")
        ctx.rapport.changements.append(Changement(HEURES.nom, ligne.numero, titre, nombre(avant), nombre(apres)))

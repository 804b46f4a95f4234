"""Les contrats : qui travaille, pour qui, sur quel engagement, à quelles dates."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from marches.models import Engagement, Lot
from recrutement.coherence import incoherences
from recrutement.eligibilite import Emploi
from recrutement.models import Contrat
from recrutement.permissions import peut_modifier_contrat
from reprise.controles import avertir
from reprise.feuilles import BENEFICIAIRES, CONTRATS, LOTS, LigneContrat
from reprise.rapprochement.contexte import Contexte
from reprise.rapprochement.marches import attributaire, engagements_du_lot, marche_nomme
from reprise.rapprochement.partenaires import INCONNU, entreprise_nommee
from socle.periodes import dernier_jour

_COLONNES = {"fin_prevue": "fin", "fin_reelle": "fin", "engagement": "lot"}
HEURES_LIEES = "Ce contrat a déjà des heures enregistrées : sa personne et son lot ne changent plus."
HEURES_DEHORS = "Des heures sont déjà enregistrées hors de ces dates ({mois:%m/%Y})."


@dataclass(slots=True)
class Dates:
    """Ce qu'il faut savoir d'un contrat pour contrôler ses heures, même quand sa ligne est fausse par ailleurs."""

    personne: str
    debut: datetime.date
    fin: datetime.date | None


def contrats(ctx: Contexte) -> dict[str, Dates]:
    """Rapproche les contrats ; rend les dates de tous ceux que la structure aura, par identifiant."""
    identifiants = {personne.pk: personne.identifiant for personne in ctx.etat.personnes.values()}
    dates = {
        contrat.identifiant: Dates(identifiants[contrat.beneficiaire_id], contrat.debut, contrat.fin)
        for contrat in ctx.etat.contrats.values()
    }
    for ligne in ctx.contenu.de(CONTRATS):
        personne = _personne(ctx, ligne)
        lot = _lot(ctx, ligne)
        employeur = entreprise_nommee(ctx, CONTRATS, ligne, "employeur")
        if ligne.identifiant is None or ligne.identifiant in ctx.contrats:
            continue
        if ligne.debut is not None and "fin" not in ligne.fausses:
            connues = ctx.etat.contrats.get(ligne.identifiant)
            fin = ligne.fin or (connues.fin if connues else None)
            dates[ligne.identifiant] = Dates(ligne.beneficiaire or "", ligne.debut, fin)
        else:
            dates.pop(ligne.identifiant, None)
        complet = not ligne.fausses and None not in (personne, lot, employeur)
        ctx.contrats[ligne.identifiant] = _contrat(ctx, ligne, personne, lot, employeur) if complet else None
    return dates


def emplois_par_personne(dates: dict[str, Dates]) -> dict[str, list[Emploi]]:
    """Les contrats de clause de chacun : ce que le classeur apporte et ce qui est connu."""
    emplois: dict[str, list[Emploi]] = defaultdict(list)
    for contrat in dates.values():
        emplois[contrat.personne].append(Emploi(contrat.debut, contrat.fin))
    return emplois


def premiers_contrats(dates: dict[str, Dates]) -> dict[str, datetime.date]:
    """Le début du premier contrat de chaque personne."""
    premiers: dict[str, datetime.date] = {}
    for contrat in dates.values():
        premiers[contrat.personne] = min(contrat.debut, premiers.get(contrat.personne, contrat.debut))
    return premiers


def _personne(ctx: Contexte, ligne: LigneContrat) -> Any:
    identifiant = ligne.beneficiaire
    if identifiant is None:
        return None
    if identifiant in ctx.personnes:
        dossier = ctx.personnes[identifiant]
        return dossier and dossier.personne
    connue = ctx.etat.personnes.get(identifiant)
    if connue is None and BENEFICIAIRES.nom in ctx.contenu.fiables:
        ctx.refuser(CONTRATS, ligne, "beneficiaire", INCONNU.format(feuille=BENEFICIAIRES.nom))
    return connue


def _lot(ctx: Contexte, ligne: LigneContrat) -> Any:
    connu, _ = marche_nomme(ctx, CONTRATS, ligne)
    if not connu or ligne.lot is None:
        return None
    cle = (ligne.marche, ligne.lot)
    if cle in ctx.lots:
        return ctx.lots[cle]
    lot = ctx.etat.lots.get(cle)
    if lot is None and LOTS.nom in ctx.contenu.fiables:
        ctx.refuser(CONTRATS, ligne, "lot", INCONNU.format(feuille=LOTS.nom))
    return lot


def _contrat(ctx: Contexte, ligne: LigneContrat, personne: Any, lot: Lot, employeur: Any) -> Contrat | None:
    connu = ctx.etat.contrats.get(ligne.identifiant)
    engagement = _engagement(ctx, ligne, lot, employeur, connu)
    if engagement is None:
        return None
    valeurs = {
        "beneficiaire": personne,
        "engagement": engagement,
        "employeur": employeur,
        "modalite": ligne.modalite,
        "type_contrat": ligne.type_contrat,
        "debut": ligne.debut,
        "fin_reelle" if connu and connu.fin_reelle else "fin_prevue": ligne.fin,
    }
    _avertir_hors_du_marche(ctx, ligne, lot)
    if connu is None:
        nouveau = Contrat(structure=ctx.structure, identifiant=ligne.identifiant, **valeurs)
        if not ctx.controler(CONTRATS, ligne, nouveau, _COLONNES):
            return None
        ctx.plan.contrats.nouveaux.append(nouveau)
        ctx.compter(CONTRATS, nouveau=True)
        _avertir_des_incoherences(ctx, ligne, nouveau)
        return nouveau
    contrat = _modifier(ctx, ligne, connu, valeurs)
    if contrat is not None:
        _avertir_des_incoherences(ctx, ligne, contrat)
    return contrat


def _engagement(
    ctx: Contexte, ligne: LigneContrat, lot: Lot, employeur: Any, connu: Contrat | None
) -> Engagement | None:
    """L'engagement que le contrat réalise : celui que dit la ligne, sinon le sien, l'employeur ou l'attributaire."""
    engagements = engagements_du_lot(ctx, lot)
    if ligne.engagee is not None:
        if ligne.engagee not in engagements:
            ctx.refuser(CONTRATS, ligne, "engagee", "Cette entreprise n'est pas engagée sur ce lot.")
        return engagements.get(ligne.engagee)
    deja = next((e for e in engagements.values() if connu and e.pk == connu.engagement_id), None)
    retenu = deja or engagements.get(employeur.siret) or attributaire(engagements)
    if retenu is None:
        ctx.refuser(CONTRATS, ligne, "lot", "Ce lot n'a pas d'attributaire : ajoutez-le à la feuille « Lots ».")
    return retenu


def _avertir_hors_du_marche(ctx: Contexte, ligne: LigneContrat, lot: Lot) -> None:
    marche = ctx.marches.get(ligne.marche) or lot.marche
    if ligne.debut < marche.debut or ligne.debut > marche.fin:
        raison = f"Hors des dates du marché ({marche.debut:%d/%m/%Y} - {marche.fin:%d/%m/%Y})."
        avertir(ctx.rapport, CONTRATS, ligne, "debut", raison, ligne.debut)
    elif ligne.fin and ligne.fin > marche.fin:
        raison = f"Au-delà de la fin du marché ({marche.fin:%d/%m/%Y})."
        avertir(ctx.rapport, CONTRATS, ligne, "fin", raison, ligne.fin)


def _avertir_des_incoherences(ctx: Contexte, ligne: LigneContrat, contrat: Contrat) -> None:
    """Les mêmes phrases qu'à l'écran."""
    for champ, phrase in incoherences(contrat, timezone.localdate()):
        avertir(ctx.rapport, CONTRATS, ligne, _COLONNES.get(champ, champ), phrase)


def _modifier(ctx: Contexte, ligne: LigneContrat, connu: Contrat, valeurs: dict) -> Contrat | None:
    changes = ctx.poser(connu, valeurs)
    if changes:
        heures = ctx.etat.heures.get(connu.pk, {})
        if heures and not changes.keys().isdisjoint({"beneficiaire", "engagement"}):
            ctx.refuser(CONTRATS, ligne, "beneficiaire" if "beneficiaire" in changes else "lot", HEURES_LIEES)
            return None
        if not (verdict := peut_modifier_contrat(ctx.acteur, connu)):
            ctx.refuser(CONTRATS, ligne, "identifiant", verdict.motif)
            return None
        if not _heures_dedans(ctx, ligne, connu) or not ctx.controler(CONTRATS, ligne, connu, _COLONNES):
            return None
        ctx.plan.contrats.modifier(connu, set(changes))
        ctx.noter_changements(CONTRATS, ligne, connu, changes, _COLONNES)
    ctx.compter(CONTRATS, nouveau=False, change=bool(changes))
    return connu


def _heures_dedans(ctx: Contexte, ligne: LigneContrat, contrat: Contrat) -> bool:
    """Des dates qui laisseraient dehors des heures déjà enregistrées sont refusées, comme à l'écran."""
    for mois, connue in sorted(ctx.etat.heures.get(contrat.pk, {}).items()):
        if connue.heures > 0 and (dernier_jour(mois) < contrat.debut or (contrat.fin and mois > contrat.fin)):
            cle = "debut" if dernier_jour(mois) < contrat.debut else "fin"
            ctx.refuser(CONTRATS, ligne, cle, HEURES_DEHORS.format(mois=mois))
            return False
    return True

"""Les lots d'un achat, décrits d'un coup : les dimensionner dès le projet, les attribuer tous quand le marché l'est."""

import datetime
from collections.abc import Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import Any

from django.db import transaction

from comptes.acteur import Acteur
from marches.calcul import Resultat
from marches.dimensionnement import FORMULE, resultat_du_lot, valeurs_du_calcul
from marches.enums import StatutProjet
from marches.etude import reglages_de
from marches.models import Engagement, Lot, LotPrevu, Marche, ProjetAchat, Scenario
from marches.permissions import peut_etudier_projet, peut_modifier_marche
from marches.services.engagements import engager_entreprise
from marches.services.marches import ajouter_lot, changer_statut
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(lots_prevus="Lots du projet dimensionnés")
NOMBRES_DU_LOT = ("montant_ht", "taux", "heures_calculees", "heures")


@transaction.atomic
def dimensionner_lots(*, acteur: Acteur, projet: ProjetAchat, lots: Sequence[Mapping[str, Any]]) -> ProjetAchat:
    """Remplace les lots prévus du projet par ceux-ci. Sans heures données, elles se calculent du corps de métier."""
    projet = verrouiller(ProjetAchat.objects.select_related("structure__reglages_clause"), acteur, projet)
    peut_etudier_projet(acteur, projet).exiger()
    if projet.statut == StatutProjet.MARCHE:
        raise RegleViolee("Ce projet est devenu un marché : ses lots se modifient sur le marché.")
    avant = {lot.numero: lot for lot in projet.lots_prevus.select_for_update()}
    arrondi = reglages_de(projet.structure).arrondi
    total, changes = Decimal(0), 0
    for valeurs in lots:
        exiger_la_portee(acteur, dict(valeurs))
        lot = avant.pop(valeurs["numero"], None) or LotPrevu(projet=projet)
        changes += _ecrire_le_lot(lot, valeurs, arrondi)
        total += lot.heures or 0
    for retire in avant.values():
        retire.delete()
    if changes or avant:
        noter(acteur=acteur, action="lots_prevus", objet=projet, nombre=len(lots), heures=total)
    return projet


def _ecrire_le_lot(lot: LotPrevu, valeurs: Mapping[str, Any], arrondi: str) -> bool:
    """Écrit le lot tel qu'il est dit, ses heures calculées si rien ne les fixe. Faux s'il l'était déjà."""
    connu = copy(lot)
    for nom, valeur in valeurs.items():
        setattr(lot, nom, valeur)
    resultat = resultat_du_lot(lot, arrondi)
    lot.heures_calculees = resultat.heures if resultat else None
    lot.heures = lot.heures_calculees if valeurs.get("heures") is None else valeurs["heures"]
    ecrits = {nom: getattr(lot, nom) for nom in ("numero", "intitule", "corps_metier", *NOMBRES_DU_LOT)}
    if connu.pk and all(getattr(connu, nom) == valeur for nom, valeur in ecrits.items()):
        return False
    ecrire(lot, ecrits)
    return True


def reprendre_les_lots(acteur: Acteur, projet: ProjetAchat, marche: Marche) -> bool:
    """Ajoute au marché les lots prévus du projet, leurs heures, et le calcul d'où elles viennent. Faux s'il n'en a pas."""
    prevus = list(projet.lots_prevus.select_related("corps_metier"))
    for prevu in prevus:
        lot = ajouter_lot(
            acteur=acteur,
            marche=marche,
            numero=prevu.numero,
            intitule=prevu.intitule,
            montant_ht=prevu.montant_ht,
            corps_metier=prevu.corps_metier,
            heures_contractuelles=prevu.heures,
        )
        if resultat := resultat_du_lot(prevu, reglages_de(projet.structure).arrondi):
            _garder_le_calcul(lot, prevu, resultat)
    return bool(prevus)


def _garder_le_calcul(lot: Lot, prevu: LotPrevu, resultat: Resultat) -> None:
    """Le calcul du lot en reste le scénario : un avenant ou une tranche en repartira."""
    lot.heures_calculees = resultat.heures
    lot.save(update_fields=["heures_calculees", "modifie_le"])
    valeurs = valeurs_du_calcul(prevu.montant_ht, prevu.taux, prevu.corps_metier) or {}
    ecrire(
        Scenario(lot=lot),
        {
            "nom": "Étude",
            "formule": FORMULE,
            "parametres": {nom: str(valeur) for nom, valeur in valeurs.items()},
            "arrondi": reglages_de(lot.marche.structure).arrondi,
            "heures_exactes": resultat.exactes.quantize(Decimal("0.000001")),
            "heures": resultat.heures,
            "retenu": True,
        },
    )


@transaction.atomic
def attribuer_lots(
    *, acteur: Acteur, marche: Marche, date_notification: datetime.date, attributions: Sequence[Mapping[str, Any]]
) -> Marche:
    """Engage l'attributaire de chaque lot donné, puis passe le marché à « Attribué », notifié ce jour-là."""
    marche = verrouiller(Marche.objects, acteur, marche)
    peut_modifier_marche(acteur, marche).exiger()
    engages = Engagement.objects.filter(lot__marche=marche, archive_le__isnull=True)
    if not attributions and not engages.exists():
        raise RegleViolee("Choisissez l'attributaire d'un lot au moins.")
    for valeurs in attributions:
        if valeurs["lot"].marche_id != marche.pk:
            raise RegleViolee("Ce lot n'est pas de ce marché.")
        engager_entreprise(acteur=acteur, **valeurs)
    modifier(marche, {"date_notification": date_notification}, acteur=acteur, action="marche_modifie")
    return changer_statut(acteur=acteur, marche=marche, transition="attribuer")

"""Déclarer les mois que dit un fichier d'heures : la structure les saisit, l'entreprise les envoie ; personne ne les valide."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from comptes.acteur import Acteur
from comptes.querysets import de_son_compte
from declarations.models import Declaration, LigneHeures
from declarations.permissions import peut_deposer_des_heures
from declarations.services.declarations import HeuresDeclarees, envoyer_declaration, garder_brouillon
from declarations.services.heures import saisir_heures
from declarations.services.ouverture import ouvrir_les_mois_de
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement
from recrutement.models import Contrat
from socle.nombres import mois_annee
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire
from socle.services.portee import exiger_la_portee

Lignes = Mapping[tuple[Contrat, datetime.date], Decimal]


def colonnes_retenues(acteur: Acteur, entreprise: Entreprise) -> dict[str, str]:
    """{titre: ce qu'il dit}, mis en correspondance la première fois qu'un fichier de cette entreprise est venu."""
    retenues: dict[str, str] = {}
    for fiche in _fiches(acteur, entreprise):
        retenues |= fiche.colonnes_d_heures
    return retenues


@transaction.atomic
def retenir_les_colonnes(*, acteur: Acteur, entreprise: Entreprise, colonnes: Mapping[str, str]) -> None:
    _exiger_de_pouvoir(acteur, entreprise)
    for fiche in _fiches(acteur, entreprise).select_for_update():
        ecrire(fiche, {"colonnes_d_heures": {**fiche.colonnes_d_heures, **colonnes}})


def _exiger_de_pouvoir(acteur: Acteur, entreprise: Entreprise) -> None:
    exiger_la_portee(acteur, {"entreprise": entreprise})
    peut_deposer_des_heures(acteur, entreprise).exiger()


def _fiches(acteur: Acteur, entreprise: Entreprise):
    """Celle de la structure qui saisit ; ou celles des structures dont ce compte d'entreprise voit les dossiers."""
    fiches = FicheEntreprise.objects.filter(entreprise=entreprise).order_by("pk")
    if acteur.est_facilitateur:
        return fiches.visibles_par(acteur)
    return fiches.filter(de_son_compte(acteur, organisation="entreprise__organisation", structure="structure"))


@transaction.atomic
def declarer_le_fichier(*, acteur: Acteur, entreprise: Entreprise, lignes: Lignes) -> list[Declaration]:
    """Tout ou rien : les autres personnes du mois, et la formation de celles-ci, restent comme elles étaient."""
    _exiger_de_pouvoir(acteur, entreprise)
    exiger_la_portee(acteur, {"contrat": [contrat for contrat, _ in lignes]})
    mois: dict[tuple[Engagement, datetime.date], dict[Contrat, Decimal]] = defaultdict(dict)
    for (contrat, du_mois), heures in lignes.items():
        mois[contrat.engagement, du_mois][contrat] = heures
    declarer = _saisir if acteur.est_facilitateur else _envoyer
    if not acteur.est_facilitateur:
        for fiche in _fiches(acteur, entreprise):
            ouvrir_les_mois_de(acteur=acteur, fiche=fiche)
    return [declarer(acteur, engagement, du_mois, heures) for (engagement, du_mois), heures in mois.items()]


def _saisir(
    acteur: Acteur, engagement: Engagement, mois: datetime.date, heures: Mapping[Contrat, Decimal]
) -> Declaration:
    connues = _connues(engagement, mois)
    formation = {contrat: connues[contrat.pk].heures_formation if contrat.pk in connues else None for contrat in heures}
    return saisir_heures(acteur=acteur, engagement=engagement, mois=mois, heures=heures, formation=formation)


def _envoyer(
    acteur: Acteur, engagement: Engagement, mois: datetime.date, heures: Mapping[Contrat, Decimal]
) -> Declaration:
    declaration = Declaration.objects.visibles_par(acteur).filter(engagement=engagement, mois=mois).first()
    if declaration is None:
        raise RegleViolee(
            f"Le mois {mois_annee(mois)} n'est pas à déclarer sur le marché {engagement.lot.marche.reference}."
        )
    connues = _connues(engagement, mois)
    departs = {depart.contrat_id: depart for depart in declaration.departs.all() if depart.est_a_traiter}
    dites = {}
    for contrat, travail in heures.items():
        ligne, depart = connues.get(contrat.pk), departs.get(contrat.pk)
        dites[contrat] = HeuresDeclarees(
            travail=travail,
            formation=ligne.heures_formation if ligne else None,
            absence=ligne.heures_absence if ligne else None,
            parti_le=depart.parti_le if depart else None,
            motif=depart.motif if depart else "",
        )
    gardee = garder_brouillon(acteur=acteur, declaration=declaration, heures=dites)
    return envoyer_declaration(acteur=acteur, declaration=gardee)


def _connues(engagement: Engagement, mois: datetime.date) -> dict[int, LigneHeures]:
    lignes = LigneHeures.objects.filter(declaration__engagement=engagement, mois=mois)
    return {ligne.contrat_id: ligne for ligne in lignes}

"""Les départs dits avec les heures : gardés à part du contrat, que seul le facilitateur arrête (`annonces`)."""

from collections.abc import Mapping

from django.utils import timezone

from declarations.cases import case
from declarations.enums import TRANSITIONS_ANNONCE, StatutAnnonce
from declarations.models import Declaration, DepartAnnonce
from declarations.services.heures import exiger_son_engagement
from recrutement.models import Contrat
from socle.regles import RegleViolee
from socle.services.enregistrement import changements, ecrire


def poser_les_departs(declaration: Declaration, heures: Mapping) -> None:
    """Écrit les départs d'un mois déjà verrouillé. Une date effacée retire l'annonce ; ce qui est pris en compte reste."""
    connus = {depart.contrat_id: depart for depart in declaration.departs.all()}
    for contrat, dites in heures.items():
        depart = connus.get(contrat.pk)
        if depart and depart.statut == StatutAnnonce.PRISE_EN_COMPTE:
            continue
        if dites.parti_le is None:
            if depart and depart.est_a_traiter:
                _passer(depart, "retirer")
        else:
            _annoncer(declaration, depart, contrat, dites)


def _annoncer(declaration: Declaration, depart: DepartAnnonce | None, contrat: Contrat, dites) -> None:
    exiger_son_engagement(contrat, declaration)
    _verifier_le_jour(declaration, contrat, dites)
    depart = depart or DepartAnnonce(declaration=declaration, contrat=contrat)
    valeurs = {"parti_le": dites.parti_le, "motif": dites.motif}
    if depart.pk and depart.statut == StatutAnnonce.ECARTEE and not changements(depart, valeurs):
        return  # la même annonce a déjà reçu sa réponse
    statut = TRANSITIONS_ANNONCE.appliquer("annoncer", depart.statut)
    ecrire(depart, {**valeurs, "statut": statut, "reponse": "", "traitee_le": None, "traitee_par": None})


def _verifier_le_jour(declaration: Declaration, contrat: Contrat, dites) -> None:
    champ = case("parti_le", contrat)
    if dites.parti_le < contrat.debut:
        raise RegleViolee(f"Le contrat commence le {contrat.debut:%d/%m/%Y} : le départ vient après.", champ=champ)
    if dites.parti_le > timezone.localdate():
        raise RegleViolee("Ce jour n'est pas encore passé : annoncez le départ une fois qu'il a eu lieu.", champ=champ)
    if dites.parti_le < declaration.mois and any((dites.travail, dites.formation)):
        raise RegleViolee("Des heures sont déclarées après ce départ : corrigez la date ou les heures.", champ=champ)


def _passer(depart: DepartAnnonce, transition: str) -> None:
    depart.statut = TRANSITIONS_ANNONCE.appliquer(transition, depart.statut)
    depart.save()

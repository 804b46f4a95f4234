"""Au terme de sa conservation, un dossier perd tout ce qui reconnaît la personne ; les chiffres des années passées restent.

Ils ne lisent son profil qu'au premier jour de ses contrats : c'est tout ce qui en est gardé (`reduction`).
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from beneficiaires import reduction
from beneficiaires.eligibilite import public_du_jour
from beneficiaires.models import Beneficiaire, Critere, RattachementQuartier
from beneficiaires.permissions import peut_gerer_les_dossiers
from comptes.acteur import Acteur
from socle.conservation import reduire
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from territoires.enums import est_d_outre_mer, millesime_en_vigueur

declarer_actions(dossier_anonymise="Dossier anonymisé au terme de sa conservation")


@transaction.atomic
def anonymiser_dossier(*, acteur: Acteur, beneficiaire: Beneficiaire) -> bool:
    """Réduit le dossier et ses faits selon `retention.py`. Sans danger deux fois ; rend vrai la première."""
    peut_gerer_les_dossiers(acteur).exiger()
    personne = verrouiller(Beneficiaire.objects, acteur, beneficiaire)
    if personne.anonymise_le:
        return False
    jours = sorted(set(personne.contrats.order_by("debut").values_list("debut", flat=True)))
    _reduire_les_domiciles(personne, jours)
    _reduire_les_criteres(personne, jours)
    inscriptions, niveaux = list(personne.inscriptions.all()), list(personne.niveaux.all())
    _ramener(inscriptions, {fait: reduction.ramener_l_inscription(fait, jours) for fait in inscriptions})
    _ramener(niveaux, reduction.ramener_ceux_qui_l_emportent(niveaux, jours))
    personne.notes_parcours.all().delete()
    personne.date_naissance = reduction.naissance_de_la_classe(personne.date_naissance, jours)
    personne.anonymise_le = timezone.now()
    personne.archive_le = personne.archive_le or personne.anonymise_le
    reduire(personne)
    noter(acteur=acteur, action="dossier_anonymise", objet=personne, structure=personne.structure)
    return True


def _reduire_les_domiciles(personne: Beneficiaire, jours: Sequence[datetime.date]) -> None:
    """Chacun aux jours où il était le sien, avec son quartier dans la seule géographie d'alors."""
    rattachements = RattachementQuartier.objects.select_related("quartier").defer("quartier__geometrie")
    domiciles = list(personne.domiciles.prefetch_related(Prefetch("rattachements", rattachements)))
    ramenes = reduction.ramener_ceux_qui_l_emportent(domiciles, jours)
    for domicile, (debut, fin) in ramenes.items():
        siens = list(domicile.rattachements.all())
        outre_mer = any(est_d_outre_mer(sien.quartier.code) for sien in siens if sien.quartier)
        utiles = {millesime_en_vigueur(jour, outre_mer=outre_mer) for jour in jours if debut <= jour <= fin}
        for rattachement in siens:
            if rattachement.millesime in utiles:
                reduire(rattachement)
            else:
                rattachement.delete()
    _ramener(domiciles, ramenes)


def _reduire_les_criteres(personne: Beneficiaire, jours: Sequence[datetime.date]) -> None:
    """Une ligne par suite de contrats où le critère valait ; marqué, s'il était alors celui dont elle relevait."""
    criteres, inscriptions = list(personne.criteres.all()), list(personne.inscriptions.all())

    def public(jour: datetime.date) -> str:
        en_cours = [i.depuis for i in inscriptions if i.depuis and i.vaut_le(jour)]
        return public_du_jour([c for c in criteres if c.vaut_le(jour)], personne.date_naissance, en_cours, jour)

    ramenes = reduction.ramener_les_criteres(criteres, jours, public)
    personne.criteres.all().delete()
    for code, (depuis, jusqu_a), principal in ramenes:
        ecrire(
            Critere(beneficiaire=personne),
            {"code": code, "depuis": depuis, "jusqu_a": jusqu_a, "principal": principal},
        )


def _ramener(faits: Sequence[Any], bornes: Mapping[Any, reduction.Ramenes | None]) -> None:
    """Pose à chaque fait les jours de contrat qu'il a connus, puis le réduit ; celui qui n'en a connu aucun s'efface."""
    for fait in faits:
        if ramene := bornes.get(fait):
            fait.depuis, fait.jusqu_a = ramene
            reduire(fait)
        else:
            fait.delete()

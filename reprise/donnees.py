"""Les lignes du classeur d'une structure, lues de ce qu'elle sait : seules les heures validées y sont.

Un classeur n'a qu'une colonne par fait : le profil d'une personne y est celui du début de son premier contrat.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Min, Q

from beneficiaires.enums import CodeCritere, StatutQuartier
from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    RattachementQuartier,
)
from comptes.models import Organisation
from declarations.models import LigneHeures
from entreprises.models import Entreprise
from marches.enums import RoleEngagement
from marches.models import Engagement, Lot, MaitreOuvrage, Marche
from recrutement.models import Contrat
from reprise import feuilles
from reprise.feuilles import ANONYME
from reprise.rapprochement.personnes import dernier_valable

PAQUET = 2000
Lignes = Iterator[dict[str, Any]]


def _maitres_ouvrage(structure: Organisation) -> Lignes:
    connus = MaitreOuvrage.objects.filter(Q(fiches__structure=structure) | Q(marches__structure=structure))
    for maitre_ouvrage in connus.distinct().select_related("commune").order_by("nom_plie", "pk"):
        yield {
            "nom": maitre_ouvrage.nom,
            "siret": maitre_ouvrage.siret,
            "type": maitre_ouvrage.type,
            "commune": _code(maitre_ouvrage.commune),
        }


def _entreprises(structure: Organisation) -> Lignes:
    connues = Entreprise.objects.filter(
        Q(fiches__structure=structure)
        | Q(engagements__lot__marche__structure=structure)
        | Q(contrats__structure=structure)
    )
    for entreprise in connues.distinct().select_related("commune").order_by("raison_sociale_pliee", "pk"):
        yield {
            "raison_sociale": entreprise.raison_sociale,
            "siret": entreprise.siret,
            "type": entreprise.type,
            "commune": _code(entreprise.commune),
        }


def _code(commune) -> str | None:
    return commune.code_insee if commune else None


def _marches(structure: Organisation) -> Lignes:
    marches = Marche.objects.filter(structure=structure).select_related("maitre_ouvrage", "operation")
    for marche in marches.order_by("debut", "reference"):
        yield {
            "reference": marche.reference,
            "objet": marche.objet,
            "maitre_ouvrage": marche.maitre_ouvrage.siret or marche.maitre_ouvrage.nom,
            "nature": marche.nature,
            "type_clause": marche.type_clause,
            "montant_ht": marche.montant_ht,
            "date_notification": marche.date_notification,
            "debut": marche.debut,
            "fin": marche.fin,
            "statut": marche.statut,
            "operation": marche.operation.nom if marche.operation else None,
        }


def _lots(structure: Organisation) -> Lignes:
    """Un lot sans entreprise engagée n'a pas de ligne : le classeur veut un attributaire, et ce lot ne doit rien."""
    engagements: dict[int, list[Engagement]] = defaultdict(list)
    for engagement in (
        Engagement.objects.filter(lot__marche__structure=structure).select_related("entreprise").order_by("pk")
    ):
        engagements[engagement.lot_id].append(engagement)
    lots = Lot.objects.filter(marche__structure=structure).select_related("marche")
    for lot in lots.order_by("marche__debut", "marche__reference", "numero", "pk"):
        if not engagements[lot.pk]:
            continue
        # L'attributaire d'abord ; à défaut, le premier cotraitant tient sa place et ses heures restent comptées.
        titulaire, *autres = sorted(engagements[lot.pk], key=lambda e: e.role != RoleEngagement.ATTRIBUTAIRE)
        yield {
            "marche": lot.marche.reference,
            "numero_lot": lot.numero,
            "intitule": lot.intitule,
            "attributaire": titulaire.entreprise.siret,
            "montant_ht": lot.montant_ht,
            "heures_dues": titulaire.heures_dues,
            "cotraitants": " ; ".join(f"{e.entreprise.siret}={e.heures_dues}".replace(".", ",") for e in autres),
        }


def _beneficiaires(structure: Organisation) -> Lignes:
    faits = _Faits(structure)
    personnes = (
        Beneficiaire.objects.filter(structure=structure).hors_fusion().annotate(premier_contrat=Min("contrats__debut"))
    )
    for personne in personnes.order_by("identifiant").iterator(chunk_size=PAQUET):
        jour = personne.premier_contrat
        criteres = {critere.code for critere in faits.criteres[personne.pk] if jour is None or critere.vaut_le(jour)}
        niveau = dernier_valable(faits.niveaux[personne.pk], jour)
        inscriptions = faits.inscriptions[personne.pk]
        inscription = dernier_valable(inscriptions, jour) or dernier_valable(inscriptions, None)
        domicile = dernier_valable(faits.domiciles[personne.pk], jour)
        yield {
            "identifiant": personne.identifiant,
            "nom": ANONYME if personne.anonymise_le else personne.nom,
            "prenom": ANONYME if personne.anonymise_le else personne.prenom,
            "date_naissance": personne.date_naissance,
            "sexe": personne.sexe,
            "adresse": domicile and domicile.adresse,
            # Un dossier anonymisé n'en garde que le département, qui n'est pas un code postal.
            "code_postal": None if personne.anonymise_le else domicile and domicile.code_postal,
            "commune": _code(domicile and domicile.commune),
            "quartiers": domicile and _quartiers(faits.rattachements[domicile.pk]),
            "niveau": niveau and niveau.niveau,
            "rsa": CodeCritere.RSA in criteres,
            "rqth": CodeCritere.RQTH in criteres,
            "inscrit_depuis": inscription and inscription.depuis,
            "referent": personne.referent,
        }


def _quartiers(rattachements: list[RattachementQuartier]) -> str:
    """Les codes des quartiers du domicile ; « non » s'il a été reconnu hors de tout quartier."""
    codes = [r.quartier.code for r in rattachements if r.quartier and r.statut == StatutQuartier.OUI]
    if codes:
        return " ; ".join(codes)
    return "non" if rattachements and all(r.statut == StatutQuartier.NON for r in rattachements) else ""


class _Faits:
    """Les faits datés de toutes les personnes d'une structure, par personne."""

    def __init__(self, structure: Organisation):
        self.criteres = self._lire(Critere, structure)
        self.niveaux = self._lire(NiveauAtteint, structure)
        self.inscriptions = self._lire(InscriptionEmploi, structure)
        self.domiciles = self._lire(Domicile, structure, "commune")
        self.rattachements: dict[int, list[RattachementQuartier]] = defaultdict(list)
        rattachements = RattachementQuartier.objects.filter(domicile__beneficiaire__structure=structure)
        for rattachement in (
            rattachements.select_related("quartier").defer("quartier__geometrie").order_by("millesime", "pk")
        ):
            self.rattachements[rattachement.domicile_id].append(rattachement)

    @staticmethod
    def _lire(modele, structure: Organisation, *relations: str) -> dict[int, list]:
        faits = defaultdict(list)
        lignes = modele.objects.filter(beneficiaire__structure=structure).order_by("pk")
        for fait in lignes.select_related(*relations) if relations else lignes:
            faits[fait.beneficiaire_id].append(fait)
        return faits


def _contrats(structure: Organisation) -> Lignes:
    contrats = Contrat.objects.filter(structure=structure).select_related(
        "beneficiaire", "employeur", "engagement__entreprise", "engagement__lot__marche"
    )
    for contrat in contrats.order_by("identifiant").iterator(chunk_size=PAQUET):
        yield {
            "identifiant": contrat.identifiant,
            "beneficiaire": contrat.beneficiaire.identifiant,
            "marche": contrat.engagement.lot.marche.reference,
            "lot": contrat.engagement.lot.numero,
            "employeur": contrat.employeur.siret,
            "modalite": contrat.modalite,
            "type_contrat": contrat.type_contrat,
            "debut": contrat.debut,
            "fin": contrat.fin,
            "engagee": contrat.engagement.entreprise.siret,
        }


def _heures(structure: Organisation) -> Lignes:
    lignes = LigneHeures.objects.validees().filter(contrat__structure=structure)
    valeurs = lignes.order_by("contrat__identifiant", "mois").values_list("contrat__identifiant", "mois", "heures")
    for contrat, mois, heures in valeurs.iterator(chunk_size=PAQUET):
        yield {"contrat": contrat, "mois": mois, "heures": heures}


LIRE: dict[str, Callable[[Organisation], Lignes]] = {
    feuilles.MAITRES_OUVRAGE.nom: _maitres_ouvrage,
    feuilles.ENTREPRISES.nom: _entreprises,
    feuilles.MARCHES.nom: _marches,
    feuilles.LOTS.nom: _lots,
    feuilles.BENEFICIAIRES.nom: _beneficiaires,
    feuilles.CONTRATS.nom: _contrats,
    feuilles.HEURES.nom: _heures,
}

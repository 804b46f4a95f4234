"""Ce que la structure connaît déjà, chargé une fois : une poignée de requêtes, quel que soit le volume."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F

from beneficiaires.eligibilite import reglages_d_eligibilite
from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    RattachementQuartier,
)
from comptes.acteur import Acteur
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement, FicheMaitreOuvrage, Lot, MaitreOuvrage, Marche, Operation
from recrutement.eligibilite import Regle
from recrutement.models import Contrat
from reprise import feuilles
from reprise.controles import Contenu
from socle.services.fusions import anciennes_fiches
from socle.texte import plier
from territoires.designation import designer_toutes
from territoires.models import Commune, QuartierPrioritaire

PAQUET = 500  # valeurs d'un « IN » : SQLite et PostgreSQL en acceptent bien plus, les requêtes restent lisibles


@dataclass(slots=True)
class Faits:
    """Les faits datés d'une personne."""

    criteres: list[Critere] = field(default_factory=list)
    niveaux: list[NiveauAtteint] = field(default_factory=list)
    inscriptions: list[InscriptionEmploi] = field(default_factory=list)
    domiciles: list[Domicile] = field(default_factory=list)


@dataclass(slots=True)
class LigneConnue:
    """Une ligne d'heures enregistrée."""

    pk: int
    heures: Decimal


@dataclass(slots=True)
class Etat:
    acteur: Acteur
    communes: dict[str, Commune | ValidationError]  # ce que chaque texte désigne, ou ce qui s'y oppose
    quartiers: dict[str, list[QuartierPrioritaire]]
    entreprises: dict[str, Entreprise]
    entreprises_suivies: set[int]
    entreprises_partagees: set[int]
    maitres_ouvrage: list[MaitreOuvrage]
    maitres_ouvrage_suivis: set[int]
    maitres_ouvrage_partages: set[int]
    maitres_ouvrage_fusionnes: dict[int, MaitreOuvrage]
    operations: dict[str, Operation]
    marches: dict[str, Marche]
    lots: dict[tuple[str, str], Lot]
    engagements: dict[int, list[Engagement]]
    personnes: dict[str, Beneficiaire]
    faits: dict[int, Faits]
    rattachements: dict[int, list[RattachementQuartier]]
    contrats: dict[str, Contrat]
    heures: dict[int, dict[datetime.date, LigneConnue]]
    mois_ouverts: dict[tuple[int, datetime.date], set[int]]
    regle_d_eligibilite: Regle


def charger(acteur: Acteur, contenu: Contenu) -> Etat:
    """L'état de la structure de `acteur`, et les références communes que le classeur nomme."""
    structure = acteur.organisation
    engagements = defaultdict(list)
    lus = Engagement.objects.visibles_par(acteur).select_related("entreprise", "lot__marche")
    lus = lus.order_by(F("archive_le").asc(nulls_first=True), "pk")  # l'attributaire du moment passe avant un archivé
    for engagement in lus:
        engagements[engagement.lot_id].append(engagement)
    lots = Lot.objects.visibles_par(acteur).select_related("marche").order_by("pk")
    maitres_ouvrage = _maitres_ouvrage(acteur, contenu)
    entreprises = _entreprises(acteur, contenu)
    personnes = {personne.pk: personne for personne in _de_la_structure(Beneficiaire, acteur)}
    faits = _faits(acteur, personnes)
    reglages = reglages_d_eligibilite(acteur.agit_pour)
    return Etat(
        acteur=acteur,
        communes=_communes(contenu),
        quartiers=_quartiers(contenu),
        entreprises=entreprises,
        entreprises_suivies=_cles(FicheEntreprise.objects.filter(structure=structure), "entreprise_id"),
        entreprises_partagees=_partages(FicheEntreprise, "entreprise", entreprises.values(), structure),
        maitres_ouvrage=maitres_ouvrage,
        maitres_ouvrage_suivis=_cles(FicheMaitreOuvrage.objects.filter(structure=structure), "maitre_ouvrage_id"),
        maitres_ouvrage_fusionnes=_fusionnes(acteur, maitres_ouvrage),
        maitres_ouvrage_partages=_partages(FicheMaitreOuvrage, "maitre_ouvrage", maitres_ouvrage, structure),
        operations={plier(operation.nom): operation for operation in _de_la_structure(Operation, acteur)},
        marches={marche.reference: marche for marche in _de_la_structure(Marche, acteur)},
        lots={(lot.marche.reference, lot.numero): lot for lot in lots},
        engagements=engagements,
        personnes=_sous_leurs_numeros(acteur, personnes),
        faits=faits,
        rattachements=_rattachements(acteur, faits),
        contrats={contrat.identifiant: contrat for contrat in _de_la_structure(Contrat, acteur)},
        heures=_heures(acteur),
        mois_ouverts=_mois_ouverts(acteur),
        regle_d_eligibilite=Regle(reglages.duree_mois, reglages.interruption_mois),
    )


def _de_la_structure(modele, acteur: Acteur):
    return modele.objects.visibles_par(acteur).order_by("pk")


def _sous_leurs_numeros(acteur: Acteur, personnes: dict[int, Beneficiaire]) -> dict[str, Beneficiaire]:
    """Par numéro de dossier ; celui d'un dossier fusionné mène à la personne gardée, que le classeur appelle encore ainsi."""
    par_uuid = {personne.uuid: personne for personne in personnes.values()}
    suites = anciennes_fiches(acteur, Beneficiaire)
    return {p.identifiant: par_uuid[suites.get(p.uuid, p.uuid)] for p in personnes.values()}


def _cles(lignes, champ: str) -> set[int]:
    return set(lignes.order_by().values_list(champ, flat=True))


def _partages(fiches, champ: str, objets, structure) -> set[int]:
    """Parmi ces lignes communes, celles que d'autres structures suivent : elles ne se modifient pas d'ici."""
    partages: set[int] = set()
    for paquet in _par_paquets(objet.pk for objet in objets):
        partages |= _cles(fiches.objects.filter(**{f"{champ}__in": paquet}).exclude(structure=structure), f"{champ}_id")
    return partages


def _valeurs(contenu: Contenu, feuille: feuilles.Feuille, champ: str) -> set:
    return {valeur for ligne in contenu.de(feuille) if (valeur := getattr(ligne, champ)) is not None}


def _par_paquets(valeurs: Iterable) -> Iterable[list[Any]]:
    rangees = sorted(valeurs)
    return (rangees[rang : rang + PAQUET] for rang in range(0, len(rangees), PAQUET))


def _communes(contenu: Contenu) -> dict[str, Commune | ValidationError]:
    textes: set[str] = set()
    for feuille in (feuilles.MAITRES_OUVRAGE, feuilles.ENTREPRISES, feuilles.BENEFICIAIRES):
        textes |= _valeurs(contenu, feuille, "commune")
    return designer_toutes(textes)


def _quartiers(contenu: Contenu) -> dict[str, list[QuartierPrioritaire]]:
    codes = {code for codes in _valeurs(contenu, feuilles.BENEFICIAIRES, "quartiers") for code in codes}
    quartiers = defaultdict(list)
    for paquet in _par_paquets(codes):
        for quartier in QuartierPrioritaire.objects.filter(code__in=paquet).defer("geometrie").order_by("pk"):
            quartiers[quartier.code].append(quartier)
    return quartiers


def _entreprises(acteur: Acteur, contenu: Contenu) -> dict[str, Entreprise]:
    """Celles que la structure suit, et celles du classeur que d'autres connaissent déjà."""
    suivies = list(Entreprise.objects.visibles_par(acteur).order_by("pk"))
    par_uuid, suites = {e.uuid: e for e in suivies}, anciennes_fiches(acteur, Entreprise)
    entreprises = {e.siret: par_uuid[suites.get(e.uuid, e.uuid)] for e in suivies}
    for paquet in _par_paquets(_valeurs(contenu, feuilles.ENTREPRISES, "siret") - entreprises.keys()):
        entreprises |= {e.siret: e for e in Entreprise.objects.filter(siret__in=paquet).order_by("pk")}
    return entreprises


def _maitres_ouvrage(acteur: Acteur, contenu: Contenu) -> list[MaitreOuvrage]:
    connus = {m.pk: m for m in MaitreOuvrage.objects.visibles_par(acteur).order_by("pk")}
    for paquet in _par_paquets(_valeurs(contenu, feuilles.MAITRES_OUVRAGE, "siret")):
        connus |= {m.pk: m for m in MaitreOuvrage.objects.filter(siret__in=paquet).order_by("pk")}
    return list(connus.values())


def _fusionnes(acteur: Acteur, maitres_ouvrage: list[MaitreOuvrage]) -> dict[int, MaitreOuvrage]:
    """{clé d'un maître d'ouvrage rangé par une fusion: celui que la structure garde}."""
    par_uuid, suites = {m.uuid: m for m in maitres_ouvrage}, anciennes_fiches(acteur, MaitreOuvrage)
    return {m.pk: par_uuid[suites[m.uuid]] for m in maitres_ouvrage if m.uuid in suites}


def _faits(acteur: Acteur, personnes: dict[int, Beneficiaire]) -> dict[int, Faits]:
    faits: dict[int, Faits] = defaultdict(Faits)
    for modele, genre in (
        (Critere, "criteres"),
        (NiveauAtteint, "niveaux"),
        (InscriptionEmploi, "inscriptions"),
        (Domicile, "domiciles"),
    ):
        for fait in modele.objects.visibles_par(acteur).order_by("pk"):
            fait.beneficiaire = personnes[fait.beneficiaire_id]
            getattr(faits[fait.beneficiaire_id], genre).append(fait)
    return faits


def _rattachements(acteur: Acteur, faits: dict[int, Faits]) -> dict[int, list[RattachementQuartier]]:
    domiciles = {domicile.pk: domicile for connus in faits.values() for domicile in connus.domiciles}
    rattachements = defaultdict(list)
    for rattachement in RattachementQuartier.objects.visibles_par(acteur).order_by("pk"):
        rattachement.domicile = domiciles[rattachement.domicile_id]
        rattachements[rattachement.domicile_id].append(rattachement)
    return rattachements


def _heures(acteur: Acteur) -> dict[int, dict[datetime.date, LigneConnue]]:
    heures: dict[int, dict[datetime.date, LigneConnue]] = defaultdict(dict)
    lignes = LigneHeures.objects.visibles_par(acteur).order_by().values_list("contrat_id", "mois", "pk", "heures")
    for contrat, mois, pk, valeur in lignes.iterator(chunk_size=5000):
        heures[contrat][mois] = LigneConnue(pk, valeur)
    return heures


def _mois_ouverts(acteur: Acteur) -> dict[tuple[int, datetime.date], set[int]]:
    """Les mois encore à valider : {(engagement, mois): contrats qui y ont des heures}."""
    ouverts: dict[tuple[int, datetime.date], set[int]] = defaultdict(set)
    lignes = (
        Declaration.objects.visibles_par(acteur)
        .exclude(statut=StatutDeclaration.VALIDEE)
        .order_by()
        .values_list("engagement_id", "mois", "lignes__contrat_id")
    )
    for engagement, mois, contrat in lignes:
        ouverts[engagement, mois] |= {contrat} - {None}
    return ouverts

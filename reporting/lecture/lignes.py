"""Lire un relevé : huit requêtes, quels que soient la période et le volume, et rien d'autre que les colonnes utiles."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from beneficiaires.enums import StatutQuartier
from beneficiaires.models import Beneficiaire, Critere, InscriptionEmploi, NiveauAtteint
from comptes.models import Organisation
from declarations.models import LigneHeures
from marches.enums import StatutMarche
from marches.models import MaitreOuvrage, Marche, Operation, ProjetAchat
from marches.querysets import somme_des_heures_dues
from parcours.enums import StatutPoint
from parcours.models import PointSuivi
from recrutement.models import Contrat
from reporting.lecture import releve as brut
from reporting.lecture.perimetre import Cible
from reporting.models import ReglagesBilan
from socle.periodes import Periode

HEURES_PAR_ETP = ReglagesBilan._meta.get_field("heures_par_etp").default


def charger(structure: Organisation, periode: Periode, *, avec_suites: bool = True) -> brut.Releve:
    """Le relevé de `structure` sur `periode` (heures validées seulement)."""
    return charger_ensemble([structure], periode, avec_suites=avec_suites)


def charger_ensemble(structures: Sequence[Organisation], periode: Periode, *, avec_suites: bool = True) -> brut.Releve:
    """Le relevé de plusieurs structures ensemble, comme un réseau les lit ; d'une seule, le sien.

    Sans `avec_suites`, ni les sorties ni les projets d'achat, que les chiffres clés ne comptent pas : six requêtes.
    """
    contrats, entreprises = _contrats(structures, periode)
    marches = _marches(structures)
    communes, heures_par_etp = _territoires_et_reglages(structures)
    return brut.Releve(
        periode=periode,
        lignes=_lignes(structures, periode),
        contrats=contrats,
        personnes=_personnes(structures, periode),
        marches=marches.marches,
        engagements=marches.engagements,
        entreprises=marches.entreprises | entreprises,
        maitres_ouvrage=marches.maitres_ouvrage,
        communes=communes,
        heures_par_etp=heures_par_etp,
        sorties=_sorties(structures, periode) if avec_suites else (),
        projets=_projets(structures, periode) if avec_suites else (),
        lu_le=timezone.localdate(),
    )


def a_de_quoi_dire(structures: Sequence[Organisation], periode: Periode, cible: Cible | None = None) -> bool:
    """Vrai si la période a une heure validée ou un marché suivi, parmi ceux de la cible : de quoi écrire un bilan."""
    marches = marches_de(structures, cible)
    suivis = (
        marches.filter(statut__in=StatutMarche.attribues(), debut__lte=periode.fin)
        .annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue"))
        .filter(fin_retenue__gte=periode.debut)
    )
    lignes = _lignes_comptees(structures, periode).filter(contrat__engagement__lot__marche__in=marches)
    return lignes.exists() or suivis.exists()


def marches_de(structures: Sequence[Organisation], cible: Cible | None) -> QuerySet:
    marches = Marche.objects.filter(structure__in=structures)
    match cible:
        case MaitreOuvrage():
            return marches.filter(maitre_ouvrage=cible)
        case Operation():
            return marches.filter(operation=cible)
        case Marche():
            return marches.filter(pk=cible.pk)
    return marches


def _lignes_comptees(structures: Sequence[Organisation], periode: Periode) -> QuerySet:
    validees = LigneHeures.objects.validees().pendant(periode)
    return validees.filter(contrat__engagement__lot__marche__structure__in=structures)


def _lignes(structures: Sequence[Organisation], periode: Periode) -> tuple[brut.LigneHeures, ...]:
    lignes = _lignes_comptees(structures, periode).order_by("mois", "pk")
    return tuple(
        brut.LigneHeures(*ligne) for ligne in lignes.values_list("pk", "contrat_id", "mois", "heures").iterator()
    )


# Le métier du poste que la personne a pourvu ; sans poste, le corps de métier du lot.
_METIER = Coalesce("candidature__offre__metier__libelle", "engagement__lot__corps_metier__nom", Value(""))


def _contrats(
    structures: Sequence[Organisation], periode: Periode
) -> tuple[dict[int, brut.Contrat], dict[int, brut.Entreprise]]:
    """Les contrats qui ont des heures dans la période, et leurs employeurs."""
    comptes = Contrat.objects.filter(Exists(_lignes_comptees(structures, periode).filter(contrat=OuterRef("pk"))))
    contrats, employeurs = {}, {}
    for *contrat, employeur, siret, nom, type_, commune in (
        comptes.annotate(fin_connue=Coalesce("fin_reelle", "fin_prevue"), metier=_METIER)
        .order_by("pk")
        .values_list(
            "pk",
            "identifiant",
            "beneficiaire_id",
            "engagement_id",
            "employeur_id",
            "modalite",
            "type_contrat",
            "debut",
            "fin_connue",
            "metier",
            "employeur__pk",
            "employeur__siret",
            "employeur__raison_sociale",
            "employeur__type",
            "employeur__commune_id",
        )
    ):
        contrats[contrat[0]] = brut.Contrat(*contrat)
        employeurs[employeur] = brut.Entreprise(employeur, siret, nom, type_, commune)
    return contrats, employeurs


def _personnes(structures: Sequence[Organisation], periode: Periode) -> dict[int, brut.Personne]:
    """Les personnes comptées et leurs faits datés : l'identité avec les domiciles et leurs quartiers, les faits en une union."""
    comptees = Beneficiaire.objects.filter(
        # Un contrat et sa personne sont de la même structure : le redire évite à SQLite de parcourir celles des autres.
        Exists(_lignes_comptees(structures, periode).filter(contrat__beneficiaire=OuterRef("pk"))),
        structure__in=structures,
    )
    faits = _faits(comptees)
    lues = comptees.order_by("pk", "domiciles__pk", "domiciles__rattachements__millesime").values_list(
        *_COLONNES_PERSONNE
    )
    return {
        pk: brut.Personne(
            pk,
            sexe,
            naissance,
            anonyme=anonymise_le is not None,
            criteres=tuple(faits[pk, "critere"]),
            principaux=tuple(faits[pk, "principal"]),
            niveaux=tuple(faits[pk, "niveau"]),
            inscriptions=tuple(faits[pk, "inscription"]),
            domiciles=tuple(domiciles_lus(ligne[5:] for ligne in lignes)),
            prescripteur=prescripteur or "",
        )
        for (pk, sexe, naissance, anonymise_le, prescripteur), lignes in groupby(
            lues.values_list(*_COLONNES_PERSONNE).iterator(), key=lambda ligne: ligne[:5]
        )
    }


def _faits(personnes: QuerySet) -> dict[tuple[int, str], list[brut.Fait]]:
    """{(personne, genre): faits}."""

    def lire(modele, genre: str, valeur, bornes=("depuis", "jusqu_a"), **conditions) -> QuerySet:
        return (
            modele.objects.filter(beneficiaire__in=personnes, **conditions)
            .order_by()
            .annotate(genre=Value(genre), valeur=valeur)
            .values_list("beneficiaire_id", "genre", "pk", "valeur", *bornes)
        )

    union = lire(Critere, "critere", F("code")).union(
        # La marque a ses dates : elle peut venir après le critère, et passer à un autre avant sa fin.
        lire(Critere, "principal", F("code"), _BORNES_DE_LA_MARQUE, principal=True),
        lire(NiveauAtteint, "niveau", F("niveau")),
        lire(InscriptionEmploi, "inscription", Value("")),
        all=True,
    )
    faits = defaultdict(list)
    for personne, genre, *fait in union.order_by():
        faits[personne, genre].append(brut.Fait(*fait))
    return faits


_BORNES_DE_LA_MARQUE = (Coalesce("principal_depuis", "depuis"), Coalesce("principal_jusqu_a", "jusqu_a"))
_COLONNES_PERSONNE = (
    "pk",
    "sexe",
    "date_naissance",
    "anonymise_le",
    "prescripteur__nom",
    "domiciles__pk",
    "domiciles__depuis",
    "domiciles__jusqu_a",
    "domiciles__commune__nom",
    "domiciles__rattachements__statut",
    "domiciles__rattachements__millesime",
    "domiciles__rattachements__quartier__code",
    "domiciles__rattachements__quartier__nom",
)


def domiciles_lus(lignes: Iterable[tuple]) -> Iterator[brut.Domicile]:
    """Les domiciles d'une personne ; celle qui n'en a aucun a une ligne vide."""
    for (pk, depuis, jusqu_a, commune), rattachements in groupby(lignes, key=lambda ligne: ligne[:4]):
        if pk is not None:
            quartiers = {
                millesime: brut.Quartier(code, nom)
                for *_, statut, millesime, code, nom in rattachements
                if statut == StatutQuartier.OUI
            }
            yield brut.Domicile(pk, "", depuis, jusqu_a, quartiers, commune or "")


@dataclass(slots=True)
class _Marches:
    """Ce que rend la lecture des marchés : chaque objet une fois, par clé."""

    marches: dict[int, brut.Marche]
    engagements: dict[int, brut.Engagement]
    entreprises: dict[int, brut.Entreprise]
    maitres_ouvrage: dict[int, brut.MaitreOuvrage]


_COLONNES_MARCHE = (
    "pk",
    "reference",
    "objet",
    "maitre_ouvrage_id",
    "nature",
    "type_clause",
    "statut",
    "debut",
    "fin_retenue",
    "archive_le",
    "structure_id",
    "operation_id",
    "maitre_ouvrage__nom",
    "maitre_ouvrage__type",
    "maitre_ouvrage__uuid",
)
_COLONNES_ENGAGEMENT = (
    "lots__engagements__pk",
    "lots__engagements__uuid",
    "lots__numero",
    "heures_dues",
    "lots__engagements__heures_realisees",
    "lots__engagements__entreprise__pk",
    "lots__engagements__entreprise__siret",
    "lots__engagements__entreprise__raison_sociale",
    "lots__engagements__entreprise__type",
    "lots__engagements__entreprise__commune_id",
    "lots__engagements__archive_le",
    "lots__archive_le",
)


def _marches(structures: Sequence[Organisation]) -> _Marches:
    """Tous les marchés des structures, archivés compris, avec leurs engagements : une requête."""
    lus = _Marches({}, {}, {}, {})
    lignes = (
        Marche.objects.filter(structure__in=structures)
        .annotate(
            fin_retenue=Coalesce("fin_reelle", "fin_prevue"), heures_dues=somme_des_heures_dues("lots__engagements__")
        )
        .order_by("debut", "reference", "pk", "lots__numero", "lots__engagements__pk")
        .values_list(*_COLONNES_MARCHE, *_COLONNES_ENGAGEMENT)
    )
    for ligne in lignes:
        *marche, archive, structure, operation, nom, type_, acheteur = ligne[: len(_COLONNES_MARCHE)]
        champs: list[Any] = [*marche, archive is not None, structure, operation]
        lus.marches.setdefault(marche[0], brut.Marche(*champs))
        lus.maitres_ouvrage[marche[3]] = brut.MaitreOuvrage(marche[3], nom, type_, acheteur)
        engagement, uuid, lot, dues, realisees, *entreprise, retire, lot_retire = ligne[len(_COLONNES_MARCHE) :]
        if engagement is not None:
            archive = retire is not None or lot_retire is not None
            lus.engagements[engagement] = brut.Engagement(
                engagement, marche[0], lot, entreprise[0], dues, realisees, uuid, archive
            )
            lus.entreprises[entreprise[0]] = brut.Entreprise(*entreprise)
    return lus


def _territoires_et_reglages(structures: Sequence[Organisation]) -> tuple[frozenset[int], Decimal]:
    """Les communes des territoires et le diviseur des ETP ; sans réglage, ou pour un réseau, le diviseur national."""
    lignes = list(
        Organisation.objects.filter(pk__in=[structure.pk for structure in structures])
        .order_by("pk", "territoire__communes")
        .values_list("territoire__communes", "reglages_bilan__heures_par_etp")
    )
    communes = frozenset(commune for commune, _ in lignes if commune is not None)
    reglees = [heures for _, heures in lignes if heures is not None]
    return communes, reglees[0] if reglees and len(structures) == 1 else HEURES_PAR_ETP


def _sorties(structures: Sequence[Organisation], periode: Periode) -> tuple[brut.Sortie, ...]:
    """Les points à 3, 6 et 12 mois dus jusqu'à la fin de la période."""
    points = PointSuivi.objects.filter(contrat__structure__in=structures, du_le__lte=periode.fin).order_by("pk")
    return tuple(
        brut.Sortie(
            *(cle, contrat, marche, terme, du_le),
            situation if statut == StatutPoint.REPONDU else "",
            statut == StatutPoint.INJOIGNABLE,
        )
        for cle, contrat, marche, terme, du_le, statut, situation in points.values_list(
            "pk", "contrat_id", "contrat__engagement__lot__marche_id", "terme", "du_le", "statut", "situation"
        )
    )


def _projets(structures: Sequence[Organisation], periode: Periode) -> tuple[brut.Projet, ...]:
    """Les projets d'achat ouverts jusqu'à la fin de la période."""
    projets = ProjetAchat.objects.filter(structure__in=structures, cree_le__date__lte=periode.fin).order_by("pk")
    colonnes = ("pk", "maitre_ouvrage_id", "statut", "nature", "cree_le", "structure_id")
    return tuple(
        brut.Projet(cle, acheteur, statut, nature, timezone.localtime(cree_le).date(), structure)
        for cle, acheteur, statut, nature, cree_le, structure in projets.values_list(*colonnes)
    )


# --- L'extrait FSE+ : ce qu'un relevé ne porte pas, deux requêtes de plus ------------------------------------------------
def dossiers(structure: Organisation) -> dict[int, str]:
    """L'identifiant de chaque dossier de la structure : ni nom, ni coordonnée."""
    lus = Beneficiaire.objects.filter(structure=structure).order_by("pk")
    return dict(lus.values_list("pk", "identifiant"))


def motifs_de_fin(structure: Organisation) -> dict[int, str]:
    """La raison de fin de chaque contrat qui en a une."""
    finis = Contrat.objects.filter(structure=structure).exclude(motif_fin="").order_by("pk")
    return dict(finis.values_list("pk", "motif_fin"))

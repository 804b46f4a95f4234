"""Ce que chaque destinataire détient déjà, et ce qu'un bilan doit taire avant de lui être remis."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

from django.db.models import F, Model

from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from declarations.models import LigneHeures
from parcours.models import PointSuivi
from recrutement.models import Contrat
from reporting.bilan.cases import Case, Remis
from reporting.bilan.confrontation import AQui, a_retenir, taire
from reporting.bilan.masques import COLONNES, Colonne
from reporting.bilan.publication import a_publier
from reporting.calcul.indicateurs import GenreLigne
from reporting.donnees import DonneesBilan
from reporting.models import Bilan, LignesBilan

type Retenues = Mapping[str, set[str]]  # {colonne: familles tues}

# Ce qui n'est pas une personne, et de qui c'est.
DE_QUI: Mapping[str, tuple[type[Model], str]] = {
    GenreLigne.HEURES: (LigneHeures, "contrat__beneficiaire"),
    GenreLigne.CONTRAT: (Contrat, "beneficiaire"),
    GenreLigne.SORTIE: (PointSuivi, "contrat__beneficiaire"),
}
GARANTIE = (
    "Avant d'être remis, ce bilan a été comparé à ceux que chacun de ses destinataires a déjà reçus, versions remplacées "
    "comprises : aucune addition ni soustraction des effectifs qui s'y lisent, d'un même profil ou d'un même quartier sur des "
    "périodes qui se touchent, n'isole d'une à quatre personnes. Deux destinataires qui mettraient leurs bilans en commun ne "
    "sont pas comparés."
)


def lignes_comparees(bilan: Bilan) -> dict:
    """Les lignes de ses chiffres ; celles d'un réseau ne se montrent pas."""
    gardees = LignesBilan.objects.filter(bilan=bilan).first()
    return (gardees.comptes or gardees.lignes) if gardees else {}


def confronter(donnees: DonneesBilan, lignes: Mapping, destinataires: Iterable[Organisation]) -> Retenues:
    """Tait dans `donnees`, déjà masquées, ce qu'une différence avec ce que détient un destinataire ouvrirait.

    Rend ce qui est tu.
    """
    retenues: dict[str, set[str]] = {colonne: set() for colonne in COLONNES}
    remis, detenus = Remis(donnees, lignes), _ce_que_detient(destinataires)
    a_qui = _a_qui(remis, detenus)
    for detenues, siennes in detenus.values():
        for colonne, tues in _a_taire(remis, detenues, siennes, a_qui).items():
            retenues[colonne] |= tues
    for colonne in COLONNES:
        taire(donnees, colonne, retenues[colonne])
    return retenues


def ce_qui_se_tairait(bilan: Bilan, possibles: Iterable[Organisation]) -> list[tuple[str, list[str]]]:
    """(destinataire, familles) : ce que chacun ferait masquer s'il recevait ce brouillon, pour le dire avant de publier."""
    if not bilan.donnees:
        return []
    possibles = list(possibles)
    lignes = lignes_comparees(bilan)
    remis, detenus = Remis(a_publier(bilan.donnees), lignes), _ce_que_detient(possibles)
    a_qui = _a_qui(remis, detenus)
    noms = {organisation.pk: organisation.nom for organisation in possibles}
    dits = [
        (noms[cle], sorted(set().union(*_a_taire(remis, detenues, siennes, a_qui).values())))
        for cle, (detenues, siennes) in detenus.items()
    ]
    return [(nom, familles) for nom, familles in dits if familles]


def _a_taire(remis: Remis, detenues: list[Case], siennes: frozenset, a_qui: AQui) -> dict[Colonne, set[str]]:
    """Par colonne : la période d'avant se compare aussi à ce qui se lira de celle-ci."""
    tues: dict[Colonne, set[str]] = {}
    lues = list(detenues)
    for colonne in COLONNES:
        neuves = remis.cases(colonne)
        tues[colonne] = a_retenir(neuves, lues, siennes, a_qui)
        lues += [case for case in neuves if case.famille not in tues[colonne]]
    return tues


def _ce_que_detient(destinataires: Iterable[Organisation]) -> dict[int, tuple[list[Case], frozenset]]:
    """{destinataire: (les cases de tout ce qu'il a reçu un jour, les personnes qu'il connaît)}, s'il détient quelque chose."""
    destinataires = list(destinataires)
    recus = Bilan.objects.publies().filter(destinataires__in=destinataires).annotate(recu_par=F("destinataires"))
    cases: dict[int, list[Case]] = {}
    for bilan in recus.select_related("lignes").order_by("pk"):
        gardees = getattr(bilan, "lignes", None)
        if gardees is not None:
            remis = Remis(bilan.contenu, gardees.comptes or gardees.lignes)
            cases.setdefault(bilan.recu_par, []).extend(c for colonne in COLONNES for c in remis.cases(colonne))
    connues = _personnes_connues(destinataires)
    return {cle: (cases.get(cle, []), frozenset(connues.get(cle, ()))) for cle in {*cases, *connues}}


def _personnes_connues(destinataires: Iterable[Organisation]) -> dict[int, set[int]]:
    """Une structure connaît les siennes une par une : un bilan de son réseau ne doit pas lui donner celles d'un autre membre."""
    structures = [o.pk for o in destinataires if o.type == TypeOrganisation.FACILITATRICE]
    connues: dict[int, set[int]] = {}
    if structures:
        lues = Beneficiaire.objects.filter(structure__in=structures).values_list("structure", "pk")
        for structure, personne in lues.iterator():
            connues.setdefault(structure, set()).add(personne)
    return connues


def _a_qui(remis: Remis, detenus: Mapping[int, tuple[list[Case], frozenset]]) -> AQui:
    """La personne de chaque ligne d'heures, de chaque contrat et de chaque sortie que deux documents comptent."""
    comptes: dict[str, set[Hashable]] = {genre: set() for genre in DE_QUI}
    lues = [
        *(case for colonne in COLONNES for case in remis.cases(colonne)),
        *(c for d, _ in detenus.values() for c in d),
    ]
    for case in lues if detenus else ():
        if case.genre in comptes:
            comptes[case.genre] |= case.effectif | case.population
    return {(genre, cle): qui for genre, cles in comptes.items() for cle, qui in _personnes(*DE_QUI[genre], cles)}


def _personnes(modele: type[Model], chemin: str, cles: set[Hashable]) -> Iterator[tuple[int, int]]:
    """(ligne, personne) ; bornées plutôt que listées : elles sont trop nombreuses pour une liste."""
    if cles:
        lues = [cle for cle in cles if isinstance(cle, int)]
        bornees = modele._default_manager.filter(pk__gte=min(lues), pk__lte=max(lues)).values_list("pk", chemin)
        yield from ((cle, qui) for cle, qui in bornees.iterator() if cle in cles)


def dire_les_retenues(donnees: DonneesBilan, retenues: Retenues) -> None:
    """Écrit dans la méthode ce qui est garanti, et ce qui est tu pour cela."""
    periode = donnees["periode"]
    noms: Collection[tuple[str, str]] = (("valeur", periode["nom"]), ("precedente", periode["avant"]))
    donnees["retenues"] = [
        f"Masqués en {nom}, parce qu'une différence avec un bilan déjà remis y décrirait moins de cinq personnes : "
        f"{', '.join(sorted(retenues[colonne]))}."
        for colonne, nom in noms
        if retenues[colonne]
    ]
    donnees["methode"] = [*donnees["methode"], GARANTIE, *donnees["retenues"]]

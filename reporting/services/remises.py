"""Ce que chaque destinataire détient déjà, et ce qu'un bilan doit taire avant de lui être remis."""

from collections.abc import Collection, Hashable, Iterable, Mapping

from django.db.models import F

from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from declarations.models import LigneHeures
from reporting.bilan.confrontation import Case, Remis, a_retenir, taire
from reporting.bilan.masques import COLONNES, Colonne
from reporting.bilan.publication import a_publier
from reporting.donnees import DonneesBilan
from reporting.models import Bilan, LignesBilan

type Retenues = Mapping[str, set[str]]  # {colonne: familles tues}

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
    a_qui = _personnes_des_lignes(lignes)
    for detenues, siennes in _ce_que_detient(destinataires).values():
        for colonne, tues in _a_taire(Remis(donnees, lignes), detenues, siennes, a_qui).items():
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
    remis, a_qui = Remis(a_publier(bilan.donnees), lignes), _personnes_des_lignes(lignes)
    noms = {organisation.pk: organisation.nom for organisation in possibles}
    dits = [
        (noms[cle], sorted(set().union(*_a_taire(remis, detenues, siennes, a_qui).values())))
        for cle, (detenues, siennes) in _ce_que_detient(possibles).items()
    ]
    return [(nom, familles) for nom, familles in dits if familles]


def _a_taire(remis: Remis, detenues: list[Case], siennes: frozenset, a_qui: Mapping) -> dict[Colonne, set[str]]:
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


def _personnes_des_lignes(lignes: Mapping) -> dict[Hashable, Hashable]:
    """{ligne d'heures: personne} de celles que des chiffres croisés additionnent."""
    faites = {
        ligne[0] for cle in ("heures_realisees",) for lues in lignes.get(cle, {}).values() for ligne in lues["lignes"]
    }
    if not faites:
        return {}
    bornees = LigneHeures.objects.filter(pk__gte=min(faites), pk__lte=max(faites))
    return {pk: qui for pk, qui in bornees.values_list("pk", "contrat__beneficiaire").iterator() if pk in faites}


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

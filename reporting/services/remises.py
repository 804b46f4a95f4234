"""Ce que chaque destinataire détient déjà, et ce qu'un bilan doit taire avant de lui être remis."""

from collections.abc import Collection, Hashable, Iterable, Mapping

from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from declarations.models import LigneHeures
from reporting.bilan.confrontation import Case, Remis, a_retenir, taire
from reporting.bilan.masques import COLONNES
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
    neuf = Remis(donnees, lignes)
    a_qui = _personnes_des_lignes(lignes)
    for destinataire in destinataires:
        siennes = _personnes_connues(destinataire)
        detenues = cases_detenues(destinataire)
        if not (siennes or detenues):
            continue
        for colonne in COLONNES:
            neuves = neuf.cases(colonne)
            retenues[colonne] |= a_retenir(neuves, detenues, siennes, a_qui)
            detenues += [case for case in neuves if case.famille not in retenues[colonne]]
    for colonne in COLONNES:
        taire(donnees, colonne, retenues[colonne])
    return retenues


def cases_detenues(destinataire: Organisation) -> list[Case]:
    """Tout ce qui se lit dans les bilans qu'il a reçus un jour."""
    recus = Bilan.objects.publies().filter(destinataires=destinataire).select_related("lignes").order_by("pk")
    cases = []
    for bilan in recus:
        gardees = getattr(bilan, "lignes", None)
        if gardees is not None:
            remis = Remis(bilan.contenu, gardees.comptes or gardees.lignes)
            cases += [case for colonne in COLONNES for case in remis.cases(colonne)]
    return cases


def _personnes_connues(destinataire: Organisation) -> frozenset[Hashable]:
    """Une structure connaît les siennes une par une : un bilan de son réseau ne doit pas lui donner celles d'un autre membre."""
    if destinataire.type != TypeOrganisation.FACILITATRICE:
        return frozenset()
    return frozenset(Beneficiaire.objects.filter(structure=destinataire).values_list("pk", flat=True))


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

"""Importer un fichier DECP par paquets : garder ce qui est du territoire, reconnaître ce qui est suivi, proposer le reste."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched

from django.db import transaction
from django.db.models import Q

from comptes.acteur import Acteur
from decp.enums import Consideration, StatutAvis
from decp.lecture import Avis, Modification, Refus, Titulaire
from decp.models import AvisDecp, texte_cherche
from marches.models import MaitreOuvrage, Marche
from marches.permissions import peut_gerer_les_marches
from territoires.models import Commune

PAQUET = 500
REFUS_DETAILLES = 2000  # le rapport dit le compte exact ; au-delà, le détail ne se lit plus
CHAMPS_LUS = (
    "contrat",
    "acheteur_nom",
    "objet",
    "nature",
    "cpv",
    "montant",
    "duree_mois",
    "date_notification",
    "lieu_code",
    "lieu_type",
    "lieu_nom",
)


# Ce que chaque compte d'un rapport veut dire, à l'écran comme dans le tableur.
LIBELLES = {
    "lus": "Lus",
    "du_territoire": "Du territoire",
    "hors_territoire": "Hors du territoire",
    "doublons": "En double dans le fichier",
    "nouveaux": "Nouveaux",
    "mis_a_jour": "Mis à jour",
    "inchanges": "Inchangés",
    "deja_connus": "Déjà suivis",
    "avec_consideration_sociale": "Avec une considération sociale",
    "avec_avertissement": "Avec une valeur illisible",
    "avec_modification_a_venir": "Avec une modification à venir",
    "refuses": "Refusés",
}


@dataclass(slots=True)
class Rapport:
    """Ce qu'un import a trouvé. `lus` = du territoire + hors territoire + refusés + doublons."""

    lus: int = 0
    hors_territoire: int = 0
    doublons: int = 0
    nouveaux: int = 0
    mis_a_jour: int = 0
    inchanges: int = 0
    deja_connus: int = 0
    avec_consideration_sociale: int = 0
    avec_avertissement: int = 0
    avec_modification_a_venir: int = 0
    refuses: int = 0
    interruption: str = ""  # pourquoi la fin du fichier n'a pas été lue ; vide : il l'a été
    refus: list[Refus] = field(default_factory=list)

    @property
    def du_territoire(self) -> int:
        return self.nouveaux + self.mis_a_jour + self.inchanges

    def refuser(self, refus: Refus) -> None:
        self.refuses += 1
        if len(self.refus) < REFUS_DETAILLES:
            self.refus.append(refus)

    def en_json(self) -> dict:
        return {
            "lus": self.lus,
            "du_territoire": self.du_territoire,
            "hors_territoire": self.hors_territoire,
            "doublons": self.doublons,
            "nouveaux": self.nouveaux,
            "mis_a_jour": self.mis_a_jour,
            "inchanges": self.inchanges,
            "deja_connus": self.deja_connus,
            "avec_consideration_sociale": self.avec_consideration_sociale,
            "avec_avertissement": self.avec_avertissement,
            "avec_modification_a_venir": self.avec_modification_a_venir,
            "refuses": self.refuses,
            "interruption": self.interruption,
            "refus": [{"rang": r.rang, "identifiant": r.identifiant, "motif": r.motif} for r in self.refus],
        }


@dataclass(frozen=True, slots=True)
class Perimetre:
    """Le territoire d'une structure, et les acheteurs qu'elle suit.

    Un lieu d'exécution précis (commune, code postal) décide seul. Un lieu large (canton, département, région) ou absent ne dit
    rien : l'avis est gardé si la structure suit son acheteur.
    """

    communes: frozenset[str]
    codes_postaux: frozenset[str]
    acheteurs: frozenset[str]

    @classmethod
    def de(cls, structure) -> "Perimetre":
        communes, postaux = set(), set()
        lues = Commune.objects.du_territoire_de(structure).values_list("code_insee", "autres_codes", "codes_postaux")
        for code, autres, codes_postaux in lues:
            communes |= {code, *autres.split()}
            postaux |= set(codes_postaux.split())
        suivis = MaitreOuvrage.objects.suivis_par(structure).exclude(siret=None).values_list("siret", flat=True)
        return cls(frozenset(communes), frozenset(postaux), frozenset(suivis))

    def contient(self, avis: Avis) -> bool:
        if avis.lieu_type == "commune":
            return avis.lieu_code in self.communes
        if avis.lieu_type == "code_postal":
            return avis.lieu_code in self.codes_postaux
        return avis.acheteur_siret in self.acheteurs


def comptes(rapport: Mapping[str, object]) -> list[tuple[str, int]]:
    """(libellé, nombre) de chaque compte d'un rapport gardé en JSON."""
    return [(libelle, nombre) for cle, libelle in LIBELLES.items() if isinstance(nombre := rapport.get(cle), int)]


def importer(
    *,
    acteur: Acteur,
    enregistrements: Iterable[Avis | Refus],
    pour_de_vrai: bool,
    suivre: Callable[[int], None] = lambda lus: None,
) -> Rapport:
    """Importe des enregistrements lus au fil de l'eau. À blanc, le rapport est le même et rien n'est écrit."""
    peut_gerer_les_marches(acteur).exiger()
    rapport, perimetre = Rapport(), Perimetre.de(acteur.organisation)
    deja_vus: set[tuple[str, str]] = set()
    gardes = _du_territoire(enregistrements, perimetre, rapport, deja_vus, suivre)
    for paquet in batched(gardes, PAQUET):
        _importer_un_paquet(acteur, paquet, rapport, pour_de_vrai=pour_de_vrai)
    suivre(rapport.lus)
    return rapport


def _du_territoire(enregistrements, perimetre: Perimetre, rapport: Rapport, deja_vus: set, suivre) -> Iterator[Avis]:
    for enregistrement in enregistrements:
        if isinstance(enregistrement, Refus) and enregistrement.interrompt:
            rapport.interruption = enregistrement.motif
            return
        rapport.lus += 1
        if rapport.lus % PAQUET == 0:
            suivre(rapport.lus)
        if isinstance(enregistrement, Refus):
            rapport.refuser(enregistrement)
        elif not perimetre.contient(enregistrement):
            rapport.hors_territoire += 1
        elif enregistrement.cle in deja_vus:
            rapport.doublons += 1
        else:
            deja_vus.add(enregistrement.cle)
            yield enregistrement


@transaction.atomic
def _importer_un_paquet(acteur: Acteur, paquet: Iterable[Avis], rapport: Rapport, *, pour_de_vrai: bool) -> None:
    paquet = list(paquet)
    structure = acteur.organisation
    connus = _avis_connus(structure, paquet)
    suivis = _marches_suivis(structure, paquet)
    nouveaux, changes = [], []
    for lu in paquet:
        avis = connus.get(lu.cle) or AvisDecp(
            structure=structure, acheteur_siret=lu.acheteur_siret, identifiant=lu.identifiant
        )
        change = _poser(avis, lu, suivis.get(lu.cle))
        rapport.avec_consideration_sociale += avis.sociale
        rapport.avec_avertissement += bool(lu.avertissements)
        rapport.avec_modification_a_venir += bool(lu.a_venir)
        rapport.deja_connus += avis.marche_id is not None
        if lu.cle not in connus:
            nouveaux.append(avis)
        elif change:
            changes.append(avis)
        else:
            rapport.inchanges += 1
    rapport.nouveaux += len(nouveaux)
    rapport.mis_a_jour += len(changes)
    if pour_de_vrai:
        AvisDecp.objects.bulk_create(nouveaux)
        champs = [
            *CHAMPS_LUS,
            "texte_plie",
            "titulaires",
            "considerations",
            "sociale",
            "avertissements",
            "modifications_a_venir",
            "prochaine_modification_le",
            "statut",
            "marche",
        ]
        AvisDecp.objects.bulk_update(changes, champs)


def _avis_connus(structure, paquet: list[Avis]) -> dict[tuple[str, str], AvisDecp]:
    candidats = AvisDecp.objects.filter(structure=structure, identifiant__in={lu.identifiant for lu in paquet})
    return {(avis.acheteur_siret, avis.identifiant): avis for avis in candidats}


def _marches_suivis(structure, paquet: list[Avis]) -> dict[tuple[str | None, str], Marche]:
    """Les marchés de la structure que ces avis décrivent : même acheteur, même identifiant (ou même référence)."""
    identifiants = {lu.identifiant for lu in paquet}
    marches = Marche.objects.filter(
        Q(identifiant_decp__in=identifiants) | Q(reference__in=identifiants, identifiant_decp=""),
        structure=structure,
        maitre_ouvrage__siret__in={lu.acheteur_siret for lu in paquet},
    ).select_related("maitre_ouvrage")
    return {(m.maitre_ouvrage.siret, m.identifiant_decp or m.reference): m for m in marches}


def _poser(avis: AvisDecp, lu: Avis, marche: Marche | None) -> bool:
    """Pose ce qui est lu ; rend vrai si quelque chose change. Une décision déjà prise ne se défait pas."""
    sociales = [c for c in lu.considerations if c != Consideration.AUCUNE]
    valeurs = {champ: getattr(lu, champ) for champ in CHAMPS_LUS} | {
        "titulaires": _en_liste(lu.titulaires),
        "considerations": list(lu.considerations),
        "sociale": bool(sociales),
        "avertissements": lu.avertissements,
        "modifications_a_venir": [_a_garder(modification) for modification in lu.a_venir],
        "prochaine_modification_le": lu.a_venir[0].le if lu.a_venir else None,
    }
    if marche is not None and avis.marche_id is None:
        valeurs |= {"marche_id": marche.pk, "statut": StatutAvis.CONNU}
    change = any(getattr(avis, champ) != valeur for champ, valeur in valeurs.items())
    for champ, valeur in valeurs.items():
        setattr(avis, champ, valeur)
    avis.texte_plie = texte_cherche(avis)
    return change


def _en_liste(titulaires: Iterable[Titulaire]) -> list[dict[str, str]]:
    return [{"type": t.type, "id": t.identifiant, "nom": t.nom} for t in titulaires]


def _a_garder(modification: Modification) -> dict:
    """Ce qu'une modification à venir dit, tel que `appliquer_les_modifications` le lira à sa date."""
    montant = modification.montant
    return {
        "le": str(modification.le),
        "montant": None if montant is None else str(montant),
        "duree_mois": modification.duree_mois,
        "titulaires": _en_liste(modification.titulaires),
    }

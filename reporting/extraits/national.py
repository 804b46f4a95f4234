"""L'extrait annuel d'une structure pour la consolidation nationale : des groupes de personnes, jamais une personne.

Une ligne réunit ceux qui partagent les mêmes valeurs des colonnes gardées. Chacun compte une fois, au profil de son contrat
d'entrée ; ses contrats et ses heures de l'année suivent. Les sommes sont donc celles des indicateurs.

Un groupe de moins de cinq personnes rejoint la ligne « regroupés ». D'autres l'y rejoignent, les plus petits d'abord, tant
que cette ligne a moins de cinq personnes, ou qu'une soustraction en retrouverait une petite part : les totaux par critère,
ou par deux critères croisés, se lisent dans le bilan publié. Un total lui-même petit y est masqué et ne soustrait rien.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from entreprises.enums import TypeEntreprise
from marches.enums import Nature, TypeClause, TypeMaitreOuvrage
from recrutement.enums import Modalite, TypeContrat
from reporting.bilan.petits import SEUIL
from reporting.calcul import profils, ventilations
from reporting.calcul.indicateurs import est_locale, habite_un_quartier
from reporting.donnees import en_json
from reporting.lecture.releve import Contrat, Marche, Personne, Releve
from reporting.recit.tables import Table

REGROUPES = "Regroupés"
CROISEMENTS = (1, 2)  # ce que les bilans publient : un critère, ou deux croisés

type Cle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une valeur d'une personne, lue à son contrat d'entrée."""

    cle: str
    titre: str
    valeur: Callable[[Releve, Personne, Contrat], str]


@dataclass(frozen=True, slots=True)
class Groupe:
    """`valeurs` dans l'ordre des colonnes ; vide pour la ligne « regroupés »."""

    valeurs: Cle
    personnes: int
    contrats: int
    heures: Decimal


def _marche(releve: Releve, contrat: Contrat) -> Marche:
    return releve.marches[releve.engagements[contrat.engagement].marche]


def _oui_non(vrai: bool) -> str:
    return "Oui" if vrai else "Non"


_TOUTES = (
    Colonne("sexe", "Sexe", lambda r, p, c: ventilations.SEXES[p.sexe]),
    Colonne("age", "Tranche d'âge", lambda r, p, c: ventilations.AGES[ventilations.tranche_d_age(p, c.debut)]),
    Colonne(
        "niveau", "Niveau de formation", lambda r, p, c: ventilations.NIVEAUX[ventilations.niveau_ou_rien(p, c.debut)]
    ),
    Colonne(
        "public",
        "Public principal",
        lambda r, p, c: ventilations.PUBLICS_PRINCIPAUX[
            profils.public_principal(p, c.debut) or ventilations.AUTRE_PUBLIC
        ],
    ),
    Colonne("qpv", "Habitant d'un quartier prioritaire", lambda r, p, c: _oui_non(habite_un_quartier(r, c))),
    Colonne("modalite", "Modalité", lambda r, p, c: Modalite(c.modalite).label),
    Colonne("type_contrat", "Type de contrat", lambda r, p, c: TypeContrat(c.type_contrat).label),
    Colonne("nature", "Nature du marché", lambda r, p, c: Nature(_marche(r, c).nature).label),
    Colonne("clause", "Type de clause", lambda r, p, c: TypeClause(_marche(r, c).type_clause).label),
    Colonne(
        "maitre_ouvrage",
        "Type de maître d'ouvrage",
        lambda r, p, c: TypeMaitreOuvrage(r.maitres_ouvrage[_marche(r, c).maitre_ouvrage].type).label,
    ),
    Colonne("employeur", "Type d'employeur", lambda r, p, c: TypeEntreprise(r.entreprises[c.employeur].type).label),
    Colonne("locale", "Employeur local", lambda r, p, c: _oui_non(est_locale(r, c.employeur))),
)
COLONNES: Mapping[str, Colonne] = {colonne.cle: colonne for colonne in _TOUTES}


def groupes(releve: Releve, colonnes: Sequence[str]) -> list[Groupe]:
    """Les lignes de l'extrait, « regroupés » à la fin ; aucune sous cinq personnes en tout : rien ne peut alors sortir."""
    if len(releve.entrees) < SEUIL:
        return []
    membres: dict[Cle, list[int]] = defaultdict(list)
    for personne, entree in releve.entrees.items():
        profil = tuple(COLONNES[cle].valeur(releve, releve.personnes[personne], entree) for cle in colonnes)
        membres[profil].append(personne)
    caches = a_regrouper({profil: len(personnes) for profil, personnes in membres.items()})
    compte = _compteur(releve)
    visibles = [compte(profil, membres[profil]) for profil in sorted(membres) if profil not in caches]
    regroupes = [personne for profil in caches for personne in membres[profil]]
    return visibles + ([compte((), regroupes)] if regroupes else [])


def _compteur(releve: Releve) -> Callable[[Cle, Iterable[int]], Groupe]:
    contrats: Counter[int] = Counter()
    heures: dict[int, Decimal] = defaultdict(Decimal)
    for cle, faites in releve.heures_par_contrat.items():
        personne = releve.contrats[cle].personne
        contrats[personne] += 1
        heures[personne] += faites

    def compter(valeurs: Cle, personnes: Iterable[int]) -> Groupe:
        lues = list(personnes)
        return Groupe(valeurs, len(lues), sum(contrats[p] for p in lues), sum((heures[p] for p in lues), Decimal(0)))

    return compter


def a_regrouper(effectifs: Mapping[Cle, int]) -> set[Cle]:
    """Les profils qui ne se montrent pas, pour qu'aucun effectif de 1 à 4 ne se lise ni ne se déduise."""
    caches = {profil for profil, effectif in effectifs.items() if effectif < SEUIL}
    if not caches:
        return caches
    totaux, restes = _compter_les_parts(effectifs, effectifs), _compter_les_parts(effectifs, caches)
    while suivant := _a_cacher_encore(effectifs, caches, totaux, restes):
        caches.add(suivant)
        restes.update(dict.fromkeys(_parts(suivant), effectifs[suivant]))
    return caches


type Part = tuple[tuple[int, ...], Cle]


def _parts(profil: Cle) -> Iterator[Part]:
    """Ce dont ce profil est une part, dans un total par critère ou par critères croisés ; et le total tout court."""
    yield (), ()
    for combien in CROISEMENTS:
        for rangs in combinations(range(len(profil)), combien):
            yield rangs, tuple(profil[rang] for rang in rangs)


def _compter_les_parts(effectifs: Mapping[Cle, int], profils_lus: Iterable[Cle]) -> Counter[Part]:
    compte: Counter[Part] = Counter()
    for profil in profils_lus:
        for part in _parts(profil):
            compte[part] += effectifs[profil]
    return compte


def _a_cacher_encore(
    effectifs: Mapping[Cle, int], caches: set[Cle], totaux: Counter[Part], restes: Counter[Part]
) -> Cle | None:
    """Le plus petit profil encore visible qui comblerait une part trop petite de la ligne « regroupés »."""
    trop_petites = {part for part, reste in restes.items() if reste < SEUIL <= totaux[part]}
    visibles = sorted((effectif, profil) for profil, effectif in effectifs.items() if profil not in caches)
    return next((profil for _, profil in visibles if not trop_petites.isdisjoint(_parts(profil))), None)


def en_table(lignes: Sequence[Groupe], colonnes: Sequence[str], structure: str, annee: int) -> Table:
    """L'extrait à télécharger : chaque ligne redit l'année et la structure, pour s'empiler avec celles des autres."""
    titres = ("Année", "Structure", *(COLONNES[cle].titre for cle in colonnes), "Personnes", "Contrats", "Heures")
    rangees = tuple(
        (
            annee,
            structure,
            *(groupe.valeurs or (REGROUPES,) * len(colonnes)),
            groupe.personnes,
            groupe.contrats,
            en_json(groupe.heures),
        )
        for groupe in lignes
    )
    return Table("extrait_national", f"Extrait national {annee}", titres, rangees)

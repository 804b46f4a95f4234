"""Le tableau d'« À faire » : ce que l'adresse demande, et les sections qui le montrent."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse

from socle.a_faire.lecture import Comptes, Trouvee, compter, lire, ranger
from socle.a_faire.registre import SOURCES, Attente, Source, sources_de
from socle.composants import LigneAFaire
from socle.enums import Moment
from socle.nombres import nombre
from socle.texte import dans_une_phrase

PRESSE = {"retard": 0, "attention": 1}  # le ton d'une ligne dit ce qui coûte le plus à attendre ; les autres, après
MONTREES, MONTREES_D_UN_GENRE = 5, 100  # par genre et par moment : au-delà, « et d'autres » y mène
SEULES = 3  # plus de lignes d'un même genre n'en font qu'une : elles enterreraient les autres


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce que l'adresse demande : mes dossiers ou toute la structure, un seul genre, ce que j'attends des autres."""

    mes: bool = False
    genre: str = ""
    attend: bool = False

    @classmethod
    def lue(cls, parametres: Mapping[str, str]) -> "Demande":
        choisie = SOURCES.get(parametres.get("genre", ""))
        attend = choisie.attend if choisie else parametres.get("onglet") == "attente"
        return cls(parametres.get("dossiers") == "mes", choisie.cle if choisie else "", attend)

    def avec(self, **changements) -> str:
        """L'adresse de la même demande, changée ; un genre dit déjà son onglet."""
        voulue = replace(self, **changements)
        parametres = {
            "dossiers": "mes" if voulue.mes else "",
            "genre": voulue.genre,
            "onglet": "attente" if voulue.attend and not voulue.genre else "",
        }
        return "?" + urlencode({cle: valeur for cle, valeur in parametres.items() if valeur})

    def porte_sur(self, source: Source) -> bool:
        return source.cle == self.genre if self.genre else source.attend == self.attend


@dataclass(frozen=True, slots=True)
class Suite:
    """« et 31 autres » : ce qu'un genre a de plus que les lignes montrées."""

    nombre: int
    libelle: str
    adresse: str


@dataclass(slots=True)
class Rang:
    """Les lignes d'un genre à un moment, à la place de la plus pressée ; un groupe, qui a un `nombre`, ne se montre qu'en une."""

    source: Source
    lignes: list[LigneAFaire] = field(default_factory=list)
    nombre: int = 0
    suite: Suite | None = None
    adresse: str = ""

    @property
    def quoi(self) -> str:
        return f"{nombre(self.nombre)} {dans_une_phrase(self.source.libelle)}"


@dataclass(slots=True)
class Section:
    moment: Moment
    total: int = 0
    rangs: list[Rang] = field(default_factory=list)
    ouverte: bool = True

    @property
    def lignes(self) -> list[LigneAFaire]:
        return [ligne for rang in self.rangs for ligne in rang.lignes]

    @property
    def suites(self) -> list[Suite]:
        return [rang.suite for rang in self.rangs if rang.suite]

    @property
    def suites_seules(self) -> list[Suite]:
        """Celles qu'aucun groupe ne montre."""
        return [rang.suite for rang in self.rangs if rang.suite and not rang.nombre]


@dataclass(frozen=True, slots=True)
class Genre:
    cle: str
    libelle: str
    nombre: int
    adresse: str


@dataclass(frozen=True, slots=True)
class Tableau:
    """Tout ce que montre l'accueil : les sections de l'onglet choisi, ses genres, et le compte des deux onglets."""

    demande: Demande
    sections: list[Section]
    genres: list[Genre]
    a_faire: int
    j_attends: int
    choisi: Source | None


def tableau_de(acteur, le: datetime.date, demande: Demande | None = None) -> Tableau:
    """Ce qui attend l'acteur, et ce qu'il attend des autres : deux requêtes, et une par source calculée."""
    demande = demande or Demande()
    comptes, trouvees = _chercher(acteur, le, demande)
    totaux = {source: sum(par_moment.values()) for source, par_moment in comptes.items()}
    genres = [
        Genre(source.cle, source.libelle, total, demande.avec(genre=source.cle))
        for source, total in totaux.items()
        if source.attend == demande.attend
    ]
    return Tableau(
        demande=demande,
        sections=_sections(comptes, trouvees, demande),
        genres=sorted(genres, key=lambda genre: genre.libelle),
        a_faire=sum(total for source, total in totaux.items() if not source.attend),
        j_attends=sum(total for source, total in totaux.items() if source.attend),
        choisi=SOURCES.get(demande.genre),
    )


def lignes_a_faire(acteur, le: datetime.date) -> list[LigneAFaire]:
    """Ce qui attend l'acteur, le plus pressé d'abord, pour une page qui n'en montre que les lignes."""
    return [ligne for section in tableau_de(acteur, le).sections for ligne in section.lignes]


def _chercher(acteur, le: datetime.date, demande: Demande) -> tuple[Comptes, list[Trouvee]]:
    """Les comptes de toutes les sources du rôle, et les lignes de celles que l'on montre."""
    attentes: dict[Source, Attente] = {}
    comptes: Comptes = {}
    trouvees: list[Trouvee] = []
    montrees = {source: _montrees(source, demande) for source in sources_de(acteur)}
    for source in montrees:
        attente = source.lire(acteur, le)
        if isinstance(attente, Attente):
            attentes[source] = _du_perimetre(attente, demande)
            continue
        siennes = [c for c in attente if not demande.mes or c.dossier == acteur.utilisateur.pk]
        par_moment, premieres = ranger(source, siennes, montrees[source], le)
        trouvees += premieres
        if par_moment:
            comptes[source] = par_moment
    comptes |= compter(attentes, le)
    trouvees += lire(acteur, attentes, comptes, montrees, le)
    return comptes, trouvees if _peut_agir(acteur) else [_sans_gestes(trouvee) for trouvee in trouvees]


def _peut_agir(acteur) -> bool:
    """Un facilitateur en lecture voit ce qui attend ; les boutons sont à ceux qui écrivent."""
    return acteur.peut_ecrire or not acteur.est_facilitateur


def _sans_gestes(trouvee: Trouvee) -> Trouvee:
    return replace(trouvee, ligne=replace(trouvee.ligne, gestes=()))


def _montrees(source: Source, demande: Demande) -> int:
    """Combien de lignes d'une source à chaque moment ; ce que l'on ne montre pas se compte seulement."""
    if not demande.porte_sur(source):
        return 0
    return MONTREES_D_UN_GENRE if demande.genre else MONTREES


def _du_perimetre(attente: Attente, demande: Demande) -> Attente:
    if not demande.mes or attente.dossier is None:
        return attente
    return replace(attente, objets=attente.objets.filter(attente.dossier))


def _sections(comptes: Comptes, trouvees: list[Trouvee], demande: Demande) -> list[Section]:
    sections = {moment: Section(moment) for moment in Moment}
    rangs: dict[tuple[Source, Moment], Rang] = {}
    for trouvee in sorted(trouvees, key=_urgence):
        place = trouvee.source, trouvee.moment
        if place not in rangs or not _est_un_groupe(comptes, demande, *place):
            rangs[place] = Rang(trouvee.source)
            sections[trouvee.moment].rangs.append(rangs[place])
        rangs[place].lignes.append(trouvee.ligne)
    for source in filter(demande.porte_sur, comptes):
        for moment, total in comptes[source].items():
            sections[moment].total += total
            _completer(sections[moment], rangs, source, total, demande)
    return list(sections.values())


def _est_un_groupe(comptes: Comptes, demande: Demande, source: Source, moment: Moment) -> bool:
    return not demande.genre and comptes[source][moment] > SEULES


def _completer(
    section: Section, rangs: dict[tuple[Source, Moment], Rang], source: Source, total: int, demande: Demande
) -> None:
    """Le compte d'un groupe, et ce qui n'est pas montré."""
    rang = rangs.get((source, section.moment))
    if rang is None:
        rang = rangs[source, section.moment] = Rang(source)
        section.rangs.append(rang)
    montrees = sum(len(autre.lignes) for autre in section.rangs if autre.source is source)
    filtree = demande.avec(genre=source.cle)
    if total > montrees:
        rang.suite = Suite(total - montrees, source.libelle, _liste(source) if demande.genre else filtree)
    if total > SEULES and not demande.genre:
        rang.nombre, rang.adresse = total, _liste(source) or filtree


def _urgence(trouvee: Trouvee) -> tuple:
    """Une attestation oubliée depuis des années ne passe pas devant un mois en retard : le ton d'abord, puis le jour."""
    presse = PRESSE.get(trouvee.ligne.ton, len(PRESSE))
    return (presse, trouvee.jour or datetime.date.max, trouvee.ligne.quoi, trouvee.ligne.objet)


def _liste(source: Source) -> str:
    """La page qui montre tout d'un genre, s'il y en a une."""
    nom, _, requete = source.liste.partition("?")
    return f"{reverse(nom)}?{requete}".removesuffix("?") if nom else ""

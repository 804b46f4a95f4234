"""D'où vient chaque chiffre d'un bilan : un calcul qui rend ses lignes. La somme des lignes d'un groupe est le chiffre montré.

Tout ce qui se lit dans un bilan est ici, une fois : les indicateurs, les répartitions, l'évolution, les mois et les listes. Un
bilan garde ces lignes avec ses chiffres (`figer`) ; c'est elles que l'écran ouvre et que deux versions comparent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from reporting.bilan.comparees import lignes_comparees
from reporting.bilan.decoupe import Lecture
from reporting.bilan.temps import DE_L_EVOLUTION, PARTS_SUIVIES, releves_de_l_evolution
from reporting.calcul import angles, repartitions, ventilations
from reporting.calcul.charte import heures_comptees
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat, Unite
from reporting.calcul.registre import PAR_CLE, VENTILES
from reporting.donnees import en_json
from reporting.enums import Variante
from reporting.lecture import periodes
from reporting.lecture.releve import Releve

MAINTENANT, AVANT = "maintenant", "avant"


@dataclass(frozen=True, slots=True)
class Source:
    """Un chiffre, ou une famille de chiffres rangés par groupe. `calcul` lit la période demandée, ou toute la lecture."""

    cle: str
    titre: str
    definition: str
    unite: Unite
    calcul: Callable[[Releve], Resultat] | None = None
    de_la_lecture: Callable[[Lecture], Resultat] | None = None
    sur: str = ""

    def resultats(self, lecture: Lecture) -> Iterator[tuple[str, Resultat]]:
        """(maintenant, …), puis (avant, …) quand la période d'avant a de quoi dire."""
        if self.de_la_lecture:
            yield MAINTENANT, self.de_la_lecture(lecture)
            return
        assert self.calcul
        yield MAINTENANT, self.calcul(lecture.periode)
        if lecture.avant is not None:
            yield AVANT, self.calcul(lecture.avant)


def _evolution(lecture: Lecture, cle: str) -> Resultat:
    """Chaque période de l'évolution, avec ses lignes : elles ne s'additionnent pas d'une période à l'autre."""
    lignes: list[LigneSource] = []
    genre = GenreLigne.HEURES
    for releve in releves_de_l_evolution(lecture):
        resultat = PAR_CLE[cle](releve)
        genre = resultat.genre
        lignes += [ligne._replace(groupe=periodes.nommer(releve.periode)) for ligne in resultat.lignes]
    return Resultat.ventile(genre, lignes)


def _depuis_le_debut(lecture: Lecture, calcul: Callable[[Releve], Resultat]) -> Resultat:
    """Les cumuls des marchés que le bilan liste : un marché fini avant la période n'y a plus de ligne."""
    listes = {ligne.marche.id for ligne in ventilations.marches_du_bilan(lecture.periode, lecture.histoire)}
    return calcul(lecture.histoire.restreint_a(lambda marche: marche.id in listes))


def _de_la_periode(lecture: Lecture, calcul: Callable[[Releve], Resultat]) -> Resultat:
    """Sans période d'avant : ses noms ne seraient pas les mêmes."""
    return calcul(lecture.periode)


def _de_la_charte(lecture: Lecture, calcul: Callable[[Releve], Resultat]) -> Resultat:
    """Tout ce qui a été fait dans une opération ; rien pour un bilan qui n'a pas de charte."""
    concerne = lecture.perimetre.variante == Variante.OPERATION
    return calcul(lecture.histoire) if concerne else Resultat(0, GenreLigne.HEURES, ())


# (clé, titre, l'indicateur dont c'est la définition, calcul)
_LISTES: tuple[tuple[str, str, str, Callable[[Releve], Resultat]], ...] = (
    (
        "rsa_par_quartier",
        "allocataires du RSA par quartier",
        "beneficiaires_rsa",
        angles.personnes_selon("quartier", angles.RSA),
    ),
    ("quartiers", "habitants par quartier", "beneficiaires_qpv", ventilations.personnes_par_quartier),
    ("heures_par_quartier", "heures par quartier", "heures_qpv", ventilations.heures_par_quartier),
    ("heures_par_mois", "heures par mois", "heures_realisees", ventilations.heures_par_mois),
    ("heures_par_marche", "heures par marché", "heures_realisees", ventilations.heures_par_marche),
    ("dues_par_marche", "heures dues par marché", "heures_dues", ventilations.dues_par_marche),
    (
        "heures_par_maitre_ouvrage",
        "heures par maître d'ouvrage",
        "heures_realisees",
        ventilations.heures_par_maitre_ouvrage,
    ),
    (
        "dues_par_maitre_ouvrage",
        "heures dues par maître d'ouvrage",
        "heures_dues",
        ventilations.dues_par_maitre_ouvrage,
    ),
    (
        "marches_par_maitre_ouvrage",
        "marchés suivis par maître d'ouvrage",
        "marches_suivis",
        ventilations.marches_par_maitre_ouvrage,
    ),
    (
        "heures_par_entreprise",
        "heures par entreprise engagée",
        "heures_realisees",
        ventilations.heures_par_entreprise_engagee,
    ),
    ("heures_par_employeur", "heures par employeur", "heures_realisees", ventilations.heures_par_employeur),
)
_CUMULS: tuple[tuple[str, str, Callable[[Releve], Resultat]], ...] = (
    ("cumul_par_marche", "heures par marché depuis son début", ventilations.heures_par_marche),
    (
        "cumul_par_maitre_ouvrage",
        "heures par maître d'ouvrage depuis le début de ses marchés",
        ventilations.heures_par_maitre_ouvrage,
    ),
)


def _toutes() -> Iterator[Source]:
    for i in PAR_CLE.values():
        if i.cle not in VENTILES:
            yield Source(i.cle, i.libelle, i.definition, i.unite, i.fonction, sur=i.sur)
    for v in repartitions.PAR_CLE.values():
        yield Source(v.cle, v.titre, _definition(v.cle, v.titre), v.unite, v.calcul)
    for cle, nommee in repartitions.PAR_NOMS.items():
        lire = partial(_de_la_periode, calcul=nommee.calcul)
        yield Source(cle, nommee.titre, _definition(cle, nommee.titre), nommee.unite, de_la_lecture=lire)
    for profil, qui in angles.NOMS_DES_PROFILS.items():
        titre, definition = f"{qui} de chaque quartier", PAR_CLE["beneficiaires_qpv"].definition
        compter = angles.profils_par_quartier(profil)
        yield Source(f"quartiers_{profil}", titre, definition, Unite.PERSONNES, compter)
    for cle in (*DE_L_EVOLUTION, *PARTS_SUIVIES):
        suivi = PAR_CLE[cle]
        titre, calcul = f"{suivi.libelle}, d'une période à l'autre", partial(_evolution, cle=cle)
        yield Source(f"evolution_{cle}", titre, suivi.definition, suivi.unite, de_la_lecture=calcul)
    for cle, titre, de, liste in _LISTES:
        yield Source(cle, titre, PAR_CLE[de].definition, PAR_CLE[de].unite, liste)
    realisees = PAR_CLE["heures_realisees"].definition
    for cle, titre, cumul in _CUMULS:
        definition, calcul = f"{realisees} Depuis le début de chaque marché.", partial(_depuis_le_debut, calcul=cumul)
        yield Source(cle, titre, definition, Unite.HEURES, de_la_lecture=calcul)
    yield Source(
        "charte_comptees",
        "heures que compte la charte depuis le début de l'opération",
        "Heures des habitants des quartiers de la charte, au début de chaque contrat ; toutes, pour une opération qui ne leur "
        "est pas réservée.",
        Unite.HEURES,
        de_la_lecture=lambda lecture: _de_la_charte(lecture, heures_comptees(lecture.regle)),
    )
    for cle, de in (("faites", "heures_realisees"), ("faites_qpv", "heures_qpv")):
        titre = f"{PAR_CLE[de].libelle} depuis le début de l'opération"
        definition = f"{PAR_CLE[de].definition} Depuis le début de l'opération."
        calcul = partial(_de_la_charte, calcul=PAR_CLE[de].fonction)
        yield Source(f"charte_{cle}", titre, definition, Unite.HEURES, de_la_lecture=calcul)


def _definition(cle: str, titre: str) -> str:
    if cle in PAR_CLE:
        return PAR_CLE[cle].definition
    return f"{titre} : la part d'un groupe est la somme de ses lignes."


SOURCES: Mapping[str, Source] = {source.cle: source for source in _toutes()}


# --- Ce qu'un bilan garde -------------------------------------------------------------------------------------------
def figer(lecture: Lecture) -> dict[str, dict]:
    """Les lignes de tous les chiffres, en JSON : {clé: {"maintenant": {…}, "avant": {…}}}. Rien de nominatif : des clés.

    Puis celles des listes, qui ne servent qu'à comparer.
    """
    montrees = {
        cle: {quand: _ecrire(resultat) for quand, resultat in source.resultats(lecture)}
        for cle, source in SOURCES.items()
    }
    return montrees | {cle: {MAINTENANT: _ecrire(resultat)} for cle, resultat in lignes_comparees(lecture).items()}


def _ecrire(resultat: Resultat) -> dict:
    return {
        "genre": str(resultat.genre),
        "diviseur": en_json(resultat.diviseur),
        "lignes": [[ligne.id, en_json(ligne.poids), ligne.groupe] for ligne in resultat.lignes],
    }

"""Ce qu'un bilan ajoute à ses comptes : les quartiers de près, les objectifs, les opérations, les contrats suivis, les avis.

Des listes, qu'un bilan publié avant elles n'a pas : leur chapitre y est absent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from marches.models import Operation
from parcours.enums import FamilleSortie, GenreQuestion, PublicInterroge, Terme
from parcours.questions import NOTES, OUI_NON, synthetiser
from parcours.sorties import DYNAMIQUES, FAMILLES
from reporting.bilan.reperes import reperes
from reporting.calcul import angles, charte, ventilations
from reporting.calcul.provenances import NON_RENSEIGNE
from reporting.calcul.registre import CLES_D_OBJECTIF, PAR_CLE
from reporting.donnees import Chiffre, Repartition, en_json
from reporting.enums import Variante
from reporting.lecture.cadre import objectifs_lus
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import Releve, Sortie
from reporting.variantes import ECRITS, REPARTITIONS, Chapitre
from socle.periodes import Periode

if TYPE_CHECKING:
    from reporting.bilan.decoupe import Lecture

type Ligne = dict[str, Any]


def listes_du_suivi(lecture: "Lecture", chiffres: Mapping[str, Chiffre]) -> dict[str, list[Ligne]]:
    """Celles des chapitres de la variante, et elles seules."""
    chapitres = lecture.perimetre.modele.chapitres
    toutes = {
        Chapitre.HABITANTS: ("profils_quartiers", lambda: _profils_quartiers(lecture)),
        Chapitre.OBJECTIFS: ("objectifs", lambda: _objectifs(lecture.perimetre, chiffres)),
        Chapitre.OPERATIONS: ("operations", lambda: _operations(lecture)),
        Chapitre.COHORTE: ("cohorte", lambda: _cohorte(lecture)),
        Chapitre.AVIS: ("avis", lambda: _avis(lecture)),
        Chapitre.REPERES: ("reperes", lambda: reperes(chiffres)),
    }
    return {nom: lire() for chapitre, (nom, lire) in toutes.items() if chapitre in chapitres}


def chapitres_remplis(
    chapitres: Iterable[Chapitre],
    repartitions: Mapping[str, Repartition],
    listes: Mapping[str, list[Ligne]],
    textes: Mapping[str, str],
) -> list[Chapitre]:
    """Un chapitre qui dirait seulement qu'il n'y a rien n'y est pas ; la méthode le dit.

    Ce que deviennent les gens d'un angle s'efface avec ce que deviennent tous les autres, jamais seul : son absence dirait
    qu'aucun d'eux n'en est.
    """
    vides = {chapitre for chapitre, nom in _SEULES_LISTES.items() if nom in listes and not listes[nom]}
    sans_sorties = not any(repartitions[f"sorties_{terme.value}_mois"]["total"] for terme in Terme)
    vides |= set(_DES_SORTIES) if sans_sorties else set()
    vides |= {chapitre for chapitre, cle in _D_UNE_TABLE.items() if not _nomme_quelque_chose(repartitions[cle])}
    if not any(_repartit(repartitions[cle]) for cle in REPARTITIONS[Chapitre.PROVENANCES]):
        vides.add(Chapitre.PROVENANCES)
    ecrits = {chapitre for chapitre, cles in ECRITS.items() if set(cles) & set(textes)}
    return [chapitre for chapitre in chapitres if chapitre not in vides or chapitre in ecrits]


def _nomme_quelque_chose(repartition: Repartition) -> bool:
    return any(part["valeur"] and part["cle"] != NON_RENSEIGNE for part in repartition["parts"])


def _repartit(repartition: Repartition) -> bool:
    """Vrai si la table a deux lignes au moins, dont un nom : une seule tiendrait dans une phrase."""
    return _nomme_quelque_chose(repartition) and len(repartition["parts"]) > 1


_SEULES_LISTES = {
    Chapitre.OBJECTIFS: "objectifs",
    Chapitre.OPERATIONS: "operations",
    Chapitre.COHORTE: "cohorte",
    Chapitre.AVIS: "avis",
    Chapitre.REPERES: "reperes",
}
_DES_SORTIES = (Chapitre.SORTIES, Chapitre.SORTIES_RSA, Chapitre.SORTIES_HABITANTS)
_D_UNE_TABLE = {
    Chapitre.PROMOTION: "projets_par_statut",
    Chapitre.METIERS: "heures_par_metier",
}


def _profils_quartiers(lecture: "Lecture") -> list[Ligne]:
    """Une ligne par quartier que des personnes connues ou embauchées habitent."""
    releve = lecture.periode
    connus = lecture.connus
    noms = {code: quartier.nom for code, quartier in ventilations.quartiers_habites(releve).items()}
    noms |= {code: compte.nom for code, compte in connus.items()}
    habitants = ventilations.personnes_par_quartier(releve).par_groupe
    heures = ventilations.heures_par_quartier(releve).par_groupe
    profils = {cle: angles.profils_par_quartier(cle)(releve).par_groupe for cle in angles.PROFILS}
    lignes = [
        {
            "id": code,
            "nom": nom,
            "connus": len(connus[code].connus) if code in connus else 0,
            "eligibles": len(connus[code].eligibles) if code in connus else 0,
            "habitants": habitants.get(code, 0),
            **{cle: par_quartier.get(code, 0) for cle, par_quartier in profils.items()},
            "heures": en_json(heures.get(code, 0)),
        }
        for code, nom in noms.items()
    ]
    return sorted(lignes, key=lambda ligne: (ligne["nom"], ligne["id"]))


def _objectifs(perimetre: Perimetre, chiffres: Mapping[str, Chiffre]) -> list[Ligne]:
    """Ceux de l'année, pour un bilan de toute l'année d'une structure."""
    periode = perimetre.periode
    if (
        perimetre.cible is not None
        or perimetre.variante == Variante.RESEAU
        or periode != Periode.annee(periode.debut.year)
    ):
        return []
    vises = dict(objectifs_lus(perimetre.organisation, periode.debut.year).values_list("cle", "valeur"))
    return [
        {"cle": cle, "libelle": PAR_CLE[cle].libelle, "vise": en_json(vises[cle]), "fait": chiffres[cle]["valeur"]}
        for cle in CLES_D_OBJECTIF
        if cle in vises
    ]


def _operations(lecture: "Lecture") -> list[Ligne]:
    return [_ligne_operation(operation, lecture.histoire, regle) for operation, regle in lecture.operations]


def _ligne_operation(operation: Operation, histoire: Releve, regle: charte.Regle) -> Ligne:
    cumul = histoire.restreint_a(lambda marche: marche.operation == operation.pk)
    lu = charte.avancement(charte.contrats_de(cumul), regle)
    return {
        "id": operation.pk,
        "nom": operation.nom,
        "programme": operation.get_programme_display(),
        "objectif": en_json(operation.heures_visees),
        "reservee": regle.reservee,
        "comptees": en_json(lu.comptees),
        "hors": en_json(lu.hors),
        "habitants": lu.habitants,
        "personnes": lu.personnes,
    }


def _cohorte(lecture: "Lecture") -> list[Ligne]:
    lignes = []
    for terme, points in points_de_la_cohorte(lecture).items():
        familles = Counter(FAMILLES[point.situation] for point in points if point.situation)
        connues = sum(familles.values())
        lignes.append(
            {
                "terme": terme.label,
                "dues": len(points),
                "connues": connues,
                "comptees": connues - familles[FamilleSortie.NEUTRALISEE],
                "dynamiques": sum(familles[famille] for famille in DYNAMIQUES),
            }
        )
    return lignes


def points_de_la_cohorte(lecture: "Lecture") -> dict[Terme, list[Sortie]]:
    """Les contrats dont le point à douze mois était dû dans la période, à chacun des trois termes ; rien sans eux."""
    periode, sorties = lecture.periode.periode, lecture.histoire.sorties
    suivis = {s.contrat for s in sorties if s.terme == Terme.DOUZE and periode.debut <= s.du_le <= periode.fin}
    return {terme: [s for s in sorties if s.terme == terme and s.contrat in suivis] for terme in Terme if suivis}


def _avis(lecture: "Lecture") -> list[Ligne]:
    """Les notes et les oui-non des questionnaires rendus dans la période, question par question."""
    return [_ligne_avis(*question, notes) for question, notes in lecture.reponses.items()]


def _ligne_avis(public: str, texte: str, genre: str, donnees: Iterable[tuple[int, int]]) -> Ligne:
    lue = synthetiser(texte, genre, [(note, "") for _, note in donnees])
    courts = reponses_courtes(genre).values()
    nombres = [nombre for _, nombre in lue.repartition]
    return {
        "public": PublicInterroge(public).label,
        "question": texte,
        "nombre": lue.nombre,
        "moyenne": en_json(lue.moyenne),
        "parts": [f"{court} : {nombre}" for court, nombre in zip(courts, nombres, strict=True)],
    }


def reponses_courtes(genre: str) -> dict[int, str]:
    """{note: ce qui s'en écrit} : « 4 », « Oui »."""
    return OUI_NON if genre == GenreQuestion.OUI_NON else {note: str(note) for note in NOTES}

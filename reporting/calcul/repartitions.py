"""Les répartitions d'un bilan : chacune déclarée une fois, calculée sur un relevé et sur celui de l'année d'avant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from entreprises.enums import TypeEntreprise
from marches.enums import Nature, StatutProjet, TypeClause, TypeMaitreOuvrage
from parcours.enums import FamilleSortie, Terme
from recrutement.enums import Modalite, TypeContrat
from reporting.calcul import indicateurs, ventilations
from reporting.calcul.indicateurs import Resultat, Unite
from reporting.donnees import Part, Repartition, en_json
from reporting.lecture.releve import Releve

Calcul = Callable[[Releve], Resultat]


@dataclass(frozen=True, slots=True)
class Ventilation:
    """Une répartition : ses parts dans l'ordre de `libelles`, calculées par `calcul`, et le `total` auquel elles se rapportent.

    `exclusive` : les parts s'additionnent jusqu'au total. `par_taille` : la plus grande d'abord. `toujours` : une part vide
    se montre quand même.
    """

    cle: str
    titre: str
    unite: Unite
    libelles: Mapping[str, str]
    total: Callable[[Releve], Resultat]
    calcul: Calcul
    exclusive: bool = True
    par_taille: bool = False
    toujours: bool = False


def _personnes(cle: str, titre: str, libelles: Mapping[str, str], calcul: Calcul, **options: Any) -> Ventilation:
    titre = f"Bénéficiaires par {titre}"
    return Ventilation(cle, titre, Unite.PERSONNES, libelles, indicateurs.beneficiaires, calcul, **options)


def _heures(cle: str, titre: str, libelles: Mapping[str, str], calcul: Calcul) -> Ventilation:
    titre = f"Heures par {titre}"
    return Ventilation(cle, titre, Unite.HEURES, libelles, indicateurs.heures_realisees, calcul)


def _marches(cle: str, titre: str, libelles: Mapping[str, str], calcul: Calcul) -> Ventilation:
    titre = f"Marchés suivis par {titre}"
    return Ventilation(cle, titre, Unite.MARCHES, libelles, indicateurs.marches_suivis, calcul)


def _entrees(cle: str, titre: str, libelles: Mapping[str, str], calcul: Calcul) -> Ventilation:
    titre = f"Entrées par {titre}"
    entrees = indicateurs.participations_entrees
    return Ventilation(cle, titre, Unite.PARTICIPATIONS, libelles, entrees, calcul, toujours=True)


_NATURES, _CLAUSES = dict(Nature.choices), dict(TypeClause.choices)

VENTILATIONS = (
    _personnes("sexe", "sexe", ventilations.SEXES, ventilations.personnes_par_sexe, toujours=True),
    _personnes("ages", "âge", ventilations.AGES, ventilations.personnes_par_age, toujours=True),
    _personnes("niveaux", "niveau de formation", ventilations.NIVEAUX, ventilations.personnes_par_niveau),
    _personnes(
        "publics",
        "public éligible",
        ventilations.LIBELLES_PUBLICS,
        ventilations.personnes_par_public,
        exclusive=False,
        par_taille=True,
    ),
    _personnes(
        "public_principal",
        "public principal",
        ventilations.PUBLICS_PRINCIPAUX,
        ventilations.personnes_par_public_principal,
        par_taille=True,
    ),
    _heures(
        "heures_par_modalite",
        "modalité",
        dict(Modalite.choices),
        indicateurs.heures_par_modalite,
    ),
    _heures(
        "heures_par_type_contrat",
        "type de contrat",
        dict(TypeContrat.choices),
        indicateurs.heures_par_type_contrat,
    ),
    _heures(
        "heures_par_nature",
        "nature de marché",
        _NATURES,
        lambda releve: ventilations.heures_par_marche_selon(releve, lambda marche: marche.nature),
    ),
    _marches(
        "marches_par_nature",
        "nature",
        _NATURES,
        lambda releve: ventilations.marches_selon(releve, lambda marche: marche.nature),
    ),
    _marches(
        "marches_par_clause",
        "type de clause",
        _CLAUSES,
        lambda releve: ventilations.marches_selon(releve, lambda marche: marche.type_clause),
    ),
    _heures(
        "heures_par_clause",
        "type de clause",
        _CLAUSES,
        lambda releve: ventilations.heures_par_marche_selon(releve, lambda marche: marche.type_clause),
    ),
    _heures(
        "heures_par_type_maitre_ouvrage",
        "type de maître d'ouvrage",
        dict(TypeMaitreOuvrage.choices),
        lambda releve: ventilations.heures_par_marche_selon(
            releve, lambda marche: releve.maitres_ouvrage[marche.maitre_ouvrage].type
        ),
    ),
    Ventilation(
        "entreprises_par_type",
        "Entreprises engagées par type",
        Unite.ENTREPRISES,
        dict(TypeEntreprise.choices),
        indicateurs.entreprises_engagees,
        ventilations.entreprises_par_type,
    ),
    Ventilation(
        "projets_par_statut",
        "Projets d'achat étudiés, où ils en sont",
        Unite.PROJETS,
        dict(StatutProjet.choices),
        indicateurs.projets_etudies,
        ventilations.projets_par_statut,
    ),
    *(
        Ventilation(
            f"sorties_{terme.value}_mois",
            f"Situations connues {terme.label} après le contrat",
            Unite.SORTIES,
            dict(FamilleSortie.choices),
            partial(indicateurs.sorties_connues, terme=terme),
            ventilations.sorties_par_famille(terme),
            toujours=True,
        )
        for terme in Terme
    ),
    _entrees("entrees_par_sexe", "sexe", ventilations.SEXES, ventilations.entrees_par_sexe),
    _entrees("entrees_par_age", "âge", ventilations.AGES, ventilations.entrees_par_age),
    _entrees("entrees_par_niveau", "niveau de formation", ventilations.NIVEAUX, ventilations.entrees_par_niveau),
)
QUARTIERS = "quartiers"  # ses parts ne sont pas une liste fixe, et portent aussi des heures
PAR_CLE = {ventilation.cle: ventilation for ventilation in VENTILATIONS}
TOUTES = (*PAR_CLE, QUARTIERS)


def repartitions(releve: Releve, avant: Releve | None, cles: Iterable[str]) -> dict[str, Repartition]:
    """Les répartitions demandées ; `avant` est nul si la période d'avant n'a rien à dire."""
    return {
        cle: _quartiers(releve, avant) if cle == QUARTIERS else _ventiler(PAR_CLE[cle], releve, avant) for cle in cles
    }


def _ventiler(ventilation: Ventilation, releve: Releve, avant: Releve | None) -> Repartition:
    valeurs = ventilation.calcul(releve).par_groupe
    anciennes = ventilation.calcul(avant).par_groupe if avant else {}
    parts = _parts(
        ventilation.libelles,
        valeurs,
        anciennes,
        avec_annee_d_avant=avant is not None,
        toujours=ventilation.toujours,
    )
    if ventilation.par_taille:
        parts.sort(key=lambda part: (-part["valeur"], part["libelle"]))  # type: ignore[operator]  # rien n'est encore masqué
    return {
        "cle": ventilation.cle,
        "titre": ventilation.titre,
        "unite": str(ventilation.unite),
        "exclusive": ventilation.exclusive,
        "total": en_json(ventilation.total(releve).nombre),
        "total_precedent": en_json(ventilation.total(avant).nombre) if avant else None,
        "parts": parts,
    }


def _parts(
    libelles: Mapping[str, str],
    valeurs: Mapping[str, Any],
    anciennes: Mapping[str, Any],
    *,
    avec_annee_d_avant: bool,
    toujours: bool,
) -> list[Part]:
    """Dans l'ordre des libellés ; une part vide les deux années ne se montre pas, sauf `toujours`.

    Celles-là se montrent toutes dès qu'une seule compte : leur présence ne dit pas laquelle quand le masque les couvre.
    """
    return [
        {
            "cle": str(cle),
            "libelle": str(libelle),
            "valeur": en_json(valeurs.get(cle, 0)),
            "precedente": en_json(anciennes.get(cle, 0)) if avec_annee_d_avant else None,
        }
        for cle, libelle in libelles.items()
        if valeurs.get(cle) or anciennes.get(cle) or (toujours and (valeurs or anciennes))
    ]


def _quartiers(releve: Releve, avant: Releve | None) -> Repartition:
    """Les habitants de chaque quartier prioritaire ; le total est celui des habitants des QPV, et leurs heures à côté."""
    quartiers = ventilations.quartiers_habites(releve) | (ventilations.quartiers_habites(avant) if avant else {})
    personnes = ventilations.personnes_par_quartier(releve).par_groupe
    heures = ventilations.heures_par_quartier(releve).par_groupe
    anciennes = ventilations.personnes_par_quartier(avant).par_groupe if avant else {}
    parts: list[Any] = [
        {
            "cle": code,
            "libelle": quartier.nom,
            "valeur": personnes.get(code, 0),
            "precedente": anciennes.get(code, 0) if avant else None,
            "heures": en_json(heures.get(code, 0)),
        }
        for code, quartier in quartiers.items()
    ]
    parts.sort(key=lambda part: (-part["valeur"], -part["heures"], part["libelle"], part["cle"]))
    return {
        "cle": QUARTIERS,
        "titre": "Habitants des quartiers prioritaires",
        "unite": str(Unite.PERSONNES),
        "exclusive": True,
        "total": en_json(indicateurs.beneficiaires_qpv(releve).nombre),
        "total_precedent": en_json(indicateurs.beneficiaires_qpv(avant).nombre) if avant else None,
        "parts": parts,
    }

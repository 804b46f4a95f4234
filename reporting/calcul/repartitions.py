"""Les répartitions d'un bilan : chacune déclarée une fois, calculée sur un relevé et sur celui de l'année d'avant."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from entreprises.enums import TypeEntreprise
from marches.enums import Nature, StatutProjet, TypeClause, TypeMaitreOuvrage
from parcours.enums import FamilleSortie, Terme
from recrutement.enums import Modalite, TypeContrat
from reporting.calcul import angles, indicateurs, provenances, ventilations
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
_DIMENSIONS: dict[str, tuple[str, Mapping[str, str]]] = {
    "sexe": ("sexe", ventilations.SEXES),
    "age": ("âge", ventilations.AGES),
    "niveau": ("niveau de formation", ventilations.NIVEAUX),
    "contrat": ("type du contrat d'entrée", dict(TypeContrat.choices)),
    "heures": ("heures travaillées", angles.TRANCHES),
}
_ANGLES: dict[str, tuple[str, Calcul]] = {
    angles.RSA: ("Allocataires du RSA", indicateurs.beneficiaires_rsa),
    angles.QPV: ("Habitants des quartiers", indicateurs.beneficiaires_qpv),
}
# La ventilation de tous les bénéficiaires dont chacune de celles d'un angle est une part.
BASES = {
    "sexe": "sexe",
    "age": "ages",
    "niveau": "niveaux",
    "contrat": "contrat_d_entree",
    "heures": "heures_par_personne",
}


def _de_l_angle(angle: str) -> Iterator[Ventilation]:
    """Toutes leurs lignes y sont, même vides : leur présence n'en dit pas plus que la ventilation de tous."""
    qui, total = _ANGLES[angle]
    for dimension, (titre, libelles) in _DIMENSIONS.items():
        calcul = angles.personnes_selon(dimension, angle)
        cle = f"{angle}_par_{dimension}"
        yield Ventilation(cle, f"{qui} par {titre}", Unite.PERSONNES, libelles, total, calcul, toujours=True)
    for terme in Terme:
        yield Ventilation(
            f"sorties_{angle}_{terme.value}_mois",
            f"{qui} : situations connues {terme.label} après le contrat",
            Unite.SORTIES,
            dict(FamilleSortie.choices),
            angles.total_des_sorties_de(angle, terme),
            angles.sorties_de(angle, terme),
            toujours=True,
        )


VENTILATIONS += (
    _personnes(
        "contrat_d_entree", "type du contrat d'entrée", dict(TypeContrat.choices), angles.personnes_selon("contrat")
    ),
    _personnes("heures_par_personne", "heures travaillées", angles.TRANCHES, angles.personnes_selon("heures")),
    *_de_l_angle(angles.RSA),
    *_de_l_angle(angles.QPV),
)
RSA_PAR_QUARTIER = "rsa_par_quartier"  # les habitants de chaque quartier, et ceux qui n'en habitent aucun
QUARTIERS = "quartiers"  # ses parts ne sont pas une liste fixe, et portent aussi des heures
PAR_CLE = {ventilation.cle: ventilation for ventilation in VENTILATIONS}


@dataclass(frozen=True, slots=True)
class Nommee:
    """Une répartition par noms, que rien ne borne d'avance : les plus fournis, et les autres ensemble."""

    titre: str
    autres: str
    inconnu: str
    unite: Unite
    total: Calcul
    calcul: Calcul


NOMMEES: dict[str, Nommee] = {
    "prescripteurs": Nommee(
        "Bénéficiaires par prescripteur",
        "Autres prescripteurs",
        "Aucun prescripteur au dossier",
        Unite.PERSONNES,
        indicateurs.beneficiaires,
        provenances.prescripteurs,
    ),
    "communes": Nommee(
        "Bénéficiaires par commune",
        "Autres communes",
        "Commune non renseignée",
        Unite.PERSONNES,
        indicateurs.beneficiaires,
        provenances.communes,
    ),
}
METIERS = "heures_par_metier"
_METIER = Nommee(
    "Heures par métier",
    "Autres métiers",
    "Métier non renseigné",
    Unite.HEURES,
    indicateurs.heures_realisees,
    provenances.metiers,
)
PAR_NOMS = NOMMEES | {METIERS: _METIER}
TOUTES = (*PAR_CLE, QUARTIERS, RSA_PAR_QUARTIER, *PAR_NOMS)


def repartitions(releve: Releve, avant: Releve | None, cles: Iterable[str]) -> dict[str, Repartition]:
    """Les répartitions demandées ; `avant` est nul si la période d'avant n'a rien à dire."""
    particulieres = {QUARTIERS: _quartiers, RSA_PAR_QUARTIER: _rsa_par_quartier}
    particulieres |= {cle: partial(_nommer, cle) for cle in PAR_NOMS}
    return {
        cle: particulieres[cle](releve, avant) if cle in particulieres else _ventiler(PAR_CLE[cle], releve, avant)
        for cle in cles
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


def _rsa_par_quartier(releve: Releve, avant: Releve | None) -> Repartition:
    """Une ligne par quartier habité par un bénéficiaire, allocataire ou non, puis celle de tous les autres domiciles."""
    quartiers = ventilations.quartiers_habites(releve) | (ventilations.quartiers_habites(avant) if avant else {})
    noms = {code: quartier.nom for code, quartier in sorted(quartiers.items(), key=lambda q: (q[1].nom, q[0]))}
    calcul = angles.personnes_selon("quartier", angles.RSA)
    libelles = noms | {angles.HORS_QUARTIER: "Hors des quartiers prioritaires"}
    qui, total = _ANGLES[angles.RSA]
    lue = Ventilation(RSA_PAR_QUARTIER, f"{qui} par quartier", Unite.PERSONNES, libelles, total, calcul, toujours=True)
    return _ventiler(lue, releve, avant)


def _nommer(cle: str, releve: Releve, avant: Releve | None) -> Repartition:
    """Les plus fournis d'abord, les autres puis les inconnus à la fin ; la période d'avant n'aurait pas les mêmes noms."""
    nommee = PAR_NOMS[cle]
    libelles = {provenances.AUTRES: nommee.autres, provenances.NON_RENSEIGNE: nommee.inconnu}
    valeurs = nommee.calcul(releve).par_groupe
    en_quartier = provenances.habitants_par_commune(releve) if cle == "communes" else {}
    ranges = sorted(valeurs, key=lambda nom: (nom in libelles, -valeurs[nom], nom))
    parts = [
        {"cle": nom, "libelle": libelles.get(nom, nom), "valeur": en_json(valeurs[nom]), "precedente": None}
        | ({"en_quartier": en_quartier[nom]} if en_quartier.get(nom) else {})
        for nom in ranges
    ]
    return {
        "cle": cle,
        "titre": nommee.titre,
        "unite": str(nommee.unite),
        "exclusive": True,
        "total": en_json(nommee.total(releve).nombre),
        "total_precedent": None,
        "parts": parts,
    }

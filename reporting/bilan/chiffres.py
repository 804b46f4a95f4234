"""Les chiffres d'un bilan : chaque indicateur de la période, sa valeur d'avant, et celle des mois comparés."""

from collections.abc import Iterable

from reporting.bilan.decoupe import Lecture
from reporting.calcul.indicateurs import Indicateur, Unite
from reporting.calcul.registre import COMPLEMENTS, INDICATEURS, NOUVEAUX, PAR_CLE, VENTILES
from reporting.donnees import Chiffre, Valeur, en_json
from reporting.lecture.releve import Releve
from socle.nombres import arrondir
from socle.periodes import premier_jour


def indicateurs_de(chapitres: Iterable[str]) -> tuple[Indicateur, ...]:
    """Les chiffres clés, et ce que les chapitres y ajoutent."""
    ajoutes = (indicateur for chapitre in chapitres for indicateur in COMPLEMENTS.get(chapitre, ()))
    cles = (indicateur for indicateur in INDICATEURS if indicateur.cle not in VENTILES)
    return tuple({indicateur.cle: indicateur for indicateur in (*cles, *ajoutes)}.values())


def chiffres_de(
    releve: Releve,
    avant: Releve | None,
    choisis: Iterable[Indicateur] | None = None,
    comparable: Releve | None = None,
) -> dict[str, Chiffre]:
    """Chaque indicateur non ventilé, et sa valeur d'avant ; `avant` est nul si cette période-là n'a rien à dire.

    `comparable` : ce que vaut la période sur les mois comparés, quand ce n'est pas elle entière.
    """
    chiffres: dict[str, Chiffre] = {
        indicateur.cle: {
            "cle": indicateur.cle,
            "libelle": indicateur.libelle,
            "definition": indicateur.definition,
            "unite": str(indicateur.unite),
            "valeur": valeur_de(indicateur, releve),
            "precedente": valeur_de(indicateur, avant) if avant else None,
            "sur": indicateur.sur,
            "nom": indicateur.nom,
            "dite": indicateur.dite,
        }
        for indicateur in choisis or indicateurs_de(())
    }
    if comparable is not None and avant is not None:
        for cle, chiffre in chiffres.items():
            chiffre["comparable"] = valeur_de(PAR_CLE[cle], comparable)
    return chiffres


def sans_premiere_fois(chiffres: dict[str, Chiffre], lecture: Lecture) -> None:
    """Sans heures connues avant la période, tout le monde y serait nouveau : le nombre ne voudrait rien dire."""
    premier = min((ligne.mois for ligne in lecture.histoire.lignes), default=None)
    if premier is None or premier >= premier_jour(lecture.perimetre.periode.debut):
        del chiffres[NOUVEAUX.cle]
    elif lecture.avant is not None and premier >= premier_jour(lecture.mois_d_avant.debut):
        chiffres[NOUVEAUX.cle]["precedente"] = None


def valeur_de(indicateur: Indicateur, releve: Releve) -> Valeur:
    valeur = indicateur(releve).nombre
    return en_json(arrondir(valeur, 6) if indicateur.unite == Unite.ETP else valeur)

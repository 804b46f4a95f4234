"""Les graphiques d'écran : un dessin, la phrase qui le dit, et le tableau de ses valeurs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from recrutement.enums import Modalite
from reporting import indicateurs, ventilations
from reporting.arrondis import ABSENTE, PARTS, est_connue, grandeur, part_exacte
from reporting.donnees import DonneesBilan, Repartition
from reporting.pdf.ecriture import ecrite, minuscule, mois_court
from reporting.releve import Releve
from socle import graphiques
from socle.graphiques import Part, Serie, adaptatif
from socle.nombres import arrondir, heures


@dataclass(frozen=True, slots=True)
class Figure:
    titre: str
    phrase: str
    dessin: SafeString
    colonnes: Sequence[str]
    lignes: Sequence[Sequence[str]]
    note: str = ""


def rythme(releve: Releve, avant: Releve | None) -> Figure:
    """Les heures de chaque mois, à côté de celles de l'année d'avant."""
    annee = releve.periode.debut.year
    mois = [f"{jour:%Y-%m}" for jour in releve.periode.mois()]
    series = {str(annee): ventilations.heures_par_mois(releve)}
    if avant is not None:
        anciens = ventilations.heures_par_mois(avant)
        series[str(annee - 1)] = {cle.replace(str(annee - 1), str(annee)): valeur for cle, valeur in anciens.items()}
    return _par_mois(f"Heures réalisées par mois en {annee}", mois, series)


def _par_mois(titre: str, mois: Sequence[str], series: dict[str, dict[str, Decimal]]) -> Figure:
    noms = [mois_court(cle) for cle in mois]
    valeurs = [Serie(nom, [arrondir(heures_du.get(cle, 0)) for cle in mois]) for nom, heures_du in series.items()]
    courante = next(iter(series.values()))
    remplis = [cle for cle in mois if courante.get(cle)]
    plus_fort = max(remplis, key=lambda cle: courante[cle], default="")
    phrase = "Aucune heure validée pour l'instant."
    if plus_fort:
        phrase = f"Le mois le plus fort : {mois_court(plus_fort)}, avec {ecrite(courante[plus_fort], 'h')}."
    lignes = [
        [nom, *(heures(s.get(cle, Decimal(0))) for s in series.values())] for nom, cle in zip(noms, mois, strict=True)
    ]
    return Figure(
        titre,
        phrase,
        adaptatif(graphiques.barres, "rythme", titre, noms, valeurs, unite="h"),
        ["Mois", *series],
        lignes,
    )


def heures_par_modalite(releve: Releve) -> Figure:
    resultat = indicateurs.heures_par_modalite(releve).valeur
    total = sum(resultat.values(), Decimal(0))
    parts = [(Modalite(cle).label, valeur) for cle, valeur in resultat.items()]
    parts.sort(key=lambda part: -part[1])
    titre = "Comment les heures se font"
    phrase = (
        f"Première modalité : {minuscule(parts[0][0])}, {part_exacte(parts[0][1], total)} des heures." if parts else ""
    )
    dessin = adaptatif(
        graphiques.barres_horizontales,
        "modalites",
        titre,
        [Part(nom, valeur, f"{ecrite(valeur, 'h')} · {part_exacte(valeur, total)}") for nom, valeur in parts],
    )
    return Figure(titre, phrase, dessin, ["Modalité", "Heures"], [[nom, heures(valeur)] for nom, valeur in parts])


def repartition(
    ventilation: Repartition, donnees: DonneesBilan, presentation: str, phrase: str, note: str = ""
) -> Figure:
    """Une ventilation d'un bilan : des barres, et le tableau avec l'année d'avant quand elle est connue."""
    total, unite = ventilation["total"], "h" if ventilation["unite"] == "h" else ""
    avec_avant = any(part["precedente"] is not None for part in ventilation["parts"])
    parts, lignes = [], []
    for part in ventilation["parts"]:
        lue = PARTS[presentation](part["valeur"], total)
        ecrit = ecrite(part["valeur"], unite)
        parts.append(Part(part["libelle"], grandeur(part["valeur"]), ecrit if lue == ABSENTE else f"{ecrit} · {lue}"))
        lignes.append([part["libelle"], ecrit, lue, *([ecrite(part["precedente"], unite)] if avec_avant else [])])
    dessin = SafeString("")
    if any(part.valeur for part in parts):
        cle = f"figure-{ventilation['cle'].replace('_', '-')}"
        dessin = adaptatif(graphiques.barres_horizontales, cle, ventilation["titre"], parts)
    colonnes = ["", "Heures" if unite else "Effectif", "Part", *([str(donnees["annee"] - 1)] if avec_avant else [])]
    return Figure(ventilation["titre"], phrase, dessin, colonnes, lignes, note)


def mois_du_bilan(donnees: DonneesBilan, phrase: str) -> Figure:
    mois = [ligne["mois"] for ligne in donnees["mois"]]
    valeurs = {ligne["mois"]: grandeur(ligne["heures"]) for ligne in donnees["mois"]}
    figure = _par_mois(f"Heures réalisées par mois en {donnees['annee']}", mois, {str(donnees["annee"]): valeurs})
    return Figure(figure.titre, phrase, figure.dessin, figure.colonnes, figure.lignes)


def evolution(donnees: DonneesBilan, cle: str, titre: str, phrase: str) -> Figure:
    """Les années côte à côte ; leurs effectifs ne s'additionnent pas."""
    annees = [str(ligne["annee"]) for ligne in donnees["evolution"]]
    unite = "h" if cle == "heures_realisees" else ""
    valeurs = [ligne[cle] for ligne in donnees["evolution"]]  # type: ignore[literal-required]
    serie = Serie(titre, [arrondir(grandeur(valeur)) if est_connue(valeur) else None for valeur in valeurs])
    dessin = adaptatif(graphiques.barres, f"evolution-{cle.replace('_', '-')}", titre, annees, [serie], unite=unite)
    lignes = [[annee, ecrite(valeur, unite)] for annee, valeur in zip(annees, valeurs, strict=True)]
    return Figure(titre, phrase, dessin, ["Année", titre], lignes)

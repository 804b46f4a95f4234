"""Les graphiques d'écran : un dessin, la phrase qui le dit, et le tableau de ses valeurs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from recrutement.enums import Modalite
from reporting.bilan.sources import AVANT
from reporting.calcul import indicateurs, ventilations
from reporting.calcul.arrondis import ABSENTE, Parts, est_connue, grandeur, part_exacte
from reporting.donnees import DonneesBilan, Repartition, Valeur
from reporting.lecture.periodes import annees_de_recul, nommer, situer
from reporting.lecture.releve import Releve
from reporting.recit import listes, phrases
from reporting.recit.ecriture import ecrite, minuscule, nom_du_mois
from reporting.recit.listes import EVOLUTION, MOIS, Colonne, Nature
from socle import graphiques
from socle.graphiques import Part, Serie, adaptatif
from socle.nombres import arrondir, heures
from socle.periodes import ajouter_mois

type Lien = Callable[[str, str, str], str]
"""`lien(clé, groupe, quand)` : la page des lignes d'un chiffre, ou rien."""


def sans_lien(cle: str, groupe: str, quand: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Figure:
    titre: str
    phrase: str
    dessin: SafeString
    colonnes: Sequence[str]
    lignes: Sequence[Sequence[str]]
    note: str = ""


def rythme(releve: Releve, avant: Releve | None) -> Figure:
    """Les heures de chaque mois de la période, à côté de celles des mêmes mois de la période d'avant."""
    return _par_mois(phrases.par_mois(situer(releve.periode)), *mois_par_mois(releve, avant))


def mois_par_mois(releve: Releve, avant: Releve | None) -> tuple[list[str], dict[str, Mapping[str, Decimal | int]]]:
    """Les mois de la période, et les heures de chacun, par nom de période : celle-ci, puis celle d'avant sur ses mois."""
    series = {nommer(releve.periode): ventilations.heures_par_mois(releve).par_groupe}
    if avant is not None:
        recul = 12 * annees_de_recul(releve.periode)
        anciens = ventilations.heures_par_mois(avant).par_groupe
        series[nommer(avant.periode)] = {
            f"{jour:%Y-%m}": anciens.get(f"{ajouter_mois(jour, -recul):%Y-%m}", Decimal(0))
            for jour in releve.periode.mois()
        }
    return [f"{jour:%Y-%m}" for jour in releve.periode.mois()], series


def _par_mois(titre: str, mois: Sequence[str], series: dict[str, Mapping[str, Decimal | int]]) -> Figure:
    tous = [{"mois": cle} for cle in mois]
    noms = [nom_du_mois(cle, tous) for cle in mois]
    valeurs = [Serie(nom, [arrondir(heures_du.get(cle, 0)) for cle in mois]) for nom, heures_du in series.items()]
    courante = next(iter(series.values()))
    plus_fort = max((cle for cle in mois if courante.get(cle)), key=lambda cle: courante[cle], default="")
    phrase = "Aucune heure validée pour l'instant."
    if plus_fort:
        phrase = f"Le mois le plus fort : {nom_du_mois(plus_fort, tous)}, avec {ecrite(courante[plus_fort], 'h')}."
    lignes = [
        [nom, *(heures(s.get(cle, Decimal(0))) for s in series.values())] for nom, cle in zip(noms, mois, strict=True)
    ]
    dessin = adaptatif(graphiques.barres, "rythme", titre, noms, valeurs, unite="h")
    return Figure(titre, phrase, dessin, ["Mois", *series], lignes)


def heures_par_modalite(releve: Releve) -> Figure:
    resultat = indicateurs.heures_par_modalite(releve).par_groupe
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
    ventilation: Repartition,
    donnees: DonneesBilan,
    presentation: str,
    phrase: str,
    note: str = "",
    lien: Lien = sans_lien,
) -> Figure:
    """Une ventilation d'un bilan : des barres, et le tableau, avec la période d'avant quand elle est connue."""
    cle, total, unite = ventilation["cle"], ventilation["total"], "h" if ventilation["unite"] == "h" else ""
    avec_avant, avec_heures = listes.a_un_avant(ventilation), listes.a_des_heures(ventilation)
    parts, lignes, en_parts = [], [], Parts.de(donnees, presentation)
    for rang, part in enumerate(ventilation["parts"], start=1):
        groupe = part["cle"]
        lue = en_parts.lue(part["valeur"], total)
        ecrit = ecrite(part["valeur"], unite)
        parts.append(Part(part["libelle"], grandeur(part["valeur"]), ecrit if lue == ABSENTE else f"{ecrit} · {lue}"))
        nom = listes.nom_de_la_part(ventilation, rang, part["libelle"])
        ligne = [nom, _ouvrir(ecrit, part["valeur"], lien(cle, groupe, "")), lue]
        if avec_heures:
            ligne.append(_ouvrir(ecrite(part["heures"], "h"), part["heures"], lien("heures_par_quartier", groupe, "")))
        if avec_avant:
            ligne.append(_ouvrir(ecrite(part["precedente"], unite), part["precedente"], lien(cle, groupe, AVANT)))
            if listes.compare_les_parts(donnees):
                ligne.append(en_parts.lue(part["precedente"], ventilation["total_precedent"]))
        lignes.append(ligne)
    dessin = SafeString("")
    if any(part.valeur for part in parts):
        nom_dessin = f"figure-{cle.replace('_', '-')}"
        dessin = adaptatif(graphiques.barres_horizontales, nom_dessin, ventilation["titre"], parts)
    colonnes = listes.titres_des_parts(ventilation, donnees, "", listes.EFFECTIF)
    return Figure(ventilation["titre"], phrase, dessin, colonnes, lignes, note)


def mois_du_bilan(donnees: DonneesBilan, phrase: str, lien: Lien = sans_lien) -> Figure:
    noms = [nom_du_mois(ligne["mois"], donnees["mois"]) for ligne in donnees["mois"]]
    valeurs = [ligne["heures"] for ligne in donnees["mois"]]
    titre = phrases.par_mois(donnees["periode"]["situee"])
    serie = Serie(MOIS.colonne("heures").titre, [arrondir(grandeur(valeur)) for valeur in valeurs])
    lignes = [
        [nom, _ouvrir(heures(grandeur(valeur)), valeur, lien("heures_par_mois", ligne["mois"], ""))]
        for nom, valeur, ligne in zip(noms, valeurs, donnees["mois"], strict=True)
    ]
    dessin = adaptatif(graphiques.barres, "rythme", titre, noms, [serie], unite="h")
    return Figure(titre, phrase, dessin, [colonne.a_l_ecran for colonne in MOIS.ecran], lignes)


def evolution(donnees: DonneesBilan, mesure: Colonne, phrase: str, lien: Lien = sans_lien) -> Figure:
    """Les périodes comparables côte à côte ; leurs effectifs ne s'additionnent pas."""
    cle, noms = mesure.cle, [ligne["periode"] for ligne in donnees["evolution"]]
    unite = "h" if mesure.nature == Nature.HEURES else ""
    valeurs = [mesure.lire(ligne) for ligne in donnees["evolution"]]
    serie = Serie(mesure.titre, [arrondir(grandeur(valeur)) if est_connue(valeur) else None for valeur in valeurs])
    titre = phrases.d_une_periode_a_l_autre(mesure.titre)
    dessin = adaptatif(graphiques.barres, f"evolution-{cle.replace('_', '-')}", titre, noms, [serie], unite=unite)
    lignes = [
        [nom, _ouvrir(ecrite(valeur, unite), valeur, lien(f"evolution_{cle}", nom, ""))]
        for nom, valeur in zip(noms, valeurs, strict=True)
    ]
    return Figure(titre, phrase, dessin, [EVOLUTION.colonne("periode").titre, titre], lignes)


def _ouvrir(texte: str, valeur: Valeur, url: str) -> str:
    """La valeur, en lien vers ses lignes quand elle en a."""
    return format_html('<a href="{}">{}</a>', url, texte) if url and valeur else texte

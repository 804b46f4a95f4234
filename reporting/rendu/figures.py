"""Les graphiques d'écran : un dessin, la phrase qui le dit, et le tableau de ses valeurs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from recrutement.enums import Modalite
from reporting.bilan.sources import AVANT
from reporting.calcul import indicateurs, ventilations
from reporting.calcul.arrondis import ABSENTE, Parts, est_connue, grandeur, part_de, part_exacte
from reporting.donnees import DonneesBilan, PartAnnuelle, Repartition, SerieDeParts, Valeur
from reporting.lecture.completude import Completude
from reporting.lecture.periodes import annees_de_recul, nommer, situer
from reporting.lecture.releve import Releve
from reporting.recit import listes, phrases
from reporting.recit.ecriture import ecrite, majuscule, minuscule, nom_du_mois
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


def rythme(releve: Releve, avant: Releve | None, completude: Completude) -> Figure:
    """Les heures de chaque mois de la période, à côté de celles des mêmes mois de la période d'avant."""
    return _par_mois(phrases.par_mois(situer(releve.periode)), *mois_par_mois(releve, avant, completude))


def mois_par_mois(
    releve: Releve, avant: Releve | None, completude: Completude
) -> tuple[list[str], dict[str, Mapping[str, Decimal | int]]]:
    """Les mois de la période, et les heures de chacun, par nom de période : celle-ci, puis celle d'avant sur ses mois.

    Un mois que l'on ne connaît pas encore n'y est pas : il n'a pas zéro heure. Celle d'avant n'a que les mois comparés.
    """
    heures_du = ventilations.heures_par_mois(releve).par_groupe
    connus = {f"{jour:%Y-%m}": Decimal(0) for jour in releve.periode.mois() if completude.est_connu(jour)}
    series: dict[str, Mapping[str, Decimal | int]] = {}
    series[nommer(releve.periode)] = {**connus, **{cle: valeur for cle, valeur in heures_du.items() if valeur}}
    if avant is not None:
        recul = 12 * annees_de_recul(releve.periode)
        anciens = ventilations.heures_par_mois(avant).par_groupe
        compares = (
            jour for jour in releve.periode.mois() if avant.periode.rencontre(d := ajouter_mois(jour, -recul), d)
        )
        series[nommer(avant.periode)] = {
            f"{jour:%Y-%m}": anciens.get(f"{ajouter_mois(jour, -recul):%Y-%m}", Decimal(0)) for jour in compares
        }
    return [f"{jour:%Y-%m}" for jour in releve.periode.mois()], series


def _par_mois(titre: str, mois: Sequence[str], series: dict[str, Mapping[str, Decimal | int]]) -> Figure:
    tous = [{"mois": cle} for cle in mois]
    noms = [nom_du_mois(cle, tous) for cle in mois]

    def valeurs(heures_du: Mapping[str, Decimal | int]) -> list[Decimal | None]:
        return [arrondir(heures_du[cle]) if cle in heures_du else None for cle in mois]

    courante = next(iter(series.values()))
    plus_fort = max((cle for cle in mois if courante.get(cle)), key=lambda cle: courante[cle], default="")
    phrase = "Aucune heure validée pour l'instant."
    if plus_fort:
        phrase = f"Le mois le plus fort : {nom_du_mois(plus_fort, tous)}, avec {ecrite(courante[plus_fort], 'h')}."
    lignes = [[nom, *(heures(s.get(cle)) for s in series.values())] for nom, cle in zip(noms, mois, strict=True)]
    dessinees = [Serie(nom, valeurs(heures_du)) for nom, heures_du in series.items()]
    dessin = adaptatif(graphiques.barres, "rythme", titre, noms, dessinees, unite="h")
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
    serie = Serie(
        MOIS.colonne("heures").titre, [None if valeur is None else arrondir(grandeur(valeur)) for valeur in valeurs]
    )
    lignes = [
        [
            nom,
            _ouvrir(
                "" if valeur is None else heures(grandeur(valeur)), valeur, lien("heures_par_mois", ligne["mois"], "")
            ),
        ]
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


DESSINEES = ("beneficiaires_femmes", "beneficiaires_moins_26_ans", "beneficiaires_rsa", "beneficiaires_qpv")


def parts_annuelles(donnees: DonneesBilan, lien: Lien = sans_lien) -> Figure | None:
    """Les parts d'année en année : quatre en courbes, toutes dans le tableau, chacune avec son effectif et son total."""
    series = donnees.get("evolution_parts", [])
    if not series:
        return None
    annees = [annee["periode"] for annee in series[0]["annees"]]
    lignes = [
        [majuscule(serie["libelle"]), *(_part_annuelle(serie["cle"], annee, lien) for annee in serie["annees"])]
        for serie in series
    ]
    dessin = adaptatif(graphiques.courbe, "parts-annuelles", listes.SERIES, annees, courbes(series), unite="%")
    return Figure(listes.SERIES, phrase_des_series(series), dessin, [listes.INDICATEUR, *annees], lignes)


def courbes(series: Sequence[SerieDeParts]) -> list[Serie]:
    """En pour cent ; une part masquée coupe sa ligne."""
    dessinees = [serie for serie in series if serie["cle"] in DESSINEES] or series
    return [
        Serie(majuscule(serie["libelle"]), [_en_pourcent(part_de(a["valeur"], a["total"])) for a in serie["annees"]])
        for serie in dessinees
    ]


def phrase_des_series(series: Sequence[SerieDeParts]) -> str:
    return phrases.serie_dite(next((s for s in series if s["cle"] == "beneficiaires_rsa"), series[0]))


def _en_pourcent(part: Decimal | None) -> Decimal | None:
    return None if part is None else arrondir(part, 1)


def _part_annuelle(cle: str, annee: PartAnnuelle, lien: Lien) -> str:
    lue = part_exacte(annee["valeur"], annee["total"])
    sur = f"{ecrite(annee['valeur'])} sur {ecrite(annee['total'])}"
    return _ouvrir(
        sur if lue == ABSENTE else f"{lue} ({sur})", annee["valeur"], lien(f"evolution_{cle}", annee["periode"], "")
    )


def _ouvrir(texte: str, valeur: Valeur, url: str) -> str:
    """La valeur, en lien vers ses lignes quand elle en a."""
    return format_html('<a href="{}">{}</a>', url, texte) if url and valeur else texte

"""Les chapitres du bilan, dans l'ordre où il se lit : une idée par figure, une phrase avant chaque graphique."""

from dataclasses import replace

from django.utils.safestring import SafeString

from reporting.arrondis import ABSENTE, PARTS, autre_lecture, est_connue, grandeur
from reporting.donnees import Chiffre, DonneesBilan, Repartition, Valeur, est_masquee
from reporting.indicateurs import Unite
from reporting.pdf import phrases, tableaux
from reporting.pdf.contexte import Chapitre, FigurePdf, GroupeTuiles, ListePdf, TableauPdf, TuilePdf
from reporting.pdf.ecriture import (
    apostrophes,
    ecrite,
    evolution,
    majuscule,
    minuscule,
    mois_court,
)
from socle import graphiques
from socle.graphiques import PAPIER, tient_en_bande
from socle.nombres import arrondir

# Le texte de remplacement d'un dessin : ce qu'il est, et où lire ses valeurs sans le voir.
ALTERNATIVE = "Graphique en barres : {}. Les valeurs sont dans le tableau qui l’accompagne."

GRANDES = ("heures_realisees", "beneficiaires")
# Le dessin et son tableau côte à côte : un peu plus d'une demi-largeur de texte.
DEMI_PAGE = replace(PAPIER, largeur=340)
DEMI_ANNEES = replace(PAPIER, largeur=320)


def chapitres(donnees: DonneesBilan, presentation: str) -> tuple[Chapitre, ...]:
    return (
        chiffres_cles(donnees, presentation),
        activite(donnees),
        publics(donnees, presentation),
        quartiers(donnees, presentation),
        contrats(donnees, presentation),
        marches(donnees, presentation),
        maitres_ouvrage(donnees, presentation),
        entreprises(donnees, presentation),
        definitions(donnees),
        methode(donnees),
    )


# --- Les chiffres clés ---------------------------------------------------------------------------------------------
def tuile(chiffre: Chiffre, donnees: DonneesBilan, presentation: str) -> TuilePdf:
    """Un chiffre : une part se lit en grand selon la présentation ; dessous, « 36 sur 146 » et l'autre présentation."""
    annee, libelle = donnees["annee"], apostrophes(chiffre["libelle"])
    avant = "" if chiffre["precedente"] is None else f"{annee - 1} : {ecrite(chiffre['precedente'])}"
    total = donnees["chiffres"].get(chiffre["sur"])
    lue = PARTS[presentation](chiffre["valeur"], total["valeur"]) if total else ABSENTE
    if total is None or lue == ABSENTE:
        ecart = evolution(chiffre["valeur"], chiffre["precedente"])
        unite = chiffre["unite"] if chiffre["unite"] in (Unite.HEURES, Unite.ETP) else ""
        precision = f"{ecart} sur un an" if ecart else ""
        return TuilePdf(ecrite(chiffre["valeur"], unite), majuscule(libelle.removeprefix("dont ")), precision, avant)
    unite = total["unite"] if total["unite"] == Unite.HEURES else ""
    precision = f"{ecrite(chiffre['valeur'])} sur {ecrite(total['valeur'], unite)}"
    precision += f", {autre_lecture(chiffre['valeur'], total['valeur'], presentation)}"
    return TuilePdf(lue, majuscule(libelle.removeprefix("dont ")), precision, avant, texte_long=len(lue) > 8)


def tuiles(donnees: DonneesBilan, cles: list[str], presentation: str) -> tuple[TuilePdf, ...]:
    return tuple(tuile(donnees["chiffres"][cle], donnees, presentation) for cle in cles)


def chiffres_cles(donnees: DonneesBilan, presentation: str) -> Chapitre:
    chiffres = donnees["chiffres"]
    ordre = [cle for cle in donnees["ordre"] if cle in chiffres]
    simples = [cle for cle in ordre if not chiffres[cle]["sur"] and cle not in GRANDES]
    personnes = [cle for cle in ordre if chiffres[cle]["sur"] == "beneficiaires"]
    autres = [cle for cle in ordre if chiffres[cle]["sur"] not in ("", "beneficiaires")]
    combien = chiffres["beneficiaires"]["valeur"]
    parmi = f"Parmi les {ecrite(combien)} bénéficiaires" if est_connue(combien) else "Parmi les bénéficiaires"
    groupes = (
        GroupeTuiles("", tuiles(donnees, list(GRANDES), presentation), "grandes"),
        GroupeTuiles("", tuiles(donnees, simples, presentation), "simples"),
        GroupeTuiles(parmi, tuiles(donnees, personnes, presentation)),
        GroupeTuiles("Parmi les marchés, les entreprises et les heures", tuiles(donnees, autres, presentation)),
    )
    chapeau = (
        f"L’année {donnees['annee']} en un coup d’œil. Sous chaque part, l’effectif exact et le total auquel il se "
        "rapporte ; les définitions sont en fin de document."
    )
    return Chapitre("chiffres-cles", "Les chiffres clés", chapeau, groupes=groupes)


# --- L'activité ----------------------------------------------------------------------------------------------------
def activite(donnees: DonneesBilan) -> Chapitre:
    return Chapitre("activite", "L’activité dans le temps", "", (_annee_apres_annee(donnees), _rythme(donnees)))


def _annee_apres_annee(donnees: DonneesBilan) -> FigurePdf:
    """Une barre par année. Pour une seule année, la phrase suffit : ni barre ni tableau d'une ligne."""
    titre = "Année après année : les heures et les personnes"
    phrase = f"{phrases.heures_annuelles(donnees)} {phrases.personnes_annuelles(donnees)}"
    if len(donnees["evolution"]) < 2:
        return FigurePdf(titre, phrase)
    return FigurePdf(
        titre,
        phrase,
        _evolution(donnees, "heures_realisees", "Heures réalisées", "h"),
        tableaux.annees(donnees),
        note=phrases.ANNEES,
        second=_evolution(donnees, "beneficiaires", "Bénéficiaires", ""),
        titres=("Heures réalisées", "Bénéficiaires"),
    )


def _evolution(donnees: DonneesBilan, cle: str, nom: str, unite: str) -> SafeString:
    lignes = donnees["evolution"]
    return graphiques.barres(
        f"evolution-{cle}",
        ALTERNATIVE.format(f"{nom.lower()} par année"),
        [str(ligne["annee"]) for ligne in lignes],
        [graphiques.Serie(nom, [_ou_rien(ligne[cle]) for ligne in lignes])],  # type: ignore[literal-required]
        unite=unite,
        hauteur=220,
        rendu=DEMI_ANNEES,
    )


def _rythme(donnees: DonneesBilan) -> FigurePdf:
    titre, phrase = "Le rythme de l’année", phrases.rythme(donnees["mois"], donnees["annee"])
    if not any(grandeur(ligne["heures"]) for ligne in donnees["mois"]):
        return FigurePdf(titre, phrase)
    dessin = graphiques.barres(
        "rythme",
        ALTERNATIVE.format(f"heures réalisées par mois en {donnees['annee']}"),
        [mois_court(ligne["mois"]) for ligne in donnees["mois"]],
        [graphiques.Serie("Heures réalisées", [_ou_rien(ligne["heures"]) for ligne in donnees["mois"]])],
        unite="h",
        hauteur=230,
        rendu=PAPIER,
    )
    return FigurePdf(titre, phrase, dessin, tableaux.mois(donnees), en_largeur=True)


def _ou_rien(valeur: Valeur):
    """Ce qu'une barre du temps dessine : l'unité suffit."""
    return arrondir(grandeur(valeur)) if est_connue(valeur) else None


# --- Les ventilations ----------------------------------------------------------------------------------------------
def figure(
    repartition: Repartition, donnees: DonneesBilan, presentation: str, phrase: str, colonne: str, note: str = ""
) -> FigurePdf:
    """Une ventilation : une bande si les parts font un tout et sont peu nombreuses, des barres sinon."""
    titre = apostrophes(repartition["titre"])
    total, unite = repartition["total"], repartition["unite"]
    parts = [
        graphiques.Part(
            apostrophes(part["libelle"]),
            grandeur(part["valeur"]),
            _legende(part["valeur"], total, unite, presentation),
        )
        for part in repartition["parts"]
    ]
    masquees = any(est_masquee(part["valeur"]) for part in repartition["parts"])
    en_largeur = repartition["cle"] == "quartiers"  # de longs noms, et une colonne d'heures
    en_bande = (
        not en_largeur
        and repartition["exclusive"]
        and not masquees
        and len(parts) > 1
        and tient_en_bande(parts, DEMI_PAGE)
    )
    dessiner = graphiques.bande if en_bande else graphiques.barres_horizontales
    dessin = SafeString("")
    if any(part.valeur for part in parts):
        cle = f"figure-{repartition['cle'].replace('_', '-')}"
        rendu = PAPIER if en_largeur else DEMI_PAGE
        dessin = dessiner(cle, ALTERNATIVE.format(minuscule(titre)), parts, rendu=rendu)
    tableau = tableaux.ventilation(repartition, donnees, colonne, presentation) if parts else None
    return FigurePdf(titre, phrase, dessin, tableau, note, en_largeur=en_largeur)


def _legende(valeur: Valeur, total: Valeur, unite: str, presentation: str) -> str:
    ecrit = ecrite(valeur, "h" if unite == "h" else "")
    lue = PARTS[presentation](valeur, total)
    return ecrit if lue == ABSENTE else f"{ecrit} · {lue}"


def publics(donnees: DonneesBilan, presentation: str) -> Chapitre:
    ventilations = donnees["repartitions"]
    figures = (
        figure(ventilations["sexe"], donnees, presentation, phrases.sexe(donnees), "Sexe"),
        figure(ventilations["ages"], donnees, presentation, phrases.ages(donnees), "Âge"),
        figure(ventilations["niveaux"], donnees, presentation, phrases.niveaux(donnees), "Niveau de formation"),
        figure(ventilations["publics"], donnees, presentation, phrases.publics(donnees), "Public"),
    )
    chapeau = "Le profil de chaque personne se lit au début de son contrat d’entrée : ce qui change ensuite ne le réécrit pas."
    return Chapitre("publics", "Les bénéficiaires", chapeau, figures)


def quartiers(donnees: DonneesBilan, presentation: str) -> Chapitre:
    note = (
        "Les personnes sont comptées à leur domicile du contrat d’entrée ; les heures, au domicile du début de chaque "
        "contrat. Un domicile à vérifier n’est pas compté."
    )
    figures = (
        figure(
            donnees["repartitions"]["quartiers"], donnees, presentation, phrases.quartiers(donnees), "Quartier", note
        ),
    )
    return Chapitre("quartiers", "Les quartiers prioritaires", "", figures)


def contrats(donnees: DonneesBilan, presentation: str) -> Chapitre:
    modalites, types = (donnees["repartitions"][cle] for cle in ("heures_par_modalite", "heures_par_type_contrat"))
    figures = (
        figure(modalites, donnees, presentation, phrases.repartition(modalites, "Première modalité"), "Modalité"),
        figure(types, donnees, presentation, phrases.repartition(types, "Premier type de contrat"), "Type de contrat"),
    )
    return Chapitre("contrats", "Les heures et les contrats", "", figures)


def marches(donnees: DonneesBilan, presentation: str) -> Chapitre:
    ventilations = donnees["repartitions"]
    clause = ventilations["marches_par_clause"]
    figures = (
        figure(ventilations["marches_par_nature"], donnees, presentation, phrases.marches(donnees), "Nature"),
        figure(clause, donnees, presentation, phrases.repartition(clause, "Clause la plus fréquente"), "Clause"),
        _liste(tableaux.marches(donnees), "Chaque marché, ses heures", "Aucun marché suivi."),
    )
    return Chapitre("marches", "Les marchés", "", figures)


def maitres_ouvrage(donnees: DonneesBilan, presentation: str) -> Chapitre:
    types = donnees["repartitions"]["heures_par_type_maitre_ouvrage"]
    figures = (
        figure(
            types,
            donnees,
            presentation,
            f"{phrases.maitres_ouvrage(donnees)} {phrases.repartition(types, 'Premier type')}",
            "Type",
        ),
        _liste(tableaux.maitres_ouvrage(donnees), "Chaque maître d’ouvrage", "Aucun maître d’ouvrage."),
    )
    return Chapitre("maitres-ouvrage", "Les maîtres d’ouvrage", "", figures)


def entreprises(donnees: DonneesBilan, presentation: str) -> Chapitre:
    types = donnees["repartitions"]["entreprises_par_type"]
    figures = (
        figure(
            types,
            donnees,
            presentation,
            f"{phrases.entreprises(donnees)} {phrases.repartition(types, 'Premier type')}",
            "Type",
        ),
        _liste(tableaux.entreprises(donnees), "Chaque entreprise", "Aucune entreprise engagée."),
    )
    return Chapitre("entreprises", "Les entreprises", "", figures)


def _liste(tableau: TableauPdf, titre: str, vide: str) -> FigurePdf:
    return FigurePdf(titre, "" if tableau.lignes else vide, tableau=tableau if tableau.lignes else None)


def definitions(donnees: DonneesBilan) -> Chapitre:
    liste = FigurePdf("Chaque indicateur, sa définition et sa valeur exacte", "", tableau=tableaux.definitions(donnees))
    return Chapitre("definitions", "Les définitions", "", (liste,))


def methode(donnees: DonneesBilan) -> Chapitre:
    listes = (
        ListePdf("Ce qui est compté", tuple(apostrophes(phrase) for phrase in donnees["methode"])),
        ListePdf("Les arrondis et les petits effectifs", phrases.ARRONDIS),
    )
    return Chapitre("methode", "La méthode", "", listes=listes)

"""Les chapitres du bilan, dans l'ordre de sa variante : une idée par figure, une phrase avant chaque graphique."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.safestring import SafeString

from reporting.calcul.arrondis import ABSENTE, Parts, est_connue, grandeur
from reporting.calcul.indicateurs import Unite
from reporting.calcul.registre import AJOUTES, COMPLEMENTS
from reporting.donnees import Chiffre, DonneesBilan, Repartition, Valeur, est_masquee
from reporting.recit import charte as dite
from reporting.recit import phrases
from reporting.recit.chapitres import CHAPEAUX, Idee, chapitres_de, idees, textes_de, titre_de
from reporting.recit.ecriture import apostrophes, ecrite, evolution, majuscule, minuscule, nom_du_mois
from reporting.recit.etat import completude_de, en_court
from reporting.recit.listes import (
    EVOLUTION,
    MOIS,
    SERIES,
    STRUCTURES,
    Colonne,
    a_des_heures,
    compare_les_parts,
    le_rythme_suit,
    liste_de_l_evolution,
    liste_du_chapitre,
)
from reporting.rendu.carte import dessiner_les_quartiers
from reporting.rendu.figures import courbes, phrase_des_series
from reporting.rendu.pdf import tableaux
from reporting.rendu.pdf.contexte import Chapitre, FigurePdf, GroupeTuiles, ListePdf, TextePdf, TuilePdf
from reporting.variantes import Chapitre as Nom
from socle import graphiques
from socle.graphiques import PAPIER, tient_en_bande
from socle.nombres import arrondir

GRANDES = ("heures_realisees", "beneficiaires")
# Le dessin et son tableau côte à côte : un peu plus d'une demi-largeur de texte.
DEMI_PAGE = replace(PAPIER, largeur=340)
DEMI_ANNEES = replace(PAPIER, largeur=320)


def chapitres(donnees: DonneesBilan, presentation: str) -> tuple[Chapitre, ...]:
    ecrits = (chapitre(nom, donnees, presentation) for nom in chapitres_de(donnees))
    sue = apostrophes(en_court(completude_de(donnees)))
    return tuple(_dire_ce_que_l_on_sait(ecrit, sue) for ecrit in ecrits if ecrit.a_quelque_chose)


def _dire_ce_que_l_on_sait(chapitre: Chapitre, sue: str) -> Chapitre:
    """À côté de chaque graphique d'une période inachevée."""
    if not sue:
        return chapitre
    figures = (replace(f, note=f"{f.note} {sue}".strip()) if f.dessin or f.tableau else f for f in chapitre.figures)
    return replace(chapitre, figures=tuple(figures))


def chapitre(nom: Nom, donnees: DonneesBilan, presentation: str) -> Chapitre:
    """Un chapitre : le sien s'il est particulier ; sinon ses chiffres, ses répartitions et sa liste."""
    if nom in _PARTICULIERS:
        return _PARTICULIERS[nom](donnees, presentation)
    figures = tuple(
        figure(donnees["repartitions"][idee.cle], donnees, presentation, idee) for idee in idees(nom, donnees)
    )
    return Chapitre(
        nom,
        apostrophes(titre_de(nom)),
        CHAPEAUX.get(nom, ""),
        (*figures, *_listes(nom, donnees)),
        groupes=_complements(nom, donnees, presentation),
        textes=_textes(nom, donnees),
    )


def _complements(nom: Nom, donnees: DonneesBilan, presentation: str) -> tuple[GroupeTuiles, ...]:
    """Les chiffres que le chapitre ajoute aux chiffres clés."""
    cles = [indicateur.cle for indicateur in COMPLEMENTS.get(nom, ()) if indicateur.cle in donnees["chiffres"]]
    if not any(donnees["chiffres"][cle]["valeur"] for cle in cles):
        return ()  # la phrase du chapitre dit déjà qu'il n'y a rien
    return (GroupeTuiles("", tuiles(donnees, cles, presentation), "simples"),) if cles else ()


def _listes(nom: Nom, donnees: DonneesBilan) -> tuple[FigurePdf, ...]:
    liste = liste_du_chapitre(nom, donnees)
    if liste is None or not (liste.vide or liste.lignes(donnees)):
        return ()
    tableau = tableaux.liste(liste, donnees, genre=nom)
    vide = "" if tableau.lignes else liste.vide
    return (FigurePdf(apostrophes(liste.titre), vide, tableau=tableau if tableau.lignes else None),)


def _textes(nom: Nom, donnees: DonneesBilan) -> tuple[TextePdf, ...]:
    return tuple(TextePdf(apostrophes(titre), html) for titre, html in textes_de(nom, donnees))


# --- Les chiffres clés ---------------------------------------------------------------------------------------------
def tuile(chiffre: Chiffre, donnees: DonneesBilan, presentation: str) -> TuilePdf:
    """Un chiffre : une part se lit en grand selon la présentation ; dessous, « 36 sur 146 » et l'autre présentation."""
    parts, periode = Parts.de(donnees, presentation), donnees["periode"]
    libelle = apostrophes(chiffre.get("nom") or chiffre["libelle"].removeprefix("dont "))
    avant = "" if chiffre["precedente"] is None else f"{periode['avant']} : {ecrite(chiffre['precedente'])}"
    total = donnees["chiffres"].get(chiffre["sur"])
    lue = parts.lue(chiffre["valeur"], total["valeur"]) if total else ABSENTE
    if total is None or lue == ABSENTE:
        ecart = evolution(chiffre.get("comparable", chiffre["valeur"]), chiffre["precedente"])
        unite = chiffre["unite"] if chiffre["unite"] in (Unite.HEURES, Unite.ETP) else ""
        if "comparable" in chiffre:
            avant += f" ({ecrite(chiffre['comparable'], unite)} {phrases.sur_quoi(periode)})"
        return TuilePdf(ecrite(chiffre["valeur"], unite), majuscule(libelle), phrases.sur_un_an(ecart), avant)
    unite = total["unite"] if total["unite"] == Unite.HEURES else ""
    precision = phrases.part_dite(chiffre["valeur"], total["valeur"], unite, parts)
    if dite := chiffre.get("dite"):
        libelle, avant = apostrophes(dite), phrases.part_d_avant(chiffre, total, parts, periode["avant_situee"])
    return TuilePdf(lue, libelle if dite else majuscule(libelle), precision, avant, texte_long=len(lue) > 8)


def tuiles(donnees: DonneesBilan, cles: list[str], presentation: str) -> tuple[TuilePdf, ...]:
    return tuple(tuile(donnees["chiffres"][cle], donnees, presentation) for cle in cles)


def chiffres_cles(donnees: DonneesBilan, presentation: str) -> Chapitre:
    chiffres = donnees["chiffres"]
    ordre = [cle for cle in donnees["ordre"] if cle in chiffres and cle not in AJOUTES]
    simples = [cle for cle in ordre if not chiffres[cle]["sur"] and cle not in GRANDES]
    personnes = [cle for cle in ordre if chiffres[cle]["sur"] == "beneficiaires"]
    autres = [cle for cle in ordre if chiffres[cle]["sur"] not in ("", "beneficiaires")]
    # Une part qui se lit seule a de plus longs mots, et l'année d'avant dessous.
    des_parts = "parts-dites" if compare_les_parts(donnees) else "parts"
    groupes = (
        GroupeTuiles("", tuiles(donnees, list(GRANDES), presentation), "grandes"),
        GroupeTuiles("", tuiles(donnees, simples, presentation), "simples"),
        GroupeTuiles(phrases.parmi_les_beneficiaires(donnees), tuiles(donnees, personnes, presentation), des_parts),
        GroupeTuiles(phrases.PARMI_LE_RESTE, tuiles(donnees, autres, presentation), des_parts),
    )
    remplis = tuple(groupe for groupe in groupes if groupe.tuiles)
    return Chapitre(Nom.CHIFFRES_CLES, titre_de(Nom.CHIFFRES_CLES), phrases.sous_les_chiffres(donnees), groupes=remplis)


def charte(donnees: DonneesBilan, presentation: str) -> Chapitre:
    """L'objectif d'une opération, ce qui en est fait, et la part des habitants des quartiers."""
    groupes: tuple[GroupeTuiles, ...] = ()
    if (lue := donnees["charte"]) and lue["objectif"] is not None:
        mesurees = (TuilePdf(*mesure) for mesure in dite.mesures(lue))
        groupes = (GroupeTuiles("", tuple(mesurees), "simples"),)
    return Chapitre(Nom.CHARTE, apostrophes(titre_de(Nom.CHARTE)), dite.objectif(donnees), groupes=groupes)


# --- L'activité ----------------------------------------------------------------------------------------------------
def activite(donnees: DonneesBilan, presentation: str) -> Chapitre:
    figures = [_annee_apres_annee(donnees), *_parts_annuelles(donnees)]
    figures.insert(1 if le_rythme_suit(donnees) else len(figures), _rythme(donnees))
    return Chapitre(Nom.ACTIVITE, apostrophes(titre_de(Nom.ACTIVITE)), "", tuple(figures))


def _annee_apres_annee(donnees: DonneesBilan) -> FigurePdf:
    """Une barre par période comparable. Pour une seule, la phrase suffit : ni barre ni tableau d'une ligne."""
    heures, personnes = EVOLUTION.colonne("heures_realisees"), EVOLUTION.colonne("beneficiaires")
    phrase = f"{phrases.heures_annuelles(donnees)} {phrases.personnes_annuelles(donnees)}"
    if len(donnees["evolution"]) < 2:
        return FigurePdf(phrases.TITRE_DES_ANNEES, phrase)
    return FigurePdf(
        phrases.TITRE_DES_ANNEES,
        phrase,
        _evolution(donnees, heures, "h"),
        tableaux.liste(liste_de_l_evolution(donnees), donnees),
        note=phrases.ANNEES,
        en_largeur=le_rythme_suit(donnees),  # sans second dessin, cinq colonnes ne tiennent pas à côté du premier
        second=_evolution(donnees, personnes, "") if donnees["evolution"][-1]["beneficiaires"] is not None else "",
        titres=(heures.titre, personnes.titre),
    )


def _parts_annuelles(donnees: DonneesBilan) -> tuple[FigurePdf, ...]:
    series = donnees.get("evolution_parts", [])
    if not series:
        return ()
    annees = [annee["periode"] for annee in series[0]["annees"]]
    dessin = graphiques.courbe(
        "parts-annuelles",
        phrases.barres(minuscule(SERIES)),
        annees,
        courbes(series),
        unite="%",
        hauteur=210,
        rendu=PAPIER,
    )
    return (
        FigurePdf(
            SERIES, apostrophes(phrase_des_series(series)), dessin, tableaux.parts_annuelles(series), en_largeur=True
        ),
    )


def _evolution(donnees: DonneesBilan, mesure: Colonne, unite: str) -> SafeString:
    """Deux dessins côte à côte ; seul, il prend la largeur sans que ses mots grandissent."""
    lignes = donnees["evolution"]
    seul = lignes[-1]["beneficiaires"] is None and le_rythme_suit(donnees)
    return graphiques.barres(
        f"evolution-{mesure.cle}",
        phrases.barres_par_annee(mesure.titre),
        [ligne["periode"][-4:] for ligne in lignes],
        [graphiques.Serie(mesure.titre, [_ou_rien(mesure.lire(ligne)) for ligne in lignes])],
        unite=unite,
        hauteur=220,
        rendu=PAPIER if seul else DEMI_ANNEES,
    )


def _rythme(donnees: DonneesBilan) -> FigurePdf:
    titre, phrase = phrases.TITRE_DU_RYTHME, phrases.rythme(donnees)
    if len(donnees["mois"]) < 2 or not any(grandeur(ligne["heures"]) for ligne in donnees["mois"]):
        return FigurePdf(titre, phrase)
    dessin = graphiques.barres(
        "rythme",
        phrases.barres(minuscule(phrases.par_mois(donnees["periode"]["situee"]))),
        [nom_du_mois(ligne["mois"], donnees["mois"]) for ligne in donnees["mois"]],
        [graphiques.Serie(MOIS.colonne("heures").titre, [_ou_rien(ligne["heures"]) for ligne in donnees["mois"]])],
        unite="h",
        hauteur=230,
        rendu=PAPIER,
    )
    return FigurePdf(titre, phrase, dessin, tableaux.mois(donnees), en_largeur=True)


def _ou_rien(valeur: Valeur):
    """Ce qu'une barre du temps dessine : l'unité suffit."""
    return arrondir(grandeur(valeur)) if est_connue(valeur) else None


# --- Les ventilations ----------------------------------------------------------------------------------------------
def figure(repartition: Repartition, donnees: DonneesBilan, presentation: str, idee: Idee) -> FigurePdf:
    """Une ventilation : une bande si les parts font un tout et sont peu nombreuses, des barres sinon."""
    titre = apostrophes(repartition["titre"])
    total, unite = repartition["total"], repartition["unite"]
    parts = [
        graphiques.Part(
            apostrophes(part["libelle"]),
            grandeur(part["valeur"]),
            _legende(part["valeur"], total, unite, Parts.de(donnees, presentation)),
        )
        for part in repartition["parts"]
    ]
    masquees = any(est_masquee(part["valeur"]) for part in repartition["parts"])
    en_largeur = a_des_heures(repartition)  # de longs noms, une colonne d'heures, et une carte
    en_bande = (
        not en_largeur
        and repartition["exclusive"]
        and not masquees
        and len(parts) > 1
        and tient_en_bande(parts, DEMI_PAGE)
    )
    dessiner = graphiques.bande if en_bande else graphiques.barres_horizontales
    dessin = SafeString("")
    # D'une seule part, la phrase dit tout : ni barre, ni tableau d'une ligne, qui se lirait mal à voix haute.
    plusieurs = len(parts) > 1
    if plusieurs and any(part.valeur for part in parts):
        cle = f"figure-{repartition['cle'].replace('_', '-')}"
        rendu = PAPIER if en_largeur else DEMI_PAGE
        dessin = dessiner(cle, phrases.barres(minuscule(titre)), parts, rendu=rendu)
    tableau = None
    if plusieurs or en_largeur:
        tableau = tableaux.ventilation(repartition, donnees, idee.colonne, presentation) if parts else None
    cartes = _cartes(repartition, donnees) if en_largeur else ()
    return FigurePdf(
        titre,
        apostrophes(idee.phrase),
        "" if cartes else dessin,  # la carte et son tableau disent déjà tout ce que diraient des barres
        tableau,
        idee.note,
        en_largeur=en_largeur,
        cartes=cartes,
    )


def _cartes(repartition: Repartition, donnees: DonneesBilan) -> tuple[tuple[str, SafeString], ...]:
    """Les villes où des bénéficiaires habitent un quartier, dessinées avec les numéros du tableau."""
    return tuple(
        (carte["lieu"], dessin)
        for rang, carte in enumerate(donnees["cartes"])
        if (
            dessin := dessiner_les_quartiers(
                f"carte-{rang}", phrases.carte_numerotee(carte["lieu"]), carte, repartition, PAPIER
            )
        )
    )


def _legende(valeur: Valeur, total: Valeur, unite: str, parts: Parts) -> str:
    ecrit = ecrite(valeur, "h" if unite == "h" else "")
    lue = parts.lue(valeur, total)
    return ecrit if lue == ABSENTE else f"{ecrit} · {lue}"


def sorties(donnees: DonneesBilan, presentation: str) -> Chapitre:
    """Un terme par figure ; une seule phrase quand aucune situation n'est connue à aucun d'eux."""
    nom, chapeau = Nom.SORTIES, CHAPEAUX[Nom.SORTIES]
    trouvees = idees(nom, donnees)
    if trouvees and not any(donnees["repartitions"][idee.cle]["total"] for idee in trouvees):
        return Chapitre(nom, titre_de(nom), chapeau, (FigurePdf("", phrases.sans_sorties(donnees)),))
    figures = tuple(figure(donnees["repartitions"][idee.cle], donnees, presentation, idee) for idee in trouvees)
    return Chapitre(nom, titre_de(nom), chapeau, figures)


# --- Les listes, la fin --------------------------------------------------------------------------------------------
def structures(donnees: DonneesBilan, presentation: str) -> Chapitre:
    lignes = donnees["structures"]
    parts = [
        graphiques.Part(apostrophes(ligne["nom"]), grandeur(ligne["heures"]), ecrite(ligne["heures"], "h"))
        for ligne in lignes
    ]
    dessin = graphiques.barres_horizontales(
        "structures", phrases.barres(phrases.HEURES_PAR_STRUCTURE), parts, rendu=PAPIER
    )
    une = FigurePdf(
        STRUCTURES.titre,
        phrases.structures(donnees),
        dessin if parts else "",
        tableaux.liste(STRUCTURES, donnees) if parts else None,
        en_largeur=True,
    )
    return Chapitre(Nom.STRUCTURES, apostrophes(titre_de(Nom.STRUCTURES)), CHAPEAUX[Nom.STRUCTURES], (une,))


def definitions(donnees: DonneesBilan, presentation: str) -> Chapitre:
    liste = FigurePdf(phrases.TITRE_DES_DEFINITIONS, "", tableau=tableaux.definitions(donnees))
    return Chapitre(Nom.DEFINITIONS, titre_de(Nom.DEFINITIONS), "", (liste,))


def methode(donnees: DonneesBilan, presentation: str) -> Chapitre:
    listes = (
        ListePdf(phrases.TITRE_DES_COMPTES, tuple(apostrophes(phrase) for phrase in donnees["methode"])),
        ListePdf(phrases.TITRE_DES_ARRONDIS, phrases.ARRONDIS),
    )
    return Chapitre(Nom.METHODE, titre_de(Nom.METHODE), "", listes=listes)


_PARTICULIERS: dict[Nom, Callable[[DonneesBilan, str], Chapitre]] = {
    Nom.CHIFFRES_CLES: chiffres_cles,
    Nom.CHARTE: charte,
    Nom.ACTIVITE: activite,
    Nom.STRUCTURES: structures,
    Nom.SORTIES: sorties,
    Nom.DEFINITIONS: definitions,
    Nom.METHODE: methode,
}

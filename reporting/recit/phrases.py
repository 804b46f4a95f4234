"""Les phrases du bilan : une avant chaque graphique, qui dit ce qu'il montre. Les nombres y sont exacts."""

from collections.abc import Callable, Mapping
from typing import Any

from reporting.calcul.arrondis import ABSENTE, Parts, est_connue, grandeur, part_exacte
from reporting.calcul.provenances import AUTRES, NON_RENSEIGNE
from reporting.calcul.ratios import ratios
from reporting.calcul.repartitions import PAR_NOMS
from reporting.donnees import (
    Chiffre,
    DonneesBilan,
    Part,
    Repartition,
    SerieDeParts,
    Valeur,
    redaction_de,
)
from reporting.recit import ecriture
from reporting.recit.ecriture import accord, ecrite, evolution_dite, majuscule, minuscule
from socle.nombres import INSECABLE, nombre

ANNEES = (
    "Une personne, un contrat ou un marché compte chaque année où il a des heures ou s’exécute : ces effectifs ne "
    "s’additionnent pas d’une année à l’autre."
)
ARRONDIS = (
    "Les valeurs exactes sont toujours conservées ; seul leur affichage est arrondi, le demi vers le haut.",
    "Présentation exacte : une part s’écrit à une décimale. Les parts sont arrondies une à une et ne sont pas retouchées "
    "pour faire 100 %.",
    "Présentation grand public : une part se lit en fraction usuelle (un quart, la moitié) ou en multiple de 5 % ; "
    "l’effectif et le total restent écrits à côté.",
    "Dans ce qui sort de la structure, un effectif de 1 à 4 personnes se lit « < 5 », et le masque ne se déduit pas des "
    "totaux : une autre valeur peut être masquée avec lui.",
)
CHAQUE_PART = "Chaque part s’écrit avec son effectif et son total : une année se compare à une année."
MASQUE = "Les effectifs de 1 à 4 personnes sont masqués."
L_ESSENTIEL, EN_COMPLEMENT = "L'essentiel", "En complément"
PARMI_LE_RESTE = "Parmi les marchés, les entreprises et les heures"
TITRE_DES_ANNEES = "Année après année : les heures et les personnes"
TITRE_DU_RYTHME = "Le rythme des heures"
TITRE_DES_DEFINITIONS = "Chaque indicateur, sa définition et sa valeur exacte"
TITRE_DES_COMPTES = "Ce qui est compté"
TITRE_DES_ARRONDIS = "Les arrondis et les petits effectifs"
HEURES_PAR_STRUCTURE = "heures par structure"


# --- Les chiffres clés ----------------------------------------------------------------------------------------------
def sous_les_chiffres(donnees: DonneesBilan) -> str:
    return (
        "Sous chaque part, l’effectif exact et le total auquel il se rapporte ; les définitions sont en fin de document. "
        f"{moyennes(donnees)}"
    )


def parmi_les_beneficiaires(donnees: DonneesBilan) -> str:
    combien = donnees["chiffres"]["beneficiaires"]["valeur"]
    if not est_connue(combien) or grandeur(combien) < 2:
        return "Parmi les bénéficiaires"
    return f"Parmi les {accord(combien, 'bénéficiaire', 'bénéficiaires')}"


def parmi_les_personnes(combien: Valeur) -> str:
    """À l'écran, où le titre d'un groupe redit le nombre tel que sa tuile l'écrit, masqué ou non."""
    return "Parmi les bénéficiaires" if combien in (0, 1) else f"Parmi les {ecrite(combien)} bénéficiaires"


def part_dite(valeur: Valeur, total: Valeur, unite: str, parts: Parts) -> str:
    """« 36 sur 146, ¼ » : l'effectif, son total, et l'autre lecture de la part."""
    return f"{ecrite(valeur)} sur {ecrite(total, unite)}, {parts.autre(valeur, total)}"


def part_d_avant(chiffre: Chiffre, total: Chiffre, parts: Parts, avant_situee: str) -> str:
    """« 41,5 % en 2017 (49 sur 118) » : une part se compare à une part ; rien si elle ne se calcule pas, ou se cache."""
    lue = parts.lue(chiffre["precedente"], total["precedente"])
    if lue == ABSENTE:
        return ""
    return f"{lue} {avant_situee} ({ecrite(chiffre['precedente'])} sur {ecrite(total['precedente'])})"


def sur_quoi(periode: Mapping[str, Any]) -> str:
    """Ce qui se compare, quand ce n'est qu'une part : « de janvier à septembre 2026 », « pour 3 structures »."""
    mois, structures = periode.get("comparee_situee", ""), periode.get("structures_comparees")
    dites = (
        ""
        if structures is None
        else f"pour {accord(structures, 'structure présente', 'structures présentes')} les deux fois"
    )
    return ", ".join(dit for dit in (mois, dites) if dit)


def ecart_dit(chiffre: Chiffre, unite: str, periode: Mapping[str, Any]) -> str:
    """« , soit 15,1 % de plus qu'en 2017 » ; sur une part : « ; 22 300 h de janvier à septembre 2018, soit … »."""
    comparable = chiffre.get("comparable", chiffre["valeur"])
    ecart = evolution_dite(comparable, chiffre["precedente"], periode["avant_situee"])
    if not ecart:
        return ""
    return f" ; {ecrite(comparable, unite)} {sur_quoi(periode)}, {ecart}" if "comparable" in chiffre else f", {ecart}"


def sur_un_an(ecart: str) -> str:
    return f"{ecart} sur un an" if ecart else ""


# --- Ce qu'un dessin montre, pour qui ne le voit pas ----------------------------------------------------------------
def barres(quoi: str) -> str:
    return f"Graphique en barres : {quoi}. Les valeurs sont dans le tableau qui l’accompagne."


def barres_par_annee(mesure: str) -> str:
    return barres(f"{mesure.lower()} par année")


def carte(lieu: str) -> str:
    return f"Les quartiers prioritaires de {lieu}"


def carte_numerotee(lieu: str) -> str:
    return f"Carte des quartiers prioritaires, {lieu} : chaque numéro renvoie au tableau qui l’accompagne."


def par_mois(situee: str) -> str:
    return f"Heures réalisées par mois {situee}"


def d_une_periode_a_l_autre(mesure: str) -> str:
    return f"{mesure}, d'une période à l'autre"


# --- Chaque chapitre ------------------------------------------------------------------------------------------------
def heures_annuelles(donnees: DonneesBilan) -> str:
    heures, situee = donnees["chiffres"]["heures_realisees"], donnees["periode"]["situee"]
    if not grandeur(heures["valeur"]):
        return f"Aucune heure n’a été validée {situee}."
    ecart = ecart_dit(heures, "h", donnees["periode"])
    sur_dues = donnees["chiffres"]["heures_dues"]["valeur"]
    phrase = f"{ecrite(heures['valeur'], 'h')} ont été réalisées {situee}{ecart}."
    if grandeur(sur_dues):
        phrase += f" Les marchés suivis en prévoient {ecrite(sur_dues, 'h')} sur toute leur durée."
    return phrase


def personnes_annuelles(donnees: DonneesBilan) -> str:
    personnes, situee = donnees["chiffres"]["beneficiaires"], donnees["periode"]["situee"]
    if est_connue(personnes["valeur"]) and not grandeur(personnes["valeur"]):
        return f"Aucune personne n’a travaillé au titre d’une clause {situee}."
    if not est_connue(personnes["valeur"]):
        return f"{majuscule(accord(personnes['valeur'], 'personne a', 'personnes ont'))} travaillé {situee}."
    ecart = ecart_dit(personnes, "", donnees["periode"])
    heures = grandeur(donnees["chiffres"]["heures_realisees"]["valeur"]) / grandeur(personnes["valeur"])
    return (
        f"{accord(personnes['valeur'], 'personne a', 'personnes ont')} travaillé {situee}"
        f"{ecart} : {ecrite(round(heures), 'h')} chacune en moyenne."
    )


def moyennes(donnees: DonneesBilan) -> str:
    """« En moyenne : 197,9 h par bénéficiaire, 1,25 contrat par bénéficiaire… », ou rien."""
    dites = [
        f"{nombre(valeur)}{INSECABLE}{'h' if ratio.unite else 'contrat'} par {ratio.par}"
        for ratio, valeur in ratios(donnees["chiffres"])
    ]
    return f"En moyenne : {', '.join(dites)}." if dites else ""


def rythme(donnees: DonneesBilan) -> str:
    connus = [ligne for ligne in donnees["mois"] if grandeur(ligne["heures"])]
    if not connus:
        return "Aucun mois ne porte d’heure validée."
    fort = max(connus, key=lambda ligne: grandeur(ligne["heures"]))
    phrase = f"Le mois le plus chargé est {ecriture.mois_long(fort['mois'])}, avec {ecrite(fort['heures'], 'h')}"
    if len(connus) < 2:
        return f"{phrase}."
    faible = min(connus, key=lambda ligne: grandeur(ligne["heures"]))
    return (
        f"{phrase} ; le moins chargé, {ecriture.mois_long(faible['mois'])}, en compte {ecrite(faible['heures'], 'h')}."
    )


def repartition(ventilation: Repartition, sujet: str) -> str:
    """« Première modalité : embauche directe, 14 000 h sur 28 900 (48,4 %). » `sujet` introduit la part."""
    total, unite = ventilation["total"], ventilation["unite"]
    if not grandeur(total) and est_connue(total):
        return "Rien à répartir sur cette période."
    connues = [part for part in ventilation["parts"] if grandeur(part["valeur"])]
    if not connues:
        return MASQUE
    premiere: Part = max(connues, key=lambda part: grandeur(part["valeur"]))
    phrase = f"{sujet} : {minuscule(premiere['libelle'])}, {ecrite(premiere['valeur'], unite)}"
    if ventilation["exclusive"] or est_connue(total):
        phrase += f" sur {ecrite(total)} ({part_exacte(premiere['valeur'], total)})"
    return phrase + "."


def sexe(donnees: DonneesBilan) -> str:
    return _compte(donnees, "beneficiaires_femmes", "n’est une femme", "est une femme", "sont des femmes")


def ages(donnees: DonneesBilan) -> str:
    jeunes = _compte(
        donnees, "beneficiaires_moins_26_ans", "n’a moins de 26 ans", "a moins de 26 ans", "ont moins de 26 ans"
    )
    anciens = donnees["chiffres"]["beneficiaires_50_ans_et_plus"]
    if not est_connue(anciens["valeur"]) or not grandeur(donnees["chiffres"]["beneficiaires"]["valeur"]):
        return jeunes
    reste = f"{ecrite(anciens['valeur'])} en {'a' if grandeur(anciens['valeur']) < 2 else 'ont'} 50 ou plus"
    return f"{jeunes.removesuffix('.')} ; {reste}. L’âge est celui du début du contrat d’entrée."


def niveaux(donnees: DonneesBilan) -> str:
    return _compte(
        donnees,
        "beneficiaires_sans_qualification",
        "n’est sans qualification",
        "n’a ni CAP ni BEP",
        "n’ont ni CAP ni BEP",
    )


def publics(donnees: DonneesBilan) -> str:
    rsa = _compte(donnees, "beneficiaires_rsa", "ne relève du RSA", "relève du RSA", "relèvent du RSA")
    return f"{rsa} Une personne peut relever de plusieurs publics : les lignes ne s’additionnent pas."


def quartiers(donnees: DonneesBilan) -> str:
    phrase = _compte(
        donnees,
        "beneficiaires_qpv",
        "n’habite un quartier prioritaire",
        "habite un quartier prioritaire",
        "habitent un quartier prioritaire",
    )
    heures = donnees["chiffres"]["heures_qpv"]["valeur"]
    total = donnees["chiffres"]["heures_realisees"]["valeur"]
    if est_connue(heures) and grandeur(heures) and grandeur(total):
        phrase += f" Les habitants des quartiers ont réalisé {ecrite(heures, 'h')} ({part_exacte(heures, total)})."
    return phrase


def marches(donnees: DonneesBilan) -> str:
    travaux, suivis = donnees["chiffres"]["marches_travaux"], donnees["chiffres"]["marches_suivis"]
    if not grandeur(suivis["valeur"]):
        return f"Aucun marché n’a été suivi {donnees['periode']['situee']}."
    phrase = (
        f"{accord(suivis['valeur'], 'marché suivi', 'marchés suivis')}, dont {ecrite(travaux['valeur'])} de travaux "
        f"({part_exacte(travaux['valeur'], suivis['valeur'])})."
    )
    return phrase


def entreprises(donnees: DonneesBilan) -> str:
    locales, toutes = donnees["chiffres"]["entreprises_locales"], donnees["chiffres"]["entreprises_engagees"]
    if not grandeur(toutes["valeur"]):
        return f"Aucune entreprise n’a été engagée {donnees['periode']['situee']}."
    phrase = (
        f"{accord(toutes['valeur'], 'entreprise engagée', 'entreprises engagées')}, dont {ecrite(locales['valeur'])} "
        f"établies dans le territoire ({part_exacte(locales['valeur'], toutes['valeur'])})."
    )
    return f"{phrase} {repartition(donnees['repartitions']['entreprises_par_type'], 'Premier type')}"


def maitres_ouvrage(donnees: DonneesBilan) -> str:
    combien = donnees["chiffres"]["maitres_ouvrage"]["valeur"]
    if not grandeur(combien):
        return f"Aucun maître d’ouvrage n’a de marché suivi {donnees['periode']['situee']}."
    debut = accord(combien, "maître d’ouvrage porte", "maîtres d’ouvrage portent")
    phrase = f"{debut} {accord(donnees['chiffres']['marches_suivis']['valeur'], 'marché', 'marchés')}."
    return f"{phrase} {repartition(donnees['repartitions']['heures_par_type_maitre_ouvrage'], 'Premier type')}"


def public_principal(donnees: DonneesBilan) -> str:
    phrase = repartition(donnees["repartitions"]["public_principal"], "Le plus souvent")
    lequel = "celui dont elle relevait à l’entrée" if redaction_de(donnees) > 1 else "celui de son dossier"
    return f"{phrase} Chaque personne n’a qu’un public principal, {lequel} : les lignes font le total."


def projets(donnees: DonneesBilan) -> str:
    combien = donnees["chiffres"]["projets_etudies"]["valeur"]
    if not grandeur(combien):
        return f"Aucun projet d’achat n’a été ouvert {donnees['periode']['situee']}."
    debut = accord(combien, "projet d’achat a été étudié", "projets d’achat ont été étudiés")
    return f"{debut} {donnees['periode']['situee']}, avant la consultation."


def sorties(terme: str) -> Callable[[DonneesBilan], str]:
    """« 26 sorties dynamiques sur 36 comptées (72,2 %) ; 40 situations connues. »"""

    def dire(donnees: DonneesBilan) -> str:
        connues, comptees, dynamiques = (
            donnees["chiffres"][f"sorties_{quoi}_{terme}"]["valeur"] for quoi in ("connues", "comptees", "dynamiques")
        )
        if est_connue(connues) and not grandeur(connues):
            return f"Aucune situation n’est connue à ce terme {donnees['periode']['situee']}."
        if not (est_connue(connues) and est_connue(comptees) and est_connue(dynamiques)):
            return MASQUE
        return (
            f"{accord(dynamiques, 'sortie dynamique', 'sorties dynamiques')} sur {accord(comptees, 'comptée', 'comptées')} "
            f"({part_exacte(dynamiques, comptees)}) ; {accord(connues, 'situation connue', 'situations connues')}"
            f"{_sur_les_dues(donnees, terme)}."
        )

    return dire


def _sur_les_dues(donnees: DonneesBilan, terme: str) -> str:
    """« sur 52 à demander (76,9 %) » : rien dans un bilan publié avant que cela ne se compte."""
    dues = donnees["chiffres"].get(f"sorties_dues_{terme}")
    if not dues or not est_connue(dues["valeur"]):
        return ""
    connues = donnees["chiffres"][f"sorties_connues_{terme}"]["valeur"]
    return f" sur {ecrite(dues['valeur'])} à demander ({part_exacte(connues, dues['valeur'])})"


def ne_nomme_personne(repartition: Repartition) -> bool:
    """Vrai d'une table de noms où il ne s'en lit aucun, d'effectifs qui se lisent : ni prescripteur au dossier, ni commune."""
    if repartition["cle"] not in PAR_NOMS or not est_connue(repartition["total"]):
        return False
    return all(part["cle"] in (AUTRES, NON_RENSEIGNE) for part in repartition["parts"])


def par_noms(cle: str) -> Callable[[DonneesBilan], str]:
    """« Le plus fourni : Mission locale, 34 sur 90 (37,8 %). » Un nom garde ses capitales ; l'inconnu se dit après."""

    def dire(donnees: DonneesBilan) -> str:
        lue = donnees["repartitions"][cle]
        nommees = [part for part in lue["parts"] if part["cle"] not in (AUTRES, NON_RENSEIGNE)]
        if not est_connue(lue["total"]) or not nommees:
            return "Aucun nom ne se lit ici." if lue["total"] else "Rien à répartir sur cette période."
        premiere = max(nommees, key=lambda part: grandeur(part["valeur"]))
        valeur, total = premiere["valeur"], lue["total"]
        unite = "h" if lue["unite"] == "h" else ""
        return f"Le plus fourni : {premiere['libelle']}, {ecrite(valeur, unite)} sur {ecrite(total)} ({part_exacte(valeur, total)})."

    return dire


ALLOCATAIRES, HABITANTS = "allocataires du RSA", "habitants des quartiers"


def sans_sorties(donnees: DonneesBilan) -> str:
    return f"Aucune situation n’est connue à ces termes {donnees['periode']['situee']}."


def structures(donnees: DonneesBilan) -> str:
    qui = accord(len(donnees["structures"]), "structure a", "structures ont")
    return f"{qui} des heures ou des marchés {donnees['periode']['situee']}."


def _compte(donnees: DonneesBilan, cle: str, aucun: str, singulier: str, pluriel: str) -> str:
    """« 36 bénéficiaires sur 146 ont moins de 26 ans (24,7 %). » Masqué, il le dit ; sans bénéficiaire, aussi."""
    valeur, total = donnees["chiffres"][cle]["valeur"], donnees["chiffres"]["beneficiaires"]["valeur"]
    if not grandeur(total) and est_connue(total):
        return f"Aucun bénéficiaire {donnees['periode']['situee']}."
    if not est_connue(valeur):
        return MASQUE
    if not grandeur(valeur):
        return f"Aucun des {ecrite(total)} bénéficiaires {aucun}."
    qui = "bénéficiaire" if grandeur(valeur) < 2 else "bénéficiaires"
    verbe = singulier if grandeur(valeur) < 2 else pluriel
    return f"{ecrite(valeur)} {qui} sur {ecrite(total)} {verbe} ({part_exacte(valeur, total)})."


def serie_dite(serie: SerieDeParts) -> str:
    """« Bénéficiaires au RSA : 45,2 % en 2018 (66 sur 146), 41,5 % en 2014 (49 sur 118). » Rien si un bout se cache."""
    lues = [(annee, part_exacte(annee["valeur"], annee["total"])) for annee in serie["annees"]]
    bouts = [bout for bout in (lues[-1], lues[0]) if bout[1] != ABSENTE]
    if len(bouts) < 2:
        return CHAQUE_PART
    dits = (f"{part} ({ecrite(a['valeur'])} sur {ecrite(a['total'])}, {a['periode']})" for a, part in bouts)
    return f"{majuscule(serie['libelle'])} : {' ; '.join(dits)}."

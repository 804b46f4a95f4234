"""Les phrases du bilan : une avant chaque graphique, qui dit ce qu'il montre. Les nombres y sont exacts."""

from collections.abc import Callable, Mapping

from reporting.calcul.arrondis import est_connue, grandeur, part_exacte
from reporting.calcul.ratios import ratios
from reporting.donnees import Chiffre, DonneesBilan, Part, Repartition
from reporting.enums import Variante
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
MASQUE = "Les effectifs de 1 à 4 personnes sont masqués."


def accroche(donnees: DonneesBilan) -> str:
    """La période en une phrase, sous le titre du sommaire, selon ce que le bilan regarde."""
    chiffres, situee = donnees["chiffres"], donnees["periode"]["situee"]
    heures, personnes = chiffres["heures_realisees"]["valeur"], chiffres["beneficiaires"]["valeur"]
    if not grandeur(heures):
        return (
            f"Aucune heure d’insertion validée n’est enregistrée {situee}. Ce document le dit, et montre ce qui est "
            "suivi par ailleurs."
        )
    dite = _ACCROCHES.get(donnees["variante"])
    if dite and (phrase := dite(chiffres)):
        return f"{majuscule(situee)}, {phrase}"
    return (
        f"{majuscule(situee)}, {accord(personnes, 'personne a', 'personnes ont')} travaillé {ecrite(heures, 'h')} grâce aux "
        f"clauses sociales de {accord(chiffres['marches_suivis']['valeur'], 'marché', 'marchés')}, passés par "
        f"{accord(chiffres['maitres_ouvrage']['valeur'], 'maître d’ouvrage', 'maîtres d’ouvrage')} et exécutés avec "
        f"{accord(chiffres['entreprises_engagees']['valeur'], 'entreprise', 'entreprises')}."
    )


def _des_quartiers(chiffres: Mapping[str, Chiffre]) -> str:
    return _parmi(
        chiffres,
        "beneficiaires_qpv",
        "heures_qpv",
        "habite un quartier prioritaire",
        "habitent un quartier prioritaire",
    )


def _du_rsa(chiffres: Mapping[str, Chiffre]) -> str:
    return _parmi(chiffres, "beneficiaires_rsa", "heures_rsa", "est allocataire du RSA", "sont allocataires du RSA")


def _parmi(chiffres: Mapping[str, Chiffre], cle: str, heures: str, singulier: str, pluriel: str) -> str:
    """« 34 des 146 bénéficiaires habitent un quartier prioritaire ; ils ont réalisé 6 420 h sur 28 900 (22,2 %). »"""
    eux, tous = chiffres[cle]["valeur"], chiffres["beneficiaires"]["valeur"]
    if not (grandeur(eux) and grandeur(tous)):
        return ""
    phrase = f"{ecrite(eux)} des {ecrite(tous)} bénéficiaires {singulier if grandeur(eux) < 2 else pluriel}"
    leurs, toutes = chiffres[heures]["valeur"], chiffres["heures_realisees"]["valeur"]
    if grandeur(leurs):
        phrase += f" ; ils ont réalisé {ecrite(leurs, 'h')} sur {ecrite(toutes)} ({part_exacte(leurs, toutes)})"
    return f"{phrase}."


def _du_territoire(chiffres: Mapping[str, Chiffre]) -> str:
    acheteurs, locales = chiffres["maitres_ouvrage"]["valeur"], chiffres["entreprises_locales"]["valeur"]
    return (
        f"{accord(acheteurs, 'maître d’ouvrage a', 'maîtres d’ouvrage ont')} fait réaliser "
        f"{ecrite(chiffres['heures_realisees']['valeur'], 'h')} d’insertion par "
        f"{accord(chiffres['entreprises_engagees']['valeur'], 'entreprise', 'entreprises')}, dont {ecrite(locales)} du "
        "territoire."
    )


def _des_participations(chiffres: Mapping[str, Chiffre]) -> str:
    entrees, sorties = chiffres["participations_entrees"]["valeur"], chiffres["participations_sorties"]["valeur"]
    return (
        f"{accord(entrees, 'entrée', 'entrées')} et {accord(sorties, 'sortie', 'sorties')} ; "
        f"{accord(chiffres['beneficiaires']['valeur'], 'personne a', 'personnes ont')} travaillé "
        f"{ecrite(chiffres['heures_realisees']['valeur'], 'h')}."
    )


_ACCROCHES: dict[str, Callable[[Mapping[str, Chiffre]], str]] = {
    Variante.VILLE: _des_quartiers,
    Variante.DEPARTEMENT: _du_rsa,
    Variante.AGGLOMERATION: _du_territoire,
    Variante.FSE: _des_participations,
}


def heures_annuelles(donnees: DonneesBilan) -> str:
    heures, situee = donnees["chiffres"]["heures_realisees"], donnees["periode"]["situee"]
    if not grandeur(heures["valeur"]):
        return f"Aucune heure n’a été validée {situee}."
    ecart = evolution_dite(heures["valeur"], heures["precedente"], donnees["periode"]["avant_situee"])
    sur_dues = donnees["chiffres"]["heures_dues"]["valeur"]
    phrase = f"{ecrite(heures['valeur'], 'h')} ont été réalisées {situee}{', ' + ecart if ecart else ''}."
    if grandeur(sur_dues):
        phrase += f" Les marchés suivis en prévoient {ecrite(sur_dues, 'h')} sur toute leur durée."
    return phrase


def personnes_annuelles(donnees: DonneesBilan) -> str:
    personnes, situee = donnees["chiffres"]["beneficiaires"], donnees["periode"]["situee"]
    if est_connue(personnes["valeur"]) and not grandeur(personnes["valeur"]):
        return f"Aucune personne n’a travaillé au titre d’une clause {situee}."
    if not est_connue(personnes["valeur"]):
        return f"{majuscule(accord(personnes['valeur'], 'personne a', 'personnes ont'))} travaillé {situee}."
    ecart = evolution_dite(personnes["valeur"], personnes["precedente"], donnees["periode"]["avant_situee"])
    heures = grandeur(donnees["chiffres"]["heures_realisees"]["valeur"]) / grandeur(personnes["valeur"])
    return (
        f"{accord(personnes['valeur'], 'personne a', 'personnes ont')} travaillé {situee}"
        f"{', ' + ecart if ecart else ''} : {ecrite(round(heures), 'h')} chacune en moyenne."
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
    return f"{phrase} Chaque personne n’a qu’un public principal, celui de son dossier : les lignes font le total."


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
            f"({part_exacte(dynamiques, comptees)}) ; {accord(connues, 'situation connue', 'situations connues')}."
        )

    return dire


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

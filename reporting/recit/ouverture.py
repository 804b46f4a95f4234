"""Ce qui ouvre un bilan : son titre, la période en une phrase, et ce qu'il faut savoir avant de lire ses chiffres."""

from collections.abc import Callable, Mapping

from reporting.calcul.arrondis import est_connue, grandeur, part_exacte
from reporting.donnees import Chiffre, DonneesBilan, redaction_de
from reporting.enums import Presentation, Variante
from reporting.recit.ecriture import accord, ecrite, jour, majuscule
from socle.nombres import nombre


def titre(donnees: DonneesBilan) -> str:
    precision = sous_titre(donnees)
    precise = f", {precision}" if precision else ""
    return f"{titre_court(donnees)} des clauses sociales{precise} – {donnees['structure']['nom']}"


def titre_court(donnees: DonneesBilan) -> str:
    """Celui de son classeur."""
    return f"Bilan {donnees['periode']['nom']}"


def sous_titre(donnees: DonneesBilan) -> str:
    """« Ville de Cherbourg », « Contrat de ville (État, ANCT) » ; vide pour toute la structure."""
    if donnees["cible"]:
        return donnees["cible"]
    return "" if donnees["variante"] == Variante.STRUCTURE else Variante(donnees["variante"]).label


def avant_de_lire(donnees: DonneesBilan, presentation: str) -> tuple[str, ...]:
    """Ce que le lecteur doit savoir avant les chiffres."""
    if presentation == Presentation.GRAND_PUBLIC:
        arrondis = (
            "Les parts se lisent en fractions et en multiples de 5 % ; l’effectif, son total et la part exacte sont "
            "toujours écrits sous chaque chiffre clé."
        )
    else:
        arrondis = (
            "Les parts sont écrites à une décimale ; sous chaque chiffre clé, la même part comme on la dit. Arrondies une "
            "à une, elles peuvent ne pas faire 100 % tout juste."
        )
    phrases = [
        f"Les données sont arrêtées au {jour(donnees['arrete_le'])}. Seules comptent les heures validées, au mois où elles "
        "ont été travaillées.",
        arrondis,
        f"Un équivalent temps plein vaut ici {nombre(donnees['etp_base'])} heures.",
    ]
    if donnees["public"]:
        phrases.append("Un effectif de 1 à 4 personnes est masqué, et son masque ne se déduit pas des totaux.")
    return tuple(phrases)


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
    suivis = chiffres["marches_suivis"]["valeur"]
    un_seul = redaction_de(donnees) > 1 and est_connue(suivis) and grandeur(suivis) < 2
    passes, executes = ("passé", "exécuté") if un_seul else ("passés", "exécutés")
    return (
        f"{majuscule(situee)}, {accord(personnes, 'personne a', 'personnes ont')} travaillé {ecrite(heures, 'h')} grâce aux "
        f"clauses sociales de {accord(suivis, 'marché', 'marchés')}, {passes} par "
        f"{accord(chiffres['maitres_ouvrage']['valeur'], 'maître d’ouvrage', 'maîtres d’ouvrage')} et {executes} avec "
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
        qui = "ils ont réalisé" if grandeur(eux) > 1 else "ce qui fait"
        phrase += f" ; {qui} {ecrite(leurs, 'h')} sur {ecrite(toutes)} ({part_exacte(leurs, toutes)})"
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

"""Les preuves comme on les lit : la page, la lettre et le classeur disent la même chose. Jamais le nom d'une personne suivie."""

from collections.abc import Iterator

from cloture.calcul import ecrire_jours
from cloture.ecriture import imprimees, imprimer, jour, mois
from socle.nombres import heures
from socle.tables import Colonne

COLONNES_DES_PREUVES = [
    Colonne("Rubrique", lambda ligne: ligne[0], principale=True),
    Colonne("Élément", lambda ligne: ligne[1]),
    Colonne("Valeur", lambda ligne: ligne[2]),
    Colonne("Détail", lambda ligne: ligne[3]),
]


def ecrire_les_preuves(preuves: dict) -> dict:
    """Des preuves figées, écrites : dates longues, heures, mois."""
    lues = preuves["heures"]
    return {
        "parties": imprimees(preuves["parties"]),
        "constate_le": jour(preuves["constate_le"]),
        "dues": heures(lues["dues"]),
        "validees": heures(lues["validees"]),
        "manquantes": heures(lues["manquantes"]),
        "calcul": preuves["calcul"][:-1],
        "resultat": preuves["calcul"][-1],
        "retards": [_retard(retard) for retard in preuves["retards"]],
        "prealable": preuves["prealable"],
        "relances": [
            {**relance, "le": jour(relance["le"]), "mois": ", ".join(map(mois, relance["mois"]))}
            for relance in preuves["relances"]
        ],
        "mises_en_demeure": [
            {"le": jour(mise["le"]), "objet": imprimer(mise["objet"])} for mise in preuves["mises_en_demeure"]
        ],
        "carences": [_carence(carence) for carence in preuves["carences"]],
    }


def _retard(retard: dict) -> dict:
    return {
        "echeance": jour(retard["echeance"]),
        "mois": ", ".join(map(mois, retard["mois"])),
        "recu_le": jour(retard["recu_le"]) or "non reçue",
        "depart": jour(retard["depart"]) or "sans mise en demeure",
        "jours": ecrire_jours(retard["jours"]),
    }


def _carence(carence: dict) -> dict:
    textes = {cle: imprimer(carence[cle]).removesuffix(".") for cle in ("offre", "motif", "motif_heures")}
    return {**textes, "le": jour(carence["le"]), "postes": carence["postes"], "heures": heures(carence["heures"])}


def lignes_des_preuves(preuves: dict) -> Iterator[tuple[str, str, str, str]]:
    """Les mêmes preuves, à plat, pour un tableur : (rubrique, élément, valeur, détail)."""
    ecrites = ecrire_les_preuves(preuves)
    parties = ecrites["parties"]
    yield "Marché", parties["reference"], parties["objet"], f"lot {parties['lot']}"
    yield "Maître d’ouvrage", parties["maitre_ouvrage"], "", ""
    yield "Entreprise", parties["entreprise"], parties["siret"], parties["role"]
    for ligne in [*ecrites["calcul"], ecrites["resultat"]]:
        yield f"Calcul au {ecrites['constate_le']}", ligne["libelle"], ligne["valeur"], ""
    for retard in ecrites["retards"]:
        detail = f"reçue : {retard['recu_le']} ; compté depuis : {retard['depart']}"
        yield "Retard", f"{retard['mois']}, échéance {retard['echeance']}", retard["jours"], detail
    for relance in ecrites["relances"]:
        yield "Rappel", relance["le"], relance["palier"], f"{relance['mois']} : {relance['issue']}"
    for mise in ecrites["mises_en_demeure"]:
        yield "Mise en demeure", mise["le"], mise["objet"], ""
    for carence in ecrites["carences"]:
        postes = f"{carence['postes']} poste(s) sans candidat"
        yield "Carence de candidats", f"{carence['le']}, {postes}", carence["heures"], carence["motif"]

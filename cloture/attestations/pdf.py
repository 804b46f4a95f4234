"""Ce que reçoit le gabarit de l'attestation : ses données figées, écrites."""

from decimal import Decimal

from cloture.ecriture import imprimees, imprimer, jour, mois, part
from cloture.enums import VerdictOperation
from socle.nombres import ESPACE_FINE, de_mois, euros, heures, nombre, pourcent

ORIGINES = (
    ("initiales", "Au contrat"),
    ("avenants", "Avenants"),
    ("tranches", "Tranches affermies"),
    ("commandes", "Cumul commandé ou facturé"),
)


def contexte_de_l_attestation(donnees: dict, empreinte: str) -> dict:
    lues, seuils = donnees["heures"], donnees["seuils"]
    signataire = donnees["signataire"]
    return {
        "numero": donnees["numero"],
        "parties": imprimees(donnees["parties"]),
        "le": jour(donnees["emise_le"]),
        "le_iso": donnees["emise_le"],
        "debut": jour(donnees["execution"]["debut"]),
        "fin": jour(donnees["execution"]["fin"]),
        "verdict": VerdictOperation(donnees["verdict"]).label,
        "phrase": phrase(donnees),
        "taux": part(donnees["taux"]),
        "taux_exigible": part(donnees["taux_exigible"]),
        "seuils": (pourcent(Decimal(seuils["satisfait"]), None), pourcent(Decimal(seuils["partiel"]), None)),
        "objectif": [
            (libelle, heures(lues[cle])) for cle, libelle in ORIGINES if cle == "initiales" or Decimal(lues[cle])
        ],
        "dues": heures(lues["dues"]),
        "validees": heures(lues["validees"]),
        "ecart": heures(lues["ecart"]),
        "neutralisees": heures(lues["neutralisees"]) if Decimal(lues["neutralisees"]) else "",
        "exigibles": heures(lues["exigibles"]),
        "avenants": [
            {"le": jour(a["le"]), "heures": heures(a["heures"]), "motif": imprimer(a["motif"])}
            for a in donnees["avenants"]
        ],
        "mois": {
            "premier": mois(donnees["mois"]["premier"]),
            "depuis": imprimer(de_mois(mois(donnees["mois"]["premier"]))),
            "dernier": mois(donnees["mois"]["dernier"]),
        },
        "personnes": ecrire_effectif(donnees["personnes"]),
        "publics": [(imprimer(p["libelle"]), ecrire_effectif(p["personnes"])) for p in donnees["publics"]],
        "sans_critere": sans_critere(donnees.get("sans_critere")),
        "modalites": [
            (m["libelle"], ecrire_effectif(m["personnes"]), heures(m["heures"])) for m in donnees["modalites"]
        ],
        "carences": [
            {**c, "le": jour(c["le"]), "offre": imprimer(c["offre"]), "heures": heures(c["heures"])}
            for c in donnees["carences"]
        ],
        "penalites": [{**p, "montant": euros(p["montant"]), "le": jour(p["le"])} for p in donnees["penalites"]],
        "signataire": imprimees(signataire),
        "remplace": donnees["remplace"] and imprimees(donnees["remplace"]),
        "empreinte": " ".join(empreinte[rang : rang + 8] for rang in range(0, len(empreinte), 8)),
    }


def sans_critere(dites: dict | None) -> dict:
    """Les heures d'une personne sans critère, et pourquoi elles comptent ; rien s'il n'y en a pas (ou d'avant cette mention)."""
    if not dites or not Decimal(dites["heures"]):
        return {}
    return {
        "heures": heures(dites["heures"]),
        "motifs": [imprimer(motif) for motif in dites["motifs"]],
        "sans_motif": heures(dites["sans_motif"]) if Decimal(dites["sans_motif"]) else "",
    }


def ecrire_effectif(effectif: int | str) -> str:
    return effectif if isinstance(effectif, str) else nombre(effectif)


def phrase(donnees: dict) -> str:
    """L'engagement en une phrase, comme on le lit à l'écran."""
    lues = donnees["heures"]
    dues, validees = Decimal(lues["dues"]), Decimal(lues["validees"])
    if not dues:
        return f"Aucune heure n’était due{ESPACE_FINE}; {heures(validees)} ont été réalisées et validées."
    suite = f"il en manque {heures(dues - validees)}" if validees < dues else "l’objectif est atteint"
    faites = f"{heures(validees)} réalisées et validées sur {heures(dues)} dues"
    return f"{faites}, soit {part(donnees['taux'])}{ESPACE_FINE}; {suite}."

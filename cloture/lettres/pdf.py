"""Ce que reçoivent les gabarits des courriers : des textes déjà écrits, rien à calculer."""

from cloture.ecriture import imprimees, imprimer, jour, mois
from cloture.enums import GenrePenalite
from cloture.models import MiseEnDemeure, Penalite
from cloture.penalites.preuves_ecrites import ecrire_les_preuves

OBJETS = {
    GenrePenalite.HEURES: "heures d’insertion non réalisées",
    GenrePenalite.RETARD: "retard dans la déclaration des heures d’insertion",
}


def contexte_de_la_lettre(penalite: Penalite) -> dict:
    assert penalite.lettre_preparee_le and penalite.repondre_avant
    return {
        **ecrire_les_preuves(penalite.preuves),
        "sujet": OBJETS[GenrePenalite(penalite.genre)],
        "des_heures": penalite.genre == GenrePenalite.HEURES,
        "le": jour(penalite.lettre_preparee_le.isoformat()),
        "le_iso": penalite.lettre_preparee_le.isoformat(),
        "repondre_avant": jour(penalite.repondre_avant.isoformat()),
        "jours": (penalite.repondre_avant - penalite.lettre_preparee_le).days,
    }


def contexte_de_la_mise_en_demeure(mise_en_demeure: MiseEnDemeure) -> dict:
    parties = mise_en_demeure.parties
    return {
        "parties": imprimees(parties),
        "le": jour(mise_en_demeure.le.isoformat()),
        "le_iso": mise_en_demeure.le.isoformat(),
        "objet": imprimer(mise_en_demeure.objet),
        "attendus": [{"mois": mois(du["mois"]), "echeance": jour(du["echeance"])} for du in parties["attendus"]],
    }

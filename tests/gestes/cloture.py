"""Les portes de `cloture` : mise en demeure, carence, pénalité, attestation."""

import datetime

from cloture.enums import DecisionPenalite, GenrePenalite, RemiseLettre, StatutPenalite
from marches.models import Engagement
from tests.fabriques.cloture import MiseEnDemeureFactory, PenaliteFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.gestes.commun import ACHETEUR, ECRIVENT, ENTREPRISE, LISENT, Geste
from tests.gestes.marches import sur
from tests.monde import Cote

JOUR = datetime.date(2026, 10, 1)


def _fini(cote: Cote) -> Engagement:
    """Sur un marché soldé, au barème écrit, dont les heures manquent et où plus aucun mois n'attend."""
    marche = MarcheFactory(
        structure=cote.structure,
        maitre_ouvrage=cote.maitre_ouvrage,
        solde=True,
        fin_reelle=JOUR,
        penalite_par_heure=200,
    )
    return EngagementFactory(lot=LotFactory(marche=marche), entreprise=cote.entreprise)


def _pas_remise(cote: Cote) -> dict:
    mise = MiseEnDemeureFactory(engagement=cote.engagement, remise="", remise_le=None, le=JOUR)
    return {"mise_en_demeure": mise, "remise": RemiseLettre.RECOMMANDE, "le": JOUR}


def _lettre_prete(cote: Cote) -> dict:
    penalite = PenaliteFactory(
        engagement=cote.engagement,
        statut=StatutPenalite.LETTRE_PRETE,
        lettre_le=None,
        remise="",
        genre=GenrePenalite.HEURES,
        observations="",
        observations_le=None,
    )
    return {"penalite": penalite, "remise": RemiseLettre.RECOMMANDE, "le": JOUR}


def _decision(cote: Cote) -> dict:
    decision = DecisionPenalite.ABANDONNEE
    return {"penalite": cote.penalite, "decision": decision, "motif": "Chantier arrêté", "le": JOUR}


GESTES = {
    "cloture.carences.services.tenir_l_engagement": Geste(sur("engagement"), lit="il ne fait que tenir la ligne"),
    "cloture.carences.services.mettre_en_demeure": Geste(sur("engagement", le=JOUR, objet="Déclarer")),
    "cloture.carences.services.remettre_la_mise_en_demeure": Geste(_pas_remise),
    "cloture.carences.services.constater_carence": Geste(
        lambda c: {
            "engagement": c.engagement,
            "offre": c.offre,
            "constatee_le": JOUR,
            "postes": 1,
            "motif": "Sans candidat",
        }
    ),
    "cloture.carences.services.annuler_carence": Geste(sur("carence")),
    "cloture.carences.services.regler_la_fin": Geste(lambda c: {"jours_pour_repondre": 21}),
    "cloture.lettres.services.verrouiller_penalite": Geste(
        sur("penalite"), roles=LISENT | ENTREPRISE | ACHETEUR, lit="il ne fait que tenir la ligne"
    ),
    "cloture.lettres.services.envoyer_la_lettre": Geste(
        lambda c: {"penalite": c.penalite_proposee, "repondre_avant": datetime.date(2026, 11, 15)}
    ),
    "cloture.lettres.services.remettre_la_lettre": Geste(_lettre_prete),
    "cloture.penalites.services.proposer_penalite": Geste(
        lambda c: {"engagement": _fini(c), "genre": GenrePenalite.HEURES}
    ),
    "cloture.penalites.services.recevoir_observations": Geste(
        sur("penalite", texte="Le chantier a repris.", recues_le=JOUR), roles=ECRIVENT | ENTREPRISE
    ),
    "cloture.penalites.services.decider_penalite": Geste(_decision, roles=ECRIVENT | ACHETEUR),
    "cloture.penalites.services.notifier_penalite": Geste(
        lambda c: {"penalite": c.penalite_decidee, "le": JOUR}, roles=ECRIVENT | ACHETEUR
    ),
    "cloture.penalites.services.retirer_penalite": Geste(sur("penalite", motif="Erreur de calcul")),
    "cloture.attestations.services.emettre_attestation": Geste(
        lambda c: {"engagement": _fini(c), "signataire": "Claire Le Goff", "qualite": "Facilitatrice"}
    ),
}
MAILLONS = {
    "cloture.lettres.services.passer_penalite": "la pénalité est déjà tenue",
    "cloture.lettres.services.noter_penalite": "écrit au journal d'une pénalité tenue",
}
TRAVAIL = "un travail : chaque pénalité par l'automate de sa structure"
EXEMPTES = {
    "cloture.carences.services.verifier_le_jour": "un calcul",
    "cloture.lettres.services.terme_du_delai": "un calcul",
    "cloture.lettres.services.courriels_de_la_lettre": "lit : où en est la lettre",
    "cloture.lettres.services.constater_les_lettres": TRAVAIL,
    "cloture.lettres.services.constater_la_lettre": TRAVAIL,
    "cloture.penalites.services.verifier_decision": "un calcul",
    "cloture.penalites.services.demander_les_decisions": TRAVAIL,
    "cloture.attestations.services.lire_si_attestable": "un calcul",
}

"""Le mois, d'un bout à l'autre : un geste n'appelle que ceux d'avant lui, et aucun import ne revient en arrière.

1. `ouverture` : un mois attendu par engagement en exécution, avec son échéance.
2. `liens`, `avis_du_mois` : le lien qui mène l'entreprise à son mois, et à qui d'elle on écrit.
3. `heures` : taper les heures (la structure) ; tenir le compteur de l'engagement.
4. `vu`, `departs`, `declarations` : l'entreprise dit ses heures, garde un brouillon, envoie.
5. `sans_critere`, `decisions` : la structure rend le mois, ou décide de chaque ligne ; sans critère, avec un motif.
6. `validation`, `sans_alerte` : les heures comptent, mois par mois ou d'un coup ; une rectification en cours se clôt.
7. `rectifications` : rouvrir un mois validé, qui reprend au point 5.
8. `reprise` : tout cela d'un coup, depuis un classeur.

Ce qu'un mois a fait naître vient ensuite : `annonces` et `relances`. Le contrat `mois` d'import-linter tient cet ordre.
"""

from declarations.services.decisions import Decision, decider_lignes
from declarations.services.heures import (
    est_hors_du_contrat,
    recompter,
    saisir_heures,
    verifier_mois_du_contrat,
)
from declarations.services.rectifications import rouvrir_mois
from declarations.services.reprise import reprendre_heures
from declarations.services.validation import valider_mois

__all__ = [
    "Decision",
    "decider_lignes",
    "est_hors_du_contrat",
    "recompter",
    "reprendre_heures",
    "rouvrir_mois",
    "saisir_heures",
    "valider_mois",
    "verifier_mois_du_contrat",
]

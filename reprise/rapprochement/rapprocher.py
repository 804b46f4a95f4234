"""Le rapprochement, feuille après feuille : chacune s'appuie sur celles qui la précèdent."""

from comptes.acteur import Acteur
from reprise.controles import Contenu, Suivre
from reprise.rapport import Rapport
from reprise.rapprochement import contrats, heures, marches, partenaires, personnes
from reprise.rapprochement.contexte import Contexte, Plan
from reprise.rapprochement.etat import charger


def rapprocher(*, acteur: Acteur, contenu: Contenu, rapport: Rapport, suivre: Suivre) -> Plan:
    """Confronte le contenu du classeur à l'état de la structure ; rend ce qu'il faudrait écrire. N'écrit rien."""
    suivre(50, "Lecture de ce qui est déjà connu")
    ctx = Contexte(acteur, contenu, rapport, charger(acteur, contenu))
    suivre(55, "Rapprochement")
    partenaires.entreprises(ctx)
    partenaires.maitres_ouvrage(ctx)
    marches.marches(ctx)
    marches.lots(ctx)
    personnes.personnes(ctx)
    dates = contrats.contrats(ctx)
    premiers = contrats.premiers_contrats(dates)
    personnes.faits(ctx, premiers)
    heures.heures(ctx, dates, contrats.emplois_par_personne(dates), suivre)
    return ctx.plan

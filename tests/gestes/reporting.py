"""Les portes de `reporting` : bilans, objectifs, réglages."""

import datetime
from decimal import Decimal

from comptes.enums import Role
from reporting.calcul.registre import CLES_D_OBJECTIF
from reporting.donnees import empreinte_de
from reporting.enums import StatutBilan, Variante
from reporting.extraits.national import COLONNES
from reporting.models import Bilan
from socle.periodes import Periode
from tests.fabriques.reporting import BilanFactory
from tests.fabriques.socle import DocumentFactory
from tests.gestes.commun import RESPONSABLE, Geste
from tests.monde import Cote
from tests.reporting.donnees_bilan import donnees_publiees


def _pret(cote: Cote, statut: str = StatutBilan.BROUILLON) -> Bilan:
    document = DocumentFactory(organisation=cote.structure, pret=True)
    donnees = donnees_publiees(2024)
    return BilanFactory(
        structure=cote.structure,
        annee=2024,
        statut=statut,
        document=document,
        donnees=donnees,
        empreinte=empreinte_de(donnees),
    )


def _a_publier(cote: Cote) -> dict:
    return {"bilan": _pret(cote, StatutBilan.RELU), "destinataires": [cote.organisations[Role.FINANCEUR]]}


S = "reporting.services"
GESTES = {
    f"{S}.bilans.preparer_bilan": Geste(
        lambda c: {"periode": Periode.annee(2026), "variante": Variante.MARCHE, "cible": c.marche}
    ),
    f"{S}.bilans.refaire_bilan": Geste(lambda c: {"bilan": c.bilan}),
    f"{S}.bilans.ecrire_textes": Geste(
        lambda c: {"bilan": c.bilan, "textes": dict.fromkeys(c.bilan.rubriques, "Neuf.")}
    ),
    f"{S}.bilans.relire_bilan": Geste(lambda c: {"bilan": _pret(c)}),
    f"{S}.bilans.publier_bilan": Geste(_a_publier, roles=RESPONSABLE),
    f"{S}.bilans.ecarter_brouillon": Geste(lambda c: {"bilan": c.bilan}),
    f"{S}.calendrier.preparer_le_bilan_annuel": Geste(lambda c: {"le": datetime.date(2027, 1, 10)}),
    f"{S}.objectifs.fixer_les_objectifs": Geste(
        lambda c: {"annee": 2026, "objectifs": {CLES_D_OBJECTIF[0]: Decimal(1000)}}, roles=RESPONSABLE
    ),
    f"{S}.reglages.regler_les_bilans": Geste(lambda c: {"heures_par_etp": Decimal(1800)}, roles=RESPONSABLE),
    f"{S}.reglages.regler_l_extrait": Geste(lambda c: {"colonnes": list(COLONNES)[:2]}, roles=RESPONSABLE),
}
MAILLONS: dict[str, str] = {}
TRAVAIL = "un travail : chaque structure par son automate"
EXEMPTES = {
    f"{S}.remises.lignes_comparees": "lit : les lignes d'un bilan déjà tenu",
    f"{S}.remises.confronter": "lit : ce que chaque destinataire a déjà reçu",
    f"{S}.remises.ce_qui_se_tairait": "lit : ce que publier à chacun ferait taire",
    f"{S}.remises.dire_les_retenues": "un calcul : la méthode du bilan que l'on publie",
    f"{S}.bilans.destinataires_possibles": "lit : à qui une organisation publie",
    f"{S}.bilans.destinataires_d_avant": "lit : qui a reçu la version d'avant",
    f"{S}.bilans.membres_du_reseau": "lit : les structures d'un réseau",
    f"{S}.bilans.nom_de_fichier": "un calcul",
    f"{S}.bilans.perimetre_de": "un calcul",
    f"{S}.bilans.lire_les_chiffres": "la file : le document dit le bilan, et ne garde que le sien",
    f"{S}.calendrier.bilans_a_preparer": "lit : ce que le travail fera",
    f"{S}.calendrier.preparer_les_bilans_annuels": TRAVAIL,
    f"{S}.calendrier.trimestre_fini": "un calcul",
    f"{S}.calendrier.points_a_envoyer": "lit : ce que le travail fera",
    f"{S}.calendrier.envoyer_les_points": TRAVAIL,
}

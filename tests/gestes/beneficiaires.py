"""Les portes de `beneficiaires` : le dossier d'une personne, ses faits datés, son domicile."""

import datetime

from beneficiaires.enums import CodeCritere, NiveauFormation
from beneficiaires.models import Beneficiaire, Critere
from comptes.enums import Role
from territoires.enums import Millesime
from tests.fabriques.beneficiaires import CritereFactory
from tests.gestes.commun import ADMINISTRATEUR, ECRIVENT, PRESCRIPTEUR, Geste
from tests.monde import Cote

IDENTITE = {"nom": "Neuve", "prenom": "Awa", "date_naissance": datetime.date(1994, 5, 6), "sexe": "F"}
JOUR = datetime.date(2026, 10, 1)


def dossiers_a_reprendre(cote: Cote) -> dict:
    neuf = Beneficiaire(
        structure=cote.structure,
        identifiant="B-9001",
        prescripteur=cote.organisations[Role.PRESCRIPTEUR],
        **IDENTITE,
    )
    modifie = Beneficiaire.objects.get(pk=cote.beneficiaire.pk)
    modifie.prenom = "Aïcha"
    return {"nouveaux": [neuf], "modifies": [modifie], "champs": ["prenom", "prescripteur"]}


def faits_a_reprendre(cote: Cote) -> dict:
    neuf = Critere(beneficiaire=cote.beneficiaire, code=CodeCritere.ASS, depuis=JOUR)
    modifie = Critere.objects.get(pk=cote.critere.pk)
    modifie.principal = False
    retire = CritereFactory(beneficiaire=cote.beneficiaire, code=CodeCritere.DELD, principal=False)
    return {"nouveaux": [neuf], "modifies": [modifie], "champs": ["principal", "beneficiaire"], "retires": [retire]}


def _sur_dossier(**valeurs):
    return lambda c: {"beneficiaire": c.beneficiaire, **valeurs}


def _sur_dossier_et_double(cote: Cote) -> dict:
    return {"beneficiaire": cote.beneficiaire, "autre": cote.double}


def _a_un_collegue(cote: Cote) -> dict:
    adhesion = cote.personnes[Role.PRESCRIPTEUR].adhesions.get(organisation=cote.organisations[Role.PRESCRIPTEUR])
    return {"beneficiaire": cote.beneficiaire, "adhesion": adhesion}


S = "beneficiaires.services"
GESTES = {
    f"{S}.conservation.anonymiser_dossier": Geste(_sur_dossier()),
    f"{S}.domiciles.declarer_domicile": Geste(_sur_dossier(depuis=JOUR, adresse="3 rue Neuve", code_postal="50100")),
    f"{S}.domiciles.decider_quartier": Geste(
        lambda c: {"domicile": c.domicile, "millesime": Millesime.GEOGRAPHIE_2024, "quartier": c.rattachement.quartier}
    ),
    f"{S}.dossiers.creer_beneficiaire": Geste(
        lambda c: {**IDENTITE, "prescripteur": c.organisations[Role.PRESCRIPTEUR]}
    ),
    f"{S}.dossiers.modifier_beneficiaire": Geste(_sur_dossier(prenom="Aïcha")),
    f"{S}.dossiers.archiver_beneficiaire": Geste(_sur_dossier(archiver=True)),
    f"{S}.dossiers.enregistrer_recherche": Geste(_sur_dossier(metiers=[], disponible_le=JOUR, rayon_km=10)),
    f"{S}.faits.enregistrer_critere": Geste(_sur_dossier(code=CodeCritere.ASS, depuis=JOUR)),
    f"{S}.faits.clore_critere": Geste(lambda c: {"critere": c.critere, "jusqu_a": JOUR}),
    f"{S}.faits.declarer_niveau": Geste(_sur_dossier(niveau=NiveauFormation.AUCUN, depuis=JOUR)),
    f"{S}.faits.declarer_inscription": Geste(_sur_dossier(depuis=JOUR, jusqu_a=None)),
    f"{S}.parcours.noter_parcours": Geste(_sur_dossier(texte="Vue ce jour."), roles=ECRIVENT | PRESCRIPTEUR),
    f"{S}.prescription.orienter_personne": Geste(
        lambda c: {"structure": c.structure, "criteres": [CodeCritere.RSA], "metiers": [c.offre.metier], **IDENTITE},
        roles=PRESCRIPTEUR,
    ),
    f"{S}.prescription.corriger_ma_personne": Geste(_sur_dossier(telephone="06 11 22 33 44"), roles=PRESCRIPTEUR),
    f"{S}.prescription.passer_a_un_collegue": Geste(_a_un_collegue, roles=PRESCRIPTEUR),
    f"{S}.reclassement.reclasser_domiciles": Geste(
        lambda c: {"millesime": Millesime.GEOGRAPHIE_2024}, roles=ADMINISTRATEUR
    ),
    f"{S}.reglages.regler_duree_d_eligibilite": Geste(lambda c: {"duree_mois": 36, "interruption_mois": 6}),
    f"{S}.reglages.regler_critere": Geste(lambda c: {"code": CodeCritere.RSA, "libelle": "RSA socle"}),
    f"{S}.reprise.reprendre_dossiers": Geste(dossiers_a_reprendre),
    f"{S}.reprise.reprendre_faits": Geste(faits_a_reprendre),
    f"{S}.ressemblances.ecarter_la_ressemblance": Geste(lambda c: {"ressemblance": c.ressemblance}),
    f"{S}.ressemblances.fusionner_les_dossiers": Geste(_sur_dossier_et_double),
    f"{S}.verrou.tenir_le_dossier": Geste(_sur_dossier(), lit="il ne fait que tenir la ligne"),
}
MAILLONS = {
    f"{S}.ressemblances.signaler_les_ressemblances": "les dossiers viennent d'être écrits par la porte",
    f"{S}.domiciles.rattacher": "le domicile est celui d'un dossier déjà tenu",
    f"{S}.faits.succeder": "les faits sont ceux d'un dossier déjà tenu",
}
EXEMPTES = {
    f"{S}.prescription.reaffecter_les_personnes": "la suite du départ d'un membre, dont le service a contrôlé la portée",
    f"{S}.domiciles.situer": "lit : interroge le service d'adresses",
    f"{S}.domiciles.situer_adresse": "lit : interroge le service d'adresses",
    f"{S}.domiciles.situer_les_domiciles": "un travail : chaque domicile à situer, sans personne",
    f"{S}.domiciles.domiciles_a_situer": "lit : ce que ce travail fera",
    f"{S}.domiciles.situer_plus_tard": "un travail : ne change que ce que dit le service d'adresses",
    f"{S}.domiciles.statut_calcule": "un calcul",
    f"{S}.faits.debut_de_l_annee": "un calcul",
    f"{S}.faits.a_travaille_les_annees_passees": "lit : les contrats d'un dossier déjà tenu",
    f"{S}.faits.exiger_une_date": "lit : les contrats d'un dossier déjà tenu",
    f"{S}.domiciles.motif_de_l_adresse": "un calcul",
    f"{S}.dossiers.prochain_identifiant": "lit : le numéro suivant d'une structure",
    f"{S}.reglages.critere_propose": "un calcul : rien n'est enregistré",
}

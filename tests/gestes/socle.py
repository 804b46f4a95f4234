"""Les portes de `socle`, et les outils des services, qui n'en sont pas."""

from django.http import QueryDict

from comptes.enums import Role
from socle.ensemble import GesteDEnsemble, gestes_de
from socle.enums import EtatDocument
from socle.models import Courriel, Document
from tests.fabriques.socle import DocumentFactory
from tests.gestes.commun import ADMINISTRATEUR, LISENT, TOUS, Geste
from tests.monde import Cote


def _document_echoue(cote: Cote) -> dict:
    return {"document": DocumentFactory(organisation=cote.structure, genre="bilan", etat=EtatDocument.ECHEC)}


def _archiver_des_marches() -> GesteDEnsemble:
    return next(geste for geste in gestes_de("marches.marche") if geste.nom == "archiver")


def _sans_suivi(progression: int, etape: str) -> None:
    """Personne n'attend devant un écran."""


def _archivage_confie(cote: Cote) -> Document:
    demande = {"chemin": "/marches/", "geste": "archiver", "lignes": [str(cote.marche.uuid)], "saisie": {}}
    return DocumentFactory(organisation=cote.structure, genre="geste_d_ensemble", parametres=demande)


S = "socle.services"
GESTES = {
    f"{S}.courriels.renvoyer": Geste(lambda c: {"courriel": Courriel.objects.get(pk=c.courriel.pk)}),
    f"{S}.documents.refaire_un_document": Geste(_document_echoue, roles=LISENT),
    f"{S}.ensemble.confier_l_ensemble": Geste(
        lambda c: {
            "geste": _archiver_des_marches(),
            "chemin": "/marches/",
            "titre": "Marchés",
            "lignes": [c.marche],
            "saisie": QueryDict(),
        }
    ),
    f"{S}.ensemble.executer": Geste(lambda c: {"document": _archivage_confie(c), "suivre": _sans_suivi}),
    f"{S}.ensemble.faire_sur_chacune": Geste(
        lambda c: {"geste": _archiver_des_marches(), "lignes": [c.marche], "precisions": {}, "nommer": str}
    ),
    f"{S}.fusions.defaire_la_fusion": Geste(lambda c: {"fusion": c.fusion}),
    f"{S}.vues.enregistrer_une_vue": Geste(
        lambda c: {"chemin": "/marches/", "nom": "Neuve", "requete": "statut=execution"},
        roles=TOUS | ADMINISTRATEUR,
        soi=True,
    ),
    f"{S}.vues.choisir_les_colonnes": Geste(
        lambda c: {"chemin": "/documents/", "titres": ["État"]}, roles=TOUS | ADMINISTRATEUR, soi=True
    ),
    f"{S}.vues.retirer_une_vue": Geste(lambda c: {"vue": c.vue}, roles=frozenset({Role.RESPONSABLE})),
}
PORTES = {
    f"{S}.enregistrement.relire": "la porte : relit dans la portée",
    f"{S}.enregistrement.verrouiller": "la porte : relit dans la portée, sous verrou",
    f"{S}.enregistrement.verrouiller_la_structure": "un verrou : la structure de l'acteur",
    f"{S}.portee.exiger_la_portee": "la porte : refuse ce qui est d'ailleurs",
    f"{S}.portee.exiger_la_portee_des_lignes": "la porte : refuse ce qui est d'ailleurs",
    f"{S}.portee.exiger_les_cles": "la porte : refuse ce qui est d'ailleurs",
}
OUTIL = "un outil des services : qui s'en sert tient déjà l'objet"
MAILLONS = {
    f"{S}.{nom}": OUTIL
    for nom in (
        "documents.demander_document",
        "enregistrement.appliquer",
        "enregistrement.basculer_archive",
        "enregistrement.changements",
        "enregistrement.ecrire",
        "enregistrement.modifier",
        "enregistrement.verrouiller_les_reglages",
        "fusions.fusionner",
        "journal.noter",
        "masse.creer_en_masse",
        "masse.modifier_en_masse",
    )
}
LIT, LIEN, TRAVAIL, FILE = (
    "lit : rien ne s'écrit",
    "par un lien signé : le jeton désigne ce qu'il ouvre, et rien d'autre",
    "un travail périodique, sans personne",
    "la file : un travailleur prend ce qui est dû",
)
EXEMPTES = {
    f"{S}.analyses.analyser_les_depots": TRAVAIL,
    f"{S}.analyses.analyser_le_depot": TRAVAIL,
    f"{S}.annulation.lire_le_temoin_intact": "lit : un verrou, et rien ne s'écrit",
    f"{S}.bail.tenu": FILE,
    f"{S}.journal.phrase_de": LIT,
    f"{S}.clair.dire_le_changement": LIT,
    f"{S}.clair.se_tait": LIT,
    f"{S}.clair.en_clair": LIT,
    f"{S}.clair.en_mots": LIT,
    f"{S}.codes.envoyer_code": LIEN,
    f"{S}.codes.code_est_bon": LIEN,
    f"{S}.codes.code_en_cours": LIEN,
    f"{S}.courriels.ecrire_courriel": OUTIL,
    f"{S}.courriels.ecrire_a_chacun": OUTIL,
    f"{S}.regroupement.ecrire_au_groupe": OUTIL,
    f"{S}.courriels.composer": OUTIL,
    f"{S}.courriels.deposer": OUTIL,
    f"{S}.courriels.deposer_tous": OUTIL,
    f"{S}.courriels.envoyer": FILE,
    f"{S}.courriels.envoyer_lot": FILE,
    f"{S}.courriels.corps_a_purger": LIT,
    f"{S}.courriels.purger_les_corps": TRAVAIL,
    f"{S}.documents.fabriquer": FILE,
    f"{S}.ensemble.en_classeur": "un calcul",
    f"{S}.documents.relancer": "l'exploitant seul, par la commande qui refait les fichiers manquants",
    f"{S}.documents.a_reprendre": LIT,
    f"{S}.documents.tache_du_document": LIT,
    f"{S}.documents.purger": TRAVAIL,
    f"{S}.etat.etat_de_l_installation": LIT,
    f"{S}.etat.attente_des_documents": LIT,
    f"{S}.etat.attente_des_courriels": LIT,
    f"{S}.etat.longueurs_des_files": LIT,
    f"{S}.etat.cache_repond": LIT,
    f"{S}.etat.file_repond": LIT,
    f"{S}.fusions.apercu": LIT,
    f"{S}.fusions.exiger_defaisable": LIT,
    f"{S}.fusions.exiger_non_fusionnee": LIT,
    f"{S}.fusions.la_fiche": LIT,
    f"{S}.fusions.fiche_gardee": LIT,
    f"{S}.fusions.exiger_jamais_rangees": LIT,
    f"{S}.fusions.suivre": "un calcul",
    f"{S}.fusions.anciennes_fiches": LIT,
    f"{S}.fusions.fusions_montrees": LIT,
    f"{S}.journal.declarer_actions": "une déclaration, au chargement du code",
    f"{S}.journal.histoire": LIT,
    f"{S}.liens.declarer_usage": "une déclaration, au chargement du code",
    f"{S}.liens.usage_de": LIT,
    f"{S}.liens.donner_lien": OUTIL,
    f"{S}.liens.donner_liens": OUTIL,
    f"{S}.liens.lien_du_jeton": LIEN,
    f"{S}.liens.marquer_ouvert": LIEN,
    f"{S}.liens.liens_ouverts": LIT,
    f"{S}.liens.revoquer_lien": OUTIL,
    f"{S}.lots.travail": "un outil des travaux périodiques",
    f"{S}.lots.pour_chacun": "un outil des travaux périodiques",
    f"{S}.lots.isoler": "un outil des travaux périodiques",
    f"{S}.masse.controler": "un calcul",
    f"{S}.masse.par_paquets": "un calcul",
    f"{S}.passages.passage": "un outil des travaux périodiques",
    f"{S}.passages.commencer": "un outil des travaux périodiques",
    f"{S}.passages.finir": "un outil des travaux périodiques",
    f"{S}.rebonds.signaler": "la file : ce que dit le serveur d'envoi d'une adresse",
    f"{S}.rebonds.consigner_rebond": "l'exploitant seul, par sa commande ; ou la file, de ce que dit le serveur d'envoi",
    f"{S}.rebonds.consigner_avis": "l'exploitant seul, par la commande qui lit les avis de non-remise",
    f"{S}.rebonds.lire_le_depot": TRAVAIL,
    f"{S}.rebonds.nouveaux_rebonds": LIT,
    f"{S}.rebonds.adresses_en_erreur": LIT,
    f"{S}.sessions.purger_sessions": TRAVAIL,
}

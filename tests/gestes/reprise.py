"""Les portes de `reprise` : classeurs déposés, listes confiées."""

from django.core.files.uploadedfile import SimpleUploadedFile

from comptes.enums import Role
from reprise.models import ListeConfiee, PersonneBrouillon
from socle.enums import EtatDocument
from tests.fabriques.reprise import RepriseFactory
from tests.fabriques.socle import DocumentFactory
from tests.gestes.commun import ECRIVENT, PRESCRIPTEUR, RACINE, Geste
from tests.monde import Cote

LISTE = "Nom;Prénom;Date de naissance;Sexe;Situation\nFontaine;Maëlle;14/02/2002;F;RSA\n".encode()
VIDE = RACINE / "templates" / "base.html"  # n'est pas un classeur : le rapport le dit, rien ne s'écrit


def _depot(cote: Cote) -> dict:
    return {
        "structure": cote.structure,
        "prescripteur": cote.organisations[Role.PRESCRIPTEUR],
        "fichier": SimpleUploadedFile("liste.csv", LISTE, "text/csv"),
    }


def _brouillon(liste: ListeConfiee) -> PersonneBrouillon:
    return liste.brouillons.first()


def _a_relancer(cote: Cote) -> dict:
    analyse = DocumentFactory(organisation=cote.structure, genre="reprise_analyse", etat=EtatDocument.ECHEC)
    return {"reprise": RepriseFactory(structure=cote.structure, analyse=analyse)}


S = "reprise.services"
GESTES = {
    f"{S}.classeur.analyser_classeur": Geste(lambda c: {"chemin": VIDE}, lit="une analyse n'écrit rien"),
    f"{S}.classeur.appliquer_classeur": Geste(lambda c: {"chemin": VIDE}, lit="un classeur illisible ne reprend rien"),
    f"{S}.listes.deposer_liste": Geste(_depot, roles=ECRIVENT | PRESCRIPTEUR),
    f"{S}.listes.corriger_brouillon": Geste(
        lambda c: {"brouillon": c.brouillon, "donnees": {**c.brouillon.donnees, "nom": "Neuve"}}, roles=PRESCRIPTEUR
    ),
    f"{S}.listes.avancer_brouillon": Geste(
        lambda c: {"brouillon": _brouillon(c.liste_du_facilitateur), "transition": "ecarter"}
    ),
    f"{S}.listes.demander_versement": Geste(lambda c: {"liste": c.liste}, roles=PRESCRIPTEUR),
    f"{S}.reprises.deposer": Geste(lambda c: {"fichier": SimpleUploadedFile("classeur.xlsx", b"PK")}),
    f"{S}.reprises.demander_application": Geste(lambda c: {"reprise": c.reprise}),
    f"{S}.reprises.choisir_les_colonnes": Geste(lambda c: {"reprise": c.reprise, "choix": []}),
    f"{S}.reprises.corriger_les_lignes": Geste(
        lambda c: {"reprise": c.reprise, "corrections": {"Heures": {"2": {"heures": "12"}}}}
    ),
    f"{S}.correspondance.retenir": Geste(lambda c: {"choix": []}),
    f"{S}.reprises.relancer": Geste(_a_relancer),
    f"{S}.reprises.demander_classeur": Geste(lambda c: {}),
}
MAILLONS: dict[str, str] = {}
EXEMPTES = {
    f"{S}.listes.formulaire": "lit : le formulaire d'une ligne, borné à la portée de qui la tient",
    f"{S}.listes.personnes_connues": "lit : les dossiers de la portée de l'acteur qui ressemblent à une ligne",
    f"{S}.classeur.sans_suivi": "ne fait rien",
    f"{S}.classeur.sans_suite": "ne fait rien",
    f"{S}.listes.est_en_route": "lit : l'état d'un versement",
    f"{S}.listes.verser": "la file : le document dit la liste, donc qui l'a confiée et à qui",
    f"{S}.listes.libelle_du_champ": "un calcul",
    f"{S}.listes.premiere_raison": "un calcul",
    f"{S}.listes.purger_listes": "un travail : chaque liste périmée",
    f"{S}.reprises.analyser": "la file : le document dit la reprise, et le rôle d'aujourd'hui de qui l'a demandée",
    f"{S}.reprises.appliquer": "la file : le document dit la reprise, et le rôle d'aujourd'hui de qui l'a demandée",
    f"{S}.correspondance.retenue_de": "lit : ce que la structure de l'acteur a choisi pour ses classeurs",
    f"{S}.correspondance.consigne": "lit : comment lire le classeur d'une reprise que l'on tient",
    f"{S}.rendu.rendre": "un calcul : le fichier relu, et son rapport",
    f"{S}.reprises.en_tableur_garde": "un calcul",
    f"{S}.reprises.purger": "un travail : chaque classeur périmé",
}

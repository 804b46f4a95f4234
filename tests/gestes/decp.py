"""Les portes de `decp` : avis publics et fichiers déposés."""

from django.core.files.uploadedfile import SimpleUploadedFile

from decp.enums import StatutAvis
from tests.fabriques.decp import AvisDecpFactory
from tests.gestes.commun import Geste
from tests.monde import Cote


def _ecarte(cote: Cote) -> dict:
    return {"avis": AvisDecpFactory(structure=cote.structure, statut=StatutAvis.ECARTE)}


S = "decp.services"
GESTES = {
    f"{S}.avis.suivre_avis": Geste(lambda c: {"avis": c.avis_decp}),
    f"{S}.avis.rattacher_avis": Geste(lambda c: {"avis": c.avis_decp, "marche": c.marche}),
    f"{S}.avis.ecarter_avis": Geste(lambda c: {"avis": c.avis_decp, "motif": "Sans clause"}),
    f"{S}.avis.reprendre_avis": Geste(_ecarte),
    f"{S}.importation.importer": Geste(
        lambda c: {"enregistrements": [], "pour_de_vrai": True}, lit="un fichier vide n'ajoute rien"
    ),
    f"{S}.imports.deposer": Geste(
        lambda c: {"fichier": SimpleUploadedFile("decp.json", b"{}", "application/json"), "a_blanc": True}
    ),
}
MAILLONS: dict[str, str] = {}
EXEMPTES = {
    f"{S}.importation.comptes": "un calcul",
    f"{S}.imports.executer": "la file : le document dit le dépôt, donc qui l'a fait et sa structure",
    f"{S}.imports.en_csv": "un calcul",
    f"{S}.imports.purger": "un travail : chaque dépôt périmé",
    f"{S}.modifications.appliquer_les_modifications": "un travail : chaque avis par l'automate de sa structure",
}

"""Les bilans de la démonstration : deux années publiées à leurs financeurs, une troisième prête à publier."""

from typing import cast

from comptes.acteur import Acteur
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from reporting.enums import Variante
from reporting.models import Bilan
from reporting.services import destinataires_possibles, ecrire_textes, preparer_bilan, publier_bilan, relire_bilan
from socle.periodes import Periode
from socle.services.documents import fabriquer

PUBLIES, PRETS = (2017, 2018), (2019,)
TEXTES = {
    "promotion": "Deux **petits-déjeuners** avec les acheteurs du territoire, une journée avec les entreprises du bâtiment.",
    "difficultes": "Trois freins reviennent dans les parcours :\n\n- la mobilité, surtout avant sept heures ;\n"
    "- les gardes d'enfants ;\n- le manque de candidates dans les métiers du bâtiment.",
    "perspectives": "Étendre les clauses aux **marchés de services**, et suivre chaque personne douze mois après son contrat.",
}


def etablir_les_bilans(slug: str) -> None:
    """Prépare et publie par les services, puis fabrique les documents sans attendre la file. Reprend là où il s'est arrêté."""
    structure = Organisation.objects.get(slug=slug)
    acteur = Acteur.systeme(structure)
    financeurs = destinataires_possibles(structure).exclude(type=TypeOrganisation.MAITRE_OUVRAGE)
    for annee in (*PUBLIES, *PRETS):
        deja = Bilan.objects.filter(structure=structure, variante=Variante.STRUCTURE, fin__year=annee).first()
        bilan = deja or preparer_bilan(acteur=acteur, periode=Periode.annee(annee))
        fabriquer(cast(int, bilan.document_id))
        bilan.refresh_from_db()
        if bilan.est_en_preparation and not bilan.textes:
            bilan = ecrire_textes(acteur=acteur, bilan=bilan, textes=TEXTES)
            fabriquer(cast(int, bilan.document_id))
            bilan.refresh_from_db()
        if annee in PUBLIES and bilan.est_en_preparation and bilan.est_pret:
            bilan = relire_bilan(acteur=acteur, bilan=bilan)
            bilan = publier_bilan(acteur=acteur, bilan=bilan, destinataires=financeurs)
            fabriquer(cast(int, bilan.document_id))
            fabriquer(cast(int, bilan.classeur_id))

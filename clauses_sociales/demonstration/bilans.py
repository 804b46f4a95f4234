"""Les bilans de la démonstration : deux années publiées à leurs financeurs, une troisième prête à publier."""

from comptes.acteur import Acteur
from comptes.models import Organisation
from reporting.models import Bilan
from reporting.services import financeurs_possibles, preparer_bilan, publier_bilan
from socle.services.documents import fabriquer

PUBLIES, PRETS = (2017, 2018), (2019,)


def etablir_les_bilans(slug: str) -> None:
    """Prépare et publie par les services, puis fabrique les documents sans attendre la file. Reprend là où il s'est arrêté."""
    structure = Organisation.objects.get(slug=slug)
    acteur = Acteur.systeme(structure)
    for annee in (*PUBLIES, *PRETS):
        bilan = Bilan.objects.filter(structure=structure, annee=annee).first() or preparer_bilan(
            acteur=acteur, annee=annee
        )
        fabriquer(bilan.document_id)
        bilan.refresh_from_db()
        if annee in PUBLIES and bilan.est_brouillon and bilan.est_pret:
            bilan = publier_bilan(acteur=acteur, bilan=bilan, destinataires=financeurs_possibles(structure))
            fabriquer(bilan.document_id)

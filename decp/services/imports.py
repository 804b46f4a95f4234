"""Les fichiers déposés à l'écran : gardés le temps que la file les lise, puis effacés."""

import csv
import datetime
import io
import shutil
import tempfile
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from decp.lecture import lire
from decp.models import ImportDecp
from decp.services.importation import Rapport, comptes, importer
from marches.permissions import peut_gerer_les_marches
from socle.exports import desamorcer
from socle.models import Document
from socle.regles import RegleViolee
from socle.services import documents
from socle.services.documents import Suivi
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(decp_depose="Fichier DECP déposé")
GENRE = "import_decp"
JOURS_GARDES = 7
MOYENNE_PAR_AVIS = 1500  # octets ; pour l'avancement seulement


@transaction.atomic
def deposer(*, acteur: Acteur, fichier: UploadedFile, a_blanc: bool = False) -> ImportDecp:
    """Garde le fichier et confie sa lecture à la file."""
    peut_gerer_les_marches(acteur).exiger()
    depot = ImportDecp(
        structure=acteur.organisation,
        depose_par=acteur.utilisateur,
        nom_fichier=Path(fichier.name or "").name[-150:],
        a_blanc=a_blanc,
    )
    depot.fichier.save(f"{depot.uuid}.json", fichier, save=False)
    depot.document = documents.demander_document(
        acteur=acteur,
        genre=GENRE,
        titre=f"Rapport de lecture DECP, {timezone.localtime():%d/%m/%Y %H:%M}",
        nom_fichier="rapport-decp.csv",
        parametres={"import": str(depot.uuid)},
    )
    depot.save()
    noter(acteur=acteur, action="decp_depose", objet=depot)
    return depot


def executer(*, document: Document, suivre: Suivi) -> bytes:
    """Le passage de la file : importe et rend le rapport. Refait, il n'ajoute rien : chaque avis est unique."""
    depot = ImportDecp.objects.select_related("structure", "depose_par").get(document=document)
    if not depot.fichier or not depot.fichier.storage.exists(str(depot.fichier.name)):
        raise RegleViolee("Le fichier a été effacé : déposez-le de nouveau.")
    acteur = Acteur(depot.depose_par, depot.structure, Role.EDITION)
    estimation = max(1, depot.fichier.size // MOYENNE_PAR_AVIS)
    with depot.fichier.open("rb") as source, tempfile.NamedTemporaryFile(suffix=".json") as copie:
        shutil.copyfileobj(source, copie)
        copie.flush()
        rapport = importer(
            acteur=acteur,
            enregistrements=lire(Path(copie.name)),
            pour_de_vrai=not depot.a_blanc,
            suivre=lambda lus: suivre(min(95, lus * 95 // estimation), f"{lus} marchés lus"),
        )
    ImportDecp.objects.filter(pk=depot.pk).update(rapport=rapport.en_json() | {"refus": []})
    return en_csv(rapport)


def en_csv(rapport: Rapport) -> bytes:
    """Le rapport à ouvrir dans un tableur : les comptes, puis chaque refus et sa raison."""
    tampon = io.StringIO()
    lignes = csv.writer(tampon, delimiter=";")
    lignes.writerows(comptes(rapport.en_json()))
    if rapport.interruption:
        lignes.writerow(["Lecture incomplète", desamorcer(rapport.interruption)])
    lignes.writerow([])
    lignes.writerow(["rang", "identifiant", "motif du refus"])
    for refus in rapport.refus:
        lignes.writerow([refus.rang, desamorcer(refus.identifiant), desamorcer(refus.motif)])
    return tampon.getvalue().encode("utf-8-sig")


@travail("Fichiers DECP périmés")
def purger() -> int:
    """Efface les fichiers déposés qui ont fait leur temps ; rend leur nombre."""
    limite = timezone.now() - datetime.timedelta(days=JOURS_GARDES)
    vieux = ImportDecp.objects.filter(cree_le__lt=limite).exclude(fichier="").order_by("pk")
    return sum(pour_chacun(vieux, _effacer_le_fichier))


def _effacer_le_fichier(depot: ImportDecp) -> int:
    depot.fichier.delete(save=False)
    return ImportDecp.objects.filter(pk=depot.pk).update(fichier="")

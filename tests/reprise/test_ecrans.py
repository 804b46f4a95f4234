"""La reprise à l'écran : déposer, lire le rapport, reprendre pour de vrai, une seule fois."""

import datetime
import io
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from comptes.models import Adhesion
from declarations.models import LigneHeures
from marches.models import Marche
from reprise.enums import EtatReprise
from reprise.models import Reprise
from reprise.services import reprises as services
from reprise.tasks import purger_reprises
from socle.enums import EtatDocument
from socle.models import Document, EntreeJournal
from socle.services import documents
from tests.fabriques.commun import siret
from tests.reprise.outils import ENTREPRISES, HEURES, LIGNE, LOTS, MO, classeur_juste, ecrire

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _file_a_la_main(monkeypatch):
    """La file ne travaille que quand le test le dit : `travailler()`."""
    monkeypatch.setattr("socle.services.documents.confier", lambda tache, cle: None)


def travailler() -> int:
    return sum(
        documents.fabriquer(cle) for cle in Document.objects.filter(etat="en_attente").values_list("pk", flat=True)
    )


def contenu(tmp_path: Path, feuilles=None) -> bytes:
    return ecrire(tmp_path / "classeur.xlsx", feuilles or classeur_juste()).read_bytes()


def deposer(client, octets: bytes, nom: str = "classeur.xlsx"):
    return client.post(reverse("reprise:importer"), {"fichier": SimpleUploadedFile(nom, octets)})


def fiche(reprise: Reprise) -> str:
    return reverse("reprise:fiche", args=[reprise.uuid])


def nouvelle(monde) -> Reprise:
    return Reprise.objects.exclude(pk__in=[monde.nous.reprise.pk, monde.autre.reprise.pk]).get()


def test_le_parcours_du_depot_aux_heures(monde, connecte, tmp_path):
    client = connecte("edition")
    assert "Vérifier ce classeur" in client.get(reverse("reprise:importer")).text
    reponse = deposer(client, contenu(tmp_path))
    reprise = nouvelle(monde)
    assert reponse.url == fiche(reprise)
    page = client.get(fiche(reprise)).text
    assert "Analyse en cours" in page
    assert 'hx-trigger="every 2s"' in page
    assert travailler() == 1
    assert not Marche.objects.filter(reference="2018-01").exists()

    page = client.get(fiche(reprise)).text
    assert "Aucune erreur" in page
    assert "Reprendre pour de vrai" in page
    assert "À créer" in page
    confirmation = client.get(reverse("reprise:confirmer", args=[reprise.uuid])).text
    assert "14 lignes à créer, 0 à modifier" in confirmation
    appliquer = reverse("reprise:appliquer", args=[reprise.uuid])
    assert client.post(appliquer).url == fiche(reprise)
    assert client.post(appliquer).url == fiche(reprise)  # second clic
    page = client.get(fiche(reprise)).text
    assert "Enregistrement en cours" in page
    assert "Seul un classeur" not in page  # le second clic n'est pas une faute
    assert travailler() == 1

    page = client.get(fiche(reprise)).text
    assert "Tout est enregistré" in page
    assert f'href="{reverse("marches:liste")}"' in page
    assert Marche.objects.filter(structure=monde.nous.structure, reference="2018-01").count() == 1
    assert client.post(appliquer).url == fiche(reprise)
    assert travailler() == 0
    assert EntreeJournal.objects.filter(action="classeur_repris").count() == 1
    assert "Ce classeur est déjà repris" in client.get(reverse("reprise:confirmer", args=[reprise.uuid])).text


def test_les_erreurs_se_filtrent_et_se_telechargent(monde, connecte, tmp_path):
    feuilles = classeur_juste()
    feuilles[HEURES] += [LIGNE[HEURES](**{"Mois*": "2018-04", "Heures*": -rang}) for rang in range(1, 61)]
    feuilles[MO][0]["Type"] = "Planète"
    client = connecte("edition")
    deposer(client, contenu(tmp_path, feuilles))
    travailler()
    reprise = nouvelle(monde)
    assert reprise.etat == EtatReprise.A_CORRIGER
    page = client.get(fiche(reprise)).text
    assert "Rien n'est écrit" in page.replace("&#x27;", "'")
    assert "Planète" in page
    assert "Reprendre pour de vrai</a>" not in page
    page = client.get(fiche(reprise), {"feuille": HEURES}).text
    assert "Planète" not in page
    assert "Des heures ne peuvent pas" in page
    assert "page=2" in page
    assert client.get(fiche(reprise), {"feuille": HEURES, "page": 2}).status_code == 200
    rapport = client.get(reverse("document_fichier", args=[reprise.analyse.uuid])).getvalue()
    lignes = CalamineWorkbook.from_filelike(io.BytesIO(rapport)).get_sheet_by_name("Erreurs").to_python()
    assert len(lignes) == 1 + reprise.rapport["nombre_erreurs"]
    assert lignes[0] == ["Feuille", "Ligne", "Colonne", "Valeur", "Raison"]
    reponse = client.post(reverse("reprise:appliquer", args=[reprise.uuid]), follow=True)
    assert "Seul un classeur analysé sans erreur" in reponse.text
    assert Document.objects.filter(genre=services.GENRE_APPLICATION).count() == 0


@pytest.mark.parametrize(
    ("nom", "octets", "motif"),
    [
        ("classeur.doc", b"x", "pas un tableau"),
        ("classeur.xlsx", b"", "vide"),
        ("classeur.pdf", b"%PDF", "pas un tableau"),
    ],
)
def test_un_mauvais_fichier_est_refuse_au_depot(monde, connecte, nom, octets, motif):
    reponse = deposer(connecte("edition"), octets, nom)
    assert reponse.status_code == 200
    assert motif in reponse.text
    assert Reprise.objects.count() == 2


def test_un_fichier_trop_lourd_est_refuse_au_depot(monde, connecte, settings):
    settings.FICHIER_IMPORTE_TAILLE_MAX = 10
    assert "plus que les" in deposer(connecte("edition"), b"x" * 11).text
    assert Reprise.objects.count() == 2


def test_un_faux_xlsx_est_dit_par_l_analyse(monde, connecte):
    client = connecte("edition")
    deposer(client, b"%PDF-1.7")
    travailler()
    page = client.get(fiche(nouvelle(monde))).text
    assert "Le classeur" in page
    assert "pas un classeur" in page


def test_un_travailleur_tue_apres_l_ecriture_n_ecrit_pas_deux_fois(monde, connecte, tmp_path, monkeypatch):
    client = connecte("edition")
    deposer(client, contenu(tmp_path))
    travailler()
    reprise = nouvelle(monde)
    client.post(reverse("reprise:appliquer", args=[reprise.uuid]))

    def mourir(*_):
        raise SystemExit

    with monkeypatch.context() as tue:
        tue.setattr(services, "rendre", mourir)
        with pytest.raises(SystemExit):
            travailler()
    reprise.refresh_from_db()
    assert reprise.etat == EtatReprise.FAITE
    heures = LigneHeures.objects.count()
    Document.objects.filter(pk=reprise.application_id).update(
        pris_jusqu_a=timezone.now() - datetime.timedelta(minutes=1)
    )
    assert documents.a_reprendre() == [reprise.application_id]
    assert documents.fabriquer(reprise.application_id)
    reprise.refresh_from_db()
    assert reprise.rapport["cree"][HEURES] == 2
    assert LigneHeures.objects.count() == heures
    assert EntreeJournal.objects.filter(action="classeur_repris").count() == 1


def test_un_travailleur_tue_avant_l_ecriture_est_remplace(monde, connecte, tmp_path, monkeypatch):
    client = connecte("edition")
    deposer(client, contenu(tmp_path))

    def mourir(**_):
        raise SystemExit

    with monkeypatch.context() as tue:
        tue.setattr(services, "analyser_classeur", mourir)
        with pytest.raises(SystemExit):
            travailler()
    reprise = nouvelle(monde)
    Document.objects.filter(pk=reprise.analyse_id).update(pris_jusqu_a=timezone.now() - datetime.timedelta(minutes=1))
    assert documents.fabriquer(reprise.analyse_id)
    reprise.refresh_from_db()
    assert reprise.etat == EtatReprise.PRETE


def test_trois_echecs_se_disent_et_se_relancent(monde, connecte, tmp_path, monkeypatch):
    client = connecte("edition")
    deposer(client, contenu(tmp_path))
    reprise = nouvelle(monde)
    with monkeypatch.context() as en_panne:
        en_panne.setattr(services, "analyser_classeur", lambda **_: 1 / 0)
        for _ in range(3):
            travailler()
    page = client.get(fiche(reprise)).text
    assert "Réessayer" in page
    assert "every 2s" not in page
    client.post(reverse("reprise:relancer", args=[reprise.uuid]))
    travailler()
    assert "Aucune erreur" in client.get(fiche(reprise)).text


def test_ce_qui_a_change_depuis_l_analyse_se_redit(monde, connecte, tmp_path):
    """Entre l'analyse et l'accord, une entreprise du classeur n'est plus connue : la reprise est rendue, rien n'est écrit."""
    feuilles = classeur_juste()
    feuilles[LOTS][0]["Attributaire (SIRET)*"] = monde.cotraitante.siret
    feuilles[ENTREPRISES][0]["SIRET*"] = siret(950)
    feuilles["Contrats"][0]["Employeur (SIRET)*"] = siret(950)
    client = connecte("edition")
    deposer(client, contenu(tmp_path, feuilles))
    travailler()
    reprise = nouvelle(monde)
    client.post(reverse("reprise:appliquer", args=[reprise.uuid]))
    monde.cotraitante.fiches.filter(structure=monde.nous.structure).delete()
    travailler()
    reprise.refresh_from_db()
    assert reprise.etat == EtatReprise.A_CORRIGER
    assert "Introuvable" in client.get(fiche(reprise)).text
    assert not Marche.objects.filter(reference="2018-01").exists()


def test_un_acces_retire_entre_temps_n_ecrit_plus(monde, connecte, tmp_path):
    client = connecte("edition")
    deposer(client, contenu(tmp_path))
    travailler()
    reprise = nouvelle(monde)
    client.post(reverse("reprise:appliquer", args=[reprise.uuid]))
    Adhesion.objects.filter(pk=monde.adhesion.pk).update(active=False)
    assert travailler() == 0
    assert not Marche.objects.filter(reference="2018-01").exists()
    assert Document.objects.get(pk=Reprise.objects.get(pk=reprise.pk).application_id).etat == EtatDocument.ECHEC


def test_htmx_recharge_la_page_quand_tout_est_fait(monde, connecte, tmp_path):
    client = connecte("edition")
    deposer(client, contenu(tmp_path))
    reprise = nouvelle(monde)
    reponse = client.get(fiche(reprise), headers={"HX-Request": "true"})
    assert "HX-Refresh" not in reponse.headers
    travailler()
    assert client.get(fiche(reprise), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_une_cellule_changee_montre_avant_et_apres(monde, connecte, tmp_path):
    client = connecte("edition")
    deposer(client, contenu(tmp_path))
    travailler()
    client.post(reverse("reprise:appliquer", args=[nouvelle(monde).uuid]))
    travailler()
    feuilles = classeur_juste()
    feuilles[HEURES][0]["Heures*"] = 99
    deposer(client, contenu(tmp_path, feuilles))
    travailler()
    page = client.get(fiche(Reprise.objects.order_by("-pk").first())).text
    assert "Ce qui change" in page
    assert "120,5" in page
    assert ">99<" in page


def test_le_modele_et_notre_classeur_se_telechargent(monde, connecte):
    client = connecte("edition")
    modele = client.get(reverse("reprise:modele"))
    classeur = CalamineWorkbook.from_filelike(io.BytesIO(modele.content))
    assert classeur.sheet_names[0] == "Lisez-moi"
    reponse = client.post(reverse("reprise:exporter"))
    travailler()
    document = Document.objects.get(genre=services.GENRE_CLASSEUR)
    assert reponse.url == document.get_absolute_url()
    rempli = client.get(reverse("document_fichier", args=[document.uuid])).getvalue()
    assert "Lemaire" in str(
        CalamineWorkbook.from_filelike(io.BytesIO(rempli)).get_sheet_by_name("Bénéficiaires").to_python()
    )


def test_le_fichier_et_les_valeurs_s_effacent_au_bout_de_sept_jours(monde, connecte, tmp_path):
    client = connecte("edition")
    feuilles = classeur_juste()
    feuilles[HEURES][0]["Heures*"] = -1
    deposer(client, contenu(tmp_path, feuilles))
    travailler()
    reprise = nouvelle(monde)
    chemin = Path(reprise.fichier.path)
    assert chemin.exists()
    assert purger_reprises() == 0
    with time_machine.travel(timezone.now() + datetime.timedelta(days=services.JOURS_GARDES, minutes=1)):
        sortie = io.StringIO()
        call_command("purger_reprises", stdout=sortie)
        assert "3 classeur(s) à effacer" in sortie.getvalue()  # celles du petit monde aussi
        assert chemin.exists()
        assert purger_reprises() == 3
        assert purger_reprises() == 0
    reprise.refresh_from_db()
    assert not chemin.exists()
    assert (reprise.fichier.name, reprise.rapport["erreurs"], reprise.rapport["nombre_erreurs"]) == ("", [], 1)
    assert "Le fichier a été effacé" in client.get(fiche(reprise)).text


def test_l_historique_ne_montre_que_les_siennes(monde, connecte):
    page = connecte("edition").get(reverse("reprise:liste")).text
    assert "MARQUE-NOTRE.xlsx" in page
    assert "MARQUE-AUTRE" not in page
    for nom in ("fiche", "confirmer"):
        assert connecte("edition").get(reverse(f"reprise:{nom}", args=[monde.autre.reprise.uuid])).status_code == 404

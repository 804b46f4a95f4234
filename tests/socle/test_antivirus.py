"""Un fichier déposé attend l'antivirus, puis se télécharge ou s'efface. Le faux clamd parle INSTREAM, sur la machine."""

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from declarations.annonces.services.justificatifs import deposer_justificatif
from declarations.models import Justificatif
from marches.models import Piece
from marches.services import deposer_piece, montrer_piece
from socle.antivirus import AnalyseImpossible, virus_dans
from socle.enums import EtatAnalyse
from socle.models import EchecTravail
from socle.tasks import analyser_depots
from tests.fichiers import PDF

# Le fichier d'essai des antivirus (EICAR), en morceaux : écrit d'un bloc, il ferait effacer ce test par un antivirus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


class FauxClamd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        contenu = b""
        while taille := struct.unpack("!L", self.rfile.read(4))[0]:
            contenu += self.rfile.read(taille)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in contenu else self.server.reponse)


class Serveur(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address, reponse = True, True, b"stream: OK\0"


class ServeurLocal(socketserver.ThreadingUnixStreamServer):
    daemon_threads, reponse = True, b"stream: OK\0"


@pytest.fixture
def clamd(settings) -> Iterator[Serveur]:
    with Serveur(("127.0.0.1", 0), FauxClamd) as serveur:
        threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.CLAMD_ADRESSE = f"127.0.0.1:{serveur.server_address[1]}"
        yield serveur
        serveur.shutdown()


def deposer(monde, octets: bytes = PDF, nom: str = "devis.pdf") -> Piece:
    fichier = SimpleUploadedFile(nom, octets)
    piece = deposer_piece(acteur=monde.acteur(), achat=monde.marche, fichier=fichier, type="autre")
    return montrer_piece(acteur=monde.acteur(), piece=piece)


def test_un_fichier_non_lu_ne_se_telecharge_pas_et_le_dit(monde, connecte, clamd, horloge):
    piece = deposer(monde)
    adresse = reverse("marches:piece", args=[piece.uuid])
    assert piece.analyse == EtatAnalyse.EN_ATTENTE
    for qui in ("edition", "lecture", "maitre_ouvrage"):
        reponse = connecte(qui).get(adresse)
        assert reponse.status_code == 409 and "attente d&#x27;analyse" in reponse.content.decode()
    suivi = reverse("marches:marche_suivi", args=[monde.marche.uuid])
    assert "en attente d&#x27;analyse" in connecte("lecture").get(suivi).content.decode()
    assert analyser_depots() == 1 and analyser_depots() == 0
    assert connecte("lecture").get(adresse).getvalue() == PDF
    assert "en attente d" not in connecte("lecture").get(suivi).content.decode()


def page_du_suivi(monde) -> str:
    return reverse("marches:marche_suivi", args=[monde.marche.uuid])


def test_le_fichier_d_essai_eicar_est_efface_et_la_page_le_dit(monde, connecte, clamd, horloge, caplog):
    piece = deposer(monde, PDF + b"%" + EICAR, "devis.pdf")
    chemin = Path(piece.fichier.path)
    piece.fichier.close()
    analyser_depots()
    piece.refresh_from_db()
    assert (piece.analyse, piece.fichier.name) == (EtatAnalyse.INFECTE, "") and not chemin.exists()
    assert connecte("lecture").get(reverse("marches:piece", args=[piece.uuid])).status_code == 410
    page = connecte("lecture").get(page_du_suivi(monde)).content.decode()
    assert "virus trouvé, fichier effacé" in page
    assert str(piece.uuid) in caplog.text and "devis" not in caplog.text
    montrer_piece(acteur=monde.acteur(), piece=piece)  # elle était montrée : la cacher reste permis
    assert "Montrer à l&#x27;acheteur" not in connecte("edition").get(page_du_suivi(monde)).content.decode()
    refus = connecte("edition").post(reverse("marches:piece_montrer", args=[piece.uuid]), follow=True).content.decode()
    piece.refresh_from_db()
    assert "il n&#x27;y a rien à montrer" in refus and not piece.visible_acheteur


def test_le_protocole_trouve_eicar_et_rien_dans_un_fichier_sain(clamd):
    assert virus_dans(io.BytesIO(EICAR)) == "Eicar-Test-Signature"
    assert virus_dans(io.BytesIO(b"x" * 200_000)) == "" == virus_dans(io.BytesIO(b""))


def test_une_prise_locale_convient_aussi(settings, tmp_path):
    with ServeurLocal(str(tmp_path / "clamd"), FauxClamd) as serveur:
        threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.CLAMD_ADRESSE = str(tmp_path / "clamd")
        assert virus_dans(io.BytesIO(EICAR)) == "Eicar-Test-Signature"
        serveur.shutdown()


@pytest.mark.parametrize(
    "reponse",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"",
        b"PONG\0",
        b"stream: OK?\0",
        b"\xff\xfe\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_un_antivirus_qui_repond_autre_chose_laisse_le_fichier_en_attente(monde, connecte, clamd, horloge, reponse):
    """Seul « OK » dit qu'un fichier est sain ; tout le reste se voit chez l'administrateur, et rien ne se télécharge."""
    clamd.reponse = reponse
    piece = deposer(monde)
    assert analyser_depots() == 0
    piece.refresh_from_db()
    assert piece.analyse == EtatAnalyse.EN_ATTENTE
    assert connecte("edition").get(reverse("marches:piece", args=[piece.uuid])).status_code == 409
    assert EchecTravail.objects.get().cle == str(piece.uuid)
    with pytest.raises(AnalyseImpossible):
        virus_dans(io.BytesIO(b"x"))


def test_un_antivirus_injoignable_laisse_le_fichier_en_attente(monde, connecte, settings, tmp_path, horloge):
    for adresse in (str(tmp_path / "absent"), "127.0.0.1:1"):
        settings.CLAMD_ADRESSE = adresse
        piece = deposer(monde)
        assert analyser_depots() == 0
        piece.refresh_from_db()
        assert piece.analyse == EtatAnalyse.EN_ATTENTE
        assert connecte("edition").get(reverse("marches:piece", args=[piece.uuid])).status_code == 409


def test_sans_antivirus_rien_n_attend_et_l_eteindre_libere(monde, settings, clamd):
    piece = deposer(monde)
    settings.CLAMD_ADRESSE = ""
    assert analyser_depots() == 1
    piece.refresh_from_db()
    assert piece.analyse == EtatAnalyse.SANS == deposer(monde, nom="autre.pdf").analyse


def test_un_justificatif_attend_aussi_des_deux_cotes(monde, connecte, clamd, horloge):
    fichier = SimpleUploadedFile("releve.pdf", PDF)
    joint = deposer_justificatif(acteur=monde.acteur("entreprise"), declaration=monde.mois_attendu, fichier=fichier)
    cotes = (
        ("lecture", reverse("suivi:justificatif", args=[joint.uuid])),
        ("entreprise", reverse("suivi:justificatif_declare", args=[monde.mois_attendu.uuid, joint.uuid])),
    )
    assert [connecte(qui).get(adresse).status_code for qui, adresse in cotes] == [409, 409]
    page = connecte("entreprise").get(reverse("suivi:declarer", args=[monde.mois_attendu.uuid])).content.decode()
    assert "en attente d&#x27;analyse" in page
    assert analyser_depots() == 1 and Justificatif.objects.get(pk=joint.pk).analyse == EtatAnalyse.SAIN
    assert [connecte(qui).get(adresse).getvalue() for qui, adresse in cotes] == [PDF, PDF]

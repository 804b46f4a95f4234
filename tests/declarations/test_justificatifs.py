"""Un relevé joint à une déclaration : reconnu à son contenu, borné, lu des deux côtés seulement, retiré sans être perdu."""

import datetime
import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pikepdf import String
from PIL import Image

from declarations.annonces.services.justificatifs import JUSTIFICATIFS_MAX, deposer_justificatif, retirer_justificatif
from declarations.models import Justificatif
from parcours.services.conservation import effacer_ce_qui_etait_joint
from tests.fichiers import PDF, action, pdf

pytestmark = pytest.mark.django_db


def image(genre: str) -> bytes:
    octets = io.BytesIO()
    Image.new("RGB", (8, 8)).save(octets, genre)
    return octets.getvalue()


def archive() -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as contenu:
        contenu.writestr("page.html", "<script>alert(1)</script>")
    return octets.getvalue()


def joindre(monde, connecte, nom: str, octets: bytes, declaration=None, **donnees):
    adresse = reverse("suivi:declarer", args=[(declaration or monde.mois_attendu).uuid])
    return connecte("entreprise").post(adresse, {"fichier": SimpleUploadedFile(nom, octets), "joindre": "1", **donnees})


@pytest.mark.parametrize(
    ("nom", "octets"), [("releve.pdf", PDF), ("photo.JPG", image("JPEG")), ("scan.png", image("PNG"))]
)
def test_les_trois_formats_passent_et_se_telechargent_des_deux_cotes(nom, octets, monde, connecte):
    joindre(monde, connecte, nom, octets)
    joint = Justificatif.objects.get(declaration=monde.mois_attendu)
    assert joint.nom == nom and joint.depose_par == monde.personne("entreprise").email
    cotes = (
        ("lecture", reverse("suivi:justificatif", args=[joint.uuid])),
        ("entreprise", reverse("suivi:justificatif_declare", args=[monde.mois_attendu.uuid, joint.uuid])),
    )
    for qui, adresse in cotes:
        reponse = connecte(qui).get(adresse)
        assert reponse.getvalue() == octets
        assert reponse["Content-Disposition"].startswith("attachment") and "no-store" in reponse["Cache-Control"]
        assert reponse["X-Content-Type-Options"] == "nosniff" and "sandbox" in reponse["Content-Security-Policy"]
    autre = reverse("suivi:justificatif_declare", args=[monde.mois_declare.uuid, joint.uuid])
    assert connecte("entreprise").get(autre).status_code == 404
    for qui, adresse in (("autre.lecture", cotes[0][1]), ("autre.entreprise", cotes[1][1])):
        assert connecte(qui).get(adresse).status_code == 404


@pytest.mark.parametrize(
    ("nom", "octets", "phrase"),
    [
        ("page.pdf", b"<!doctype html><script>alert(1)</script>", "son nom annonce"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "format"),
        ("dessin.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "son nom annonce"),
        ("deux.pdf", PDF + archive(), "son nom annonce"),
        ("deux.jpg", image("JPEG") + archive(), "son nom annonce"),
        ("archive.pdf", archive(), "son nom annonce"),
        ("photo.pdf", image("JPEG"), "son nom annonce"),
        ("page.html", PDF, "format"),
        ("macro.docm", archive(), "format"),
        ("sans_extension", PDF, "format"),
        ("vide.pdf", b"", "vide"),
        ("lourd.pdf", PDF + b"0" * (5 * 1024 * 1024), "Ce fichier pèse 5,1 Mo, plus que les 5 Mo permis."),
    ],
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)
def test_un_fichier_hostile_est_refuse_et_les_heures_restent(nom, octets, phrase, monde, connecte):
    reponse = joindre(monde, connecte, nom, octets, **{f"heures_{monde.contrat.uuid.hex}": "64"})
    page = reponse.content.decode().replace("\xa0", " ")
    assert reponse.status_code == 200 and phrase in page and 'value="64"' in page
    assert not Justificatif.objects.filter(declaration=monde.mois_attendu).exists()


@pytest.mark.parametrize(
    "nom", ["../../etc/passwd.pdf", "x" * 296 + ".pdf", "a\r\nSet-Cookie: b.pdf", "relevé\u202efdp.exe.pdf", 'a";x.pdf']
)
def test_un_nom_hostile_devient_un_nom_sur(nom, monde, connecte):
    acteur = monde.acteur("entreprise")
    joint = deposer_justificatif(acteur=acteur, declaration=monde.mois_attendu, fichier=_nomme(nom))
    assert len(joint.nom) <= 150 and joint.nom.endswith(".pdf") and joint.nom.isprintable() and "/" not in joint.nom
    assert joint.fichier.name.startswith("justificatifs/") and str(joint.uuid) in joint.fichier.name
    reponse = connecte("lecture").get(joint.get_absolute_url())
    assert "\r" not in reponse["Content-Disposition"] and "Set-Cookie" not in reponse
    reponse.getvalue()


def _nomme(nom: str) -> SimpleUploadedFile:
    fichier = SimpleUploadedFile("a.pdf", PDF)
    fichier._name = nom  # Django nettoie déjà le nom reçu : le service n'y compte pas
    return fichier


def test_cinq_fichiers_au_plus_le_meme_une_fois_et_retire_sans_etre_perdu(monde, connecte):
    declaration, acteur = monde.mois_attendu, monde.acteur("entreprise")
    for rang in range(JUSTIFICATIFS_MAX):
        for _ in range(2):
            joindre(monde, connecte, f"r{rang}.pdf", PDF + bytes([rang + 65]))
    joints = declaration.justificatifs.joints()
    assert joints.count() == JUSTIFICATIFS_MAX
    assert "5 fichiers sont déjà joints" in joindre(monde, connecte, "r6.pdf", PDF + b"z").content.decode()
    premier = joints.first()
    for qui in (acteur, acteur):
        retirer_justificatif(acteur=qui, declaration=declaration, justificatif=premier.uuid)
    assert joints.count() == JUSTIFICATIFS_MAX - 1 and premier.fichier.storage.exists(premier.fichier.name)
    assert connecte("lecture").get(premier.get_absolute_url()).status_code == 404
    effacer_ce_qui_etait_joint(monde.structure, timezone.localdate() + datetime.timedelta(days=31))
    assert not premier.fichier.storage.exists(premier.fichier.name)
    premier.refresh_from_db()
    assert (premier.nom, premier.depose_par) == ("", "")


def test_un_mois_valide_ne_recoit_plus_rien(monde, connecte):
    reponse = joindre(monde, connecte, "r.pdf", PDF, declaration=monde.mois_valide)
    assert reponse.status_code == 302
    assert not Justificatif.objects.filter(declaration=monde.mois_valide).exists()


def test_la_page_qui_demande_un_bulletin_dit_d_y_masquer_le_numero(monde, connecte):
    page = connecte("entreprise").get(reverse("suivi:declarer", args=[monde.mois_attendu.uuid])).content.decode()
    assert "bulletin" in page and "masquez le numéro de sécurité sociale" in page


def test_un_script_dans_un_releve_en_est_retire_avant_d_etre_garde(monde, connecte):
    def script(document):
        document.Root.OpenAction = action("/JavaScript", JS=String("app.alert(1)"))

    joindre(monde, connecte, "releve.pdf", pdf(script))
    joint = Justificatif.objects.get(declaration=monde.mois_attendu)
    garde = joint.fichier.read()
    joint.fichier.close()
    assert b"app.alert" not in garde and joint.taille == len(garde)
    assert joint.empreinte == hashlib.sha256(garde).hexdigest()

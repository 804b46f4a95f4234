"""Ce qu'un visiteur malveillant ou malchanceux envoie : jamais une panne, jamais un script, jamais une formule."""

import csv
import io

import pytest
from django.urls import resolve, reverse
from python_calamine import CalamineWorkbook

from comptes.enums import Role
from socle.envois import CHAMP_ORGANISATION
from socle.views import ListeView
from tests.arbre_html import Document, Element
from tests.echantillon import echantillon
from tests.matrice_acces import MATRICE, Ligne
from tests.test_requetes import role_qui_mesure

pytestmark = [pytest.mark.django_db, pytest.mark.deux_moteurs]
SANS_FORMULAIRE = {"sante", "suivi:justificatif_declare"}  # celui-ci rend un fichier, et son POST le retire
FORMULAIRES = [
    ligne
    for ligne in MATRICE
    if not ligne.externe and ligne.get == 200 and ligne.post == 200 and ligne.nom not in SANS_FORMULAIRE
]
LISTES = [
    ligne
    for ligne in MATRICE
    if not ligne.externe
    and not ligne.objet
    and issubclass(getattr(resolve(reverse(ligne.nom)).func, "view_class", object), ListeView)
]
BALISE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
NUL = "\x00"  # ce que PostgreSQL refuse de garder : partout, sur les deux moteurs
HOSTILES = [
    "x" * 10_000,
    BALISE,
    "'; DROP TABLE marches_marche; --",
    "9" * 400,
    "-0",
    "1e400",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "🦄 ‮ \u202f \ud83d",
    "../../etc/passwd",
    "00000000-0000-0000-0000-000000000000",
]


def adresse(ligne: Ligne, monde) -> str:
    return reverse(ligne.nom, args=ligne.objet(monde.nous) if ligne.objet else [])


def noms_des_champs(reponse, *balises: str) -> set[str]:
    (principal,) = Document(reponse.content.decode()).balises("main")
    return {champ.get("name") for champ in principal.descendants(*balises)} - {""}


@pytest.mark.parametrize("ligne", FORMULAIRES, ids=lambda ligne: ligne.nom)
def test_aucune_saisie_ne_fait_tomber_un_formulaire(ligne, monde, connecte, horloge):
    client = connecte(role_qui_mesure(ligne))
    champs = noms_des_champs(client.get(adresse(ligne, monde)), "input", "select", "textarea")
    # L'organisation de la page s'essaie dans tests/comptes/test_autre_organisation.py.
    champs -= {"csrfmiddlewaretoken", "jeton_envoi", CHAMP_ORGANISATION}
    for hostile in (NUL, *echantillon(HOSTILES, ligne.nom, 3)):
        reponse = client.post(adresse(ligne, monde), dict.fromkeys(champs, hostile.encode("utf-8", "ignore").decode()))
        # La première saisie acceptée (un motif, par exemple) a changé l'état, le geste n'est plus permis (403) ; ou l'objet
        # n'est plus (404) : un avenant s'annule en disparaissant.
        assert reponse.status_code in (200, 302, 403, 404), ascii(hostile[:30])
        assert BALISE.encode() not in reponse.content


@pytest.mark.parametrize("ligne", LISTES, ids=lambda ligne: ligne.nom)
def test_aucune_recherche_ne_fait_tomber_une_liste(ligne, monde, connecte, horloge):
    client = connecte(role_qui_mesure(ligne))
    champs = noms_des_champs(client.get(adresse(ligne, monde)), "input", "select")
    for hostile in (NUL, *echantillon([*HOSTILES, "%", "_", "é' OR 1=1", '"'], ligne.nom, 4)):
        valeur = hostile.encode("utf-8", "ignore").decode()
        parametres = dict.fromkeys(champs | {"tri"}, valeur[:500])
        reponse = client.get(adresse(ligne, monde), parametres)
        assert reponse.status_code == 200, hostile[:30]
        assert BALISE.encode() not in reponse.content


FORMULES = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201"]


@pytest.mark.parametrize("formule", FORMULES, ids=repr)
def test_une_formule_exportee_reste_un_texte(formule, monde, connecte, horloge):
    monde.marche.objet = formule
    monde.marche.save()
    client = connecte("lecture")
    reponse = client.get(reverse("marches:liste"), {"export": "csv"})
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    (ligne,) = csv.DictReader(io.StringIO(texte), delimiter=";")
    assert ligne["Objet"].startswith("'")
    classeur = client.get(reverse("marches:liste"), {"export": "xlsx"}).content
    assert b"<f>" not in classeur
    lu = CalamineWorkbook.from_filelike(io.BytesIO(classeur)).get_sheet_by_index(0).to_python()
    assert formule.strip() in [str(cellule).strip() for cellule in lu[1]]


def est_une_ligne(element: Element) -> bool:
    return "data-ligne" in element.attributs or (element.nom == "tr" and element.englobant("tbody") is not None)


@pytest.mark.parametrize("genre", ["csv", "xlsx"])
@pytest.mark.parametrize("ligne", LISTES, ids=lambda ligne: ligne.nom)
def test_un_export_a_les_lignes_de_la_liste_et_rien_de_l_autre_structure(ligne, genre, monde, connecte, horloge):
    role = role_qui_mesure(ligne)
    reponse = connecte(role).get(adresse(ligne, monde), {"export": genre})
    octets = reponse.getvalue()
    if genre == "xlsx":
        feuille = CalamineWorkbook.from_filelike(io.BytesIO(octets)).get_sheet_by_index(0).to_python()
        octets = "\n".join(str(cellule) for rangee in feuille for cellule in rangee).encode()
        nombre = len(feuille) - 1
    else:
        nombre = len(list(csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))) - 1
    (principal,) = Document(connecte(role).get(adresse(ligne, monde)).content.decode()).balises("main")
    tableaux = list(principal.descendants("table"))
    d_avant = {id(e) for tableau in tableaux[:-1] for e in tableau.descendants()}  # la liste est le dernier
    montrees = [e for e in principal.descendants() if est_une_ligne(e) and id(e) not in d_avant]
    assert nombre == len(montrees)
    if role != Role.ADMINISTRATEUR:
        assert [canari for canari in monde.autre.canaris() if canari.encode() in octets] == []


@pytest.mark.parametrize(
    ("qui", "chemin", "code"),
    [
        ("edition", "/", 200),
        (None, "/", 302),
        ("financeur", "/marches/", 403),
        ("edition", "/inconnue/", 404),
        ("edition", "/organisation/changer/", 405),
    ],
)
def test_chaque_reponse_porte_ses_gardes(qui, chemin, code, connecte, client, monde, horloge):
    reponse = (connecte(qui) if qui else client).get(chemin)
    assert reponse.status_code == code
    csp = reponse.headers["Content-Security-Policy"]
    assert "default-src 'none'" in csp or "default-src 'self'" in csp
    assert "unsafe-inline" not in csp and "unsafe-eval" not in csp
    assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    assert reponse.headers["X-Frame-Options"] == "DENY" or "frame-ancestors 'none'" in csp
    if qui:
        assert "no-store" in reponse.headers["Cache-Control"]

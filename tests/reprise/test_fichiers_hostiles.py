"""Ce qu'un fichier déposé peut cacher : refusé avec un motif lisible, sans mémoire ni temps perdus."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from declarations.models import LigneHeures
from reprise.lecture.classeur import AUCUNE_FEUILLE
from socle.feuilles import archive, releve
from tests.reprise.outils import (
    CONTRATS,
    HEURES,
    LIGNE,
    classeur_juste,
    ecrire,
    importer,
    jour,
    total,
)

pytestmark = [pytest.mark.django_db, pytest.mark.un_moteur]
ESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refuse(chemin: Path, structure) -> str:
    """Le motif du refus du fichier entier ; rien n'est compté."""
    rapport, code = importer(chemin, structure, pour_de_vrai=True)
    assert code == 1
    (erreur,) = rapport["erreurs"]
    assert (erreur["feuille"], erreur["ligne"], erreur["colonne"]) == ("", None, "")
    assert erreur["valeur"] in (chemin.name, "")
    assert total(rapport["cree"]) == 0
    return erreur["raison"]


def remplacer(chemin: Path, partie: str, transformer) -> Path:
    """Réécrit une partie de l'archive."""
    with zipfile.ZipFile(chemin) as source:
        parties = {nom: source.read(nom) for nom in source.namelist()}
    parties[partie] = transformer(parties[partie])
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as cible:
        for nom, contenu in parties.items():
            cible.writestr(nom, contenu)
    return chemin


@pytest.fixture
def juste(tmp_path) -> Path:
    return ecrire(tmp_path / "classeur.xlsx", classeur_juste())


@pytest.mark.parametrize(
    ("contenu", "raison"),
    [
        (b"", AUCUNE_FEUILLE),
        (b"P", AUCUNE_FEUILLE),
        (b"Nom;Heures\nLemaire;12", AUCUNE_FEUILLE),
        (b"%PDF-1.7", archive.PAS_UN_CLASSEUR),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", archive.PAS_UN_CLASSEUR),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, archive.TRONQUE),  # un .xls qui n'en a que le début
    ],
    ids=["vide", "un octet", "csv", "pdf", "png", "xls"],
)
def test_ce_n_est_pas_un_classeur(structure, tmp_path, contenu, raison):
    chemin = tmp_path / "faux.xlsx"
    chemin.write_bytes(contenu)
    assert refuse(chemin, structure) == raison


def test_un_zip_qui_n_est_pas_un_classeur(structure, tmp_path):
    chemin = tmp_path / "faux.xlsx"
    with zipfile.ZipFile(chemin, "w") as fichier:
        fichier.writestr("lisez-moi.txt", "bonjour")
    assert refuse(chemin, structure) == archive.PAS_UN_CLASSEUR


def test_protege_par_un_mot_de_passe(structure, tmp_path):
    chemin = tmp_path / "protege.xlsx"
    chemin.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 700 + "EncryptedPackage".encode("utf-16-le"))
    assert refuse(chemin, structure) == archive.CHIFFRE


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_tronque(structure, juste, part):
    contenu = juste.read_bytes()
    juste.write_bytes(contenu[: int(len(contenu) * part)])
    assert refuse(juste, structure) == archive.TRONQUE


def test_un_octet_abime(structure, juste):
    contenu = bytearray(juste.read_bytes())
    contenu[len(contenu) // 2] ^= 0xFF
    juste.write_bytes(contenu)
    rapport, code = importer(juste, structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"][0]["raison"]) == (1, archive.TRONQUE)


def test_bombe_de_decompression(structure, juste):
    """Deux cents mégaoctets de blancs tiennent dans 200 Ko : refusé sans rien déplier."""
    remplacer(juste, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (200 * archive.MO))
    assert juste.stat().st_size < archive.MO
    tracemalloc.start()
    assert refuse(juste, structure) == archive.TROP_GROS
    assert tracemalloc.get_traced_memory()[1] < 30 * archive.MO
    tracemalloc.stop()


def test_bombe_qui_ment_sur_sa_taille(structure, juste):
    """La taille annoncée dans l'archive est fausse : la lecture s'arrête à l'annonce."""
    remplacer(juste, "xl/worksheets/sheet7.xml", lambda xml: xml + b" " * (5 * archive.MO))
    contenu = bytearray(juste.read_bytes())
    with zipfile.ZipFile(io.BytesIO(contenu)) as fichier:
        vraie = fichier.getinfo("xl/worksheets/sheet7.xml").file_size
    for place in range(len(contenu) - 4):
        if contenu[place : place + 4] == struct.pack("<I", vraie):
            contenu[place : place + 4] = struct.pack("<I", 1000)
    juste.write_bytes(contenu)
    assert refuse(juste, structure) in (archive.TROP_GROS, archive.TRONQUE)


@pytest.mark.parametrize(
    "partie", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet7.xml"]
)
def test_entites_externes(structure, juste, tmp_path, partie):
    secret = tmp_path / "secret.txt"
    secret.write_text("contenu-secret")

    def gater(xml: bytes) -> bytes:
        entete, declaration, reste = xml.partition(b"?>")
        appel = f'<!DOCTYPE x [<!ENTITY secret SYSTEM "file://{secret}">]>'.encode()
        return entete + declaration + appel + reste

    remplacer(juste, partie, gater)
    raison = refuse(juste, structure)
    assert "XML que les tableurs n'écrivent jamais" in raison


def test_entites_qui_se_multiplient_dans_les_textes_partages(structure, juste):
    """Le « milliard de rires », dans la partie que lit le lecteur de valeurs."""
    entites = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + rang, b"&%c;" % (97 + rang) * 10) for rang in range(9)
    )

    def gater(xml: bytes) -> bytes:
        entete, declaration, reste = xml.partition(b"?>")
        return entete + declaration + entites + b"]>" + reste.replace(b"Lemaire", b"&j;", 1)

    remplacer(juste, "xl/sharedStrings.xml", gater)
    rapport, _ = importer(juste, structure)  # dépliées, elles font dix gigaoctets : elles ne reviendraient pas
    assert rapport["erreurs"]


def test_cellule_oubliee_au_bout_du_monde(structure, juste):
    """Une seule cellule en XFD1048576 ferait ranger seize milliards de cases."""
    remplacer(
        juste,
        "xl/worksheets/sheet7.xml",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    tracemalloc.start()
    raison = refuse(juste, structure)
    assert tracemalloc.get_traced_memory()[1] < 30 * archive.MO
    tracemalloc.stop()
    assert "« Heures »" in raison


def test_dimension_annoncee_demesuree_mais_feuille_petite(structure, juste):
    remplacer(
        juste,
        "xl/worksheets/sheet7.xml",
        lambda xml: xml.replace(b'<dimension ref="A1:C3"/>', b'<dimension ref="A1:XFD1048576"/>'),
    )
    rapport, code = importer(juste, structure)
    assert (code, rapport["cree"][HEURES]) == (0, 2)


def test_formule_erreur_et_fusion_sont_refusees_a_leur_place(structure, juste):
    def gater(xml: bytes) -> bytes:
        xml = xml.replace(b'<c r="C2"><v>120.5</v></c>', b'<c r="C2" t="e"><v>#REF!</v></c>')
        return xml.replace(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="C3:C4"/></mergeCells>')

    feuilles = classeur_juste()
    feuilles[HEURES].append(LIGNE[HEURES](**{"Mois*": "2018-06", "Heures*": "=40*3"}))
    ecrire(juste, feuilles)
    rapport, code = importer(remplacer(juste, "xl/worksheets/sheet7.xml", gater), structure)
    dites = {(e["ligne"], e["colonne"]): (e["valeur"], e["raison"]) for e in rapport["erreurs"]}
    assert code == 1
    assert dites[2, "Heures"] == ("#REF!", releve.ERREUR)
    assert dites[4, "Heures"][1] == releve.FORMULE
    assert dites[3, "Heures"] == ("C3:C4", releve.FUSION)


def test_macros_refusees(structure, juste):
    with zipfile.ZipFile(juste, "a") as fichier:
        fichier.writestr("xl/vbaProject.bin", b"macro")
    assert "macros" in refuse(juste, structure)


def test_relation_qui_sort_de_l_archive(structure, juste):
    remplacer(
        juste,
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(b"worksheets/sheet1.xml", b"../../../../etc/passwd"),
    )
    rapport, code = importer(juste, structure)
    assert code == 1
    assert rapport["erreurs"]


def test_texte_avec_caracteres_de_controle_et_emojis(structure, tmp_path):
    feuilles = classeur_juste()
    feuilles["Marchés"][0]["Objet*"] = "  École\tdes\u200b Fées \U0001f9da ’’ <b>&amp;</b> "
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])


def test_dix_mille_lignes_d_heures_s_ecrivent_par_paquets(structure, tmp_path, django_assert_max_num_queries):
    """Le temps dépend de la machine ; le nombre de requêtes, non : mesuré, 111 pour 10 000 lignes écrites."""
    feuilles = classeur_juste()
    for rang in range(400):
        feuilles[CONTRATS].append(
            LIGNE[CONTRATS](**{"Identifiant*": f"G{rang}", "Début*": jour(2016, 1), "Fin": jour(2018, 1, 31)})
        )
        feuilles[HEURES] += [
            LIGNE[HEURES](**{"Contrat*": f"G{rang}", "Mois*": jour(2016 + mois // 12, mois % 12 + 1), "Heures*": 100})
            for mois in range(25)
        ]
    chemin = ecrire(tmp_path / "gros.xlsx", feuilles)
    with django_assert_max_num_queries(150):
        rapport, code = importer(chemin, structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"], rapport["cree"][HEURES]) == (0, [], 10_002)
    assert LigneHeures.objects.count() == 10_002

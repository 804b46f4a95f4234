"""Le même tableau se lit de la même façon en XLSX, XLS, ODS ou CSV ; ce qui est hostile se refuse par une phrase."""

import datetime
import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from socle.feuilles import ClasseurRefuse, Feuille, Format, archive, ouvrir, releve

pytestmark = pytest.mark.un_moteur
FICHIERS = Path(__file__).parent / "fichiers"
SUIVI_XLS = FICHIERS / "suivi.xls"
ODF = 'xmlns:office="urn:o" xmlns:table="urn:t" xmlns:text="urn:x" xmlns:calcext="urn:c"'
SUIVI = [
    (2, ["", "Identité", "", "Heures", ""]),
    (3, ["", "Nom", "Prénom", "Du mois", ""]),
    (4, ["", "Auber", "Lia", 151.67, ""]),
    (5, ["", "Bihel", "Tom", datetime.timedelta(hours=31, minutes=30), ""]),
    (6, ["", "Bihel", "Zoé", datetime.date(2026, 3, 1), ""]),
    (42, ["", "Caron", 1004, "", 1004]),
    (43, ["", "Zola", "", "", True]),
]
ANOMALIES = {(42, 3): releve.FUSION, (43, 4): releve.ERREUR}
FUSIONS = {"B2:C2", "B5:B6", "C42:C43"}


def ecrire_xlsx(chemin: Path) -> Path:
    with xlsxwriter.Workbook(chemin, {"default_date_format": "dd/mm/yyyy"}) as classeur:
        feuille = classeur.add_worksheet("Suivi")
        duree, fond = classeur.add_format({"num_format": "[h]:mm"}), classeur.add_format({"bg_color": "#FFEECC"})
        feuille.merge_range("B2:C2", "Identité")
        feuille.write_row("B3", ["Nom", "Prénom", "Du mois"])
        feuille.write_row("B4", ["Auber", "Lia", 151.67])
        feuille.merge_range("B5:B6", "Bihel")
        feuille.merge_range("C42:C43", 1004)
        for place, valeur in {"D2": "Heures", "C5": "Tom", "C6": "Zoé", "B42": "Caron", "B43": "Zola"}.items():
            feuille.write(place, valeur)
        feuille.write_datetime("D5", datetime.timedelta(hours=31, minutes=30), duree)
        feuille.write_datetime("D6", datetime.date(2026, 3, 1))
        for ligne in range(6, 40):
            feuille.write_blank(ligne, 1, None, fond)
        feuille.write_number("E42", 1004)
        feuille.write_boolean("E43", True)
        feuille.write_formula("D43", "=1/0", None, "#DIV/0!")
        cachee = classeur.add_worksheet("Cachée")
        cachee.hide()
        cachee.write("A1", "x")
    # Une erreur tapée, non calculée : le tableur garde la valeur sans sa formule.
    return remplacer(chemin, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<f>1/0</f>", b""))


def remplacer(chemin: Path, partie: str, transformer) -> Path:
    with zipfile.ZipFile(chemin) as source:
        parties = {nom: source.read(nom) for nom in source.namelist()}
    parties[partie] = transformer(parties[partie])
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as cible:
        for nom, contenu in parties.items():
            cible.writestr(nom, contenu)
    return chemin


def texte(valeur: str, **autres) -> str:
    return cellule('office:value-type="string"', valeur, **autres)


def cellule(type_: str, montre: str = "", **autres) -> str:
    attributs = " ".join(f'table:{cle.replace("_", "-")}="{valeur}"' for cle, valeur in autres.items())
    return f"<table:table-cell {type_} {attributs}><text:p>{montre}</text:p></table:table-cell>"


def rangee(*cellules: str, fois: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{fois}">{"".join(cellules)}</table:table-row>'


RIEN, COUVERTE = "<table:table-cell/>", "<table:covered-table-cell/>"
VIDES = '<table:table-cell table:style-name="fond" table:number-columns-repeated="16384"/>'
NOMBRE = 'office:value-type="float" office:value="{}"'
SUIVI_ODS = (
    rangee(RIEN)
    + rangee(RIEN, texte("Identité", number_columns_spanned=2), COUVERTE, texte("Heures"))
    + rangee(RIEN, texte("Nom"), texte("Prénom"), texte("Du mois"))
    + rangee(RIEN, texte("Auber"), texte("Lia"), cellule(NOMBRE.format(151.67)))
    + rangee(
        RIEN,
        texte("Bihel", number_rows_spanned=2),
        texte("Tom"),
        cellule('office:value-type="time" office:time-value="PT31H30M00S"'),
    )
    + rangee(RIEN, COUVERTE, texte("Zoé"), cellule('office:value-type="date" office:date-value="2026-03-01"'))
    + rangee(VIDES, fois=35)
    + rangee(
        *(RIEN, texte("Caron"), cellule(NOMBRE.format(1004), number_rows_spanned=2), RIEN),
        cellule(NOMBRE.format(1004)),
    )
    + rangee(
        *(RIEN, texte("Zola"), COUVERTE, cellule('office:value-type="string" calcext:value-type="error"', "#DIV/0!")),
        cellule('office:value-type="boolean" office:boolean-value="true"'),
    )
    + rangee(VIDES, fois=1_048_000)
)


def ecrire_ods(chemin: Path, rangees: str = SUIVI_ODS) -> Path:
    cachee = (
        '<style:style style:name="c" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    contenu = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODF} xmlns:style="urn:s">'
        f"<office:automatic-styles>{cachee}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Suivi">{rangees}</table:table>'
        f'<table:table table:name="Cachée" table:style-name="c">{rangee(texte("x"))}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as ods:
        ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        ods.writestr("content.xml", contenu)
        ods.writestr("META-INF/manifest.xml", "<manifest/>")
    return chemin


def lu(feuille: Feuille) -> list:
    return list(feuille.lignes())


@pytest.fixture(params=["xlsx", "xls", "ods"])
def suivi(request, tmp_path) -> tuple[Format, Path]:
    """Le même classeur dans les trois formats, sous un nom qui ne dit rien de son format."""
    chemin = tmp_path / "suivi.bin"
    if request.param == "xls":
        chemin.write_bytes(SUIVI_XLS.read_bytes())
    else:
        {"xlsx": ecrire_xlsx, "ods": ecrire_ods}[request.param](chemin)
    return Format(request.param), chemin


def test_le_meme_classeur_se_lit_pareil_dans_chaque_format(suivi):
    """Fusions rendues à leurs lignes, lignes seulement mises en forme passées, erreurs et nombres fusionnés signalés."""
    format_, chemin = suivi
    with ouvrir(chemin) as lecture:
        assert lecture.format == format_
        feuille, cachee = lecture.feuilles
        assert (feuille.nom, feuille.masquee, len(feuille)) == ("Suivi", False, 43)
        assert lu(feuille) == SUIVI
        assert lu(feuille) == SUIVI  # une feuille se relit
        raisons = {(n, c): a.raison for n, rangs in feuille.anomalies.items() for c, a in rangs.items()}
        assert raisons == ANOMALIES
        assert {str(fusion) for fusion in feuille.fusions} == FUSIONS
        assert (cachee.nom, cachee.masquee, lu(cachee)) == ("Cachée", True, [(1, ["x"])])


@pytest.mark.parametrize(
    ("valeur", "rendues"),
    [("Tempo", 2), (1004, 1), ("80,25", 1), ("151h40", 1), (99900115900014, 2), ("99900115900014", 2), ("2 × 3", 2)],
)
def test_ce_qui_se_compte_ne_se_repete_pas(tmp_path, valeur, rendues):
    """Un texte, un SIRET fusionnés valent pour deux lignes ; une quantité, même tapée en texte, se refuse."""
    chemin = tmp_path / "fusion.xlsx"
    with xlsxwriter.Workbook(chemin) as classeur:
        page = classeur.add_worksheet("A")
        page.merge_range("A1:A2", valeur)
        page.write_column("B1", ["x", "y"])
    with ouvrir(chemin) as lecture:
        feuille = lecture.feuilles[0]
        assert sum(cellules[0] != "" for _, cellules in lu(feuille)) == rendues
        assert bool(feuille.anomalies) == (rendues == 1)


CSV = [
    "Liste du mois",
    "",
    "Nom;Prénom;Adresse",
    "Éloïse;Zoé;12, rue du Pré, bât. B, Évreux",
    "Noël;Léa;3, allée, B, C",
]


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("fin", ["\n", "\r\n", "\r"])
def test_un_csv_se_lit_sous_tout_separateur_et_tout_encodage(tmp_path, separateur, encodage, fin):
    lignes = [[f'"{c}"' if separateur == "," and "," in c else c for c in ligne.split(";")] for ligne in CSV]
    chemin = tmp_path / "liste.csv"
    chemin.write_bytes(fin.join(separateur.join(ligne) for ligne in lignes).encode(encodage))
    with ouvrir(chemin) as lecture:
        assert lecture.format == Format.CSV
        (feuille,) = lecture.feuilles
        assert lu(feuille) == [(n, ligne.split(";")) for n, ligne in enumerate(CSV, start=1) if ligne]


def test_les_en_tetes_connus_decident_du_separateur(tmp_path):
    """Une seule personne, plus de virgules que de points-virgules : rien d'autre ne le dirait."""
    chemin = tmp_path / "liste.csv"
    chemin.write_text("a,b,c,d,e\na,b,c,d,e\nNom;Naissance\nAuber;2001\n")
    with ouvrir(chemin, est_un_titre={"Nom", "Naissance"}.__contains__) as lecture:
        assert (4, ["Auber", "2001"]) in lu(lecture.feuilles[0])


# --- Fichiers hostiles -----------------------------------------------------------------------------------------------
UN = cellule(NOMBRE.format(1))
MILLE = cellule(NOMBRE.format(1), number_columns_repeated=16384)


def refus(chemin: Path) -> str:
    with pytest.raises(ClasseurRefuse) as refuse, ouvrir(chemin) as lecture:
        for feuille in lecture.feuilles:
            lu(feuille)
    return refuse.value.motif


@pytest.mark.parametrize(
    "rangees",
    [
        rangee(MILLE, fois=1_048_576),
        rangee(MILLE),
        rangee(UN, fois=1_048_576),
        rangee(RIEN, fois=1_048_575) + rangee(UN),
        rangee(f'<table:table-cell table:number-columns-repeated="16000"/>{UN}'),
        rangee("<table:table-cell table:number-columns-repeated='9000'><text:p>x</text:p></table:table-cell>"),
    ],
    ids=["rectangle", "ligne", "colonne", "au bout", "à droite", "texte sans type"],
)
def test_une_repetition_demesuree_est_refusee_avant_d_etre_ecrite(tmp_path, rangees):
    chemin = ecrire_ods(tmp_path / "bombe.ods", rangees)
    tracemalloc.start()
    motif = refus(chemin)
    assert tracemalloc.get_traced_memory()[1] < 30 * archive.MO
    tracemalloc.stop()
    assert "« Suivi »" in motif


def test_un_ods_qui_se_decomprime_sans_fin_est_refuse(tmp_path):
    chemin = ecrire_ods(tmp_path / "bombe.ods", " " * (200 * archive.MO))
    assert refus(chemin) == archive.TROP_GROS


@pytest.mark.parametrize("partie", ["Basic/Standard/Module1.xml", "Scripts/python/a.py"])
def test_un_ods_a_macros_est_refuse(tmp_path, partie):
    chemin = ecrire_ods(tmp_path / "macros.ods")
    with zipfile.ZipFile(chemin, "a") as ods:
        ods.writestr(partie, "x")
    assert "macros" in refus(chemin)


def test_un_ods_dont_le_xml_declare_des_entites_est_refuse(tmp_path):
    chemin = remplacer(
        ecrire_ods(tmp_path / "entites.ods"),
        "content.xml",
        lambda xml: xml.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1),
    )
    assert "jamais" in refus(chemin)


@pytest.mark.parametrize(
    ("marque", "motif"), [("EncryptedPackage", archive.CHIFFRE), ("_VBA_PROJECT", "Ce classeur contient des macros.")]
)
def test_un_classeur_d_avant_protege_ou_a_macros_est_refuse(tmp_path, marque, motif):
    chemin = tmp_path / "suivi.xls"
    chemin.write_bytes(SUIVI_XLS.read_bytes() + marque.encode("utf-16-le"))
    assert refus(chemin).startswith(motif)


def test_un_classeur_d_avant_abime_se_lit_ou_se_refuse_mais_ne_tombe_pas(tmp_path):
    """Soixante abîmes d'un vrai fichier : coupé, ou quelques octets changés."""
    vrai, tirage = SUIVI_XLS.read_bytes(), random.Random(20)
    chemin = tmp_path / "suivi.xls"
    for _ in range(60):
        abime = bytearray(vrai[: tirage.randrange(600, len(vrai))] if tirage.random() < 0.3 else vrai)
        for _ in range(tirage.randrange(1, 8)):
            abime[tirage.randrange(8, len(abime))] = tirage.randrange(256)
        chemin.write_bytes(abime)
        try:
            with ouvrir(chemin) as lecture:
                for feuille in lecture.feuilles:
                    lu(feuille)
        except ClasseurRefuse as refuse:
            assert refuse.motif


def test_un_csv_de_trop_de_lignes_ou_de_colonnes_est_refuse(tmp_path, monkeypatch):
    monkeypatch.setattr(releve, "LIGNES_MAX", 1000)
    chemin = tmp_path / "liste.csv"
    chemin.write_text("a;b\n" * 1002)
    assert "dépasse 1000 lignes" in refus(chemin)
    chemin.write_text("a;" * releve.COLONNES_MAX + "\n")
    assert "trop étendue" in refus(chemin)

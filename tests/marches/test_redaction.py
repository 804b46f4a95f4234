"""Le texte d'une clause : son fondement à sa date, ses quatre mentions, ses heures, et ce qui ne bouge plus."""

import datetime
import hashlib
import io
import shutil
import subprocess
from decimal import Decimal as D
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from docx import Document as DocumentWord
from docx.oxml.ns import qn

from beneficiaires.enums import CodeCritere
from comptes.enums import Role
from marches import services
from marches.enums import Assiette, Forme, PieceClause, StatutProjet, TypeClause
from marches.etude import base_du_marche
from marches.models import Lot, Marche, ModeleClause, Redaction
from marches.redaction.bases import base_juridique
from marches.redaction.champs import CHAMPS, CONDITIONS, OBLIGATOIRES
from marches.redaction.pieces import VERSION_NATIONALE, modele_national
from marches.redaction.texte import champs_de, composer, controler
from marches.services.redaction import empreinte, lire_matiere, modeles_en_vigueur
from socle.regles import RegleViolee
from tests.client_strict import ClientStrict
from tests.fabriques.marches import LotFactory, TrancheFactory
from tests.monde import Monde

NATIONALE = f"nationale {VERSION_NATIONALE}"


@pytest.mark.parametrize(
    ("jour", "article"),
    [
        ("2016-03-31", "article 14 du code des marchés publics"),
        ("2016-04-01", "article 38 de l'ordonnance n° 2015-899"),
        ("2019-03-31", "article 38 de l'ordonnance n° 2015-899"),
        ("2019-04-01", "article L. 2112-2 du code de la commande publique"),
        ("2026-08-21", "article L. 2112-2 du code de la commande publique"),
        ("2026-08-22", "articles L. 2112-2 et L. 2112-2-1"),
    ],
)
def test_le_fondement_suit_la_date(jour, article):
    le = datetime.date.fromisoformat(jour)
    assert article in base_juridique(le, TypeClause.CONDITION, obligatoire=True).articles
    assert "L. 2112-2-1" not in base_juridique(le, TypeClause.CONDITION).articles  # rien n'y oblige : une faculté


@pytest.mark.parametrize(
    ("jour", "article"),
    [
        ("2019-04-01", "le a du 2° de l'article R. 2152-7"),
        ("2026-08-20", "le a du 2° de l'article R. 2152-7"),
        ("2026-08-21", "les articles L. 2152-7 et R. 2152-7"),
        ("2026-11-30", "les articles L. 2152-7 et R. 2152-7"),
    ],
)
def test_l_article_du_critere_suit_sa_reecriture(jour, article):
    assert article in base_juridique(datetime.date.fromisoformat(jour), TypeClause.CRITERE).articles


@pytest.mark.parametrize(
    ("type_clause", "forme", "article"),
    [
        (TypeClause.CRITERE, Forme.MARCHE, "L. 2152-7"),
        (TypeClause.CONDITION_ET_CRITERE, Forme.MARCHE, "R. 2152-7"),
        (TypeClause.RESERVE, Forme.MARCHE, "L. 2113-12"),
        (TypeClause.MARCHE_INSERTION, Forme.MARCHE, "R. 2123-1"),
        (TypeClause.CONDITION, Forme.CONCESSION, "L. 3114-2 "),
        (TypeClause.RESERVE, Forme.CONCESSION, "L. 3113-1"),
        (TypeClause.PRIVEE, Forme.MARCHE, "volonté des parties"),
        (TypeClause.CONDITION, Forme.PRIVE, "volonté des parties"),
    ],
)
def test_le_fondement_suit_la_sorte(type_clause, forme, article):
    assert article in base_juridique(datetime.date(2026, 10, 1), type_clause, forme).articles


@pytest.mark.parametrize("piece", PieceClause)
def test_un_modele_national_se_tient(piece):
    controler(modele_national(piece), CHAMPS, CONDITIONS)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_un_ccap_dit_toujours_les_quatre_choses(condition):
    temoins = {champ: f"<<{champ}>>" for champ in CHAMPS}
    texte = "\n".join(b.texte for b in composer(modele_national(PieceClause.CCAP), temoins, {condition}, ()))
    assert all(f"<<{champ}>>" in texte for champ in OBLIGATOIRES)


def test_une_valeur_n_est_jamais_relue_comme_un_modele():
    champs = {"objet": "{{ heures }} [si critere] <b>", "heures": "1 181 h"}
    (bloc,) = composer("- {{ objet }}", champs, (), ())
    assert (bloc.genre, bloc.texte) == ("puce", "{{ heures }} [si critere] <b>")


@pytest.fixture
def monde(monde) -> Monde:
    Marche.objects.filter(pk=monde.marche.pk).update(
        publics_vises=["RSA", "QPV"], penalite_par_heure=D(200), penalite_par_jour=D(75)
    )
    Lot.objects.filter(pk=monde.lot.pk).update(heures_contractuelles=D(1181), perimetre="La maçonnerie")
    Lot.objects.filter(pk=monde.lot_libre.pk).update(heures_contractuelles=D(252))
    services.regler_les_clauses(acteur=monde.acteur(), telephone="02 33 00 00 00")
    return monde


def rediger(monde, *pieces, commun: bool = True) -> Redaction:
    return services.rediger(acteur=monde.acteur(), marche=monde.marche, pieces=pieces or ("rc", "ccap"), commun=commun)


def texte_de(redaction) -> str:
    return texte_des_pieces(redaction.pieces)


def texte_des_pieces(pieces) -> str:
    blocs = [bloc for piece in pieces for bloc in piece["blocs"]]
    cellules = [c for bloc in blocs for ligne in bloc.get("lignes", []) for c in ligne]
    brut = "\n".join([bloc.get("texte", "") for bloc in blocs] + cellules)
    return brut.replace("\u202f", " ").replace("\u00a0", " ")


def test_les_heures_du_texte_sont_celles_des_lots(monde):
    texte = texte_de(rediger(monde))
    assert "lot 1 (Gros œuvre) : 1 181 h ; lot 2 (Peinture) : 252 h, soit 1 433 h au total" in texte
    assert "La maçonnerie" in texte and "toutes les prestations du lot" in texte
    assert "02 33 00 00 00" in texte and "Bénéficiaire du RSA" in texte and "200 €" in texte


def test_un_texte_produit_ne_bouge_plus(monde):
    redaction = rediger(monde)
    avant = (texte_de(redaction), redaction.empreinte, redaction.nombres["lot 1"])
    services.modifier_lot(acteur=monde.acteur(), lot=Lot.objects.get(pk=monde.lot.pk), heures_contractuelles=D(999))
    services.ecrire_modele(acteur=monde.acteur(), piece="ccap", texte=modele_national(PieceClause.CCAP) + "\nLocal.")
    relue = Redaction.objects.get(pk=redaction.pk)
    assert (texte_de(relue), relue.empreinte, relue.nombres["lot 1"]) == avant
    nouvelle = rediger(monde)
    assert "999 h" in texte_de(nouvelle) and "Local." in texte_de(nouvelle)
    assert [piece["version"] for piece in nouvelle.pieces] == [NATIONALE, "locale 1"]


def test_un_accord_cadre_dit_sa_regle_et_une_tranche_aussi(monde):
    LotFactory(marche=monde.marche, numero="3", assiette=Assiette.FACTURES, euros_par_heure=D(2000), seuil_ht=D(10000))
    TrancheFactory(lot=monde.lot_libre, numero="TO")
    texte = texte_de(rediger(monde))
    assert "une heure par tranche entière de 2 000 € HT facturés au-delà de 10 000 € HT, sur le montant cumulé" in texte
    assert "ne naît qu'à son affermissement" in texte
    assert "au total" not in texte


@pytest.mark.parametrize("type_clause", TypeClause)
def test_chaque_sorte_de_clause_se_redige(monde, type_clause):
    Marche.objects.filter(pk=monde.marche.pk).update(type_clause=type_clause)
    redaction = rediger(monde, *PieceClause.values)
    assert {piece["piece"] for piece in redaction.pieces} == set(PieceClause)
    assert "1 181 h" in texte_de(redaction)
    assert "{{" not in texte_de(redaction)


def test_ce_qui_manque_se_dit(monde):
    Lot.objects.filter(pk=monde.lot.pk).update(heures_contractuelles=None)
    avant = Redaction.objects.count()
    with pytest.raises(RegleViolee, match="lot 1"):
        rediger(monde)
    assert Redaction.objects.count() == avant


@pytest.mark.parametrize(
    ("texte", "motif"),
    [
        ("{{ nom_du_beneficiaire }}", "n'existe pas"),
        ("[si lune]\n[fin]", "n'existe pas"),
        ("[si critere]", "pas fermé"),
        ("{% load secrets %}", "accolades"),
        ("{{ perimetre }} {{ facilitateur }} {{ publics }}", "heures"),
        ("{{ perimetre }} {{ facilitateur }} {{ publics }}\n[si critere]\n{{ heures }}\n[fin]", "heures"),
    ],
)
def test_un_modele_mal_ecrit_est_refuse(monde, texte, motif):
    with pytest.raises(RegleViolee, match=motif):
        services.ecrire_modele(acteur=monde.acteur(), piece="ccap", texte=texte)
    assert not ModeleClause.objects.exists()


def test_les_versions_se_suivent_et_l_on_revient_au_national(monde):
    national = modele_national(PieceClause.RC)
    for texte in (national, national, f"{national}\nUne ligne de plus.\n"):  # le même texte n'en écrit pas une autre
        services.ecrire_modele(acteur=monde.acteur(), piece="rc", texte=texte)
    services.revenir_au_modele_national(acteur=monde.acteur(), piece="rc")
    assert rediger(monde, "rc").pieces[0]["version"] == NATIONALE
    assert services.ecrire_modele(acteur=monde.acteur(), piece="rc", texte=national).version == 3


def client(monde, qui) -> ClientStrict:
    client = ClientStrict()
    client.force_login(monde.personne(qui))
    return client


def lire_docx(reponse):
    return DocumentWord(io.BytesIO(reponse.content))


def adresse(redaction, piece: str, lot: str = "") -> str:
    rangs = [
        rang
        for rang, produite in enumerate(redaction.pieces)
        if produite["piece"] == piece and produite["lot"].get("numero", "") == lot
    ]
    return reverse("marches:redaction_docx", args=[redaction.uuid, rangs[0]])


def test_un_docx_par_piece_et_par_lot_ne_dit_que_son_lot(monde):
    redaction = rediger(monde, *PieceClause.values, commun=False)
    produites = [(piece["piece"], piece["lot"].get("numero", "")) for piece in redaction.pieces]
    attendues = [
        (piece.value, lot) for piece in PieceClause for lot in ([""] if piece == PieceClause.RC else ["1", "2"])
    ]
    assert produites == attendues
    for piece in redaction.pieces:
        if piece["lot"]:
            texte = texte_des_pieces([piece])
            sien, autre = ("1 181 h", "252 h") if piece["lot"]["numero"] == "1" else ("252 h", "1 181 h")
            assert autre not in texte and "1 433 h" not in texte, piece["titre"]
            assert piece["piece"] in ("publics", "suivi") or sien in texte, piece["titre"]
    acte = texte_des_pieces(p for p in redaction.pieces if p["piece"] == "ae" and p["lot"]["numero"] == "2")
    assert "lot 2 (Peinture)" in acte and "252 h" in acte
    assert "Acte d'engagement pour 2 lots" in redaction.titres


def test_reunir_les_lots_ne_reunit_jamais_ce_qui_engage_un_titulaire(monde):
    redaction = rediger(monde, "ae", "ccap", "fiche_entreprise")
    assert [(p["piece"], p["lot"].get("numero")) for p in redaction.pieces] == [
        ("ae", "1"),
        ("ae", "2"),
        ("ccap", None),
        ("fiche_entreprise", "1"),
        ("fiche_entreprise", "2"),
    ]


def test_un_cahier_dit_les_regles_que_le_marche_fixe(monde):
    sans = texte_de(rediger(monde, "ccap"))
    assert "vaut 24 mois à compter" in sans and "Après 12 mois sans contrat" in sans
    assert "ne sont pas retenues" in sans and "durée indéterminée sont retenues" not in sans
    Marche.objects.filter(pk=monde.marche.pk).update(
        duree_eligibilite_mois=18,
        interruption_eligibilite_mois=6,
        regle_cdi_mois=48,
        formation_comptee="plafonnee",
        plafond_formation=D(25),
        periodicite="trimestrielle",
        penalite_par_heure=None,
        mise_en_demeure_prealable=False,
    )
    avec = texte_de(rediger(monde, "ccap"))
    assert "vaut 18 mois à compter" in avec and "Après 6 mois sans contrat" in avec and "48 mois au plus" in avec
    assert "jusqu'à 25 % des heures dues" in avec and "ne sont pas retenues" not in avec
    assert "chaque trimestre" in avec and "chaque mois" not in avec
    assert "sans mise en demeure préalable, une pénalité de 75 €" in avec and "par heure d'insertion" not in avec


def test_le_docx_s_ouvre_et_l_acheteur_le_telecharge(monde):
    redaction = rediger(monde, *PieceClause.values, commun=False)
    acheteur = client(monde, Role.MAITRE_OUVRAGE)
    document = lire_docx(acheteur.get(adresse(redaction, "ae", "1")))
    lu = "\n".join(p.text for p in document.paragraphs).replace("\u202f", " ").replace("\u00a0", " ")
    assert "1 181 h" in lu and "252 h" not in lu and document.core_properties.language == "fr-FR"
    assert len(document.tables) == 1
    for url in (adresse(redaction, "ae", "1"), reverse("marches:redaction_archive", args=[redaction.uuid])):
        assert client(monde, "autre.maitre_ouvrage").get(url).status_code == 404
    assert acheteur.get(reverse("marches:redaction_docx", args=[redaction.uuid, 99])).status_code == 404


def test_l_archive_a_un_docx_par_piece(monde):
    Lot.objects.filter(pk=monde.lot.pk).update(numero="1 a")
    Lot.objects.filter(pk=monde.lot_libre.pk).update(numero="1-A")
    redaction = rediger(monde, "rc", "ae", commun=False)
    reponse = client(monde, Role.EDITION).get(reverse("marches:redaction_archive", args=[redaction.uuid]))
    with ZipFile(io.BytesIO(reponse.content)) as archive:
        noms = archive.namelist()
        assert all(DocumentWord(io.BytesIO(archive.read(nom))).paragraphs for nom in noms)
    base = slugify(monde.marche.reference)
    assert noms == [f"{base}-rc.docx", f"{base}-ae-lot-1-a.docx", f"{base}-ae-lot-1-a-2.docx"]


def test_le_docx_prend_le_gabarit_de_qui_le_colle(monde):
    document = lire_docx(client(monde, Role.EDITION).get(adresse(rediger(monde), "ccap")))
    assert {p.style.name for p in document.paragraphs} <= {"Heading 1", "Heading 2", "Normal", "List Bullet"}
    assert not any(passage.font.size or passage.font.color.rgb for p in document.paragraphs for passage in p.runs)
    champs = [champ.get(qn("w:instr")) for champ in document.sections[0].footer._element.iter(qn("w:fldSimple"))]
    assert champs == ["PAGE", "NUMPAGES"]
    assert not [e for e in document.element.iter() if str(e.tag).endswith(("fldSimple", "instrText", "fldChar"))]
    rangees = document.tables[0].rows
    assert all(rangee._tr.trPr.find(qn("w:cantSplit")) is not None for rangee in rangees)
    assert rangees[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    suivies = [rangee.cells[0].paragraphs[0].paragraph_format.keep_with_next for rangee in rangees]
    assert suivies == [True, True, False]  # un tableau court reste d'un bloc


def test_le_pied_du_docx_dit_le_jour_de_paris(monde):
    redaction = rediger(monde)
    Redaction.objects.update(cree_le=datetime.datetime(2026, 11, 30, 23, 30, tzinfo=datetime.UTC))
    reponse = client(monde, Role.MAITRE_OUVRAGE).get(adresse(redaction, "ccap"))
    pied = lire_docx(reponse).sections[0].footer.paragraphs[0].text
    assert "01/12/2026" in pied and "30/11/2026" not in pied


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice est absent : le DOCX n'est pas converti.")
def test_libreoffice_ouvre_le_docx(monde, tmp_path):
    reponse = client(monde, Role.EDITION).get(adresse(rediger(monde), "ccap"))
    (tmp_path / "clause.docx").write_bytes(reponse.content)
    profil = f"-env:UserInstallation=file://{tmp_path}/profil"
    commande = [
        "soffice",
        profil,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "clause.docx"),
    ]
    subprocess.run(commande, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "clause.pdf").read_bytes().startswith(b"%PDF")


def test_les_champs_obligatoires_sont_dans_le_modele_national():
    assert set(OBLIGATOIRES) <= champs_de(modele_national(PieceClause.CCAP))


def test_ce_qui_est_archive_n_est_pas_dans_le_texte(monde):
    entier = lire_matiere(monde.marche).sujet()
    for objet in (monde.cotraitance, monde.lot_libre):
        type(objet).objects.filter(pk=objet.pk).update(archive_le=timezone.now())
    reduit = lire_matiere(monde.marche).sujet()
    assert entier.conditions - reduit.conditions == {"groupement"}
    assert len(entier.tableau) - len(reduit.tableau) == 1


def ecrire(monde, qui, piece, texte):
    return services.ecrire_modele(acteur=monde.acteur(qui), piece=piece, texte=texte)


def test_les_versions_sont_a_chaque_structure_et_a_chaque_piece(monde):
    rc, ae = modele_national(PieceClause.RC), modele_national(PieceClause.AE)
    ecrire(monde, "autre.edition", "rc", f"{rc}\nChez eux.\n")
    assert modeles_en_vigueur(monde.structure)["rc"] == (rc, NATIONALE)
    ecrire(monde, "edition", "rc", rc)
    assert ecrire(monde, "edition", "ae", rc).version == 1
    assert ecrire(monde, "edition", "ae", ae).version == 2
    assert ecrire(monde, "autre.edition", "rc", rc).version == 2
    en_vigueur = ModeleClause.objects.filter(retire_le__isnull=True).values_list("structure", "piece", "version")
    assert sorted(en_vigueur) == sorted(
        [(monde.structure.pk, "rc", 1), (monde.structure.pk, "ae", 2), (monde.autre.structure.pk, "rc", 2)]
    )
    services.revenir_au_modele_national(acteur=monde.acteur(), piece="rc")
    assert ModeleClause.objects.filter(retire_le__isnull=True).count() == 2
    # Revenir, puis reprendre le texte retiré : une version de plus.
    assert ecrire(monde, "edition", "rc", rc).version == 2


def test_sans_piece_choisie_rien_ne_se_redige(monde):
    with pytest.raises(RegleViolee, match="au moins une pièce"):
        services.rediger(acteur=monde.acteur(), marche=monde.marche, pieces=[])


def test_l_empreinte_est_celle_du_texte_et_ne_depend_pas_de_l_ordre(monde):
    redaction = rediger(monde)
    assert redaction.empreinte == empreinte(redaction.pieces, redaction.nombres)
    attendue = hashlib.sha256('{"nombres": {}, "pieces": [{"a": 1, "é": 2}]}'.encode()).hexdigest()
    assert empreinte([{"é": 2, "a": 1}], {}) == attendue


def test_apres_les_reglages_on_revient_au_marche(monde):
    facilitateur = client(monde, Role.EDITION)
    services.regler_les_clauses(acteur=monde.acteur(), telephone="", courriel="")
    redaction = reverse("marches:redaction", args=[monde.marche.uuid])
    page = facilitateur.get(redaction).content.decode()
    url = f"{reverse('marches:reglages_clause')}?marche={monde.marche.uuid}"
    assert url in page
    formulaire = facilitateur.get(url)
    assert formulaire.context["retour"] == redaction
    saisie = {**formulaire.context["form"].montre(), "telephone": "02 33 00 00 00", "publics_vises": ["RSA"]}
    reponse = facilitateur.post(url, saisie)
    assert reponse.status_code == 302 and reponse.url == redaction
    ailleurs = f"{reverse('marches:reglages_clause')}?marche={monde.autre.marche.uuid}"
    for adresse_ailleurs in (ailleurs, f"{reverse('marches:reglages_clause')}?marche=x"):
        assert facilitateur.get(adresse_ailleurs).context["retour"] == reverse("marches:modeles_clause")


def test_les_publics_sont_coches_d_avance_et_les_garder_les_enregistre(monde):
    services.regler_les_clauses(acteur=monde.acteur(), publics_vises=["QPV", "RSA"])
    Marche.objects.filter(pk=monde.marche.pk).update(publics_vises=[])
    url, facilitateur = reverse("marches:publics", args=[monde.marche.uuid]), client(monde, Role.EDITION)
    page = facilitateur.get(url)
    proposes = page.context["form"].initial["publics"]
    assert proposes == ["QPV", "RSA"]
    facilitateur.post(url, {"publics": proposes, "version": page.context["version_montree"]})
    assert Marche.objects.get(pk=monde.marche.pk).publics_vises == ["RSA", "QPV"]


def test_les_publics_se_rangent_dans_l_ordre_du_referentiel(monde):
    marche = services.choisir_publics(acteur=monde.acteur(), marche=monde.marche, publics=["QPV", "inconnu", "RSA"])
    assert marche.publics_vises == [code for code in CodeCritere.values if code in ("QPV", "RSA")]


def test_la_clause_cite_l_article_que_la_page_du_projet_dit(monde):
    projet = monde.projet
    projet.montant_estime_ht, projet.marche, projet.statut = D(20_000), monde.marche, StatutProjet.MARCHE
    projet.save()
    monde.marche.date_consultation = datetime.date(2026, 10, 1)
    assert "L. 2112-2-1" not in base_du_marche(monde.marche).articles  # sous le seuil : une faculté
    projet.montant_estime_ht = D(50_000_000)
    assert "L. 2112-2-1" in base_du_marche(monde.marche).articles
    projet.derogation = "concurrence"  # l'acheteur s'en est dispensé : s'il la garde, c'est qu'il le veut bien
    assert "L. 2112-2-1" not in base_du_marche(monde.marche).articles


def test_sans_projet_l_obligation_se_lit_au_montant_du_marche(monde):
    marche = monde.marche
    marche.date_consultation, marche.nature, marche.forme = datetime.date(2026, 10, 1), "travaux", Forme.MARCHE
    for montant, obligatoire in ((None, False), (D(5_403_999), False), (D(5_404_000), True)):
        marche.montant_ht = montant
        assert ("L. 2112-2-1" in base_du_marche(marche).articles) is obligatoire
    marche.date_consultation = datetime.date(2026, 8, 21)
    assert "L. 2112-2-1" not in base_du_marche(marche).articles

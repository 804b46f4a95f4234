"""Lire les données essentielles : les exemples officiels, les formes anciennes, le sale, et deux passages qui n'en font qu'un."""

import datetime
import gc
import io
import json
import tracemalloc
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from bench.decp import ecrire
from comptes.enums import Role
from decp import services
from decp.enums import StatutAvis
from decp.exports import fragments
from decp.lecture import Avis, Refus, lire, lire_flux, nature_du_cpv
from decp.models import AvisDecp, ImportDecp
from marches.models import Engagement, Marche
from socle.models import Document
from socle.regles import AccesRefuse, RegleViolee
from territoires.models import Commune
from tests.client_strict import ClientStrict
from tests.fabriques.commun import siret
from tests.fabriques.decp import AvisDecpFactory
from tests.fabriques.territoires import CommuneFactory
from tests.monde import Monde, construire_monde

DONNEES = Path(__file__).resolve().parents[3] / "shared" / "donnees" / "decp"
SANS_DONNEES = pytest.mark.skipif(not DONNEES.is_dir(), reason="Les exemples officiels (../shared) sont absents.")
BON = {
    "id": "M1",
    "acheteur": {"id": siret(3_000_000), "nom": "Ville de Cherbourg"},
    "objet": "Réfection de la voirie",
    "codeCPV": "45233140-2",
    "lieuExecution": {"code": "50129", "typeCode": "Code commune"},
    "dureeMois": 12,
    "dateNotification": "2026-10-01",
    "montant": 250000.5,
    "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": "73282932000074"}}],
    "considerationsSociales": {"considerationSociale": ["Clause sociale", "Critère social"]},
}


def lus(brut) -> list[Avis | Refus]:
    texte = brut if isinstance(brut, bytes) else json.dumps(brut, ensure_ascii=False).encode()
    return list(lire_flux(io.BytesIO(texte)))


def un(**changements) -> Avis | Refus:
    (lu,) = lus([{**BON, **changements}])
    return lu


# --- Lire ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "enveloppe",
    [
        lambda m: [m],
        lambda m: {"marches": [m]},
        lambda m: {"marches": {"marche": [m]}},
        lambda m: {"marches": {"marche": m}},
        lambda m: {"autre": {"marche": [1, 2]}, "marches": {"contrat-concession": [], "marche": [m]}},
    ],
)
def test_chaque_forme_se_lit(enveloppe):
    (avis,) = lus(enveloppe(BON))
    assert (avis.identifiant, avis.montant, avis.duree_mois, avis.nature) == ("M1", D("250000.50"), 12, "travaux")
    assert avis.considerations == ("Clause sociale", "Critère social")
    assert avis.titulaires[0].identifiant == "73282932000074"


@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        ({"dureeMois": "NC"}, {"duree_mois": None}),
        ({"dureeMois": "36"}, {"duree_mois": 36}),
        ({"dureeMois": -2}, {"duree_mois": None}),
        ({"dureeMois": "18 mois"}, {"duree_mois": 18}),
        ({"dureeMois": 481}, {"duree_mois": None}),
        ({"montant": 9.9e17}, {"montant": None}),
        ({"montant": 0}, {"montant": None}),
        ({"montant": "125 000,50"}, {"montant": D("125000.50")}),
        ({"montant": "beaucoup"}, {"montant": None}),
        ({"dateNotification": "01/10/2026"}, {"date_notification": datetime.date(2026, 10, 1)}),
        ({"dateNotification": "0002-11-30"}, {"date_notification": None}),
        ({"codeCPV": "travaux"}, {"cpv": "", "nature": ""}),
        ({"titulaires": []}, {"titulaires": ()}),
        ({"titulaires": None}, {"titulaires": ()}),
        ({"considerationsSociales": ["Marché réservé"]}, {"considerations": ("Marché réservé",)}),
        (
            {"considerationsSociales": "clause sociale, critère social"},
            {"considerations": ("Clause sociale", "Critère social")},
        ),
        ({"considerationsSociales": None}, {"considerations": ()}),
        (
            {"lieuExecution": {"code": "1004.0", "typeCode": "CODE COMMUNE"}},
            {"lieu_code": "01004", "lieu_type": "commune"},
        ),
        (
            {"lieuExecution": None, "lieuExecution.code": 1500, "lieuExecution.typeCode": "Code postal"},
            {"lieu_code": "01500", "lieu_type": "code_postal"},
        ),
        ({"codeCPV": "45"}, {"cpv": "45000000", "nature": "travaux"}),
        ({"codeCPV": "4531611"}, {"cpv": ""}),
        ({"codeCPV": 45316110.0}, {"cpv": "45316110"}),
        ({"dateNotification": "September, 16 2021 00:00:00"}, {"date_notification": datetime.date(2021, 9, 16)}),
        ({"dateNotification": "2026-02-28T23:30:00Z"}, {"date_notification": datetime.date(2026, 3, 1)}),
        ({"_type": "Marche", "autoriteConcedante": {"id": "1"}}, {"contrat": "marche"}),
        ({"_type": "Contrat de concession"}, {"contrat": "concession"}),
        ({"autoriteConcedante": {}, "concessionnaires": ""}, {"contrat": "marche"}),
        ({"acheteur": "", "acheteur.id": f" {siret(3_000_000)} "}, {"acheteur_siret": siret(3_000_000)}),
        ({"acheteur": None, "acheteur_id": siret(3_000_000)}, {"acheteur_siret": siret(3_000_000)}),
        ({"titulaires": [{"titulaire": "typeIdentifiant"}, {"titulaire": "id"}]}, {"titulaires": ()}),
        (
            {"considerationsSociales": "['Clause sociale', 'Critere social']"},
            {"considerations": ("Clause sociale", "Critère social")},
        ),
        (
            {"considerationsSociales": None, "considerationSociale": "Marché réservé"},
            {"considerations": ("Marché réservé",)},
        ),
        ({"lieuExecution": "Cherbourg"}, {"lieu_code": "", "lieu_type": ""}),
    ],
)
def test_une_valeur_sale_reste_vide_et_le_reste_se_lit(changements, attendu):
    avis = un(**changements)
    assert isinstance(avis, Avis)
    assert {champ: getattr(avis, champ) for champ in attendu} == attendu


def test_ce_qui_est_illisible_se_dit():
    avis = un(dureeMois="douze", montant=-1, codeCPV="x", titulaires=[], considerationsSociales=["Clause verte"])
    assert len(avis.avertissements) == 5


@pytest.mark.parametrize(
    "titulaires",
    [
        [{"titulaire": {"typeIdentifiant": "SIRET", "id": "73282932000074"}}],
        {"titulaire": {"id": "73282932000074"}},
        {"titulaire": [{"id": 73282932000074}]},
        [[{"id": "732 829 320 00074"}], [{"titulaire": "id"}]],
        [{"titulaire": [{"id": "73282932000074.0"}]}, {"titulaire": None}],
    ],
)
def test_les_titulaires_se_lisent_sous_toutes_leurs_enveloppes(titulaires):
    assert [t.identifiant for t in un(titulaires=titulaires).titulaires] == ["73282932000074"]


def test_un_numero_de_tva_est_un_titulaire_sans_siret():
    (titulaire,) = un(titulaires=[{"typeIdentifiant": "TVA", "id": "FR 40 303 265 045"}]).titulaires
    assert (titulaire.type, titulaire.identifiant) == ("TVA", "FR40303265045")


def test_une_modification_donne_le_marche_d_aujourd_hui():
    avis = un(modifications=[{"modification": {"id": 1, "montant": 300000, "dureeMois": 18}}])
    assert (avis.montant, avis.duree_mois) == (300000, 18)


@pytest.mark.parametrize(
    ("changements", "motif"),
    [
        ({"id": ""}, "identifiant"),
        ({"id": "x" * 61}, "identifiant"),
        ({"acheteur": {"id": "123"}}, "SIRET"),
        ({"acheteur": None}, "SIRET"),
        ({"objet": "NC"}, "objet"),
    ],
)
def test_un_enregistrement_sans_identite_est_refuse_avec_sa_raison(changements, motif):
    refus = un(**changements)
    assert isinstance(refus, Refus) and motif in refus.motif


def test_le_refus_d_un_n_arrete_pas_les_autres():
    resultats = lus([BON, {**BON, "id": ""}, "texte", 12, None, {**BON, "id": "M2"}])
    assert [type(lu).__name__ for lu in resultats] == ["Avis", "Refus", "Refus", "Refus", "Refus", "Avis"]


def test_un_fichier_coupe_rend_ce_qui_precede():
    texte = json.dumps([BON, {**BON, "id": "M2"}]).encode()[:-10]
    premier, coupe = lus(texte)
    assert isinstance(premier, Avis) and "plus du JSON" in coupe.motif


@pytest.mark.parametrize("brut", [b"", b"\xff\xfe", b"[]", b'"x"', b"{}", b"<html>"])
def test_ce_qui_n_est_pas_un_fichier_decp_ne_plante_pas(brut):
    assert all(isinstance(lu, Refus) for lu in lus(brut))


def test_une_marque_d_ordre_des_octets_ne_gene_pas():
    assert len(lus(b"\xef\xbb\xbf" + json.dumps([BON]).encode())) == 1


@pytest.mark.parametrize(
    ("cpv", "nature"), [("45000000", "travaux"), ("90910000", "services"), ("30200000", "fournitures")]
)
def test_la_nature_vient_du_cpv(cpv, nature):
    assert nature_du_cpv(cpv) == nature


@SANS_DONNEES
@pytest.mark.parametrize(
    ("nom", "attendus"),
    [
        ("marches_concessions", 4),
        ("marches_avec_modifications", 2),
        ("concessions", 2),
        ("concessions_avec_modifications", 2),
    ],
)
def test_les_exemples_officiels_se_lisent_en_entier(nom, attendus):
    resultats = list(lire(DONNEES / f"{nom}.json"))
    assert len(resultats) == attendus
    assert all(isinstance(lu, Avis) for lu in resultats), [lu for lu in resultats if isinstance(lu, Refus)]
    assert all(lu.considerations for lu in resultats)


# --- Importer --------------------------------------------------------------------------------------------------------
@pytest.fixture
def monde(db) -> Monde:
    return construire_monde()


def importer(monde, brut, *, pour_de_vrai=True):
    return services.importer(acteur=monde.acteur(), enregistrements=lus(brut), pour_de_vrai=pour_de_vrai)


def test_a_blanc_rien_n_est_ecrit_et_le_rapport_est_le_meme(monde):
    brut = [BON, {**BON, "id": "M2", "lieuExecution": {"code": "13055", "typeCode": "Code commune"}}, {**BON, "id": ""}]
    avant = AvisDecp.objects.count()
    essai = importer(monde, brut, pour_de_vrai=False).en_json()
    assert AvisDecp.objects.count() == avant
    assert importer(monde, brut).en_json() == essai
    assert (essai["lus"], essai["nouveaux"], essai["hors_territoire"], essai["refuses"]) == (3, 1, 1, 1)
    assert AvisDecp.objects.count() == avant + 1


def test_un_second_passage_n_ajoute_rien(monde):
    importer(monde, [BON, BON])
    second = importer(monde, [BON, BON])
    assert (second.nouveaux, second.mis_a_jour, second.inchanges, second.doublons) == (0, 0, 1, 1)
    change = importer(monde, [{**BON, "montant": 300000}])
    assert (change.nouveaux, change.mis_a_jour) == (0, 1)


def test_une_modification_a_venir_s_applique_a_sa_date(monde, horloge, connecte):
    publiees = [
        {"modification": {"id": 2, "dateNotificationModification": "2027-04-01", "dureeMois": 100}},
        {"modification": {"id": 3, "dateNotificationModification": "2027-06-01", "montant": 400000}},
        {"modification": {"id": 1, "dateNotificationModification": "2026-10-10", "montant": 300000, "dureeMois": 20}},
        {"modification": {"id": 0, "dateNotificationModification": "2026-10-05", "montant": 200000, "dureeMois": 15}},
    ]
    assert importer(monde, [{**BON, "modifications": publiees}]).avec_modification_a_venir == 1
    avis = AvisDecp.objects.get(structure=monde.structure, identifiant="M1")
    assert (avis.montant, avis.duree_mois) == (300000, 20)
    page = connecte("edition").get(avis.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert "Le 1er avr. 2027 : durée 100 mois." in page and "Le 1er juin 2027 : montant 400 000 € HT." in page.replace(
        "\u202f", " "
    )
    horloge.move_to(datetime.datetime(2027, 4, 1, 9, tzinfo=datetime.UTC))
    call_command("modifier_avis", pour_de_vrai=True, stdout=io.StringIO())
    avis.refresh_from_db()
    assert (avis.montant, avis.duree_mois, avis.prochaine_modification_le) == (300000, 100, datetime.date(2027, 6, 1))
    page = connecte("edition").get(avis.get_absolute_url()).content.decode()
    assert "Modification publiée entrée en vigueur" in page and "400" in page
    assert services.appliquer_les_modifications(datetime.date(2027, 4, 1)) == 0
    assert importer(monde, [{**BON, "modifications": publiees}]).inchanges == 1


@pytest.mark.parametrize(
    ("lieu", "garde"),
    [
        ({"code": "50129", "typeCode": "Code commune"}, True),
        ({"code": "50100", "typeCode": "Code postal"}, True),
        ({"code": "13001", "typeCode": "Code postal"}, False),
        ({"code": "50", "typeCode": "Code département"}, False),
        (None, False),
    ],
)
def test_le_territoire_decide(monde, lieu, garde):
    assert importer(monde, [{**BON, "lieuExecution": lieu}]).du_territoire == int(garde)


def test_un_lieu_large_garde_les_acheteurs_suivis(monde):
    brut = {
        **BON,
        "acheteur": {"id": monde.maitre_ouvrage.siret},
        "lieuExecution": {"code": "50", "typeCode": "Code département"},
    }
    assert importer(monde, [brut]).du_territoire == 1


def test_un_marche_deja_suivi_est_reconnu(monde):
    brut = {**BON, "acheteur": {"id": monde.maitre_ouvrage.siret}, "id": monde.marche.reference}
    assert importer(monde, [brut]).deja_connus == 1
    avis = AvisDecp.objects.get(structure=monde.structure, identifiant=monde.marche.reference)
    assert (avis.marche, avis.statut) == (monde.marche, StatutAvis.CONNU)


def test_l_avis_d_une_structure_n_est_pas_celui_de_l_autre(monde):
    importer(monde, [BON])
    assert not AvisDecp.objects.visibles_par(monde.acteur("autre.responsable")).filter(identifiant="M1").exists()
    with pytest.raises(AccesRefuse):
        services.importer(acteur=monde.acteur("lecture"), enregistrements=[], pour_de_vrai=True)


def test_suivre_un_avis_en_fait_un_marche_sans_inventer_d_heures(monde):
    importer(monde, [BON])
    avis = AvisDecp.objects.get(structure=monde.structure, identifiant="M1")
    marche = services.suivre_avis(acteur=monde.acteur(), avis=avis)
    engagement = Engagement.objects.get(lot__marche=marche)
    assert (marche.statut, marche.type_clause, marche.identifiant_decp) == ("attribue", "condition_critere", "M1")
    assert (str(marche.debut), str(marche.fin_prevue)) == ("2026-10-01", "2027-09-30")
    assert (engagement.entreprise.siret, engagement.heures_dues) == ("73282932000074", 0)
    assert marche.lots.get().heures_contractuelles is None
    with pytest.raises(RegleViolee):
        services.suivre_avis(acteur=monde.acteur(), avis=avis)
    assert importer(monde, [BON]).inchanges == 1


@pytest.mark.parametrize(
    ("genre", "code", "trouvee"),
    [
        ("commune", "50129", "50129"),
        ("commune", "50602", "50129"),  # Tourlaville
        ("code_postal", "50998", "50129"),
        ("code_postal", "50999", None),  # deux communes
        ("code_postal", "", None),
        ("canton", "50129", None),
    ],
)
def test_le_lieu_d_execution_est_la_commune_que_le_code_designe(monde, genre, code, trouvee):
    CommuneFactory(code_insee="50997", codes_postaux="50999")
    Commune.objects.filter(code_insee="50129").update(codes_postaux="50100 50998 50999", autres_codes=" 50602 ")
    avis = AvisDecpFactory(structure=monde.structure, lieu_type=genre, lieu_code=code)
    marche = services.suivre_avis(acteur=monde.acteur(), avis=avis)
    assert (marche.commune and marche.commune.code_insee) == trouvee


def test_un_siret_faux_n_empeche_pas_de_suivre(monde):
    avis = AvisDecpFactory(
        structure=monde.structure,
        acheteur_siret="12345678901234",
        titulaires=[{"type": "TVA", "id": "FR1", "nom": "X"}],
    )
    marche = services.suivre_avis(acteur=monde.acteur(), avis=avis)
    assert marche.maitre_ouvrage.siret is None
    assert not Engagement.objects.filter(lot__marche=marche).exists()


def test_rattacher_puis_reimporter_reconnait(monde):
    importer(monde, [BON])
    avis = AvisDecp.objects.get(structure=monde.structure, identifiant="M1")
    with pytest.raises(RegleViolee):
        services.rattacher_avis(acteur=monde.acteur(), avis=avis, marche=monde.autre.marche)
    services.rattacher_avis(acteur=monde.acteur(), avis=avis, marche=monde.marche)
    assert Marche.objects.get(pk=monde.marche.pk).identifiant_decp == "M1"


def test_ecarter_se_reprend(monde):
    avis = AvisDecpFactory(structure=monde.structure)
    avis = services.ecarter_avis(acteur=monde.acteur(), avis=avis, motif="Trop petit")
    assert services.reprendre_avis(acteur=monde.acteur(), avis=avis).statut == StatutAvis.A_EXAMINER


def test_la_memoire_ne_suit_pas_la_taille_du_fichier(tmp_path):
    """Lire vingt fois plus ne prend pas plus de place : 4 Mo d'écart au plus entre 1 000 et 20 000 enregistrements."""

    seuils = gc.get_threshold()
    gc.set_threshold(2000, 10, 10)  # celui d'un service : les essais, eux, ramassent rarement

    def sommet(nombre: int) -> int:
        gc.collect()
        fichier = ecrire(tmp_path / f"{nombre}.json", nombre)
        tracemalloc.start()
        assert sum(1 for _ in lire(fichier)) == nombre
        pointe = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return pointe

    try:
        assert sommet(20_000) - sommet(1_000) < 4_000_000
    finally:
        gc.set_threshold(*seuils)


# --- La commande, l'écran, l'export ----------------------------------------------------------------------------------
def commande(*arguments) -> dict:
    sortie = io.StringIO()
    call_command("importer_decp", *arguments, "--format", "json", stdout=sortie, stderr=io.StringIO())
    return json.loads(sortie.getvalue())


def test_la_commande_est_a_blanc_par_defaut(monde, tmp_path):
    fichier = ecrire(tmp_path / "decp.json", 1000)
    slug = monde.structure.slug
    avant = AvisDecp.objects.count()
    essai = commande(str(fichier), "--structure", slug)
    assert AvisDecp.objects.count() == avant
    vrai = commande(str(fichier), "--structure", slug, "--pour-de-vrai")
    assert vrai == essai and vrai["nouveaux"] == AvisDecp.objects.count() - avant > 90
    second = commande(str(fichier), "--structure", slug, "--pour-de-vrai")
    assert (second["nouveaux"], second["mis_a_jour"], second["inchanges"]) == (0, 0, vrai["nouveaux"])
    assert len(vrai["refus"]) == vrai["refuses"] > 0


def test_la_commande_dit_ce_qui_manque(monde, tmp_path):
    with pytest.raises(CommandError):
        call_command("importer_decp", str(tmp_path / "rien.json"), "--structure", monde.structure.slug)
    (tmp_path / "vide.json").write_text("[]")
    with pytest.raises(CommandError, match="inconnue"):
        call_command("importer_decp", str(tmp_path / "vide.json"), "--structure", "nulle-part")


def test_deposer_a_l_ecran_puis_lire_le_rapport(monde, tmp_path):
    client = ClientStrict()
    client.force_login(monde.personne(Role.EDITION))
    fichier = ecrire(tmp_path / "decp.json", 200)
    with fichier.open("rb") as flux:
        reponse = client.post(reverse("decp:deposer"), {"fichier": flux})
    assert reponse.status_code == 302
    depot = ImportDecp.objects.get(nom_fichier="decp.json", structure=monde.structure, document__isnull=False)
    document = Document.objects.get(pk=depot.document_id)
    assert document.etat == "pret", (document.etat, document.message, document.tentatives)
    depot.refresh_from_db()
    assert depot.rapport["lus"] == 200
    assert Document.objects.get(pk=depot.document_id).progression == 100
    assert client.get(reponse.url).status_code == 200


@pytest.mark.parametrize(
    ("contenu", "etat", "dit"),
    [
        (json.dumps([BON]), "Lu en entier", "Examiner"),
        (json.dumps([BON, {**BON, "id": ""}]), "Lu, avec des refus", "Refusés"),
        (json.dumps([BON, BON])[:-40], "Lu en partie", "n'est pas lu en entier"),
        ("", "Illisible", "Aucun marché"),
    ],
)
def test_une_lecture_incomplete_se_dit_a_l_ecran(monde, contenu, etat, dit, connecte):
    client = connecte("edition")
    fichier = SimpleUploadedFile("decp.json", contenu.encode() or b" ")
    page = client.post(reverse("decp:deposer"), {"fichier": fichier}, follow=True).content.decode()
    assert etat in page and dit in page and "Prêt" not in page


def test_un_fichier_qui_n_est_pas_json_est_refuse_a_cote_du_champ(monde, tmp_path):
    client = ClientStrict()
    client.force_login(monde.personne(Role.EDITION))
    (tmp_path / "decp.exe").write_bytes(b"MZ")
    with (tmp_path / "decp.exe").open("rb") as flux:
        reponse = client.post(reverse("decp:deposer"), {"fichier": flux})
    assert "fichier .json" in reponse.content.decode()


@SANS_DONNEES
def test_nos_marches_sortent_en_fragments_conformes(monde):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((DONNEES / "schema_decp_v2.0.3.json").read_text())
    proprietes = schema["definitions"]["marche"]["properties"]
    Marche.objects.filter(pk=monde.marche.pk).update(commune=monde.referentiel.ville, forme="tranches")
    rendus = fragments(monde.structure)
    assert rendus.marches
    for fragment in rendus.marches:
        for champ, valeur in fragment.items():
            controleur = jsonschema.Draft7Validator({**proprietes[champ], "definitions": schema["definitions"]})
            assert not list(controleur.iter_errors(valeur)), (champ, valeur)


def test_un_marche_sans_siret_d_acheteur_ne_sort_pas_et_se_dit(monde):
    monde.maitre_ouvrage.siret = None
    monde.maitre_ouvrage.save()
    rendus = fragments(monde.structure)
    assert not rendus.marches
    assert rendus.ignores == [(monde.marche.reference, "l'acheteur n'a pas de SIRET")]

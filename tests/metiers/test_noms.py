"""Un métier se tape comme on le dit, ne bloque personne, et se précise d'un geste."""

import csv
import datetime
import html
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from beneficiaires.enums import CodeCritere
from beneficiaires.models import Beneficiaire
from metiers.courants import COURANTS
from metiers.forms import MetierField
from metiers.importation import importer_metiers, installer_metiers_courants, lire_noms_courants
from metiers.models import Appellation, Metier
from metiers.mots import cle, radicaux
from recrutement.models import Offre
from recrutement.rapprochement import offres_pour, personnes_pour
from socle.models import EntreeJournal

pytestmark = pytest.mark.django_db
OFFICIEL = Path(__file__).resolve().parents[3] / "shared" / "donnees" / "rome_appellations_v460.csv"
SANS_OFFICIEL = pytest.mark.skipif(not OFFICIEL.is_file(), reason="Le fichier des appellations (../shared) est absent.")
# Ce que dit quelqu'un qui n'a rien lu, et le métier qu'il attend.
ORDINAIRES = {
    "peintre": "F1606",
    "plombier": "F1603",
    "agent d'entretien": "K2204",
    "Agente d’entretien": "K2204",
    "coffreur": "F1701",
    "coffreuses": "F1701",
    "maçon": "F1703",
    "MACONNE": "F1703",
    "électricienne": "F1602",
    "couvreur": "F1610",
    "carreleuse": "F1608",
    "plaquiste": "F1601",
    "menuisier": "F1607",
    "manœuvre": "F1704",
    "jardinière": "A1203",
    "paysagiste": "A1203",
    "éboueur": "K2303",
    "femme de ménage": "K2204",
    "laveuse de vitres": "K2202",
    "cuisinière": "G1602",
    "plongeur": "G1605",
    "serveuse": "G1803",
    "aide-soignante": "J1501",
    "auxiliaire de vie": "K1302",
    "cariste": "N1101",
    "préparatrice de commandes": "N1103",
    "magasinier": "N1103",
    "livreuse": "N4105",
    "déménageur": "N1102",
    "secrétaire": "M1607",
    "agente d'accueil": "M1601",
    "conducteur d'engins": "F1302",
}


@pytest.fixture(autouse=True)
def _courants(db):
    installer_metiers_courants()


def lu(reponse) -> str:
    return " ".join(html.unescape(reponse.content.decode()).split())


@pytest.mark.parametrize(("dit", "code"), ORDINAIRES.items())
def test_un_mot_ordinaire_trouve_son_metier(dit, code):
    assert MetierField().clean(dit).code == code


def test_la_table_du_projet_se_tient():
    noms = list(lire_noms_courants())
    assert len(noms) >= 300 and {code for code, _ in noms} <= set(COURANTS)
    cles = [cle(nom) for _, nom in noms]
    doubles = {une for une in cles if cles.count(une) > 1}
    assert {
        code for code, nom in noms if cle(nom) in doubles and len({c for c, n in noms if cle(n) == cle(nom)}) > 1
    } == set()


@pytest.mark.parametrize(
    ("feminin", "masculin"),
    [
        ("coffreuse", "coffreur"),
        ("monteuses", "monteurs"),
        ("conductrice", "conducteur"),
        ("ouvrière", "ouvrier"),
        ("bouchère", "boucher"),
        ("agente", "agent"),
        ("gardienne", "gardien"),
        ("maçonne", "maçon"),
        ("cheffe", "chef"),
        ("peintre", "peintre"),
    ],
)
def test_le_genre_et_le_pluriel_ne_comptent_pas(feminin, masculin):
    assert radicaux(feminin) == radicaux(masculin)


@SANS_OFFICIEL
def test_le_fichier_officiel_s_importe_et_ne_change_aucun_metier_connu():
    avant = dict(Metier.objects.values_list("code", "libelle"))
    essai = importer_metiers(OFFICIEL, pour_de_vrai=False)
    assert dict(Metier.objects.values_list("code", "libelle")) == avant
    assert not Appellation.objects.filter(officielle=True).exists()
    vrai = importer_metiers(OFFICIEL, pour_de_vrai=True)
    assert vrai == essai and vrai.refus == [] and vrai.noms > 12_500
    assert Metier.objects.count() == 1584
    apres = dict(Metier.objects.values_list("code", "libelle"))
    assert {code: apres[code] for code in avant} == avant
    assert Metier.objects.get(code="F1620").code_parent == "F1603"
    again = importer_metiers(OFFICIEL, pour_de_vrai=True)
    assert (again.crees, again.modifies, again.noms) == (0, 0, 0)
    for dit, code in ORDINAIRES.items():
        assert MetierField().clean(dit).code == code, dit
    with OFFICIEL.open(encoding="utf-8-sig") as fichier:
        attendu = next(x for x in csv.DictReader(fichier) if x["libelle_appellation_court"] == "Bancheur / Bancheuse")
    assert MetierField().clean("bancheuse").code == attendu["code_rome"]


def test_un_fichier_d_appellations_se_lit_ou_dit_ses_fautes(tmp_path):
    fichier = tmp_path / "rome.csv"
    fichier.write_text(
        '"code_ogr","libelle_appellation_long","libelle_appellation_court","code_rome","classification","code_rome_parent"\n'
        '"1","x","Piscinier / Piscinière","F1799","PRINCIPALE","F1703"\n"2","x","Poseur de piscines","F1799","SYNONYME",""\n'
        '"3","x","","F1799","SYNONYME",""\n"4","x","Rien","Z1","SYNONYME",""\n'
    )
    sortie = io.StringIO()
    call_command("importer_rome", str(fichier), "--pour-de-vrai", stdout=sortie)
    assert "1 créés" in sortie.getvalue() and "2 noms ajoutés" in sortie.getvalue()
    assert "ligne 4" in sortie.getvalue() and "ligne 5" in sortie.getvalue()
    assert str(MetierField().clean("piscinière")) == "F1799 · Piscinier / Piscinière"


# --- À préciser ---------------------------------------------------------------------------------------------------------


def tape_sur_une_offre(monde, connecte, mot: str) -> Offre:
    donnees = {
        "intitule": "Poste rare",
        "metier": mot,
        "postes": "1",
        "debut": "2026-12-01",
        "modalite": "embauche_directe",
        "type_contrat": "cdd",
    }
    adresse = reverse("recrutement:offre_nouvelle", args=[monde.engagement.uuid])
    reponse = connecte("edition").post(adresse, donnees)
    assert reponse.status_code == 302, lu(reponse)[:2000]
    return Offre.objects.get(structure=monde.structure, intitule="Poste rare")


def test_un_metier_inconnu_est_garde_puis_precise_partout(monde, connecte, horloge):
    offre = tape_sur_une_offre(monde, connecte, "Chaumier")
    libre = offre.metier
    assert libre.a_preciser and libre.structure == monde.structure and str(libre) == "Chaumier (à préciser)"
    client = connecte("edition")
    recherche = reverse("beneficiaires:recherche", args=[monde.beneficiaire.uuid])
    cases = {"metiers_0": "CHAUMIER", "metiers_1": "maçon", "metiers_2": "", "metiers_3": "", "rayon_km": ""}
    assert client.post(recherche, cases).status_code == 302
    assert set(monde.beneficiaire.metiers.all()) == {libre, Metier.objects.get(code="F1703")}
    assert "Chaumier (à préciser)" in lu(client.get(recherche))
    assert personnes_pour(offre) and offres_pour(monde.beneficiaire, Offre.objects.all()) is not None

    page = lu(client.get(reverse("metiers:noms")))
    adresse = reverse("metiers:preciser", args=[libre.pk])
    assert "Chaumier" in page and adresse in page
    assert "sert 2 fois" in lu(client.get(adresse))
    refus = lu(client.post(adresse, {"vers": "un mot inconnu"}))
    assert "Métier inconnu : « un mot inconnu »" in refus
    suite = lu(client.post(adresse, {"vers": "couvreur"}, follow=True))
    assert "Remplacé partout où il servait (2)" in suite
    offre.refresh_from_db()
    assert offre.metier.code == "F1610" and "f1610" in offre.texte_plie.casefold()
    assert {m.code for m in monde.beneficiaire.metiers.all()} == {"F1610", "F1703"}
    assert not Metier.objects.filter(pk=libre.pk).exists()
    assert MetierField(structure=monde.structure).clean("chaumière").code == "F1610"
    assert MetierField(structure=monde.autre.structure).clean("chaumière").a_preciser
    assert EntreeJournal.objects.get(action="metier_precise").donnees["nom"] == "Chaumier → F1610"
    assert client.get(adresse).status_code == 404


def test_un_formulaire_refuse_ne_laisse_rien(monde, connecte, horloge):
    adresse = reverse("recrutement:offre_nouvelle", args=[monde.engagement.uuid])
    page = lu(connecte("edition").post(adresse, {"intitule": "", "metier": "Chaumier"}))
    assert 'value="Chaumier (à préciser)"' in page or 'value="Chaumier"' in page
    assert not Metier.objects.filter(structure=monde.structure).exists()


def test_l_entreprise_et_le_prescripteur_tapent_aussi_librement(monde, connecte, horloge):
    besoin = {
        "engagement": monde.engagement.uuid,
        "intitule": "Besoin rare",
        "metier": "Chaumier",
        "postes": "1",
        "debut": "2026-12-01",
        "modalite": "embauche_directe",
        "type_contrat": "cdd",
    }
    reponse = connecte("entreprise").post(reverse("recrutement:besoin_nouveau"), besoin)
    assert reponse.status_code == 302, lu(reponse)[:2000]
    assert Offre.objects.get(intitule="Besoin rare").metier.structure == monde.structure
    personne = {
        "nom": "Rare",
        "prenom": "Ana",
        "date_naissance": "1990-02-03",
        "sexe": "F",
        "metiers_0": "Chaumier",
        "metiers_1": "Puisatier",
        "criteres": [CodeCritere.RSA],
        "structure": str(monde.structure.pk),
    }
    reponse = connecte("prescripteur").post(reverse("recrutement:personne_nouvelle"), personne)
    assert reponse.status_code == 302, reponse.context["form"].errors
    ana = Beneficiaire.objects.get(nom="Rare")
    assert {str(m) for m in ana.metiers.all()} == {"Chaumier (à préciser)", "Puisatier (à préciser)"}
    assert Metier.objects.filter(structure=monde.structure).count() == 2


def test_modifier_l_offre_la_garde_telle_quelle(monde, connecte, horloge):
    offre = tape_sur_une_offre(monde, connecte, "Chaumier")
    client = connecte("edition")
    adresse = reverse("recrutement:offre_modifier", args=[offre.uuid])
    assert 'value="Chaumier (à préciser)"' in lu(client.get(adresse))
    donnees = {
        "intitule": "Poste rare",
        "metier": "Chaumier (à préciser)",
        "postes": "2",
        "debut": "2026-12-01",
        "modalite": "embauche_directe",
        "type_contrat": "cdd",
    }
    assert client.post(adresse, donnees).status_code == 302
    modifiee = Offre.objects.get(pk=offre.pk)
    assert modifiee.postes == 2 and modifiee.metier == offre.metier
    assert modifiee.debut == datetime.date(2026, 12, 1)


def test_les_noms_d_une_structure_ne_sont_qu_a_elle(monde, connecte):
    client = connecte("edition")
    page = lu(client.post(reverse("metiers:nom_nouveau"), {"libelle": "Tâcheron", "metier": "maçon"}, follow=True))
    assert "Tâcheron" in page and "F1703 · Maçonnerie" in page
    assert "déjà dans votre liste" in lu(
        client.post(reverse("metiers:nom_nouveau"), {"libelle": "TACHERONNE", "metier": "maçon"})
    )
    assert "Tâcheron" not in lu(connecte("autre.edition").get(reverse("metiers:noms")))
    suggestions = reverse("metiers:suggestions")
    assert "F1703" in lu(client.get(suggestions, {"q": "tâcheron"}))
    assert "F1703" not in lu(connecte("autre.edition").get(suggestions, {"q": "tâcheron"}))
    assert connecte("lecture").post(reverse("metiers:nom_nouveau"), {}).status_code == 403
    nom = Appellation.objects.get(structure=monde.structure)
    assert reverse("metiers:nom_retirer", args=[nom.uuid]) in page
    client.post(reverse("metiers:nom_retirer", args=[nom.uuid]))
    assert not Appellation.objects.filter(structure=monde.structure).exists()


def test_une_suggestion_se_lit_par_le_mot_tape(connecte):
    page = lu(connecte("edition").get(reverse("metiers:suggestions"), {"q": "agent d'entretien"}))
    assert page.index("K2204") < page.index("I1203")
    assert '<option value="K2204 · Nettoyage de locaux">agent d\'entretien</option>' in page

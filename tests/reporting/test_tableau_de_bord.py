"""L'année en chiffres : ses indicateurs, les retards, l'année et la présentation dans l'adresse ; et l'accueil de chacun."""

import csv
import datetime
import io
import uuid
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse

from beneficiaires.enums import StatutQuartier
from comptes.acteur import Acteur
from comptes.enums import Role
from marches.enums import StatutMarche
from pronostic.a_faire import PRESSANTS
from pronostic.lecture import alertes, engagements_suivis
from reporting.calcul.arrondis import Parts
from reporting.models import ObjectifAnnuel
from reporting.rendu.tuiles import tuile
from reporting.services import fixer_les_objectifs
from socle.models import EntreeJournal
from socle.nombres import pourcent
from socle.regles import AccesRefuse
from tests.client_strict import ClientStrict
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, UtilisateurFactory
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory

OOXML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def lire(reponse) -> str:
    """Le texte de la page, puis les adresses de ses liens."""
    assert reponse.status_code == 200
    contenu = BeautifulSoup(reponse.content, "html.parser").main
    adresses = " ".join(lien["href"] for lien in contenu.find_all("a"))
    return " ".join(f"{contenu.get_text(' ')} {adresses}".split())


@pytest.fixture
def page(connecte, horloge):
    def ouvrir(qui: str = "responsable", **parametres) -> str:
        return lire(connecte(qui).get(reverse("reporting:annee"), parametres))

    return ouvrir


def test_les_chiffres_de_l_annee_ouvrent_leurs_lignes(page):
    texte = page(annee=2026)
    assert "120,5" in texte
    for cle in ("heures_realisees", "beneficiaires", "etp", "beneficiaires_rsa", "entreprises_locales"):
        assert reverse("reporting:provenance", args=[2026, cle]) in texte


def test_une_part_se_lit_des_deux_facons(page):
    exacte, grand_public = page(annee=2026), page(annee=2026, presentation="grand_public")
    assert "100,0 %" in exacte and "soit 100,0 %" in grand_public
    inconnue = page(annee=2026, presentation="inconnue")
    assert "100,0 %" in inconnue and "soit 100,0 %" not in inconnue


@pytest.mark.parametrize("annee", ["abc", "1200", "9999", "-1", "2027", "²", "2026.0"])
def test_une_annee_impossible_est_une_page_introuvable(connecte, horloge, annee):
    reponse = connecte("responsable").get(reverse("reporting:annee"), {"annee": annee})
    assert reponse.status_code == 404
    assert "Aller à l&#x27;accueil" in reponse.content.decode() or "Aller à l'accueil" in reponse.content.decode()


def test_le_quartier_a_verifier_mene_a_la_bonne_personne(monde, connecte, horloge):
    monde.rattachement.statut, monde.rattachement.millesime = StatutQuartier.A_VERIFIER, 2024
    monde.rattachement.save()
    liste = reverse("beneficiaires:liste")
    client = connecte("edition")
    assert monde.beneficiaire.identifiant in lire(client.get(liste, {"quartier": "a_verifier"}))
    assert monde.beneficiaire.identifiant not in lire(client.get(liste, {"quartier": "non"}))


def test_les_engagements_menaces_sont_ceux_de_la_page_des_alertes(monde, page, connecte):
    marche = monde.marche
    marche.statut, marche.debut, marche.fin_prevue = (
        StatutMarche.EXECUTION,
        datetime.date(2026, 1, 1),
        datetime.date(2026, 11, 30),
    )
    marche.save()
    acteur = Acteur(None, monde.structure, Role.RESPONSABLE)
    pressants = [a for a in alertes(engagements_suivis(acteur)) if a.projection.pronostic in PRESSANTS]
    assert pressants
    texte = page()
    for alerte in pressants:
        assert alerte.entreprise in texte and alerte.get_absolute_url() in texte
        assert alerte.projection.pronostic.label in texte
    assert reverse("suivi:alertes") in texte
    assert "en péril ou à surveiller" not in page(annee=2025)
    assert "en péril ou à surveiller" not in page(acheteur=uuid.uuid4())


# --- Les filtres ----------------------------------------------------------------------------------------------------
@pytest.fixture
def deux_acheteurs(monde):
    """Un second marché, de services, d'un autre acheteur : 30 heures en juin, d'un homme hors des quartiers."""
    marche = MarcheFactory(
        structure=monde.structure, reference="2026-SERVICES", nature="services", debut=datetime.date(2026, 1, 1)
    )
    contrat = ContratFactory(
        engagement=EngagementFactory(lot=LotFactory(marche=marche)),
        beneficiaire=BeneficiaireFactory(structure=monde.structure),
        debut=datetime.date(2026, 6, 1),
    )
    declaration = DeclarationFactory(engagement=contrat.engagement, mois=datetime.date(2026, 6, 1), validee=True)
    LigneHeuresFactory(declaration=declaration, contrat=contrat, heures=Decimal(30))
    return marche


def chiffre(reponse, cle: str):
    return reponse.context["tableau"].chiffres[cle]["valeur"]


FILTRES = {
    "rien": (lambda m, autre: {}, Decimal("150.5"), 2),
    "acheteur": (lambda m, autre: {"acheteur": m.marche.maitre_ouvrage.uuid}, Decimal("120.5"), 1),
    "autre": (lambda m, autre: {"acheteur": autre.maitre_ouvrage.uuid}, 30, 1),
    "nature": (lambda m, autre: {"nature": "services"}, 30, 1),
    "quartier": (lambda m, autre: {"quartier": m.rattachement.quartier.code}, Decimal("120.5"), 1),
    "quartier_et_nature": (lambda m, autre: {"quartier": m.rattachement.quartier.code, "nature": "services"}, 0, 0),
    "semestre": (lambda m, autre: {"periode": "s2"}, 0, 0),
    "trimestre": (lambda m, autre: {"periode": "t2", "nature": "services"}, 30, 1),
    "mois": (lambda m, autre: {"du": "2026-06", "au": "2026-06", "nature": "services"}, 30, 1),
    "inconnu": (lambda m, autre: {"acheteur": uuid.uuid4()}, 0, 0),
    "ailleurs": (lambda m, autre: {"acheteur": m.autre.marche.maitre_ouvrage.uuid}, 0, 0),
}


@pytest.mark.parametrize("cas", FILTRES)
def test_un_filtre_borne_les_chiffres_et_leurs_lignes(cas, monde, connecte, horloge, deux_acheteurs):
    filtres, heures, contrats = FILTRES[cas]
    parametres = {"annee": 2026, **filtres(monde, deux_acheteurs)}
    client = connecte("lecture")
    annee = client.get(reverse("reporting:annee"), parametres)
    assert (Decimal(str(chiffre(annee, "heures_realisees"))), chiffre(annee, "contrats")) == (heures, contrats)
    # Chaque tuile ouvre la page de ses lignes, qui somme au même chiffre.
    for groupe in annee.context["groupes"]:
        for montree in groupe.tuiles:
            lignes = client.get(montree.lien)
            cle = montree.lien.split("/")[3]
            valeur = annee.context["tableau"].chiffres[cle]["valeur"]
            assert float(lignes.context["source"].valeur) == pytest.approx(float(valeur), abs=1e-6), cle


def test_les_filtres_se_lisent_et_se_retirent_un_a_un(monde, connecte, horloge, deux_acheteurs):
    acheteur = deux_acheteurs.maitre_ouvrage
    parametres = {"annee": 2026, "periode": "s1", "acheteur": acheteur.uuid, "nature": "services"}
    reponse = connecte("lecture").get(reverse("reporting:annee"), parametres)
    puces = {puce.libelle: puce.sans for puce in reponse.context["puces"]}
    assert list(puces) == ["1er semestre 2026", acheteur.nom, "Services"]
    assert puces["Services"] == f"?annee=2026&periode=s1&acheteur={acheteur.uuid}"
    texte = lire(reponse)
    assert "1 marché suivi sur 2, 1 contrat sur 2" in texte


@pytest.mark.parametrize(
    ("parametres", "dit"),
    [
        ({"du": "2026-06"}, "Dites le premier et le dernier mois."),
        ({"du": "2026-06", "au": "2026-01"}, "La période finit avant de commencer."),
        ({"du": "2026-06", "au": "2031-01"}, "Choisissez des mois entre"),
        ({"du": "1900-01", "au": "2026-01"}, "trop ancienne"),
        ({"du": "2020-01", "au": "2026-01"}, "36 mois au plus"),
        ({"du": "zut", "au": "2026-01"}, "Tapez un mois"),
        ({"nature": "rien"}, "Sélectionnez un choix valide"),
        ({"periode": "s3"}, "Sélectionnez un choix valide"),
        ({"acheteur": "zut"}, "UUID"),
    ],
)
def test_un_filtre_faux_se_dit_et_ne_filtre_rien(page, parametres, dit):
    texte = page(annee=2026, **parametres)
    assert dit in texte and "120,5" in texte


def lire_csv(reponse) -> list[list[str]]:
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texte), delimiter=";"))


def test_chaque_table_s_exporte_telle_qu_elle_est_montree(monde, connecte, horloge, deux_acheteurs):
    client = connecte("lecture")
    parametres = {"annee": 2026, "nature": "services"}
    mois = lire_csv(client.get(reverse("reporting:annee"), {**parametres, "export": "csv", "table": "mois"}))
    assert mois[0] == ["Mois", "2026"] and mois[6] == ["2026-06", "30"] and len(mois) == 13
    chiffres = lire_csv(client.get(reverse("reporting:annee"), {**parametres, "export": "csv", "table": "chiffres"}))
    assert chiffres[1][:3] == ["heures d'insertion réalisées", "h", "30"]
    classeur = client.get(reverse("reporting:annee"), {**parametres, "export": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(classeur.getvalue())) as fichier:
        livre = ElementTree.fromstring(fichier.read("xl/workbook.xml"))
        chiffres = ElementTree.fromstring(fichier.read("xl/worksheets/sheet2.xml"))
    assert [f.get("name") for f in livre.iter(f"{OOXML}sheet")][:3] == [
        "Ce qui est montré",
        "Chiffres clés",
        "Heures par mois",
    ]
    assert chiffres.find(f".//{OOXML}c[@r='C3']/{OOXML}v").text == "30"
    assert 'filename="annee-en-chiffres-2026.xlsx"' in classeur["Content-Disposition"]


@pytest.mark.parametrize("parametres", [{"export": "pdf"}, {"export": "csv"}, {"export": "xlsx", "table": "rien"}])
def test_un_export_qui_n_existe_pas_est_introuvable(connecte, horloge, parametres):
    assert connecte("lecture").get(reverse("reporting:annee"), {"annee": 2026, **parametres}).status_code == 404


# --- Les objectifs --------------------------------------------------------------------------------------------------
def fixer(acteur: Acteur, annee: int = 2026, **objectifs) -> dict:
    return fixer_les_objectifs(acteur=acteur, annee=annee, objectifs=objectifs)


@pytest.fixture
def responsable(monde) -> Acteur:
    return Acteur(monde.personne("responsable"), monde.structure, Role.RESPONSABLE)


def test_un_objectif_se_lit_sur_sa_tuile_et_seulement_pour_l_annee_entiere(monde, responsable, page):
    fixer(responsable, heures_realisees=Decimal(241), beneficiaires_femmes=Decimal(4))
    texte = page(annee=2026)
    assert "objectif 241 h : 50 %" in texte.replace("\xa0", " ").replace("\u202f", " ")
    assert "objectif 4 : 25 %" in texte.replace("\xa0", " ")
    for parametres in ({"annee": 2025}, {"annee": 2026, "periode": "s1"}, {"annee": 2026, "nature": "travaux"}):
        assert "objectif 241" not in page(**parametres).replace("\xa0", " ")
    assert "ne se comparent pas à une part" in page(annee=2026, periode="s1")


def test_les_objectifs_se_remplacent_et_se_notent_une_fois(monde, responsable, horloge):
    assert fixer(responsable, heures_realisees=Decimal(100), contrats=Decimal(3)) == {
        "heures_realisees": 100,
        "contrats": 3,
    }
    fixer(responsable, heures_realisees=Decimal(100), contrats=Decimal(3))
    assert EntreeJournal.objects.filter(action="objectifs_fixes").count() == 1
    fixer(responsable, heures_realisees=Decimal(200), contrats=None)
    assert list(ObjectifAnnuel.objects.values_list("structure", "annee", "cle", "valeur")) == [
        (monde.structure.pk, 2026, "heures_realisees", Decimal(200))
    ]
    assert EntreeJournal.objects.filter(action="objectifs_fixes").count() == 2


@pytest.mark.parametrize(
    ("objectifs", "annee"), [({"etp": Decimal(3)}, 2026), ({"contrats": Decimal(-1)}, 2026), ({}, 2050), ({}, 1900)]
)
def test_un_objectif_impossible_est_refuse(responsable, horloge, objectifs, annee):
    with pytest.raises(ValidationError):
        fixer(responsable, annee, **objectifs)


@pytest.mark.parametrize("role", [Role.EDITION, Role.LECTURE, Role.FINANCEUR])
def test_seul_un_responsable_fixe_les_objectifs(monde, horloge, role):
    with pytest.raises(AccesRefuse):
        fixer(Acteur(None, monde.structure, role), contrats=Decimal(3))


def test_l_ecran_des_objectifs_remplit_et_vide(monde, connecte, horloge):
    client, page = connecte("responsable"), reverse("reporting:objectifs")
    reponse = client.post(f"{page}?annee=2026", {"heures_realisees": "30 000", "contrats": "12"})
    assert reponse.url == f"{reverse('reporting:annee')}?annee=2026"
    assert "30\u202f000" in client.get(f"{page}?annee=2026").content.decode()
    assert "30\u202f000" not in client.get(f"{page}?annee=2027").content.decode()
    client.post(f"{page}?annee=2026", {"contrats": "12"})
    assert ObjectifAnnuel.objects.get().cle == "contrats"
    assert client.get(f"{page}?annee=2099").status_code == client.get(f"{page}?annee=zut").status_code == 404
    assert "12,5" in client.post(f"{page}?annee=2026", {"contrats": "12,5"}).content.decode()  # refusé, gardé
    assert ObjectifAnnuel.objects.get().valeur == 12


def test_les_objectifs_de_l_autre_structure_ne_se_voient_pas(monde, connecte, horloge):
    fixer(Acteur(None, monde.autre.structure, Role.RESPONSABLE), heures_realisees=Decimal(241))
    assert (
        "objectif" not in lire(connecte("lecture").get(reverse("reporting:annee"), {"annee": 2026})).split("Gardés")[0]
    )


def test_une_structure_neuve_est_guidee(db, horloge):
    structure = OrganisationFactory(nom="Toute neuve", slug="neuve")
    personne = UtilisateurFactory(email="neuve@neuve.example")
    AdhesionFactory(utilisateur=personne, organisation=structure, role=Role.RESPONSABLE)
    client = ClientStrict()
    client.force_login(personne)
    texte = lire(client.get(reverse("accueil")))
    assert "Premiers pas" in texte and reverse("territoires:definir") in texte
    assert reverse("comptes:premiers_pas") in texte and "Rien ne vous attend" not in texte


@pytest.mark.parametrize(
    ("qui", "vers"),
    [
        ("maitre_ouvrage", "marches:espace_acheteur"),
        ("entreprise", "suivi:espace_entreprise"),
        ("prescripteur", "recrutement:espace_prescripteur"),
    ],
)
def test_qui_a_un_espace_y_va(connecte, qui, vers):
    assert connecte(qui).get(reverse("accueil")).url == reverse(vers)


@pytest.mark.parametrize(
    ("qui", "suite"),
    [("financeur", "reporting:bilans"), ("reseau", "reporting:bilans"), ("administrateur", "comptes:organisations")],
)
def test_un_accueil_vide_dit_ou_aller(connecte, monde, qui, suite):
    monde.bilan_publie.destinataires.clear()
    texte = lire(connecte(qui).get(reverse("accueil")))
    assert "Bonjour" in texte and reverse(suite) in texte


def test_une_part_se_compare_a_la_part_d_avant():
    total = {"cle": "beneficiaires", "libelle": "bénéficiaires", "valeur": 146, "precedente": 120, "sur": ""}
    femmes = {"cle": "beneficiaires_femmes", "libelle": "dont femmes", "valeur": 30, "precedente": 24}
    femmes |= {"sur": "beneficiaires", "unite": "personnes", "definition": ""}
    chiffres = {"beneficiaires": total, "beneficiaires_femmes": femmes}
    lue = tuile(femmes, chiffres, {"avant_situee": "en 2017"}, Parts("exacte"))
    assert (lue.valeur, lue.avant) == (pourcent(Decimal("20.548")), pourcent(Decimal(20)))
    assert (lue.details[0][0], lue.avant_libelle) == ("30 sur 146", "en 2017 (24 sur 120)")
    assert tuile({**femmes, "precedente": None}, chiffres, {"avant_situee": "en 2017"}, Parts("exacte")).avant is None


def test_une_tuile_se_lit_seule(page):
    """« Bénéficiaires au RSA », non « RSA » : le titre du groupe ne se lit pas avec elle."""
    texte = page(annee=2026)
    assert "Bénéficiaires au RSA" in texte and "Entreprises locales" in texte and "Marchés de travaux" in texte

"""Préparer, lire, publier, recevoir un bilan, par les écrans ; rien n'en sort qui ne soit remis."""

import hashlib
import io

import pypdf
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from comptes.enums import Role
from declarations.models import LigneHeures
from reporting import fabriques
from reporting.bilan.textes import RUBRIQUES
from reporting.enums import StatutBilan, Variante
from reporting.models import Bilan, ReglagesBilan
from reporting.recit.chapitres import chapitres_de, textes_de
from reporting.variantes import A_CIBLE, DE_LA_STRUCTURE, MODELES
from tests.fabriques.declarations import DeclarationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pdf_court(request, monkeypatch) -> None:
    """Un vrai rendu prend deux secondes : il n'a lieu que pour les tests qui lisent le PDF (`vrai_pdf`)."""
    if "vrai_pdf" not in request.fixturenames:
        monkeypatch.setattr(fabriques, "rendre_bilan", lambda *arguments: b"%PDF-1.7 bilan")


@pytest.fixture
def vrai_pdf() -> None:
    """Demandé par un test qui lit le PDF."""


@pytest.fixture
def brouillon(monde, connecte, horloge) -> Bilan:
    """Le bilan 2026, préparé à l'écran ; la file de travaux des tests le fabrique aussitôt."""
    client = connecte("edition")
    reponse = client.post(reverse("reporting:preparer"), {"periode": "2026", "presentation": "exacte"})
    assert reponse.status_code == 302
    bilan = Bilan.objects.select_related("document").get(structure=monde.structure, fin__year=2026)
    assert reponse.url == bilan.get_absolute_url()
    assert bilan.est_pret
    return bilan


def contenu(reponse) -> str:
    return BeautifulSoup(reponse.content, "html.parser").main.get_text(" ")


def publier(client, bilan: Bilan, *destinataires):
    donnees = {"destinataires": [str(organisation.uuid) for organisation in destinataires], "incomplet": "on"}
    if Bilan.objects.filter(pk=bilan.pk, statut=StatutBilan.BROUILLON).exists():
        client.post(reverse("reporting:relire", args=[bilan.uuid]))
    return client.post(reverse("reporting:publier", args=[bilan.uuid]), donnees, follow=True)


def test_preparer_puis_lire_le_brouillon(brouillon, connecte):
    page = connecte("lecture").get(brouillon.get_absolute_url()).content.decode()
    assert "Bilan 2026" in page and "Brouillon, visible de votre structure seule" in page
    assert "120,5" in page
    assert reverse("reporting:bilan_chiffre", args=[brouillon.uuid, "beneficiaires"]) in page
    pdf = connecte("lecture").get(reverse("reporting:bilan_pdf", args=[brouillon.uuid]))
    assert pdf.getvalue().startswith(b"%PDF")
    assert pdf["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"periode": "1200", "presentation": "exacte"}, "1200"),
        ({"periode": "", "presentation": "exacte"}, "obligatoire"),
        ({"periode": "2026", "presentation": "poetique"}, "poetique"),
    ],
)
def test_une_demande_impossible_se_corrige_dans_le_formulaire(monde, connecte, horloge, donnees, phrase):
    reponse = connecte("edition").post(reverse("reporting:preparer"), donnees)
    assert reponse.status_code == 200
    assert phrase in reponse.content.decode()
    assert not Bilan.objects.filter(fin__year=1200).exists()


def test_publie_le_financeur_le_lit_et_le_telecharge_sans_les_personnes(brouillon, monde, connecte):
    financeur = connecte("financeur")
    assert financeur.get(brouillon.get_absolute_url()).status_code == 404
    assert brouillon.get_absolute_url() not in financeur.get(reverse("reporting:bilans")).content.decode()
    publier(connecte("responsable"), brouillon, monde.organisations[Role.FINANCEUR])
    reponse = financeur.get(brouillon.get_absolute_url())
    lue = BeautifulSoup(reponse.content, "html.parser")
    for encart in lue.find_all("aside"):
        encart.decompose()  # qui appeler : la structure s'y nomme
    page = str(lue)
    assert reponse.status_code == 200
    assert "Ces chiffres ne changent plus" in page
    for interdit in (monde.beneficiaire.identifiant, monde.contrat.identifiant, "/chiffres/2026/", monde.marque):
        assert interdit not in page
    assert financeur.get(reverse("reporting:bilan_pdf", args=[brouillon.uuid])).getvalue().startswith(b"%PDF")
    for autre in ("reseau", "autre.financeur", "autre.responsable", "entreprise"):
        assert connecte(autre).get(brouillon.get_absolute_url()).status_code in (403, 404), autre


def test_publier_deux_fois_ne_publie_qu_une_fois(brouillon, monde, connecte):
    client = connecte("responsable")
    publier(client, brouillon, monde.organisations[Role.FINANCEUR])
    reponse = publier(client, brouillon, monde.organisations[Role.RESEAU])
    assert "déjà publié" in reponse.content.decode()
    brouillon.refresh_from_db()
    assert list(brouillon.destinataires.all()) == [monde.organisations[Role.FINANCEUR]]


def test_sans_destinataire_ou_avec_celui_d_une_autre_structure_rien_n_est_publie(brouillon, monde, connecte):
    client = connecte("responsable")
    assert "Choisissez au moins un destinataire" in publier(client, brouillon).content.decode()
    reponse = publier(client, brouillon, monde.autre.organisations[Role.FINANCEUR])
    assert reponse.status_code == 200 and reponse.context["form"].errors["destinataires"]
    brouillon.refresh_from_db()
    assert brouillon.statut == StatutBilan.RELU


def test_un_bilan_publie_ne_bouge_plus_quand_les_heures_changent(brouillon, monde, connecte):
    client = connecte("responsable")
    publier(client, brouillon, monde.organisations[Role.FINANCEUR])
    page = contenu(connecte("financeur").get(brouillon.get_absolute_url()))
    DeclarationFactory(
        engagement=monde.cotraitance, mois="2026-09-01", validee=True, lignes={monde.contrat_cotraitance: "50"}
    )
    assert contenu(connecte("financeur").get(brouillon.get_absolute_url())) == page
    assert "170,5" in client.get(reverse("reporting:annee"), {"annee": 2026}).content.decode()


def test_refaire_puis_ecarter_un_brouillon(brouillon, monde, connecte):
    DeclarationFactory(
        engagement=monde.cotraitance, mois="2026-09-01", validee=True, lignes={monde.contrat_cotraitance: "50"}
    )
    client = connecte("edition")
    client.post(reverse("reporting:refaire", args=[brouillon.uuid]))
    assert "170,5" in client.get(brouillon.get_absolute_url()).content.decode()
    assert client.post(reverse("reporting:ecarter", args=[brouillon.uuid])).url == reverse("reporting:bilans")
    assert client.get(brouillon.get_absolute_url()).status_code == 404


def test_ecarter_se_confirme_et_dit_les_textes_perdus(brouillon, connecte):
    client = connecte("edition")
    confirmer = reverse("reporting:confirmer_ecart", args=[brouillon.uuid])
    assert "textes écrits sont perdus" not in contenu(client.get(confirmer))
    client.post(reverse("reporting:textes", args=[brouillon.uuid]), {"difficultes": "La mobilité."})
    page = BeautifulSoup(client.get(brouillon.get_absolute_url()).content, "html.parser").main
    assert page.find("a", href=confirmer)
    geste = reverse("reporting:ecarter", args=[brouillon.uuid])
    assert not page.find("form", action=geste), "rien ne se supprime d'un seul clic"
    reponse = client.get(confirmer)
    assert "Les textes écrits sont perdus : « Les difficultés rencontrées »." in contenu(reponse)
    assert BeautifulSoup(reponse.content, "html.parser").find("form", action=geste, method="post")
    assert Bilan.objects.filter(pk=brouillon.pk).exists(), "la page n'écrit rien"
    client.post(geste)
    assert not Bilan.objects.filter(pk=brouillon.pk).exists()


def test_un_bilan_publie_n_a_pas_de_page_pour_l_ecarter(monde, connecte):
    adresse = reverse("reporting:confirmer_ecart", args=[monde.bilan_publie.uuid])
    reponse = connecte("responsable").get(adresse)
    assert reponse.status_code == 403 and "ne s'écarte pas" in contenu(reponse)
    assert connecte("financeur").get(adresse).status_code == 403


def test_les_reglages_changent_le_diviseur_des_etp(monde, connecte, horloge):
    client = connecte("responsable")
    adresse = reverse("reporting:reglages")
    for faux in ("", "0", "mille", "-5"):
        assert client.post(adresse, {"heures_par_etp": faux}).status_code == 200
    assert not ReglagesBilan.objects.filter(structure=monde.structure).exists()
    assert client.post(adresse, {"heures_par_etp": "1 607"}).status_code == 302
    assert ReglagesBilan.objects.get(structure=monde.structure).heures_par_etp == 1607
    assert "1" in client.get(reverse("reporting:provenance", args=[2026, "etp"])).content.decode()


def test_un_document_en_route_se_suit_et_recharge_la_page_a_la_fin(brouillon, connecte):
    fragment = connecte("edition").htmx(brouillon.get_absolute_url())
    assert fragment["HX-Refresh"] == "true"
    brouillon.document.__class__.objects.filter(pk=brouillon.document_id).update(etat="en_cours", progression=35)
    fragment = connecte("edition").htmx(brouillon.get_absolute_url())
    assert "HX-Refresh" not in fragment
    assert "35" in fragment.content.decode() and "every 2s" in fragment.content.decode()


def test_un_bilan_publie_dont_le_pdf_a_echoue_se_relance_de_sa_page(brouillon, monde, connecte):
    client = connecte("responsable")
    publier(client, brouillon, monde.organisations[Role.FINANCEUR])
    brouillon.refresh_from_db()
    document = brouillon.document
    type(document).objects.filter(pk=document.pk).update(etat="echec", message="La fabrication a échoué.", fichier="")
    assert connecte("financeur").get(brouillon.get_absolute_url()).status_code == 404
    relancer = reverse("document_relancer", args=[document.uuid])
    assert relancer in client.get(brouillon.get_absolute_url()).content.decode()
    client.post(relancer)
    assert connecte("financeur").get(brouillon.get_absolute_url()).status_code == 200


# --- Préparer autre chose qu'une année ------------------------------------------------------------------------------
@pytest.mark.parametrize("variante", [*DE_LA_STRUCTURE, *A_CIBLE])
def test_chaque_variante_se_prepare_a_l_ecran(variante, monde, connecte, horloge):
    client = connecte("edition")
    adresse = f"{reverse('reporting:preparer')}?variante={variante}"
    assert "Préparer un bilan" in contenu(client.get(adresse))
    cibles = {
        "maitre_ouvrage": monde.marche.maitre_ouvrage.uuid,
        "operation": monde.operation.uuid,
        "marche": monde.marche.uuid,
    }
    cible = {variante: str(cibles[variante])} if variante in A_CIBLE else {}
    reponse = client.post(adresse, {"periode": "2026-t3", "presentation": "exacte", **cible}, follow=True)
    bilan = Bilan.objects.get(structure=monde.structure, variante=variante, fin="2026-09-30")
    assert bilan.est_pret
    assert "3e trimestre 2026" in contenu(reponse)
    assert client.get(bilan.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"periode": "dates"}, "Dites le premier et le dernier jour"),
        ({"periode": "dates", "debut": "2026-09-01", "fin": "2026-07-01"}, "finit avant de commencer"),
        ({"periode": "dates", "debut": "2031-09-01", "fin": "2031-10-01"}, "Choisissez une période"),
        ({"periode": "dates", "debut": "1995-01-01", "fin": "2026-10-31"}, "15 ans au plus"),
        ({"periode": "dates", "debut": "2026-01-01", "fin": "9999-12-31"}, "Cette date est impossible"),
    ],
)
def test_deux_dates_impossibles_se_corrigent(donnees, phrase, connecte, horloge, monde):
    reponse = connecte("edition").post(reverse("reporting:preparer"), {**donnees, "presentation": "exacte"})
    assert reponse.status_code == 200
    assert phrase in contenu(reponse)


def test_entre_deux_dates_le_mois_compte_en_entier(connecte, horloge, monde):
    donnees = {"periode": "dates", "debut": "2026-08-12", "fin": "2026-09-03", "presentation": "exacte"}
    connecte("edition").post(reverse("reporting:preparer"), donnees)
    bilan = Bilan.objects.get(structure=monde.structure, debut="2026-08-01")
    assert str(bilan.fin) == "2026-09-30"
    assert bilan.nom == "Bilan août à septembre 2026"


def test_deux_dates_l_emportent_sur_la_periode_choisie(connecte, horloge, monde):
    donnees = {"periode": "2026", "debut": "2026-08-12", "fin": "2026-09-03", "presentation": "exacte"}
    connecte("edition").post(reverse("reporting:preparer"), donnees)
    bilan = Bilan.objects.get(structure=monde.structure, debut="2026-08-01")
    assert bilan.nom == "Bilan août à septembre 2026"


@pytest.mark.parametrize(
    ("dates", "champ", "phrase"),
    [
        ({"debut": "2026-09-01", "fin": "2026-07-01"}, "fin", "finit avant de commencer"),
        ({"debut": "2026-09-01"}, "fin", "Dites le premier et le dernier jour"),
        ({"debut": "hier", "fin": "2026-07-01"}, "debut", "Du :"),
        ({"debut": "2010-01-01", "fin": "2010-03-31"}, "debut", "1er trimestre 2010"),
    ],
)
def test_des_dates_tapees_ne_s_ignorent_jamais(dates, champ, phrase, connecte, horloge, monde):
    """L'erreur est à côté des dates, et ne parle pas de l'année choisie dans la liste."""
    donnees = {"periode": "2025", "presentation": "exacte", **dates}
    reponse = connecte("edition").post(reverse("reporting:preparer"), donnees)
    assert list(reponse.context["form"].errors) == [champ]
    assert phrase in contenu(reponse)
    assert not Bilan.objects.filter(structure=monde.structure, statut=StatutBilan.BROUILLON, fin__year=2025).exists()


def test_les_deux_dates_se_voient_sans_rien_ouvrir(connecte, horloge, monde):
    page = BeautifulSoup(connecte("edition").get(reverse("reporting:preparer")).content, "html.parser").main
    for nom in ("debut", "fin"):
        assert page.find("input", {"name": nom}).find_parent("details") is None


def test_un_marche_d_une_autre_structure_ne_se_choisit_pas(connecte, horloge, monde):
    adresse = f"{reverse('reporting:preparer')}?variante=marche"
    donnees = {"periode": "2026", "presentation": "exacte", "marche": str(monde.autre.marche.uuid)}
    reponse = connecte("edition").post(adresse, donnees)
    assert reponse.status_code == 200 and reponse.context["form"].errors["marche"]


# --- Les textes -------------------------------------------------------------------------------------------------------
def test_les_textes_entrent_dans_la_page_et_le_pdf_sans_danger(vrai_pdf, brouillon, connecte):
    adresse = reverse("reporting:textes", args=[brouillon.uuid])
    textes = {
        "difficultes": "La **mobilité** <script>alert(1)</script>\n\n- tôt le matin",
        "perspectives": "",
        "promotion": "",
    }
    page = connecte("edition").post(adresse, textes, follow=True).content.decode()
    assert "<strong>mobilité</strong>" in page and "&lt;script&gt;" in page and "<script>alert" not in page
    assert "<li>tôt le matin</li>" in page
    octets = connecte("edition").get(reverse("reporting:bilan_pdf", args=[brouillon.uuid])).getvalue()
    texte = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(octets)).pages)
    assert "Difficultés et perspectives" in texte and "tôt le matin" in texte


def test_seules_les_rubriques_que_le_bilan_imprime_se_demandent(monde, connecte, horloge):
    client = connecte("edition")
    client.post(
        f"{reverse('reporting:preparer')}?variante={Variante.VILLE}", {"periode": "2026", "presentation": "exacte"}
    )
    bilan = Bilan.objects.get(structure=monde.structure, variante=Variante.VILLE)
    Bilan.objects.filter(pk=bilan.pk).update(textes={"promotion": "Trois réunions."})
    adresse = reverse("reporting:textes", args=[bilan.uuid])
    reponse = client.get(adresse)
    assert list(reponse.context["form"].fields) == ["difficultes", "perspectives"]
    assert "n'imprime pas cette rubrique" in contenu(reponse)
    client.post(adresse, {"difficultes": "La mobilité.", "perspectives": "", "promotion": "Effacé ?"})
    bilan.refresh_from_db()
    assert bilan.textes == {"promotion": "Trois réunions.", "difficultes": "La mobilité."}
    assert list(bilan.donnees["textes"]) == ["difficultes"], "rien n'est publié qui ne soit imprimé"


@pytest.mark.parametrize("variante", Variante)
def test_chaque_rubrique_demandee_s_imprime(variante):
    modele = MODELES[variante]
    donnees = {"chapitres": list(modele.chapitres), "textes": dict.fromkeys(RUBRIQUES, "<p>Écrit.</p>")}
    imprimes = [titre for chapitre in chapitres_de(donnees) for titre, _ in textes_de(chapitre, donnees)]
    assert imprimes == [RUBRIQUES[cle] for cle in modele.rubriques]


def test_un_numero_national_se_refuse_dans_un_texte_et_la_saisie_reste(brouillon, connecte):
    adresse = reverse("reporting:textes", args=[brouillon.uuid])
    reponse = connecte("edition").post(adresse, {"difficultes": "Madame 2 99 01 50 129 123 45, à Valognes"})
    assert reponse.status_code == 200
    assert "à Valognes" in reponse.content.decode() and reponse.context["form"].errors["difficultes"]


def test_un_texte_trop_long_se_dit_et_reste(brouillon, connecte):
    client, adresse = connecte("edition"), reverse("reporting:textes", args=[brouillon.uuid])
    page = BeautifulSoup(client.get(adresse).content, "html.parser")
    assert "6 000 signes au plus" in _plat(page.main.get_text())
    assert not page.find("textarea", {"name": "difficultes"}).has_attr("maxlength"), "coupé sans un mot"
    reponse = client.post(adresse, {"difficultes": "é" * 6001 + " fin"})
    assert "6 000 signes au plus ; ce texte en compte 6005." in _plat(contenu(reponse))
    assert "é fin" in reponse.content.decode()
    assert client.post(adresse, {"difficultes": "é" * 6000}).status_code == 302


def test_les_textes_d_un_bilan_publie_n_ont_plus_de_formulaire(monde, connecte):
    client, adresse = connecte("edition"), reverse("reporting:textes", args=[monde.bilan_publie.uuid])
    reponse = client.get(adresse)
    assert "Un bilan publié ne change plus" in contenu(reponse)
    page = BeautifulSoup(reponse.content, "html.parser").main
    assert not page.find("textarea") and page.find("a", href=monde.bilan_publie.get_absolute_url(), class_="btn")


# --- Les lignes d'un chiffre -------------------------------------------------------------------------------------------
def test_chaque_chiffre_de_la_page_ouvre_ses_lignes_et_leur_somme_est_le_chiffre(brouillon, connecte):
    client = connecte("lecture")
    page = BeautifulSoup(client.get(brouillon.get_absolute_url()).content, "html.parser")
    racine = brouillon.get_absolute_url() + "chiffres/"
    adresses = {lien["href"] for lien in page.find_all("a", href=True) if lien["href"].startswith(racine)}
    assert len(adresses) > 40
    for adresse in adresses:
        reponse = client.get(adresse)
        assert reponse.status_code == 200, adresse
        source = reponse.context["source"]
        assert source.lignes or not source.valeur, adresse
        assert len(list(source.rangees(brouillon_acteur(client), source.lignes))) == len(source.lignes), adresse


def brouillon_acteur(client):
    return client.get(reverse("reporting:annee")).wsgi_request.acteur


def test_les_lignes_d_un_bilan_sont_celles_du_jour_ou_il_a_ete_lu(brouillon, monde, connecte):
    LigneHeures.objects.filter(contrat=monde.contrat).update(heures=1, heures_declarees=1)
    page = contenu(
        connecte("edition").get(reverse("reporting:bilan_chiffre", args=[brouillon.uuid, "heures_realisees"]))
    )
    assert "120,5" in page


def test_le_financeur_ouvre_la_definition_et_l_agregat_jamais_les_lignes(brouillon, monde, connecte):
    publier(connecte("responsable"), brouillon, monde.organisations[Role.FINANCEUR])
    adresse = reverse("reporting:bilan_chiffre", args=[brouillon.uuid, "beneficiaires_rsa"])
    reponse = connecte("financeur").get(adresse)
    page = contenu(reponse)
    assert "Définition" in page and "< 5" in page.replace("\xa0", " ")
    assert monde.beneficiaire.identifiant not in reponse.content.decode()
    export = connecte("financeur").get(f"{adresse}?export=csv")
    assert monde.beneficiaire.identifiant not in export.content.decode()
    assert connecte("autre.financeur").get(adresse).status_code == 404
    chez_nous = contenu(connecte("edition").get(adresse))
    assert monde.beneficiaire.identifiant in chez_nous and "se lit" in chez_nous


def test_le_financeur_lit_la_valeur_de_chaque_groupe_que_la_page_montre(monde, connecte):
    """Les mois, l'évolution, les quartiers, les listes : ce que la page écrit se retrouve sur la page du chiffre."""
    client = connecte("financeur")
    page = BeautifulSoup(client.get(monde.bilan_publie.get_absolute_url()).content, "html.parser").main
    liens = {lien["href"]: lien.get_text() for lien in page.find_all("a", href=True) if "?groupe=" in lien["href"]}
    familles = {adresse.split("/chiffres/")[1].split("/")[0] for adresse in liens}
    assert {"heures_par_mois", "evolution_heures_realisees", "heures_par_quartier", "heures_par_marche"} <= familles
    lues = set()
    for adresse, ecrit in liens.items():
        if (famille := adresse.split("/chiffres/")[1].split("/")[0], "masqué" in ecrit) not in lues:
            lues.add((famille, "masqué" in ecrit))
            valeur = _valeur(client.get(adresse))
            # Au-delà de mille, la page arrondit : les premiers chiffres suffisent.
            assert valeur.startswith(_plat(ecrit)[:3]), (adresse, ecrit, valeur)


def _plat(texte: str) -> str:
    return " ".join(texte.replace("\u202f", " ").replace("\xa0", " ").split())


def _valeur(reponse) -> str:
    trouvee = BeautifulSoup(reponse.content, "html.parser").find(class_="provenance-valeur")
    return _plat(trouvee.get_text()) if trouvee else ""


def test_un_groupe_se_nomme_en_francais_et_un_groupe_inconnu_est_introuvable(brouillon, monde, connecte):
    publie = reverse("reporting:bilan_chiffre", args=[monde.bilan_publie.uuid, "heures_par_mois"])
    page = _plat(contenu(connecte("financeur").get(f"{publie}?groupe=2018-04")))
    assert "avril 2018" in page and "2018-04" not in page
    sien = reverse("reporting:bilan_chiffre", args=[brouillon.uuid, "heures_par_mois"])
    choix = BeautifulSoup(connecte("edition").get(sien).content, "html.parser").find("nav", class_="segments")
    assert _plat(choix.get_text(" ")) == "Tout mars 2026 : 120,5 h"
    for qui, adresse in (("financeur", publie), ("edition", sien)):
        assert connecte(qui).get(adresse).status_code == 200
        assert connecte(qui).get(f"{adresse}?groupe=ZZ").status_code == 404


def test_une_autre_periode_ne_se_dit_pas_de_celle_du_bilan(monde, connecte):
    adresse = reverse("reporting:bilan_chiffre", args=[monde.bilan_publie.uuid, "evolution_heures_realisees"])
    periode = monde.bilan_publie.donnees["evolution"][0]["periode"]
    valeur = _valeur(connecte("financeur").get(adresse, {"groupe": periode}))
    assert valeur.endswith(" h") and "en 20" not in valeur


def test_un_destinataire_n_est_pas_invite_a_ce_qu_il_n_a_pas(brouillon, monde, connecte):
    """Ni les lignes d'un chiffre, ni les états d'un bilan qu'il ne verra jamais."""
    for qui, promis, autre in (
        ("financeur", "voir la définition", "voir les lignes"),
        ("lecture", "voir les lignes", "voir la définition"),
    ):
        page = contenu(connecte(qui).get(monde.bilan_publie.get_absolute_url()))
        assert promis in page and autre not in page, qui
    for qui, etats in (
        ("financeur", ["", "publie"]),
        ("maitre_ouvrage", ["", "publie"]),
        ("reseau", ["", *StatutBilan.values]),
        ("lecture", ["", *StatutBilan.values]),
    ):
        page = BeautifulSoup(connecte(qui).get(reverse("reporting:bilans")).content, "html.parser")
        assert [choix["value"] for choix in page.find("select", {"name": "statut"}).find_all("option")] == etats, qui


@pytest.mark.parametrize("cle", ["inconnu", "beneficiaires-x"])
def test_un_chiffre_inconnu_est_introuvable(brouillon, connecte, cle):
    assert connecte("edition").get(reverse("reporting:bilan_chiffre", args=[brouillon.uuid, cle])).status_code == 404


# --- Deux versions, la vérification ------------------------------------------------------------------------------------
def test_pourquoi_ce_chiffre_a_change(brouillon, monde, connecte):
    responsable = connecte("responsable")
    publier(responsable, brouillon, monde.organisations[Role.FINANCEUR])
    LigneHeures.objects.filter(contrat=monde.contrat, declaration=monde.mois_valide).update(
        heures=100, heures_declarees=100
    )
    responsable.post(reverse("reporting:refaire", args=[brouillon.uuid]))
    seconde = Bilan.objects.get(structure=monde.structure, cle=brouillon.cle, version=2)
    page = contenu(responsable.get(reverse("reporting:comparer", args=[seconde.uuid])))
    assert "120,5 → 100" in " ".join(page.split())
    assert "corrigée" in page
    assert connecte("financeur").get(reverse("reporting:comparer", args=[seconde.uuid])).status_code == 403
    assert connecte("autre.responsable").get(reverse("reporting:comparer", args=[seconde.uuid])).status_code == 404
    reponse = publier(responsable, seconde, monde.organisations[Role.FINANCEUR])
    assert "Dites en une phrase" in reponse.content.decode() or reponse.context["form"].errors["motif"]


def test_deux_chiffres_qui_different_ne_s_ecrivent_pas_pareil(brouillon, monde, connecte):
    responsable = connecte("responsable")
    publier(responsable, brouillon, monde.organisations[Role.FINANCEUR])
    LigneHeures.objects.filter(contrat=monde.contrat, declaration=monde.mois_valide).update(
        heures="120.25", heures_declarees="120.25"
    )
    responsable.post(reverse("reporting:refaire", args=[brouillon.uuid]))
    seconde = Bilan.objects.get(structure=monde.structure, cle=brouillon.cle, version=2)
    page = BeautifulSoup(responsable.get(reverse("reporting:comparer", args=[seconde.uuid])).content, "html.parser")
    ecrits = [_plat(valeur.get_text()) for valeur in page.find_all(class_="provenance-valeur")]
    assert "0,0753 → 0,0752 ETP" in ecrits
    paires = [ecrit.rpartition(" ")[0].split(" → ") for ecrit in ecrits if "→" in ecrit]
    assert paires and all(avant != apres for avant, apres in paires), ecrits


def test_une_nouvelle_version_n_oublie_aucun_destinataire_sans_le_dire(brouillon, monde, connecte):
    client = connecte("responsable")
    financeur, reseau = monde.organisations[Role.FINANCEUR], monde.organisations[Role.RESEAU]
    publier(client, brouillon, financeur, reseau)
    client.post(reverse("reporting:refaire", args=[brouillon.uuid]))
    seconde = Bilan.objects.get(structure=monde.structure, cle=brouillon.cle, version=2)
    client.post(reverse("reporting:relire", args=[seconde.uuid]))
    adresse = reverse("reporting:publier", args=[seconde.uuid])
    page = BeautifulSoup(client.get(adresse).content, "html.parser")
    coches = {case["value"] for case in page.find_all("input", {"name": "destinataires"}) if case.has_attr("checked")}
    assert coches == {str(financeur.uuid), str(reseau.uuid)}
    donnees = {"destinataires": [str(financeur.uuid)], "motif": "Des heures validées après coup.", "incomplet": "on"}
    reponse = client.post(adresse, donnees)
    averti = f"{reseau.nom} avait reçu la version 1 : il ne verra pas celle-ci."
    assert reponse.context["form"].errors["destinataires"] == [averti] and averti in contenu(reponse)
    seconde.refresh_from_db()
    assert seconde.statut == StatutBilan.RELU
    assert client.post(adresse, {**donnees, "retires": [str(reseau.uuid)]}).status_code == 302
    seconde.refresh_from_db()
    assert list(seconde.destinataires.all()) == [financeur]
    ancienne = connecte("edition").get(brouillon.get_absolute_url())
    assert "remplacée depuis" in contenu(ancienne) and seconde.get_absolute_url() in ancienne.content.decode()
    for qui in ("financeur", "reseau"):  # retirée de la page de qui l'a reçue
        assert connecte(qui).get(brouillon.get_absolute_url()).status_code == 404
        assert connecte(qui).get(reverse("reporting:bilan_pdf", args=[brouillon.uuid])).status_code == 404


def test_l_empreinte_d_un_bilan_publie_se_verifie_sans_compte(vrai_pdf, brouillon, monde, connecte, client):
    brouillon.refresh_from_db()
    avant = contenu_public(client.get(reverse("reporting:verifier_empreinte", args=[brouillon.empreinte])))
    assert "Aucun document remis ici" in avant, "un brouillon ne se vérifie pas"
    publier(connecte("responsable"), brouillon, monde.organisations[Role.FINANCEUR])
    brouillon.refresh_from_db()
    fichier = connecte("financeur").get(reverse("reporting:bilan_donnees", args=[brouillon.uuid]))
    empreinte = hashlib.sha256(fichier.getvalue()).hexdigest()
    page = contenu_public(client.get(f"{reverse('reporting:verifier')}?empreinte={empreinte.upper()}"))
    assert "En vigueur" in page and monde.structure.nom in page and "Bilan 2026" in page
    nom = fichier["Content-Disposition"].partition('filename="')[2].rstrip('"')
    assert f"sha256sum {nom}" in page, "la commande se recopie telle quelle"
    texte = connecte("financeur").get(reverse("reporting:bilan_pdf", args=[brouillon.uuid])).getvalue()
    assert empreinte in "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(texte)).pages).replace("\n", "")


def contenu_public(reponse) -> str:
    return BeautifulSoup(reponse.content, "html.parser").get_text(" ")


def test_le_classeur_et_les_donnees_ne_se_devinent_pas(brouillon, monde, connecte):
    for nom in ("bilan_classeur", "bilan_donnees", "bilan_pdf"):
        adresse = reverse(f"reporting:{nom}", args=[brouillon.uuid])
        assert connecte("lecture").get(adresse).getvalue()
        for autre in ("financeur", "reseau", "maitre_ouvrage", "autre.responsable", "autre.financeur"):
            assert connecte(autre).get(adresse).status_code == 404, (nom, autre)


@pytest.mark.parametrize(
    "adresse",
    [
        "/bilans/?annee=99999999999",
        "/bilans/?annee=-5",
        "/verifier/?empreinte=%00",
        f"/verifier/?empreinte={'a' * 5000}",
        "/bilans/preparer/?variante=marche&marche=zzz",
    ],
)
def test_une_adresse_bricolee_ne_casse_rien(adresse, monde, connecte):
    assert connecte("responsable").get(adresse).status_code == 200


def test_un_groupe_bricole_est_introuvable_et_le_reste_s_ignore(monde, connecte):
    adresse = reverse("reporting:bilan_chiffre", args=[monde.bilan_publie.uuid, "heures_realisees"])
    client = connecte("responsable")
    assert client.get(adresse, {"groupe": "a&export=csv"}).status_code == 404
    assert client.get(adresse, {"groupe": "\0a&export=csv"}).status_code == 400
    page = client.get(adresse, {"quand": "x", "page": "zz"})
    assert page.status_code == 200 and page.context["parametres"] == "groupe=&quand=maintenant"

"""La grille : un mois, tous les engagements, enregistrés bloc par bloc sans quitter la page."""

import datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from beneficiaires.models import Critere
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from recrutement.models import Contrat
from socle.models import EntreeJournal
from tests.fabriques.beneficiaires import CritereFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
MOIS = datetime.date(2026, 9, 1)


@pytest.fixture
def engagements(monde, horloge):
    """Trois engagements et leurs contrats, en septembre."""
    siens = []
    for rang in range(3):
        engagement = EngagementFactory(
            lot=LotFactory(marche=monde.marche, numero=f"9{rang}"), entreprise=monde.entreprise
        )
        for _ in range(2):
            contrat = ContratFactory(
                engagement=engagement,
                structure=monde.structure,
                debut=datetime.date(2026, 9, 1),
                fin_prevue=datetime.date(2026, 12, 31),
            )
            CritereFactory(beneficiaire=contrat.beneficiaire)
        siens.append(engagement)
    return siens


def page(client, mois="2026-09") -> BeautifulSoup:
    reponse = client.get(reverse("suivi:grille"), {"mois": mois})
    assert reponse.status_code == 200
    return BeautifulSoup(reponse.content, "html.parser")


def bloc_de(lue: BeautifulSoup, engagement, mois="2026-09"):
    return lue.find("form", id=f"bloc-{engagement.uuid.hex}-{mois}")


def cases_de(lue: BeautifulSoup, bloc) -> list:
    return lue.select(f"input.case[form={bloc['id']}]")


def taper(client, lue, engagement, *heures: str, mois="2026-09") -> BeautifulSoup:
    """Remplit les cases d'un bloc dans l'ordre et l'envoie comme le fait la page."""
    bloc = bloc_de(lue, engagement, mois)
    champs = {case["name"]: case.get("value", "") for case in cases_de(lue, bloc)}
    champs |= dict(zip(champs, heures, strict=False))
    version = lue.find("input", {"name": "version", "form": bloc["id"]})["value"]
    reponse = client.post(bloc["action"], {**champs, "version": version}, headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    return BeautifulSoup(reponse.content, "html.parser")


def heures_de(engagement) -> list[Decimal]:
    lignes = LigneHeures.objects.filter(declaration__engagement=engagement, mois=MOIS)
    return sorted(lignes.values_list("heures_declarees", flat=True))


def test_un_bloc_s_enregistre_et_la_page_reste(connecte, engagements):
    client = connecte("edition")
    etat = taper(client, page(client), engagements[0], "151,67", "35")
    assert heures_de(engagements[0]) == [Decimal(35), Decimal("151.67")]
    assert heures_de(engagements[1]) == []
    assert "Enregistré à 12:00" in etat.get_text() and "À valider" in etat.get_text()
    assert etat.find("input", {"name": "version"})["value"] != "v"
    assert EntreeJournal.objects.filter(action="heures_saisies", objet_uuid=engagements[0].lot.marche.uuid).count() == 1
    assert [m for m in page(client).select(".messages li")] == []  # rien qui s'accumule pour la page suivante


def test_la_grille_remontre_ce_qui_est_enregistre_et_le_mois_d_avant(connecte, engagements):
    client = connecte("edition")
    taper(client, page(client), engagements[0], "151,67", "")
    lue = page(client)
    cases = cases_de(lue, bloc_de(lue, engagements[0]))
    assert [case.get("value") for case in cases] == ["151,67", ""]
    octobre = page(client, "2026-10").find("form", id=f"bloc-{engagements[0].uuid.hex}-2026-10")
    assert octobre.select_one("input.case[data-avant]")["data-avant"] == "151,67"


def test_une_faute_se_dit_a_cote_et_rien_ne_s_ecrit(connecte, engagements):
    client = connecte("edition")
    etat = taper(client, page(client), engagements[0], "douze", "35")
    assert "Pas enregistré" in etat.get_text()
    fautif = etat.select_one("a[data-fautif]")
    assert fautif["href"].startswith("#id_heures_")
    assert heures_de(engagements[0]) == []


def test_ce_qu_un_autre_a_enregistre_se_dit_et_ne_s_ecrase_pas(connecte, engagements):
    mienne, sienne = connecte("edition"), connecte("responsable")
    ouverte = page(mienne)
    taper(sienne, page(sienne), engagements[0], "20", "30")
    etat = taper(mienne, ouverte, engagements[0], "99", "")
    assert "Pas enregistré" in etat.get_text() and "20" in etat.get_text()
    assert heures_de(engagements[0]) == [Decimal(20), Decimal(30)]


def test_deux_enregistrements_se_suivent_avec_la_version_rendue(connecte, engagements):
    client = connecte("edition")
    lue = page(client)
    etat = taper(client, lue, engagements[0], "20", "30")
    lue.find("input", {"name": "version", "form": bloc_de(lue, engagements[0])["id"]})["value"] = etat.find(
        "input", {"name": "version"}
    )["value"]
    etat = taper(client, lue, engagements[0], "21", "30")
    assert "Enregistré" in etat.get_text()
    assert heures_de(engagements[0]) == [Decimal(21), Decimal(30)]


def test_un_mois_valide_se_lit_sans_se_taper(connecte, engagements):
    client = connecte("edition")
    lue = page(client)
    taper(client, lue, engagements[0], "20", "30")
    declaration = Declaration.objects.get(engagement=engagements[0], mois=MOIS)
    client.post(reverse("suivi:decider", args=[declaration.uuid]), {"valider": "1"})
    assert bloc_de(page(client), engagements[0]) is None
    etat = taper(client, lue, engagements[0], "99", "99")  # une page ouverte d'avant
    assert "Ce mois est validé" in etat.get_text()
    assert heures_de(engagements[0]) == [Decimal(20), Decimal(30)]


def test_les_mois_sans_alerte_se_valident_ensemble(connecte, engagements):
    client = connecte("edition")
    Critere.objects.filter(beneficiaire__contrats__engagement__in=engagements).update(piece_vue_le=MOIS)
    lue = page(client)
    etats = [
        taper(client, lue, engagement, heures, "100")
        for engagement, heures in zip(engagements, ("100", "100", "221"), strict=True)
    ]
    coches = [case["value"] for etat in etats for case in etat.select("input[name=mois]")]
    assert len(coches) == 2 and "1\u00a0alerte à regarder" in etats[2].get_text()
    relue = page(client)
    assert {case["value"] for case in relue.select("input[name=mois][form]")} == set(coches)
    client.post(reverse("suivi:valider_le_lot"), {"mois": coches})
    valides = Declaration.objects.filter(mois=MOIS, engagement__in=engagements, statut=StatutDeclaration.VALIDEE)
    assert {declaration.engagement for declaration in valides} == set(engagements[:2])


def test_un_lecteur_lit_la_grille_sans_cases(connecte, engagements):
    lue = page(connecte("lecture"))
    assert lue.select("input.case") == [] and lue.find("form", id="valider-le-lot") is None


def test_l_autre_structure_n_y_est_pas(connecte, engagements, monde):
    assert monde.entreprise.raison_sociale not in page(connecte("autre.edition")).select_one(
        "main"
    ).get_text() or not page(connecte("autre.edition")).find("form", id=f"bloc-{engagements[0].uuid.hex}-2026-09")


@pytest.mark.parametrize("mois", ["2026-13", "zut", "", "0000-01", "9999-12"])
def test_un_mois_impossible_montre_celui_qui_vient_de_finir(connecte, horloge, mois):
    titre = BeautifulSoup(connecte("edition").get(reverse("suivi:grille"), {"mois": mois}).content, "html.parser").title
    assert "septembre 2026" in titre.get_text()


# --- L'année d'un engagement --------------------------------------------------------------------------------------------
def annee(client, engagement, demandee="2026") -> BeautifulSoup:
    reponse = client.get(reverse("suivi:grille_engagement", args=[engagement.uuid]), {"annee": demandee})
    assert reponse.status_code == 200
    return BeautifulSoup(reponse.content, "html.parser")


def rangs(lue: BeautifulSoup) -> list[list[str]]:
    """Ce que montre le tableau : les titres, puis chaque ligne, ce qui est tapé compris."""
    return [
        [case.input["value"] if case.input else " ".join(case.get_text(" ", strip=True).split()) for case in rang]
        for rang in (ligne.find_all(["th", "td"]) for ligne in lue.select(".grille-annuelle tr"))
    ]


def test_l_annee_d_un_engagement_est_un_tableau_qui_se_tape(connecte, engagements):
    client = connecte("edition")
    lue = annee(client, engagements[0])
    assert rangs(lue)[0] == ["Personne", "sept.", "oct.", "Total"]  # les mois commencés : on est en octobre
    etat = taper(client, lue, engagements[0], "151,67", "35")
    assert "Enregistré" in etat.get_text() and etat.select_one("[hx-swap-oob]")["id"].endswith("_2026-09")
    assert heures_de(engagements[0]) == [Decimal(35), Decimal("151.67")]
    relue = annee(client, engagements[0])
    assert [rang[1:] for rang in rangs(relue)[1:]] == [
        ["151,67", "", "151,67"],
        ["35", "", "35"],
        ["186,67", "0", "186,67"],
    ]
    octobre = cases_de(relue, bloc_de(relue, engagements[0], "2026-10"))
    septembre = cases_de(relue, bloc_de(relue, engagements[0], "2026-09"))
    assert [case["data-a-gauche"] for case in octobre] == [case["id"] for case in septembre]
    assert len({case["id"] for case in relue.select("input.case")}) == 4


def test_un_mois_valide_s_y_lit_et_sert_d_indice_au_suivant(connecte, engagements):
    client = connecte("edition")
    taper(client, annee(client, engagements[0]), engagements[0], "20", "30")
    declaration = Declaration.objects.get(engagement=engagements[0], mois=MOIS)
    client.post(reverse("suivi:decider", args=[declaration.uuid]), {"valider": "1"})
    lue = annee(client, engagements[0])
    assert bloc_de(lue, engagements[0]) is None
    octobre = cases_de(lue, bloc_de(lue, engagements[0], "2026-10"))
    assert [case["data-avant"] for case in octobre] == ["20", "30"]
    assert not any(case.has_attr("data-a-gauche") for case in octobre)
    assert [sortie["data-lu"] for sortie in lue.select("output[data-lu]")] == ["20", "30"]


def test_le_mois_d_avant_l_annee_se_lit_a_gauche(connecte, engagements, horloge):
    client = connecte("edition")
    contrat = engagements[0].contrats.first()
    Contrat.objects.filter(pk=contrat.pk).update(debut=datetime.date(2025, 12, 1))
    DeclarationFactory(engagement=engagements[0], mois=datetime.date(2025, 12, 1), lignes={contrat: "77"})
    lue = rangs(annee(client, engagements[0]))
    assert lue[0][:3] == ["Personne", "déc.", "janv."]
    assert "77" in {rang[1] for rang in lue[1:]}


@pytest.mark.parametrize("demandee", ["", "zut", "²", "99999", "9" * 5000])
def test_une_annee_impossible_montre_celle_du_mois_qui_vient_de_finir(connecte, engagements, demandee):
    assert "Heures 2026" in annee(connecte("edition"), engagements[0], demandee).title.get_text()


def test_une_annee_sans_personne_le_dit(connecte, engagements):
    assert "Personne n'est en contrat cette année-là" in annee(connecte("edition"), engagements[0], "2031").get_text()


def test_on_decide_d_un_mois_et_on_le_valide_sans_quitter_la_grille(connecte, engagements):
    client = connecte("edition")
    lue = annee(client, engagements[0])
    etat = taper(client, lue, engagements[0], "230", "30")
    lien = etat.find("a", attrs={"hx-get": True})
    assert lien["href"] == lien["hx-get"] and "à regarder" in lien.get_text()
    d_ou = reverse("suivi:grille_engagement", args=[engagements[0].uuid]) + "?annee=2026"
    ici = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{d_ou}"}
    ouverte = BeautifulSoup(client.get(lien["hx-get"], headers=ici).content, "html.parser")
    form = ouverte.select_one(lien["hx-select"])
    saisie = {champ["name"]: champ.get("value", "") for champ in form.select("input[name]")}
    reponse = client.post(form["action"], {**saisie, "valider": "1"})
    assert (reponse.status_code, reponse["Location"]) == (302, d_ou)
    assert Declaration.objects.get(engagement=engagements[0], mois=MOIS).est_validee


@pytest.mark.parametrize("ailleurs", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"])
def test_decider_ne_renvoie_jamais_hors_du_site(connecte, monde, ailleurs):
    declaration = monde.mois_a_valider
    reponse = connecte("edition").post(reverse("suivi:decider", args=[declaration.uuid]), {"grille": ailleurs})
    assert reponse["Location"] == declaration.get_absolute_url()


def test_un_lecteur_lit_l_annee_sans_cases(connecte, engagements):
    taper(connecte("edition"), annee(connecte("edition"), engagements[0]), engagements[0], "20", "30")
    lue = annee(connecte("lecture"), engagements[0])
    assert lue.select("input.case") == [] and "50" in rangs(lue)[-1]


def test_l_annee_d_un_engagement_d_ailleurs_n_existe_pas(connecte, engagements):
    adresse = reverse("suivi:grille_engagement", args=[engagements[0].uuid])
    assert connecte("autre.edition").get(adresse).status_code == 404


# --- Sur la page de l'engagement et du marché ---------------------------------------------------------------------------
def test_un_mois_en_retard_et_un_mois_jamais_ouvert_se_voient(connecte, monde, horloge):
    engagement = EngagementFactory(lot=LotFactory(marche=monde.marche, numero="97"), entreprise=monde.entreprise)
    DeclarationFactory(engagement=engagement, mois=datetime.date(2026, 6, 1), statut="validee")
    DeclarationFactory(
        engagement=engagement, mois=datetime.date(2026, 8, 1), statut="attendue", echeance=datetime.date(2026, 9, 10)
    )
    DeclarationFactory(
        engagement=engagement, mois=datetime.date(2026, 9, 1), statut="attendue", echeance=datetime.date(2026, 10, 20)
    )
    lue = BeautifulSoup(connecte("edition").get(engagement.get_absolute_url()).content, "html.parser")
    cases = [" ".join(case.get_text(" ", strip=True).split()) for case in lue.select(".case-mois")]
    assert cases[1:] == ["juil. – Pas ouvert", "août – En retard", "sept. – Attendue"]
    assert "ton-retard" in lue.select(".case-mois")[2]["class"]


def test_le_prochain_pas_d_un_marche_en_execution_est_le_mois(connecte, monde):
    page = BeautifulSoup(connecte("edition").get(monde.marche.get_absolute_url()).content, "html.parser")
    principal = page.select_one(".entete .btn-primary")
    assert principal.get_text(strip=True) == "Heures du mois"
    assert monde.marche.reference in principal["href"]


def test_qui_appeler_est_sur_la_page_de_l_engagement(connecte, monde):
    monde.engagement.correspondant = ContactEntrepriseFactory(
        fiche=monde.fiche, nom="Hervé Leroy", telephone="02 33 99 88 77", courriel="h.leroy@bati.fr"
    )
    monde.engagement.save()
    page = BeautifulSoup(connecte("lecture").get(monde.engagement.get_absolute_url()).content, "html.parser")
    assert page.find("a", href="tel:0233998877") and page.find("a", href="mailto:h.leroy@bati.fr")
    assert page.find("a", href=monde.engagement.entreprise.get_absolute_url())

"""D'où vient ce chiffre : pour chaque indicateur, la somme des lignes montrées est le chiffre de la commande."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from reporting.calcul.registre import INDICATEURS, VENTILES

pytestmark = pytest.mark.django_db


def chiffres(structure) -> dict:
    sortie = io.StringIO()
    call_command("chiffres_cles", structure=structure.slug, annee=2026, format="json", stdout=sortie)
    return json.loads(sortie.getvalue(), parse_float=Decimal)


def exporter(client, cle: str, **parametres) -> list[dict[str, str]]:
    reponse = client.get(reverse("reporting:provenance", args=[2026, cle]), {"export": "csv", **parametres})
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(texte), delimiter=";"))


def somme(lignes: list[dict[str, str]]) -> Decimal:
    colonne = next((c for c in ("Heures", "Heures dues") if lignes and c in lignes[0]), None)
    return (
        sum((Decimal(ligne[colonne].replace(",", ".")) for ligne in lignes), Decimal(0))
        if colonne
        else Decimal(len(lignes))
    )


@pytest.mark.parametrize("indicateur", INDICATEURS, ids=lambda indicateur: indicateur.cle)
def test_la_somme_des_lignes_est_le_chiffre(indicateur, monde, connecte, horloge):
    attendu = chiffres(monde.structure)[indicateur.cle]
    client = connecte("lecture")
    assert client.get(reverse("reporting:provenance", args=[2026, indicateur.cle])).status_code == 200
    lignes = exporter(client, indicateur.cle)
    if indicateur.cle in VENTILES:
        assert sum(attendu.values()) == somme(lignes) > 0
        for groupe, heures in attendu.items():
            assert somme(exporter(client, indicateur.cle, groupe=groupe)) == heures
    elif indicateur.cle == "etp":
        assert (somme(lignes) / 1600).quantize(Decimal("0.01")) == Decimal(attendu).quantize(Decimal("0.01"))
    else:
        assert somme(lignes) == attendu


def test_la_page_montre_la_definition_la_part_et_le_lien_de_chaque_ligne(monde, connecte, horloge):
    page = connecte("edition").get(reverse("reporting:provenance", args=[2026, "beneficiaires_rsa"])).content.decode()
    assert "allocataire ou ayant droit" in page
    assert "100,0" in page
    assert monde.beneficiaire.get_absolute_url() in page
    assert monde.beneficiaire.nom not in page


@pytest.mark.parametrize(
    "chemin",
    [
        "/chiffres/2026/inconnu/",
        "/chiffres/9999/contrats/",
        "/chiffres/1200/contrats/",
        "/chiffres/2026/nouveaux_beneficiaires/",
    ],
)
def test_un_chiffre_ou_une_annee_inconnus_sont_introuvables(connecte, horloge, chemin):
    assert connecte("responsable").get(chemin).status_code == 404


def test_un_groupe_inconnu_montre_tout(monde, connecte, horloge):
    assert somme(exporter(connecte("edition"), "heures_par_modalite", groupe="rien")) == Decimal("120.5")


def test_l_autre_structure_n_y_voit_que_les_siennes(monde, connecte, horloge):
    for qui, cote, autre in (("edition", monde.nous, monde.autre), ("autre.edition", monde.autre, monde.nous)):
        page = connecte(qui).get(reverse("reporting:provenance", args=[2026, "heures_realisees"])).content.decode()
        assert cote.contrat.identifiant in page
        assert autre.contrat.identifiant not in page

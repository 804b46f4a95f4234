"""Pourquoi un bilan a changé : chaque sorte de raison se dit avec sa date et le rôle de qui l'a faite, jamais son nom."""

import datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from comptes.enums import Role
from declarations.models import LigneHeures
from declarations.services import rouvrir_mois, saisir_heures, valider_mois
from recrutement.services import modifier_contrat
from reporting import fabriques
from reporting.models import Bilan
from territoires.services import definir_territoire
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.territoires import CommuneFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
AUJOURD_HUI = "15 octobre 2026"


@pytest.fixture
def publie(monde, connecte, monkeypatch) -> Bilan:
    """Le bilan 2026, publié ; la version suivante s'y compare."""
    monkeypatch.setattr(fabriques, "rendre_bilan", lambda *arguments: b"%PDF-1.7 bilan")
    client = connecte("responsable")
    client.post(reverse("reporting:preparer"), {"periode": "2026", "presentation": "exacte"})
    bilan = Bilan.objects.get(structure=monde.structure, fin__year=2026)
    client.post(reverse("reporting:relire", args=[bilan.uuid]))
    destinataires = {"destinataires": [str(monde.organisations[Role.FINANCEUR].uuid)], "incomplet": "on"}
    client.post(reverse("reporting:publier", args=[bilan.uuid]), destinataires)
    return bilan


def rectifier(monde) -> None:
    acteur, mois = monde.acteur("edition"), monde.mois_valide
    rouvrir_mois(acteur=acteur, declaration=mois, motif="Bulletin de paie rectifié")
    saisir_heures(acteur=acteur, engagement=mois.engagement, mois=mois.mois, heures={monde.contrat: Decimal(100)})
    valider_mois(acteur=acteur, declaration=mois, accepter_le_reste=True)


def valider_un_mois_de_plus(monde) -> None:
    aout = DeclarationFactory(engagement=monde.engagement, mois=datetime.date(2026, 8, 1), lignes={monde.contrat: 40})
    valider_mois(acteur=monde.acteur(), declaration=aout)


def changer_le_diviseur(monde, connecte) -> None:
    connecte("responsable").post(reverse("reporting:reglages"), {"heures_par_etp": "1 607"})


def redefinir_le_territoire(monde) -> None:
    definir_territoire(
        acteur=monde.acteur("responsable"),
        structure=monde.structure,
        communes=[CommuneFactory()],
        epci=None,
        nom="Neuf",
    )


def changer_une_definition(monde) -> None:
    """La version publiée en garde une autre : elle date d'une règle d'avant."""
    for bilan in Bilan.objects.filter(structure=monde.structure, fin__year=2026):
        bilan.donnees["chiffres"]["contrats"]["definition"] = "Contrats signés."
        Bilan.objects.filter(pk=bilan.pk).update(donnees=bilan.donnees)


def corriger_un_contrat(monde) -> None:
    """Commencé l'an passé, il n'est plus de ceux de l'année."""
    LigneHeures.objects.filter(contrat=monde.contrat).exclude(declaration=monde.mois_valide).delete()
    modifier_contrat(acteur=monde.acteur("edition"), contrat=monde.contrat, debut=datetime.date(2025, 12, 1))


@pytest.mark.parametrize(
    ("changer", "phrase", "qui"),
    [
        (rectifier, "Mois rectifié : Bulletin de paie rectifié", "facilitateur"),
        (valider_un_mois_de_plus, "Mois validé depuis", ""),
        (
            changer_le_diviseur,
            "Un équivalent temps plein ne vaut plus le même nombre d'heures : 1 600 h → 1 607 h",
            None,
        ),
        (redefinir_le_territoire, "Territoire défini, Neuf", "facilitateur responsable"),
        (changer_une_definition, "« contrats » ne se définit plus pareil. Avant : Contrats signés.", None),
        (corriger_un_contrat, "Contrat modifié : Début", "facilitateur"),
    ],
)
def test_chaque_sorte_de_raison_se_dit(publie, monde, connecte, changer, phrase, qui):
    """`qui` : vide, la date seule ; `None`, ni date ni rôle : la règle elle-même a changé."""
    changer(monde, connecte) if changer is changer_le_diviseur else changer(monde)
    client = connecte("responsable")
    client.post(reverse("reporting:refaire", args=[publie.uuid]))
    seconde = Bilan.objects.get(structure=monde.structure, cle=publie.cle, version=2)
    reponse = client.get(reverse("reporting:comparer", args=[seconde.uuid]))
    page = " ".join(BeautifulSoup(reponse.content, "html.parser").main.get_text(" ").replace("\u202f", " ").split())
    page = page.replace("\xa0", " ")
    assert phrase in page
    suite = page.partition(phrase)[2]
    if qui is not None:
        precision = f"({AUJOURD_HUI}, {qui})" if qui else f"({AUJOURD_HUI})"
        assert precision in suite[:160], suite[:160]
    for role in ("edition", "responsable"):
        assert monde.personne(role).get_full_name() not in page

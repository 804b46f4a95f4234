"""Une date hors de ses bornes est refusée par chaque formulaire, avec une phrase à côté du champ ; et chaque date a les siennes."""

import datetime
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup, Tag
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from beneficiaires.models import NoteParcours
from marches.models import Marche
from socle.bornes import FAIT, JOUR, NAISSANCE, TERME, VIE
from socle.champs import JourField
from socle.checks import verifier_les_dates
from socle.forms import FormulaireMixin
from socle.modeles import ChampJour
from socle.services.enregistrement import ecrire
from tests.test_hostile import adresse
from tests.test_requetes import PAGES, role_qui_mesure

ABSURDES = ("0001-01-01", "0026-05-04", "9999-12-31")
DATES = 'input[type="date"], input[type="month"]'


def formulaires_a_dates(page: Tag) -> Iterator[tuple[Tag, list[str]]]:
    for formulaire in page.find_all("form"):
        if noms := [champ["name"] for champ in formulaire.select(DATES) if not champ.has_attr("disabled")]:
            yield formulaire, noms


def saisie_montree(formulaire: Tag) -> dict[str, list[str]]:
    """Ce que le navigateur enverrait sans rien toucher."""
    donnees: dict[str, list[str]] = {}
    for champ in formulaire.find_all(["input", "select", "textarea"]):
        if not champ.get("name") or champ.get("type") in ("file", "submit"):
            continue
        if champ.name == "select":
            valeurs = [option.get("value", option.text) for option in champ.find_all("option", selected=True)]
        elif champ.get("type") in ("checkbox", "radio"):
            valeurs = [champ.get("value", "on")] if champ.has_attr("checked") else []
        else:
            valeurs = [champ.text if champ.name == "textarea" else champ.get("value", "")]
        donnees.setdefault(champ["name"], []).extend(valeurs)
    return donnees


def bouton_d_apres(formulaire: Tag, nom: str) -> dict[str, list[str]]:
    """Le bouton nommé qui suit le champ : c'est lui qui dit le geste."""
    bouton = formulaire.find(attrs={"name": nom}).find_next("button", attrs={"name": True})
    return {bouton["name"]: [bouton["value"]]} if bouton and bouton.find_parent("form") is formulaire else {}


def phrase_du_champ(page: Tag, nom: str) -> str:
    champ = page.find(attrs={"name": nom})
    if champ is None or champ.get("aria-invalid") != "true":
        return ""
    return " ".join(page.find(id=cle).get_text(" ") for cle in champ.get("aria-describedby", "").split())


@pytest.mark.django_db
@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_aucun_formulaire_n_accepte_une_date_absurde(ligne, monde, connecte, horloge):
    client, chemin = connecte(role_qui_mesure(ligne)), adresse(ligne, monde)
    ouverte = client.get(f"{chemin}?{ligne.requete}")
    page = BeautifulSoup(ouverte.getvalue(), "html.parser")
    acceptees = []
    for formulaire, noms in formulaires_a_dates(page):
        methode = getattr(client, formulaire.get("method", "get").lower())
        for nom in noms:
            for absurde in ABSURDES:
                valeur = absurde[:7] if formulaire.find(attrs={"name": nom})["type"] == "month" else absurde
                donnees = {**saisie_montree(formulaire), **bouton_d_apres(formulaire, nom), nom: [valeur]}
                reponse = methode(urljoin(chemin, formulaire.get("action", "")), donnees, follow=True)
                rendue = BeautifulSoup(reponse.content, "html.parser")
                phrase = phrase_du_champ(rendue, nom)
                if reponse.status_code != 200 or not re.search("date|mois|année|jour|ans", phrase):
                    acceptees.append((formulaire.get("action", ""), nom, valeur, reponse.status_code, phrase))
    assert acceptees == []


def _formulaires(classe=FormulaireMixin) -> Iterator[type]:
    for fille in classe.__subclasses__():
        yield fille
        yield from _formulaires(fille)


def test_toute_date_d_un_formulaire_a_ses_bornes():
    sans = [
        f"{classe.__name__}.{nom}"
        for classe in _formulaires()
        for nom, champ in getattr(classe, "base_fields", {}).items()
        if isinstance(champ, forms.DateField | forms.DateTimeField) and not isinstance(champ, JourField)
    ]
    assert sans == []


def test_une_date_d_un_modele_sans_bornes_arrete_le_demarrage(monkeypatch):
    assert verifier_les_dates(None) == []
    champ = Marche._meta.get_field("debut")
    monkeypatch.setattr(champ, "__class__", models.DateField)
    assert [erreur.id for erreur in verifier_les_dates(None)] == ["socle.E003"]


@pytest.mark.parametrize(
    ("bornes", "permis", "refuses"),
    [
        (JOUR, ["1990-01-01", "2036-10-15"], ["1989-12-31", "2036-10-16", "0026-01-01"]),
        (TERME, ["2066-10-15"], ["2066-10-16"]),
        (FAIT, ["2026-10-15", "1990-01-01"], ["2026-10-16"]),
        (VIE, ["1900-01-01", "2036-10-15"], ["1899-12-31"]),
        (NAISSANCE, ["1900-01-01", "2026-10-15"], ["1899-12-31", "2026-10-16"]),
    ],
)
def test_chaque_genre_a_ses_bornes(bornes, permis, refuses, horloge):
    for jour in permis:
        bornes(datetime.date.fromisoformat(jour))
    for jour in refuses:
        with pytest.raises(ValidationError):
            bornes(datetime.date.fromisoformat(jour))


def test_une_note_n_est_pas_a_venir(monde, horloge):
    note = NoteParcours(beneficiaire=monde.beneficiaire, organisation=monde.structure)
    with pytest.raises(ValidationError, match="à venir"):
        ecrire(note, {"jour": datetime.date(2026, 10, 16), "texte": "Demain"})


def test_une_vieille_date_absurde_n_empeche_pas_de_corriger_le_reste(monde, horloge):
    Marche.objects.filter(pk=monde.marche.pk).update(date_consultation=datetime.date(26, 3, 1))
    marche = Marche.objects.get(pk=monde.marche.pk)
    ecrire(marche, {"objet": "Une autre école"})
    with pytest.raises(ValidationError, match="quatre chiffres"):
        ecrire(marche, {"date_consultation": datetime.date(26, 3, 2)})


def test_l_historique_et_les_migrations_ne_voient_qu_une_date():
    champ = Marche._meta.get_field("debut")
    assert isinstance(champ, ChampJour)
    assert champ.deconstruct()[1] == "django.db.models.DateField"
    historique = apps.get_model("marches", "HistoricalMarche")._meta.get_field("debut")
    assert historique.clone().deconstruct()[1] == "django.db.models.DateField"

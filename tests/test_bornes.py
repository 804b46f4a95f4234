"""Une date hors de ses bornes est refusée par chaque formulaire, avec une phrase à côté du champ ; et chaque date a les siennes."""

import datetime
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
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
from tests.arbre_html import Document, Element
from tests.echantillon import tirer
from tests.test_hostile import adresse
from tests.test_requetes import PAGES, role_qui_mesure

TROP_TOT, TROP_TARD = ("0001-01-01", "0026-05-04"), "9999-12-31"
CHAMPS = ("input", "select", "textarea")


def formulaires_a_dates(page: Document) -> Iterator[tuple[Element, list[Element]]]:
    for formulaire in page.balises("form"):
        dates = [champ for champ in formulaire.descendants("input") if champ.get("type") in ("date", "month")]
        if permises := [date for date in dates if "disabled" not in date.attributs]:
            yield formulaire, permises


def saisie_montree(formulaire: Element) -> dict[str, list[str]]:
    """Ce que le navigateur enverrait sans rien toucher."""
    donnees: dict[str, list[str]] = {}
    for champ in formulaire.descendants(*CHAMPS):
        if champ.get("name") and champ.get("type") not in ("file", "submit"):
            donnees.setdefault(champ.get("name"), []).extend(_valeurs_montrees(champ))
    return donnees


def _valeurs_montrees(champ: Element) -> list[str]:
    if champ.nom == "select":
        choisies = [option for option in champ.descendants("option") if "selected" in option.attributs]
        return [option.attributs.get("value", option.texte()) for option in choisies]
    if champ.get("type") in ("checkbox", "radio"):
        return [champ.attributs.get("value", "on")] if "checked" in champ.attributs else []
    return [champ.texte() if champ.nom == "textarea" else champ.get("value")]


def bouton_d_apres(page: Document, champ: Element) -> dict[str, list[str]]:
    """Le bouton nommé qui suit le champ dans son formulaire : c'est lui qui dit le geste."""
    suivants = page.elements[page.elements.index(champ) :]
    bouton = next((e for e in suivants if e.nom == "button" and e.get("name")), None)
    meme = bouton is not None and bouton.englobant("form") is champ.englobant("form")
    return {bouton.get("name"): [bouton.get("value")]} if meme else {}


def phrase_du_champ(page: Document, nom: str) -> str:
    champ = page.nomme(nom)
    if champ is None or champ.get("aria-invalid") != "true":
        return ""
    return " ".join(page.identifiants[cle].texte() for cle in champ.get("aria-describedby").split())


@pytest.mark.django_db
@pytest.mark.un_moteur
@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_aucun_formulaire_n_accepte_une_date_absurde(ligne, monde, connecte, horloge):
    client, chemin = connecte(role_qui_mesure(ligne)), adresse(ligne, monde)
    ouverte = client.get(f"{chemin}?{ligne.requete}")
    page = Document(ouverte.getvalue().decode(errors="ignore"))
    acceptees = []
    for formulaire, dates in formulaires_a_dates(page):
        methode = getattr(client, formulaire.attributs.get("method", "get").lower())
        for date in dates:
            nom = date.get("name")
            for absurde in (tirer(TROP_TOT, nom), TROP_TARD):
                valeur = absurde[:7] if date.get("type") == "month" else absurde
                donnees = {**saisie_montree(formulaire), **bouton_d_apres(page, date), nom: [valeur]}
                reponse = methode(urljoin(chemin, formulaire.get("action")), donnees, follow=True)
                phrase = phrase_du_champ(Document(reponse.content.decode()), nom)
                if reponse.status_code != 200 or not re.search("date|mois|année|jour|ans", phrase):
                    acceptees.append((formulaire.get("action"), nom, valeur, reponse.status_code, phrase))
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

"""Chaque donnée d'une personne a un sort écrit au terme de sa conservation : un champ nouveau sans sort échoue ici."""

import importlib
import importlib.util

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    NoteParcours,
    RattachementQuartier,
)
from comptes.models import Invitation, Utilisateur
from declarations.models import DepartAnnonce, Justificatif, PersonneAnnoncee
from entreprises.models import ContactEntreprise
from parcours.models import DemandeNouvelles, PointSuivi, Questionnaire, Reponse
from recrutement.models import Candidature, MotifSansCritere
from reprise.models import PersonneBrouillon
from socle.models import Courriel, Lien
from socle.retention import Conservation

PERSONNES = [
    Utilisateur,
    Invitation,
    Beneficiaire,
    Critere,
    NiveauAtteint,
    InscriptionEmploi,
    Domicile,
    RattachementQuartier,
    NoteParcours,
    Candidature,
    MotifSansCritere,
    PointSuivi,
    DemandeNouvelles,
    DepartAnnonce,
    PersonneAnnoncee,
    Justificatif,
    Questionnaire,
    Reponse,
    ContactEntreprise,
    PersonneBrouillon,
    Courriel,
    Lien,
]
MODULES = [
    importlib.import_module(f"{app}.retention")
    for app in settings.APPS_DU_PROJET
    if importlib.util.find_spec(f"{app}.retention")
]


def champs_declares() -> dict[type[Model], dict[str, Conservation]]:
    return {modele: champs for module in MODULES for modele, champs in getattr(module, "CHAMPS", {}).items()}


def relations_declarees() -> list[str]:
    return [relation for module in MODULES for relation in getattr(module, "RELATIONS", {})]


def relations_reelles(modele: type[Model]) -> set[str]:
    """Toutes les lignes qui désignent ce modèle, cachées (`related_name="+"`) comprises, tables de liaison exclues."""
    relations = (
        champ for champ in modele._meta.get_fields(include_hidden=True) if champ.auto_created and champ.is_relation
    )
    return {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in relations
        if not relation.concrete and not relation.related_model._meta.auto_created
    }


@pytest.mark.parametrize("modele", PERSONNES, ids=lambda modele: modele.__name__)
def test_chaque_champ_d_une_personne_a_son_sort(modele):
    declares = champs_declares().get(modele, {})
    reels = {champ.name for champ in [*modele._meta.fields, *modele._meta.many_to_many]}
    assert reels == set(declares), "champs sans sort, ou disparus, dans retention.py"


@pytest.mark.parametrize("modele", PERSONNES, ids=lambda modele: modele.__name__)
def test_chaque_relation_vers_une_personne_a_son_sort(modele):
    manquantes = relations_reelles(modele) - set(relations_declarees())
    assert not manquantes, f"relations sans sort dans retention.py : {sorted(manquantes)}"


def test_une_relation_est_declaree_une_fois_et_existe():
    declarees = relations_declarees()
    reelles = {relation for modele in PERSONNES for relation in relations_reelles(modele)}
    assert len(declarees) == len(set(declarees))
    assert not set(declarees) - reelles


def test_un_historique_ne_garde_pas_ce_qui_s_efface():
    """Une table d'historique est une copie : un modèle de personne n'en a pas."""
    suivis = {
        modele.__name__.removeprefix("Historical") for modele in apps.get_models() if hasattr(modele, "history_id")
    }
    assert not suivis & {modele.__name__ for modele in PERSONNES}


def test_le_sort_est_un_des_trois():
    sorts = [sort for champs in champs_declares().values() for sort in champs.values()]
    sorts += [sort for module in MODULES for sort in getattr(module, "RELATIONS", {}).values()]
    assert set(sorts) <= set(Conservation)

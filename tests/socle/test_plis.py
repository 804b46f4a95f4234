"""Les colonnes pliées : recalculées quand la façon de plier change, jamais trop longues, cherchées d'un seul tenant."""

import datetime
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat, Replace
from django.urls import reverse

from beneficiaires.doublons import doublons_possibles
from beneficiaires.models import Beneficiaire
from beneficiaires.sans_nom import exiger_sans_nom
from entreprises.models import Entreprise
from socle import plis
from socle.regles import RegleViolee
from socle.texte import plier

pytestmark = [pytest.mark.django_db, pytest.mark.deux_moteurs]


def test_une_colonne_pliee_se_recalcule_par_paquets(monde, monkeypatch):
    monkeypatch.setattr(plis, "PAQUET", 1)
    Beneficiaire.objects.update(nom_plie="ancien pli")
    etape = plis.replier(
        "beneficiaires", "Beneficiaire", "nom_plie", lambda p: plier(f"{p.nom} {p.prenom}"), "nom", "prenom"
    )
    etape.code(apps, SimpleNamespace(connection=connection))
    assert {p.nom_plie for p in Beneficiaire.objects.all()} == {
        plier(f"{p.nom} {p.prenom}") for p in Beneficiaire.objects.all()
    }


def test_un_pli_plus_long_que_sa_colonne_est_coupe(monde):
    monde.entreprise.raison_sociale = "œ" * 200
    monde.entreprise.save()
    assert Entreprise.objects.get(pk=monde.entreprise.pk).raison_sociale_pliee == "oe" * 100


@pytest.mark.parametrize("cherche", ["Legoff", "le goff", "LE-GOFF", "Le\u200bgoff", "l'e goff"])
@pytest.mark.parametrize("garde", ["Le Goff", "Legoff", "Le\u2011Goff"])
def test_un_nom_se_trouve_attache_ou_detache(cherche, garde, monde, connecte):
    monde.beneficiaire.nom, monde.beneficiaire.prenom = garde, "Yann"
    monde.beneficiaire.save()
    page = (
        connecte("edition").post(reverse("beneficiaires:liste"), {"recherche": cherche}, follow=True).content.decode()
    )
    assert monde.beneficiaire.get_absolute_url() in page


@pytest.mark.parametrize(("nom", "prenom"), [("Legoff", "Yann"), ("Le-Goff", "Yann"), ("Yann", "Le Goff")])
def test_un_doublon_se_voit_attache_ou_detache(nom, prenom, monde):
    monde.beneficiaire.nom, monde.beneficiaire.prenom = "Le Goff", "Yann"
    monde.beneficiaire.save()
    autre_jour = monde.beneficiaire.date_naissance + datetime.timedelta(days=400)
    assert doublons_possibles(monde.acteur("edition"), nom, prenom, autre_jour) == [monde.beneficiaire]


def test_un_pli_se_mele_a_un_texte_dans_une_expression(monde):
    ecrit = Entreprise.objects.annotate(
        mots=Concat(Value(" "), Replace("raison_sociale_pliee", Value("-"), Value(" ")))
    )
    assert monde.entreprise in ecrit.filter(mots__contains=" travaux")


def test_un_maitre_d_ouvrage_deja_suivi_se_reconnait(monde, connecte):
    page = connecte("edition").post(
        reverse("marches:maitre_ouvrage_nouveau"), {"nom": "VILLE-DE CHERBOURG", "type": "commune"}
    )
    assert "déjà suivi" in page.content.decode()


@pytest.mark.parametrize("motif", ["Legoff absent", "LE GOFF absent", "le-goff absent"])
def test_un_motif_ne_nomme_personne_meme_d_un_seul_tenant(motif, monde):
    monde.beneficiaire.nom = "Le Goff"
    with pytest.raises(RegleViolee, match="nom d'une personne"):
        exiger_sans_nom(motif, [monde.beneficiaire], "motif")


@pytest.mark.parametrize(("prenom", "nomme"), [("Lia", True), ("Ly", False)])
def test_un_mot_de_trois_lettres_nomme_un_mot_de_deux_non(prenom, nomme, monde):
    monde.beneficiaire.prenom = prenom
    if not nomme:
        exiger_sans_nom(f"{prenom} absente", [monde.beneficiaire], "motif")
        return
    with pytest.raises(RegleViolee, match="nom d'une personne"):
        exiger_sans_nom(f"{prenom} absente", [monde.beneficiaire], "motif")

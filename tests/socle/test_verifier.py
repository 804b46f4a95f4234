"""`manage.py verifier` : muet sur un monde sain, il nomme chaque mal qu'on lui fait, par une clé et jamais par un nom."""

import contextlib
import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cloture.models import Attestation
from declarations.models import LigneHeures
from marches.models import Engagement
from reporting.enums import StatutBilan
from reporting.models import Bilan, LignesBilan
from socle.enums import EtatDocument
from socle.fabriques import FABRIQUES
from socle.models import Document
from socle.verifications import CONTROLES
from socle.verifications.fichiers import CONTENUS
from tests.fabriques.socle import CONTENU, DocumentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.deux_moteurs]


def ecarts(debut: str) -> list[str]:
    return [ecart for nom, chercher in CONTROLES.items() if nom.startswith(debut) for ecart in chercher()]


@pytest.fixture
def document() -> Document:
    return DocumentFactory(pret=True, empreinte=hashlib.sha256(CONTENU).hexdigest())


# --- Ce que la base se doit --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("debut", ["Relations", "États", "Uniques", "Règles", "Structures"])
def test_le_monde_des_essais_est_sain(monde, debut):
    assert debut in " ".join(CONTROLES)
    assert ecarts(debut) == []


def test_une_relation_qui_ne_mene_nulle_part(monde):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuse la relation elle-même")
    with connection.constraint_checks_disabled(), connection.cursor() as curseur:
        curseur.execute("UPDATE socle_document SET organisation_id = 987654 WHERE id = %s", [DocumentFactory().pk])
    assert any("« organisation » ne mène nulle part" in ecart for ecart in ecarts("Relations"))
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM socle_document WHERE organisation_id = 987654")


def test_un_etat_inconnu(document):
    Document.objects.filter(pk=document.pk).update(etat="egare")
    assert ecarts("États") == [f"document {document.pk} : « etat » inconnu"]


def test_deux_structures_dans_une_chaine(monde):
    ligne = LigneHeures.objects.filter(declaration__engagement=monde.engagement).first()
    LigneHeures.objects.filter(pk=ligne.pk).update(contrat=monde.autre.contrat, mois="2031-01-01")
    assert [ecart for ecart in ecarts("Structures") if ecart.endswith(" : « contrat » est d'une autre structure")]


# --- Ce que chaque étage tient -------------------------------------------------------------------------------------------
def test_un_compteur_d_heures_faux(monde):
    cle = monde.engagement.pk
    Engagement.objects.filter(pk=cle).update(heures_realisees="123.45")
    assert any(f"engagement {cle} : 123.45 h au compteur" in ecart for ecart in ecarts("Heures réalisées"))


def test_une_somme_d_avenants_fausse(monde):
    Engagement.objects.filter(pk=monde.engagement.pk).update(heures_avenants="7")
    assert any(f"engagement {monde.engagement.pk} : " in ecart for ecart in ecarts("Heures dues"))


def test_un_bilan_publie_retouche(monde):
    bilan = Bilan.objects.filter(statut=StatutBilan.PUBLIE).first()
    Bilan.objects.filter(pk=bilan.pk).update(empreinte="0" * 64)
    assert f"bilan {bilan.pk} : ses données ne sont plus celles de son empreinte" in ecarts("Bilans publiés : chacun")


def test_des_lignes_qui_ne_redonnent_plus_le_chiffre(monde):
    bilan = Bilan.objects.filter(statut=StatutBilan.PUBLIE).first()
    Bilan.objects.filter(pk=bilan.pk).update(
        donnees=bilan.donnees | {"chiffres": {"heures_realisees": {"valeur": 12, "precedente": None}}}
    )
    gardees = {"heures_realisees": {"maintenant": {"genre": "heures", "diviseur": None, "lignes": [[1, 10, ""]]}}}
    LignesBilan.objects.update_or_create(bilan=bilan, defaults={"lignes": gardees})
    dit = f"bilan {bilan.pk} : « heures_realisees » (maintenant) n'est pas ce que donnent ses lignes"
    assert dit in ecarts("Bilans publiés : les lignes")


def test_une_attestation_retouchee(monde):
    attestation = Attestation.objects.first()
    Attestation.objects.filter(pk=attestation.pk).update(empreinte="0" * 64)
    assert any(f"attestation {attestation.pk} : " in ecart for ecart in ecarts("Attestations"))


# --- Les fichiers ----------------------------------------------------------------------------------------------------------
def test_un_fichier_manque_se_dit_puis_se_refait(document, monkeypatch, capsys, django_capture_on_commit_callbacks):
    monkeypatch.setitem(FABRIQUES, "essai", lambda document, suivi: CONTENU)
    document.fichier.storage.delete(document.fichier.name)
    with pytest.raises(CommandError, match="écart"):
        call_command("verifier")
    sortie = capsys.readouterr().out
    assert f"document {document.pk} : {document.fichier.name} manque" in sortie and "✓ Uniques" in sortie
    with django_capture_on_commit_callbacks(execute=True):
        call_command("verifier", "--refaire")
    assert "1 document(s) remis en fabrication" in capsys.readouterr().out
    document.refresh_from_db()
    assert (document.etat, document.fichier_manque) == (EtatDocument.PRET, False)


def test_un_fichier_change_ou_de_trop(document):
    stockage = document.fichier.storage
    with stockage.open(document.fichier.name, "wb") as fichier:
        fichier.write(b"autre chose")
    assert ecarts(CONTENUS) == [f"document {document.pk} : {document.fichier.name} n'est plus ce qui fut rangé"]
    chemin = document.fichier.name
    Document.objects.filter(pk=document.pk).update(fichier="")
    assert f"{chemin} : rien ne le nomme" in ecarts("Fichiers : chacun est connu")


def test_sans_relire_les_fichiers(document, capsys):
    with document.fichier.storage.open(document.fichier.name, "wb") as fichier:
        fichier.write(b"autre chose")
    with pytest.raises(CommandError):
        call_command("verifier")
    capsys.readouterr()
    with contextlib.suppress(CommandError):  # des fichiers d'autres essais peuvent traîner
        call_command("verifier", "--sans-lire-les-fichiers")
    assert CONTENUS not in capsys.readouterr().out

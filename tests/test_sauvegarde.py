"""L'exercice : sauvegarder, détruire, restaurer, vérifier, et chacun retrouve ses pages et elles seules. Les durées s'impriment."""

import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from comptes.enums import Role
from comptes.models import Utilisateur
from reporting.models import LignesBilan
from socle.models import Courriel
from socle.sauvegarde import archive, ecriture, lecture
from socle.stockage import disque_plein
from tests.fabriques.comptes import UtilisateurFactory
from tests.fabriques.socle import CONTENU, DocumentFactory
from tests.matrice_acces import MATRICE
from tests.monde import construire_monde
from tests.test_acces import Partage, Releve, attendu_chez_l_autre, attendu_chez_nous

IDENTITE = pyrage.x25519.Identity.generate()
CLE = str(IDENTITE.to_public())


@pytest.fixture
def identite(tmp_path) -> Path:
    fichier = tmp_path / "cle.txt"
    fichier.write_text(f"# créée pour l'essai\n{IDENTITE}\n")
    return fichier


@pytest.fixture
def ailleurs(django_db_setup, django_db_blocker, tmp_path) -> Iterator[Callable[[], None]]:
    """Mène la connexion dans une base neuve et vide, du même moteur ; l'essai fini, elle revient."""
    ici = connection.settings_dict["NAME"]
    neuve = str(tmp_path / "neuve.sqlite3") if connection.vendor == "sqlite" else f"{ici}_neuve"

    def partir() -> None:
        connection.close()
        if connection.vendor == "postgresql":
            _sur_le_serveur(f'CREATE DATABASE "{neuve}"')
        connection.settings_dict["NAME"] = neuve

    yield partir
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = ici
        if connection.vendor == "postgresql":
            _sur_le_serveur(f'DROP DATABASE IF EXISTS "{neuve}" WITH (FORCE)')


def _sur_le_serveur(ordre: str) -> None:
    with connection._nodb_cursor() as curseur:
        curseur.execute(ordre)


@pytest.mark.django_db(transaction=True)
def test_sauvegarder_detruire_restaurer_verifier(
    ailleurs, tmp_path, identite, capsys, pdf_sans_mise_en_page, refus_rendus_une_fois
):
    durees = {}

    def mesurer(nom: str, *commande) -> str:
        debut = time.monotonic()
        call_command(*commande)
        durees[nom] = time.monotonic() - debut
        return capsys.readouterr().out

    shutil.rmtree(default_storage.location, ignore_errors=True)
    monde = construire_monde()
    _des_lignes_qui_redonnent_les_chiffres()
    courriel = Courriel.objects.get(pk=monde.courriel.pk)
    document = DocumentFactory(pret=True, organisation=monde.structure)
    dossier = tmp_path / "sauvegardes"
    assert "chiffrée, relue" in mesurer("sauvegarder", "sauvegarder", str(dossier), "--cle", CLE)

    ailleurs()
    shutil.rmtree(default_storage.location)
    mesurer("restaurer", "restaurer", str(dossier), "--identite", str(identite))
    assert "Rien à redire" in mesurer("verifier", "verifier")
    assert Courriel.objects.get(pk=courriel.pk).cree_le == courriel.cree_le  # à la microseconde
    with document.fichier.storage.open(document.fichier.name, "rb") as fichier:
        assert fichier.read() == CONTENU
    debut = time.monotonic()
    _la_matrice_passe(Partage(monde))
    durees["matrice d'accès"] = time.monotonic() - debut
    assert UtilisateurFactory().pk > monde.administrateur.pk  # les numéros reprennent après les derniers
    with capsys.disabled():
        print(f"\n  exercice sur {connection.vendor} : " + ", ".join(f"{n} {d:.1f} s" for n, d in durees.items()))


def _des_lignes_qui_redonnent_les_chiffres() -> None:
    """Celles du petit monde ne sont là que pour se comparer."""
    for gardees in LignesBilan.objects.select_related("bilan"):
        chiffre = gardees.bilan.donnees.get("chiffres", {}).get("heures_realisees")
        if chiffre:
            lignes = {"genre": "heures", "diviseur": None, "lignes": [[1, chiffre["valeur"], ""]]}
            gardees.lignes = {"heures_realisees": {"maintenant": lignes}}
            gardees.save()


def _la_matrice_passe(partage: Partage) -> None:
    """Chaque page : pour un rôle qui l'ouvre, un qui ne l'ouvre pas, et l'objet de l'autre structure."""
    for ligne in (ligne for ligne in MATRICE if ligne.get == 200 and not ligne.externe):
        releve, entrants = Releve(ligne, partage), sorted(ligne.acces)
        dehors = sorted(set(partage.monde.nous.personnes) - ligne.entrent)
        for role in [*entrants[:1], *dehors[:1]]:
            attendu = attendu_chez_nous(ligne, role, 200)
            releve.comparer(role, partage.monde.nous, "get", attendu, sans_canari=role != Role.ADMINISTRATEUR)
        if ligne.objet and entrants and len(dehors) > 0:
            attendu = attendu_chez_l_autre(ligne, entrants[0], 200)
            cache = entrants[0] != Role.ADMINISTRATEUR  # lui seul peut lire les marques de l'autre
            releve.comparer(entrants[0], partage.monde.autre, "get", attendu, sans_canari=cache)
        releve.conclure()


# --- Ce qu'elle refuse ---------------------------------------------------------------------------------------------------
@pytest.fixture
def sauvegarde(tmp_path, monkeypatch) -> Path:
    """Une petite archive, sans instantané : l'essai est déjà dans une transaction."""
    monkeypatch.setattr(ecriture, "_instantane", _sans_instantane)
    DocumentFactory(pret=True)
    return ecriture.sauvegarder(tmp_path / "s", cle_publique=CLE).chemin


@archive.contextmanager
def _sans_instantane() -> Iterator[None]:
    yield


@pytest.mark.django_db
def test_elle_est_a_son_seul_proprietaire_et_illisible_sans_la_cle(sauvegarde):
    assert os.stat(sauvegarde).st_mode & 0o077 == 0
    assert CONTENU not in sauvegarde.read_bytes() and archive.est_chiffree(sauvegarde)
    with pytest.raises(archive.ArchiveRefusee, match="chiffrée"):
        lecture.manifeste_de(sauvegarde, [])
    with pytest.raises(archive.ArchiveRefusee, match="n'est pas la sienne"):
        lecture.manifeste_de(sauvegarde, [pyrage.x25519.Identity.generate()])


@pytest.mark.django_db
@pytest.mark.parametrize("abimer", [lambda octets: octets[:-200], lambda octets: octets[:-200] + bytes(200)])
def test_coupee_ou_abimee_elle_se_refuse(sauvegarde, abimer):
    sauvegarde.write_bytes(abimer(sauvegarde.read_bytes()))
    with pytest.raises(archive.ArchiveRefusee):
        lecture.manifeste_de(sauvegarde, [IDENTITE])


@pytest.mark.django_db
def test_en_clair_elle_ne_garde_pas_la_cle_secrete(tmp_path, monkeypatch, sauvegarde):
    claire = ecriture.sauvegarder(tmp_path / "claire").chemin
    assert lecture.manifeste_de(claire, [])["reglages"]["SECRET_KEY"] is None
    assert lecture.manifeste_de(sauvegarde, [IDENTITE])["reglages"]["SECRET_KEY"] == settings.SECRET_KEY


@pytest.mark.django_db
def test_les_reglages_se_relisent_dans_un_fichier_prive(sauvegarde, identite, tmp_path):
    env = tmp_path / "env"
    call_command("restaurer", str(sauvegarde), "--identite", str(identite), "--reglages", str(env))
    assert f"SECRET_KEY='{settings.SECRET_KEY}'" in env.read_text()
    assert env.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_la_cle_privee_passe_par_l_entree(sauvegarde, identite, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(identite.read_text()))
    call_command("restaurer", str(sauvegarde), "--identite", "-", "--reglages", str(tmp_path / "env"))
    assert "SECRET_KEY" in (tmp_path / "env").read_text()


@pytest.mark.django_db
def test_une_instance_qui_sert_ne_se_remplace_pas(sauvegarde, identite):
    UtilisateurFactory()
    with pytest.raises(CommandError, match="instance vide"):
        call_command("restaurer", str(sauvegarde), "--identite", str(identite))
    assert Utilisateur.objects.exists()


@pytest.mark.django_db
def test_une_sauvegarde_d_une_version_plus_neuve_se_refuse(sauvegarde):
    manifeste = lecture.manifeste_de(sauvegarde, [IDENTITE])
    manifeste["migrations"].append(["socle", "9999_de_demain"])
    with pytest.raises(archive.ArchiveRefusee, match="plus neuve"):
        lecture.restaurer(sauvegarde, manifeste, [IDENTITE])


@pytest.mark.django_db
def test_un_fichier_deja_perdu_se_dit_et_n_arrete_rien(tmp_path, monkeypatch):
    monkeypatch.setattr(ecriture, "_instantane", _sans_instantane)
    perdu = DocumentFactory(pret=True)
    perdu.fichier.storage.delete(perdu.fichier.name)
    assert ecriture.sauvegarder(tmp_path).absents == [perdu.fichier.name]


@pytest.mark.django_db
def test_une_ecriture_interrompue_ne_laisse_rien(tmp_path, monkeypatch):
    def interrompre(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ecriture, "_instantane", _sans_instantane)
    monkeypatch.setattr(archive.Redaction, "conclure", interrompre)
    with pytest.raises(CommandError, match="disque est plein"):
        call_command("sauvegarder", str(tmp_path), "--cle", CLE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("destinataires", [[], [IDENTITE.to_public()]], ids=["en clair", "chiffrée"])
def test_un_disque_plein_en_route_reste_un_disque_plein(monkeypatch, tmp_path, destinataires):
    """Un vrai disque plein : `/dev/full` refuse tout ce qu'on lui écrit, et le chiffrement n'en fait pas une autre erreur."""
    ouvrir = os.open
    monkeypatch.setattr(os, "open", lambda chemin, *options: ouvrir("/dev/full", os.O_WRONLY))
    with pytest.raises(OSError) as panne, archive.ecrire(tmp_path / "plein", destinataires) as redaction:
        for rang in range(200):
            redaction.ajouter(f"{rang}", os.urandom(100_000))
    assert disque_plein(panne.value)


def test_seules_les_plus_recentes_restent(tmp_path):
    for jour in range(1, 6):
        (tmp_path / f"clauses-2026120{jour}-030000.sauvegarde").touch()
    (tmp_path / "autre.txt").touch()
    assert ecriture.oublier_les_anciennes(tmp_path, 2) == 3
    assert sorted(p.name[:16] for p in tmp_path.iterdir()) == ["autre.txt", "clauses-20261204", "clauses-20261205"]


@pytest.mark.django_db
def test_une_cle_qui_n_en_est_pas_une(tmp_path):
    with pytest.raises(CommandError, match="clé publique"):
        call_command("sauvegarder", str(tmp_path), "--cle", "motdepasse")

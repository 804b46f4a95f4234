"""Ce que l'intégration choisit pour PostgreSQL : aucune forme de requête n'y manque, et rien de ce qui en dépend vraiment."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.sql.compiler import SQLCompiler

from comptes.models import Organisation
from tests.moteurs import Choix, Demande, Releve, _forme, choisir


def test_chaque_forme_passe_au_moindre_nombre_de_requetes():
    demandes = {
        "tout": Demande({"a", "b", "c"}, 90),
        "a": Demande({"a"}, 1),
        "ab": Demande({"a", "b"}, 5),
        "c": Demande({"c"}, 2),
        "rien de neuf": Demande({"c", "a"}, 7),
    }
    assert choisir(demandes, set()) == {"ab", "c"}
    assert choisir(demandes, {"tout"}) == {"tout"}


def test_deux_requetes_qui_ne_different_que_par_leurs_valeurs_ont_la_meme_forme():
    assert _forme("SELECT x FROM t WHERE id IN (%s, %s, %s) LIMIT 21") == _forme(
        "SELECT x FROM t WHERE id IN (%s) LIMIT 5"
    )
    assert _forme("INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s)") == _forme("INSERT INTO t (a, b) VALUES (%s, %s)")
    assert _forme("SELECT x FROM t ORDER BY x") != _forme("SELECT x FROM t ORDER BY x DESC")


@pytest.mark.django_db
def test_le_releve_entend_une_requete_un_verrou_et_un_refus(tmp_path, monkeypatch):
    releve = Releve(tmp_path)
    monkeypatch.setattr(SQLCompiler, "as_sql", releve.noter_les_verrous(SQLCompiler.as_sql))
    with connection.execute_wrapper(releve.noter), transaction.atomic():
        list(Organisation.objects.all())
        lue = replace(releve.entendu, formes={*releve.entendu.formes})
        list(Organisation.objects.select_for_update())
        verrouillee = releve.entendu
        assert len(verrouillee.formes - lue.formes) > 0 and not verrouillee.refusee
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("SELECT * FROM absente")
    assert releve.entendu.refusee


def test_ce_que_le_releve_ne_connait_pas_passe(tmp_path, request):
    """Sans relevé, tout passe ; un essai neuf aussi."""
    items = [request.node]
    Choix(tmp_path).pytest_collection_modifyitems(request.config, items)
    assert items == [request.node]

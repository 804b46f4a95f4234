"""Ce que `make demo` transmet aux programmes qu'il lance."""

import os
from pathlib import Path

import pytest

from scripts import demo


@pytest.fixture(autouse=True)
def _environnement_rendu(monkeypatch):
    monkeypatch.setattr(demo, "ENVIRONNEMENT", {})
    monkeypatch.setenv("SITE_URL", "")  # pytest le rend à la fin
    monkeypatch.delenv("SITE_URL")


def test_l_adresse_du_port_choisi_va_a_la_file_qui_fait_les_pdf(monkeypatch):
    lances = []
    monkeypatch.setattr(demo.subprocess, "Popen", lambda commande, **options: lances.append(options["env"]))
    demo.dire_l_adresse("http://127.0.0.1:8010")
    demo.file_de_travaux()
    assert [env["SITE_URL"] for env in lances] == ["http://127.0.0.1:8010"] == [os.environ["SITE_URL"]]


def test_une_adresse_donnee_est_gardee(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://essai.example")
    demo.dire_l_adresse("http://127.0.0.1:8010")
    assert demo.ENVIRONNEMENT["SITE_URL"] == "https://essai.example"


def test_le_programme_la_dit_avant_de_lancer_quoi_que_ce_soit():
    principal = Path(demo.__file__).read_text().partition("def main()")[2]
    assert 0 < principal.index("dire_l_adresse(url)") < principal.index("preparer()")

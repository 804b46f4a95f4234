"""Les avis de non-remise qu'un serveur de courrier dépose : lus par un passage, effacés, et l'un d'eux n'arrête pas les autres."""

from pathlib import Path

import pytest

from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.regles import RegleViolee
from socle.services import rebonds
from socle.tasks import lire_les_rebonds
from tests.fabriques.socle import CourrielFactory
from tests.socle.test_courriels import AVIS

pytestmark = pytest.mark.django_db


@pytest.fixture
def depot(tmp_path, settings) -> Path:
    settings.REBONDS_DOSSIER = tmp_path
    return tmp_path


def deposer(chemin: Path) -> Courriel:
    """Un courriel parti, et l'avis qui dit qu'il est revenu."""
    courriel = CourrielFactory(envoye=True, destinataire="paie@chantier.fr")
    chemin.parent.mkdir(exist_ok=True)
    chemin.write_text(AVIS.format(action="failed", statut="5.1.1", uuid=courriel.uuid))
    return courriel


def test_a_plat_ou_en_maildir_un_avis_se_lit_et_s_efface(depot):
    a_plat, neuf = deposer(depot / "1.eml"), deposer(depot / "new" / "2")
    deposer(depot / "tmp" / "3")  # s'écrit encore
    assert lire_les_rebonds() == 2
    etats = Courriel.objects.filter(pk__in=[a_plat.pk, neuf.pk]).values_list("etat", flat=True)
    assert set(etats) == {EtatCourriel.REFUSE}
    assert [fichier.name for fichier in depot.rglob("*") if fichier.is_file()] == ["3"]
    assert lire_les_rebonds() == 0


def test_un_avis_empoisonne_se_range_a_part(depot, monkeypatch, caplog):
    deposer(depot / "1.eml"), deposer(depot / "2.eml")
    consigner = rebonds.consigner_avis

    def empoisonne(octets):
        if not (depot / "vu").exists():
            (depot / "vu").mkdir()
            raise RegleViolee("paie@chantier.fr ne se consigne pas")
        return consigner(octets)

    monkeypatch.setattr(rebonds, "consigner_avis", empoisonne)
    assert lire_les_rebonds() == 1
    assert [fichier.name for fichier in depot.iterdir() if fichier.is_file()] == [".1.eml.illisible"]
    assert lire_les_rebonds() == 0
    assert "ne se consigne pas : RegleViolee" in caplog.text and "paie@" not in caplog.text


def test_sans_dossier_le_passage_ne_fait_rien(settings, tmp_path):
    settings.REBONDS_DOSSIER = tmp_path / "absent"
    assert lire_les_rebonds() == 0

"""Le total que la page calcule pendant la frappe lit les heures comme l'enregistrement les lira."""

from decimal import Decimal
from pathlib import Path

from tests.socle.test_lecture import HEURES

TOTAL_JS = Path(__file__).resolve().parents[2] / "static" / "js" / "total.js"
PAGE = '<form data-total><input name="heures_1" aria-label="Heures"><output></output></form>'


def test_le_total_lit_les_heures_comme_l_enregistrement(navigateur):
    page = navigateur.new_page()
    page.set_content(PAGE)
    page.add_script_tag(content=TOTAL_JS.read_text(), type="module")
    lus = {}
    for texte in HEURES:
        page.get_by_label("Heures").fill(texte)
        ecrit = page.locator("output").inner_text().removesuffix("\u00a0h")
        lus[texte] = Decimal(ecrit.replace("\u202f", "").replace(",", "."))
    page.close()
    assert lus == {texte: Decimal(attendu or 0) for texte, attendu in HEURES.items()}

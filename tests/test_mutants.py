"""Les fautes que `scripts/mutations` pose dans les règles, et celles qu'on admet parce qu'elles ne changent rien."""

import ast
from pathlib import Path

import pytest

from scripts.mutations.mutants import admis, arbre_mute, mutants

RACINE = Path(__file__).resolve().parent.parent


def fautes(source: str) -> list[str]:
    return [f"{mutant.avant} → {mutant.apres}" for mutant in mutants("m.py", source)]


@pytest.mark.parametrize(
    ("corps", "attendues"),
    [
        ("return a <= b", ["a <= b → a < b", "a <= b → a > b"]),
        ("return peut and sien", ["peut and sien → peut or sien", "peut and sien → sien", "peut and sien → peut"]),
        ("return OUI", ["return OUI → return non('')"]),
        ("return non('Trop tard.')", ["return non('Trop tard.') → return OUI"]),
        ("raise RegleViolee('Trop tard.')", ["raise RegleViolee('Trop tard.') → pass"]),
        (
            "return lignes.filter(mois__lte=jour)",
            ["lignes.filter(mois__lte=jour) → lignes", "mois__lte=jour", "mois__lt=jour"],
        ),
        ("return Lot.objects.visibles_par(acteur)", ["Lot.objects.visibles_par(acteur) → Lot.objects"]),
        ("return Lot.objects.ouverts().first()", ["Lot.objects.ouverts() → Lot.objects", ".last()"]),
        ("return jour + timedelta(days=15)", ["jour - timedelta(days=15)", "15 → 16", "15 → 14"]),
        ("return statut in (A, B)", ["statut in (B,)", "statut in (A,)", "statut not in (A, B)"]),
        ("total.quantize(Decimal('0.01'))", ["total.quantize(Decimal('0.01')) → pass"]),
    ],
)
def test_une_faute_est_celle_qu_une_main_ferait(corps, attendues):
    trouvees = fautes(f"def f(a, b):\n    {corps}\n")
    assert all(any(attendue in trouvee for trouvee in trouvees) for attendue in attendues), trouvees


@pytest.mark.parametrize("corps", ['"""Un texte : 3."""', "motif = f'{n + 1} mois'", "x: int = y", "return 'trois'"])
def test_ni_textes_ni_annotations_ne_se_mutent(corps):
    assert fautes(f"@decorateur(3)\ndef f(n, x=2):\n    {corps}\n") == []


def test_un_mutant_ne_differe_qu_en_un_endroit():
    source = "LIMITE = 5\n\ndef f(n):\n    if n > LIMITE:\n        raise ValueError\n    return n + 1\n"
    for mutant in mutants("m.py", source):
        mute = ast.unparse(arbre_mute(source, mutant))
        assert mute != ast.unparse(ast.parse(source))
        compile(mute, "m.py", "exec")
    assert {mutant.unite for mutant in mutants("m.py", source)} == {"LIMITE", "f"}


def test_les_mutants_admis_existent_et_disent_pourquoi():
    existent = {m.cle for nom in {cle[0] for cle in admis()} for m in mutants(nom, (RACINE / nom).read_text())}
    assert sorted(set(admis()) - existent) == []
    assert all(raison.endswith(".") for raison in admis().values())

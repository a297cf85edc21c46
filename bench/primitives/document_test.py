"""docs/primitives.md shows what the kept result says."""
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/primitives.md"


def shown(text, kind):
    return text.split(f"<!-- {kind}: bench/primitives.py --table -->\n", 1)[1].split(f"<!-- end of {kind} -->", 1)[0].strip()


@pytest.mark.parametrize("kind, result", [("primitives", "primitives-2026-11-27.json"), ("servers", "primitives-servers-2026-11-29.json"), ("instructions", "instructions-2026-11-28.json")])
def test_the_tables_are_those_of_the_kept_result(kind, result):
    made = subprocess.run([ROOT / "bench/primitives.py", "--table", ROOT / "results" / result], check=True,
                          capture_output=True, text=True).stdout.strip()
    assert "two_cache" in made
    assert shown(DOCUMENT.read_text(), kind) == made
    assert shown(DOCUMENT.read_text().replace("two_cache", "three_cache"), kind) != made

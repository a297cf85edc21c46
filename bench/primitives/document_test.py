"""docs/primitives.md shows what the kept result says."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/primitives.md"


def shown(text):
    return text.split("<!-- primitives: bench/primitives.py --table -->\n", 1)[1].split("<!-- end of primitives -->", 1)[0].strip()


def test_the_tables_are_those_of_the_kept_result():
    made = subprocess.run([ROOT / "bench/primitives.py", "--table", ROOT / "results/primitives-2026-11-27.json"], check=True,
                          capture_output=True, text=True).stdout.strip()
    assert "two_cache" in made
    assert shown(DOCUMENT.read_text()) == made
    assert shown(DOCUMENT.read_text().replace("PASS", "MISS", 1)) != made

"""What the tests of schema and figures share."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "plots"))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def schema():
    return json.loads((ROOT / "results" / "schema.json").read_text(encoding="utf-8"))

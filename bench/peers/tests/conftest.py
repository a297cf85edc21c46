"""The programs under test lie one folder up; the stand-in for `baton` beside this file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PEERS = Path(__file__).resolve().parents[1]
FAKE_BATON = PEERS / "tests" / "fake_baton.py"
sys.path.insert(0, str(PEERS))


@pytest.fixture
def run():
    """Runs one of the three programs with the stand-in as `baton` and the named fault planted in it."""

    def call(program: str, *arguments: str, fault: str = "", path: str | None = None):
        environment = {**os.environ, "FAKE_BATON_FAULT": fault}
        if path is not None:
            environment["PATH"] = path
        return subprocess.run(
            [sys.executable, str(PEERS / program), "--baton", str(FAKE_BATON), *arguments],
            capture_output=True, text=True, env=environment, timeout=110,
        )  # fmt: skip

    return call


@pytest.fixture
def needs():
    """Skips a test whose programs are not installed, and says which."""

    def check(*programs: str) -> None:
        import tools

        try:
            tools.require(*programs)
        except tools.MissingTool as missing:
            pytest.skip(str(missing))

    return check

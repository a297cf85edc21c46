"""A run that counts: counts.json, what the summary makes of it, and what happens without valgrind."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from program import PROGRAM

SANITIZER = os.environ.get("BATON_SANITIZER")
needs_valgrind = pytest.mark.skipif(not shutil.which("valgrind") or bool(SANITIZER), reason="no valgrind, or a sanitizer, with which nothing is counted")
SMALL = ("--strategy", "heap,two_cache", "--workload", "handoff_ratio", "--handoff", "0.5", "--waiting", "block", "--trials", "2", "--duration", "0.05", "--ramp", "0", "--client-workers", "1",
         "--fetch-workers", "1", "--quarantine", "off")


def run(*options, **environment):
    return subprocess.run([PROGRAM, "run", *options], capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **environment})


@needs_valgrind
def test_counts_are_kept_and_stand_beside_the_measured_ratio(tmp_path):
    out = tmp_path / "run"
    done = run(*SMALL, "--counts", "--out", str(out))
    assert done.returncode == 0, done.stderr
    counts = json.loads((out / "counts.json").read_text())
    assert set(counts["cells"]) == {"heap/handoff_ratio", "two_cache/handoff_ratio"} and counts["not_counted"] == {}
    summary = json.loads((out / "summary.json").read_text())
    throughput = [one for one in summary["comparisons"] if one["metric"] == "throughput"]
    assert throughput and all(one["counted"]["lock"] == 1 for one in throughput)
    assert all("counted" not in one for one in summary["comparisons"] if one["metric"] != "throughput")
    jsonschema = pytest.importorskip("jsonschema")
    results = pathlib.Path(__file__).parents[2] / "results"
    jsonschema.validate(summary, json.loads((results / "summary-schema.json").read_text()))
    member = json.loads((results / "counts-schema.json").read_text())
    for one in counts["cells"].values():
        jsonschema.validate(one, {**member["properties"]["strategies"]["items"], "$defs": member["$defs"]})


@needs_valgrind
def test_a_run_that_goes_on_does_not_count_again(tmp_path):
    out = tmp_path / "run"
    assert run(*SMALL, "--counts", "--out", str(out)).returncode == 0
    (out / "counts.json").write_text(json.dumps({"cells": {}, "not_counted": {}}))
    assert run("--resume", str(out)).returncode == 0
    assert json.loads((out / "counts.json").read_text())["cells"] == {}


@pytest.mark.skipif(bool(SANITIZER), reason="a build with a sanitizer does not look for valgrind")
def test_without_valgrind_everything_else_goes_on(tmp_path):
    out = tmp_path / "run"
    done = run(*SMALL, "--counts", "--out", str(out), PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "apt-get install valgrind" in done.stdout + done.stderr
    assert not (out / "counts.json").exists() and (out / "summary.json").exists()

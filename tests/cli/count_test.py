"""baton count: the same to the last digit every time, and what is refused."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from program import PROGRAM, refused

SANITIZER = os.environ.get("BATON_SANITIZER")
needs_valgrind = pytest.mark.skipif(not shutil.which("valgrind") or bool(SANITIZER), reason="no valgrind, or a sanitizer, with which nothing is counted")


def counts(tmp_path, name, *options, **environment):
    out = tmp_path / name
    answer = subprocess.run([PROGRAM, "count", "--workload", "handoff_ratio", *(() if "--handoff" in options else ("--handoff", "0.5")), "--requests", "40", "--warm-up", "20",
                             "--out", out, *options],
                            capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **environment})
    assert answer.returncode == 0, answer.stderr
    return json.loads(out.read_text()), answer.stdout


@needs_valgrind
def test_two_counts_are_equal_to_the_last_digit(tmp_path):
    strategies = ("--strategy", "heap,two_cache")
    one, text = counts(tmp_path, "one.json", *strategies)
    other, _ = counts(tmp_path, "other.json", *strategies, HOME="/" + "x" * 500, SOMETHING="else")
    assert one == other
    assert [line.split()[0] for line in text.splitlines()[2:4]] == ["two_cache", "heap"]  # the fewest first
    by_name = {entry["strategy"]: entry for entry in one["strategies"]}
    assert by_name["two_cache"]["ledger"]["locks"]["total"] == 1  # one a handoff and end
    assert by_name["heap"]["ledger"]["allocations"]["total"] == 2
    assert by_name["heap"]["freed_elsewhere"] == 0.5
    assert by_name["two_cache"]["lines"]["list lock"] == 1
    assert sum(by_name["heap"]["instructions_of"].values()) == pytest.approx(by_name["heap"]["instructions"]["total"])
    assert by_name["heap"]["instructions_of"]["other"] > by_name["heap"]["instructions_of"]["strategy"] > 0  # malloc's
    assert by_name["two_cache"]["instructions_of"]["mutexes"] > 0
    for entry in by_name.values():
        assert entry["handed_off"] == 0.5
        assert entry["calls"]["acquire"] == 2 and entry["instructions"]["acquire"] > 2
        parts = sum(entry["instructions"][call] for call in ("acquire", "give", "take", "release", "idle", "housekeep"))
        assert entry["instructions"]["total"] == pytest.approx(parts)


@needs_valgrind
def test_the_counts_follow_their_schema(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((pathlib.Path(__file__).parents[2] / "results/counts-schema.json").read_text())
    told, _ = counts(tmp_path, "counts.json", "--strategy", "workspace_copy", "--handoff", "1")
    jsonschema.validate(told, schema)
    assert told["strategies"][0]["ledger"]["bytes_copied"]["total"] > 1000


@needs_valgrind
def test_the_processor_counts_the_same_or_it_is_said_why_it_does_not(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    told, text = counts(tmp_path, "counts.json", "--strategy", "heap,two_cache", "--check")
    jsonschema.validate(told, json.loads((pathlib.Path(__file__).parents[2] / "results/counts-schema.json").read_text()))
    if "unavailable" in told["strategies"][0]["processor"]:
        assert f"not checked: the processor has no instruction counter for us here ({told['strategies'][0]['processor']['unavailable']})" in text
    else:
        assert text.count("agrees") == 2


@pytest.mark.skipif(not SANITIZER, reason="a build without sanitizer")
def test_a_build_with_a_sanitizer_is_refused():
    assert f"built with the {SANITIZER} sanitizer" in refused("count", "--workload", "handoff_ratio", "--handoff", "0.5", "--strategy", "heap")


@pytest.mark.skipif(bool(SANITIZER), reason="a build with a sanitizer is refused before")
def test_without_valgrind_the_package_is_named(tmp_path):
    answer = subprocess.run([PROGRAM, "count", "--workload", "handoff_ratio", "--handoff", "0.5", "--strategy", "heap"], capture_output=True, text=True,
                            timeout=60, check=False, env={"PATH": str(tmp_path)})
    assert answer.returncode == 2
    assert "apt-get install valgrind" in answer.stderr


@pytest.mark.parametrize("options, said", [
    ((), "--workload"),
    (("--workload", "handoff_ratoi"), "handoff_ratio"),
    (("--workload", "handoff_ratio", "--handoff", "0.5", "--strategy", "two_cahce"), "two_cache"),
    (("--workload", "handoff_ratio", "--handoff", "0.5", "--transport", "tcp"), "memory"),
    (("--workload", "handoff_ratio", "--handoff", "0.5", "--requests", "0"), "1 to 1000000"),
])
def test_bad_input_is_refused_with_what_is_valid(options, said):
    assert said in refused("count", *options)


def test_a_result_is_not_overwritten(tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text("mine")
    assert "not overwritten" in refused("count", "--workload", "handoff_ratio", "--handoff", "0.5", "--out", str(kept))
    assert kept.read_text() == "mine"

"""Allocators as users meet them: what is listed, what a trial's process got, and what is refused before anything runs."""

import json

import pytest
from program import baton, records, refused

KNOWN = ["glibc", "jemalloc", "mimalloc", "tcmalloc", "tbbmalloc"]
VERSION = json.loads(baton("list", "allocators", "--json").out)["allocators"]
INSTALLED = [one["name"] for one in VERSION if one["installed"]]
SANITIZED = any(word in baton("--version").out for word in ("sanitizer address", "sanitizer thread"))
CELL = ["run", "--strategy", "heap", "--workload", "handoff_ratio", "--handoff", "1", "--waiting", "block", "--slice-ms", "0", "--pinning", "none", "--trials", "1", "--ramp", "0.01", "--duration", "0.05"]


def run(directory, allocators: str) -> tuple[int, list[dict]]:
    answer = baton(*CELL, "--allocator", allocators, "--out", str(directory), "--quiet")
    return answer.code, records(directory)


def test_the_known_ones_are_listed_with_their_path_or_the_command_that_installs_them():
    assert [one["name"] for one in VERSION] == KNOWN
    for one in VERSION[1:]:
        if one["installed"]:
            assert one["path"].startswith("/") and one["install"] is None
        else:
            assert one["install"] == f"apt-get install {one['package']}"
    shown = baton("list", "allocators").out
    assert all(one["name"] in shown for one in VERSION)


@pytest.mark.skipif(SANITIZED, reason="a sanitizer brings its own malloc")
def test_each_installed_one_serves_malloc_in_the_trials_that_ask_for_it(tmp_path):
    code, records = run(tmp_path / "run", ",".join(INSTALLED))
    assert code == 0, [record["verdict"] for record in records]
    assert {record["allocator"]["name"] for record in records if record["role"] == "trial"} == set(INSTALLED)
    for record in records:
        allocator = record["allocator"]
        assert allocator["proved"] and allocator["name"] == allocator["planned"] == record["configuration"]["allocator"]
        assert allocator["version"] not in ("", "unavailable")
        assert f"allocator={allocator['name']}" in record["cell_id"]


@pytest.mark.skipif(SANITIZED or "jemalloc" not in INSTALLED, reason="needs libjemalloc2 and no sanitizer")
def test_options_are_a_factor_and_the_process_says_which_are_in_force(tmp_path):
    code, records = run(tmp_path / "run", "jemalloc,jemalloc:dirty_decay_ms=0+narenas=3")
    assert code == 0
    effective = {record["allocator"]["planned"]: record["allocator"]["options"]["effective"] for record in records}
    assert effective["jemalloc"]["dirty_decay_ms"] != "0"
    tuned = effective["jemalloc:dirty_decay_ms=0+narenas=3"]
    assert (tuned["dirty_decay_ms"], tuned["narenas"]) == ("0", "3")
    assert len({record["cell_id"].removesuffix("/again") for record in records}) == 2


@pytest.mark.skipif(SANITIZED or "jemalloc" not in INSTALLED, reason="needs libjemalloc2 and no sanitizer")
def test_a_trial_that_got_another_allocator_than_planned_is_not_valid(tmp_path, monkeypatch):
    path = next(one["path"] for one in VERSION if one["name"] == "jemalloc")
    monkeypatch.setenv("LD_PRELOAD", path)
    code, records = run(tmp_path / "run", "glibc")
    assert code == 1
    assert not records[0]["verdict"]["valid"] and not records[0]["allocator"]["proved"]
    assert "the plan says allocator glibc, but malloc is served by jemalloc" in records[0]["verdict"]["reasons"][0]


@pytest.mark.skipif(SANITIZED or "jemalloc" not in INSTALLED, reason="needs libjemalloc2 and no sanitizer")
def test_an_option_that_did_not_take_makes_the_trial_not_valid(tmp_path):
    code, records = run(tmp_path / "run", "jemalloc:dirty_decay_ms=soon")
    assert code == 1
    assert any("dirty_decay_ms=soon, but jemalloc runs with dirty_decay_ms=" in reason for reason in records[0]["verdict"]["reasons"])


@pytest.mark.skipif(SANITIZED, reason="a sanitizer brings its own malloc")
@pytest.mark.parametrize(
    ("allocator", "message"),
    [
        ("jemaloc", "--allocator is 'jemaloc': unknown allocator 'jemaloc'; did you mean 'jemalloc'?"),
        ("mine=/nonexistent/libmine.so", "/nonexistent/libmine.so is not there"),
        ("mine=/etc/passwd", "/etc/passwd is not a shared library"),
        ("mine=relative.so", "full path"),
        ("jemalloc:decay=0", "unknown option of jemalloc 'decay'"),
    ],
)
def test_what_cannot_be_preloaded_is_refused_before_anything_runs(tmp_path, allocator, message):
    assert message in refused(*CELL, "--allocator", allocator, "--out", str(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(SANITIZED, reason="a sanitizer brings its own malloc")
def test_a_library_of_another_architecture_is_refused(tmp_path):
    header = bytearray(open("/proc/self/exe", "rb").read(64))
    header[18:20] = (243).to_bytes(2, "little")  # e_machine: RISC-V
    (tmp_path / "libother.so").write_bytes(header)
    message = refused(*CELL, "--allocator", f"mine={tmp_path}/libother.so", "--out", str(tmp_path / "run"))
    assert "is built for RISC-V, this program for " in message


@pytest.mark.skipif(not SANITIZED, reason="only where a sanitizer brings its own malloc")
def test_a_build_with_its_own_malloc_takes_no_other():
    assert "brings an allocator of its own" in refused(*CELL, "--allocator", "jemalloc", "--out", "/nonexistent/run")


@pytest.mark.skipif(SANITIZED, reason="a sanitizer brings its own malloc")
def test_a_suite_names_allocators(tmp_path):
    suite = tmp_path / "mine.toml"
    suite.write_text('name = "mine"\ntitle = "t"\ntrials = 1\n[[cells]]\nstrategies = ["heap"]\nworkloads = ["web_mix"]\n'
                     'allocators = ["glibc", "glibc:arena_max=1"]\n[cells.set]\n"trial.measure_s" = 0.05\n"trial.ramp_s" = 0.01\n"trial.slice_ms" = 0\n')
    assert baton("run", "--suite", str(suite), "--out", str(tmp_path / "run"), "--quiet").code == 0
    assert {record["allocator"]["planned"] for record in records(tmp_path / "run")} == {"glibc", "glibc:arena_max=1"}
    suite.write_text(suite.read_text().replace("glibc:arena_max=1", "jemaloc"))
    assert f"{suite}:7: process.allocator is 'jemaloc'" in refused("run", "--suite", str(suite), "--out", str(tmp_path / "other"))

"""baton simulate: what comes out, that it repeats, and what it says to bad input."""
import json
import os
import pathlib
import re
import subprocess

import pytest
from program import PROGRAM, refused

pytestmark = pytest.mark.skipif(bool(os.environ.get("BATON_SANITIZER")), reason="a build with a sanitizer has no simulation")

FEW = ("--cores", "1,2,16", "--settings", "3", "--work-us", "2", "--ms", "0.2", "--strategy", "two_cache,locked_pool")
MACHINE = """sockets = 2
clusters = 2
cores = 4
threads = 1
line_sibling = 8
line_cluster = 25
line_socket = 132
line_other_socket = 267
hit = 1
exchange = 5
memory = 90
pause = 10
sleep = 400
wake = 700
wake_up = 2500
allocate = 40
"""


def simulated(*arguments):
    done = subprocess.run([PROGRAM, "simulate", *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_record_is_marked_and_has_everything_by_cores(tmp_path):
    out = tmp_path / "simulated.json"
    text = simulated(*FEW, "--set", "handoff.ratio=0,1", "--out", out)
    assert text.startswith("SIMULATED on epyc_7742")
    told = json.loads(out.read_text())
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((pathlib.Path(__file__).resolve().parents[2] / "simulate/schema.json").read_text())
    jsonschema.validate(told, schema)
    assert told["simulated"] is True and told["schema"] == "baton-simulated-1"
    assert told["cores"] == [1, 2, 16] and len(told["settings"]) == 3
    assert [cell["label"] for cell in told["cells"]] == ["handoff_ratio ratio=0", "handoff_ratio ratio=1"]
    for cell in told["cells"]:
        assert {row["strategy"] for row in cell["rows"]} == {"two_cache", "locked_pool"}
        for row in cell["rows"]:
            assert [point["cores"] for point in row["points"]] == [1, 2, 16]
            for point in row["points"]:
                band = point["requests_per_s"]
                assert 0 < band["low"] <= band["median"] <= band["high"]
                assert len(point["requests_per_s_by_setting"]) == 3
                assert sum(line["share_of_stalls"] for line in point["lines"]) == pytest.approx(1, abs=1e-6) or not point["lines"]
    alone = told["cells"][1]["rows"][0]["points"]
    assert alone[0]["handed_off"] == 0, "one core has nobody to hand anything to"
    assert alone[1]["handed_off"] == pytest.approx(1, abs=0.05)


def test_a_suite_is_simulated_with_all_rows_and_each_configuration_once(tmp_path):
    suite = tmp_path / "mine.toml"
    suite.write_text("""name = "mine"
title = "t"
[[cells]]
strategies = ["heap", "two_cache"]
workloads = ["handoff_ratio"]
[cells.set]
"handoff.ratio" = [0.0, 1.0]
""")
    told = json.loads(simulated("--cores", "2", "--settings", "1", "--ms", "0.2", "--suite", suite, "--json"))
    assert [cell["label"] for cell in told["cells"]] == ["handoff_ratio/handoff/ratio=0.0", "handoff_ratio/handoff/ratio=1.0"]
    assert len(told["cells"][0]["rows"]) > 10
    assert "unknown suite 'nothing'" in refused("simulate", "--suite", "nothing")
    assert "excludes" in refused("simulate", "--suite", "quick", "--workload", "handoff_ratio")


def test_threads_share_cores(tmp_path):
    told = json.loads(simulated("--cores", "2", "--settings", "2", "--ms", "10", "--work-us", "5", "--threads-per-core", "4", "--strategy", "locked_pool,ring_cache", "--workload", "oversubscribed", "--set", "faults.preempt_per_s=200", "--set", "pipeline.client_workers=8", "--json"))
    (cell,) = told["cells"]
    assert cell["threads_per_core"] == 4 and cell["holes_per_s"] > 0
    for row in cell["rows"]:
        assert row["points"][0]["preempted"] > 0 and row["points"][0]["put_to_sleep"] > 0


def test_equal_seeds_give_equal_records_and_other_ones_others():
    one, again, other = (simulated(*FEW, "--json", "--seed", seed) for seed in (1, 1, 2))
    assert one == again != other


def test_a_machine_of_ones_own_is_read_and_refused_with_the_line(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(MACHINE)
    assert "SIMULATED on mine" in simulated(*FEW, "--machine", mine)
    bad = {
        "line_socket = 132": ("line_socket = -1", ":7: line_socket is no cost; valid is 0.01 to"),
        "cores = 4": ("cores = 0", ":3: cores is no number of them; valid is 1 to"),
        "hit = 1": ("hot = 1", ":9: there is no 'hot'; valid are source, "),
        "wake = 700\n": ("", "wake is missing"),
        "memory = 90": ("memory = ", ":11: "),
    }
    for line, (instead, said) in bad.items():
        mine.write_text(MACHINE.replace(line, instead, 1))
        assert said in refused("simulate", *FEW, "--machine", str(mine))
    mine.write_text(MACHINE)
    assert "has 16 places; valid are 1 to 16" in refused("simulate", "--machine", str(mine), "--cores", "17")


def test_what_cannot_be_simulated_is_refused_and_nothing_overwritten(tmp_path):
    assert "valid are here, epyc_7742" in refused("simulate", "--machine", "pdp_11")
    assert "there is none of that name; valid are ideal, heap" in refused("simulate", "--strategy", "two_caches")
    for adapter in re.findall(r"Left out, since they go past the platform: (.*)", simulated("--cores", "1", "--settings", "1", "--ms", "0.1")):
        assert "it is opaque" in refused("simulate", "--strategy", adapter.split(", ")[0])
    assert "unknown workload 'nothing'" in refused("simulate", "--workload", "nothing")
    assert "valid is SECTION.KEY=VALUE" in refused("simulate", "--set", "handoff.speed=1")
    for value in ("2", "x"):
        assert "handoff.ratio is" in refused("simulate", "--set", f"handoff.ratio={value}")
    (tmp_path / "workloads").mkdir()
    (tmp_path / "workloads/mine.toml").write_text('name = "mine"\ntitle = "t"\n[handoff]\nspeed = 1\n')
    assert "mine.toml:4:" in refused("simulate", "--workloads", str(tmp_path / "workloads"), "--workload", "mine")
    (tmp_path / "kept.json").write_text("precious")
    assert "is there already" in refused("simulate", *FEW, "--out", str(tmp_path / "kept.json"))
    assert (tmp_path / "kept.json").read_text() == "precious"


def test_here_is_what_doctor_measures_and_validation_prints_its_misses():
    assert "SIMULATED on here (measured: baton doctor --costs)" in simulated("--machine", "here", "--cores", "1", "--settings", "1", "--ms", "0.2")
    text = simulated("--validate")
    assert text.count("rank agreement") >= 14 and "known miss" in text

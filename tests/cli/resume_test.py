"""A run that is killed, starved of disk or asked for twice keeps what was finished and goes on with the same plan."""

import gzip
import json
import os
import random
import resource
import signal
import subprocess
import time

from program import PROGRAM, baton, records, refused, wait_until

TINY = ["run", "--strategy", "heap,two_cache", "--workload", "small_bodies,handoff_ratio", "--handoff", "0.5", "--waiting", "block", "--slice-ms", "0", "--pinning", "none", "--trials", "2", "--duration", "0.02", "--ramp", "0",
        "--quarantine", "off"]  # fmt: skip
PLANNED = 4 + 2 * 6  # verification of four cells; two rounds of four cells and two second names


def test_a_run_killed_and_resumed_ten_times_has_every_planned_trial_exactly_once(tmp_path):
    out = tmp_path / "run"
    chance = random.Random(1)
    command = [PROGRAM, *TINY, "--out", str(out), "--quiet"]
    for _ in range(10):
        running = subprocess.Popen(command)
        time.sleep(chance.uniform(0.05, 0.3))
        running.send_signal(signal.SIGKILL)
        running.wait()
        if (out / "plan.json").exists():
            command = [PROGRAM, "run", "--resume", str(out), "--quiet"]
    plan = (out / "plan.json").read_text()
    assert subprocess.run(command, check=False).returncode == 0
    ids = [record["trial_id"] for record in records(out)]
    assert len(ids) == len(set(ids)) == PLANNED
    assert (out / "plan.json").read_text() == plan
    assert json.loads((out / "summary.json").read_text())["records"] == PLANNED


def test_a_record_cut_off_in_the_middle_runs_again(tmp_path):
    out = tmp_path / "run"
    assert baton(*TINY, "--out", str(out)).code == 0
    compressed = out / "trials.jsonl.gz"
    measured = len(json.loads((out / "environment.json").read_text())["costs"])
    (out / "trials.jsonl").write_bytes(gzip.decompress(compressed.read_bytes())[:-100])
    compressed.unlink()
    assert baton("run", "--resume", str(out)).code == 0
    assert not (out / "trials.jsonl").exists()
    assert len({record["trial_id"] for record in records(out)}) == len(records(out)) == PLANNED
    costs = json.loads((out / "environment.json").read_text())["costs"]
    assert len(costs) > measured > 0 and all(one["lock"]["ns"] > 0 for one in costs)  # in each round of each session


def test_a_run_that_is_through_says_once_what_its_records_share_and_can_be_resumed(tmp_path):
    out = tmp_path / "run"
    assert baton(*TINY, "--out", str(out)).code == 0
    lines = [json.loads(line) for line in gzip.open(out / "trials.jsonl.gz", "rt")]
    environment = json.loads((out / "environment.json").read_text())
    for member, parts in ("environment", "environments"), ("build", "builds"), ("allocator", "allocators"):
        assert {line[member] for line in lines} == set(environment[parts]) and len(environment[parts]) == 1
    configurations = json.loads((out / "plan.json").read_text())["configurations"]
    assert {line["configuration"] for line in lines} <= set(configurations)
    before = (out / "trials.jsonl.gz").read_bytes()
    assert baton("run", "--resume", str(out)).code == 0
    assert json.loads((out / "environment.json").read_text()) == environment
    assert gzip.decompress((out / "trials.jsonl.gz").read_bytes()) == gzip.decompress(before)
    (out / "environment.json").write_text('{"environments": {}}')
    digest = lines[0]["environment"]
    assert f'trials.jsonl.gz:1: not a record of a trial: its environment is "{digest}", which environment.json does not hold' in refused("summarize", str(out))
    (out / "trials.jsonl.gz").write_bytes(before[:-50])
    assert "the compressed data are cut off" in refused("summarize", str(out))


def test_a_full_disk_keeps_what_was_finished_and_says_how_to_go_on(tmp_path):
    out = tmp_path / "run"
    limit = 30_000
    done = subprocess.run([PROGRAM, *TINY, "--out", str(out)], capture_output=True, text=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))  # fmt: skip
    assert done.returncode == 1, done
    assert f"go on with: baton run --resume {out}" in done.stderr
    kept = len(records(out))
    assert 0 < kept < PLANNED
    assert baton("run", "--resume", str(out)).code == 0
    assert len({record["trial_id"] for record in records(out)}) == PLANNED


def test_a_second_run_in_the_same_directory_is_refused(tmp_path):
    out = tmp_path / "run"
    assert baton(*TINY, "--out", str(out)).code == 0
    before = (out / "trials.jsonl.gz").read_bytes()
    assert "never overwrites another" in refused(*TINY, "--out", str(out))
    assert (out / "trials.jsonl.gz").read_bytes() == before


def test_ctrl_c_keeps_finished_trials_and_says_how_to_go_on(tmp_path):
    out = tmp_path / "run"
    running = subprocess.Popen([PROGRAM, *TINY, "--out", str(out)], stdout=subprocess.PIPE, text=True)
    wait_until(lambda: (out / "trials.jsonl").exists() and os.path.getsize(out / "trials.jsonl") != 0, "a record")
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert f"go on with: baton run --resume {out}" in said
    assert records(out)


def test_compare_of_a_run_with_itself_finds_nothing_and_with_a_planted_five_percent_finds_it(tmp_path):
    cells = {"heap": 1.0, "two_cache": 1.0}
    base = tmp_path / "base"
    assert baton(*TINY, "--out", str(base)).code == 0
    template = [record for record in records(base) if record["role"] == "trial" and record["cell_id"] == "heap/small_bodies"][0]

    def made(name: str, seed: int, planted: float) -> str:
        chance = random.Random(seed)
        directory = tmp_path / name
        directory.mkdir()
        lines = []
        for number in range(1, 21):
            luck = chance.gauss(0, 0.05)  # of the round: both cells share it
            for cell in ("heap", "heap/again", "two_cache"):
                strategy = cell.split("/")[0]
                one = json.loads(json.dumps(template))
                one.update(trial_id=f"{name}-{number}-{cell}", strategy=strategy, round=number,
                           cell_id=f"{strategy}/small_bodies" + ("/again" if cell.endswith("again") else ""))  # fmt: skip
                one["configuration"]["strategy"] = strategy
                cost = planted if strategy == "two_cache" else cells[strategy]
                one["cpu"]["per_request_us"] = 2.0 * cost * (2.718281828 ** (luck + chance.gauss(0, 0.005)))
                lines.append(json.dumps(one))
        (directory / "trials.jsonl").write_text("\n".join(lines) + "\n")
        return str(directory)

    first, same, slower = made("first", 1, 1.0), made("same", 2, 1.0), made("slower", 3, 1.05)
    answer = baton("compare", first, same, "--metric", "cpu")
    assert answer.code == 0, answer
    answer = baton("compare", first, slower, "--metric", "cpu", "--json")
    assert answer.code == 1, answer
    found = [one for one in json.loads(answer.out)["comparisons"] if one["regression"]]
    assert [one["cell_id"] for one in found] == ["two_cache/small_bodies"]
    assert found[0]["simultaneous"]["low"] < 1.05 < found[0]["simultaneous"]["high"]


def test_compare_and_summarize_refuse_what_is_no_run(tmp_path):
    assert "there is no such directory" in refused("summarize", str(tmp_path / "nothing"))
    assert "trials.jsonl" in refused("summarize", str(tmp_path))
    assert "there is no such directory" in refused("compare", str(tmp_path / "a"), str(tmp_path / "b"))
    assert "--threshold is 'x'" in refused("compare", str(tmp_path), str(tmp_path), "--threshold", "x")

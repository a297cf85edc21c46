"""Every workload, tiny, under every strategy, in both transports where both make sense: all trials are valid, and what it is about happens."""
import gzip
import json
import os
import pathlib
import subprocess

import pytest

from program import PROGRAM

WORKLOADS = pathlib.Path(__file__).parents[2] / "workloads"
TINY = ("--trials", "1", "--no-again", "--quarantine", "off", "--allow-slow-build", "--pinning", "none", "--waiting", "block")  # whoever spins on a busy machine keeps others from what it waits for
SOCKETS = ("--transport", "tcp", "--slice-ms", "0")
# With a sanitizer a trial takes many times as long; then three designs stand for all.
STRATEGIES = "heap,two_cache,workspace_copy" if os.environ.get("BATON_SANITIZER") else "all"


def all_handed_off(record):
    return record["handoffs"]["taken"] > 0


def hung_up(record):
    return record["requests"]["hung_up"] > 0


def failed_for_want_of_buffers(record):
    return record["requests"]["failed"] > 0


# Of each: options, what must have happened in every timed record, and whether sockets make sense. (That somebody hung up, met a fault or was
# replaced, where sixteen or more should have, is part of every trial's verdict, too: harness/trial/set_up.cpp.)
CATALOGUE = {
    "handoff_ratio": (("--handoff", "0,1"), lambda r: all_handed_off(r) == (r["configuration"]["handoff"]["ratio"] > 0), True),
    "one_way": ((), all_handed_off, False),
    "chain": (("--hops", "3"), lambda r: r["handoffs"]["hops"] > 0, False),
    "hangup_blocked": (("--duration", "0.1", "--pause-ms", "10"), hung_up, True),
    "hangup_anywhere": (("--read-ahead-bytes", "4096"), hung_up, True),
    "idle_keepalive": (("--idle-connections", "50"), lambda r: r["idle"]["connections"] == 50, None),
    "burst_then_calm": (("--burst-at", "0.05", "--burst", "0.05", "--duration", "0.5", "--calm", "0"),
                        lambda r: r["buffers"]["recovery_s"] is not None and r["requests"]["completed"] > 40, True),  # 25 without the burst, 75 with it
    "oversubscribed": (("--client-workers", "8"), lambda r: r["acquire_ns"]["count"] > 0 and r["configuration"]["oversubscribed"], True),
    "thread_churn": (("--worker-requests", "5"), lambda r: r["requests"]["completed"] > 16 * 5 * 2, True),
    "resize": (("--duration", "0.3"), lambda r: r["buffers"]["convergence_s"] is not None, True),
    "read_ahead": (("--pipelining", "8", "--read-ahead-bytes", "4096"), all_handed_off, True),
    "slow_reader": (("--slow-pause-ms", "2", "--duration", "0.4"), lambda r: r["latency_ns"]["service"]["max"] > 20e6, True),
    "small_bodies": (("--handoff", "0"), lambda r: round(r["throughput"]["bytes_per_s"] / r["throughput"]["requests_per_s"]) == 1024, False),
    "large_buffers": ((), lambda r: r["buffers"]["created"]["bytes"] >= 1 << 21, False),
    "held_count": (("--duration", "0.2"), lambda r: r["latency_ns"]["service"]["min"] >= 3e6, True),
    "idle_owner": (("--burst-at", "0.05", "--burst", "0.05", "--duration", "0.5"), lambda r: r["requests"]["completed"] > 205, True),  # 150 without the burst, 285 with it
    "memory_cap": (("--duration", "0.2"), failed_for_want_of_buffers, True),
    "false_sharing": (("--buffer-bytes", "2000"), lambda r: all_handed_off(r) and r["configuration"]["buffer_bytes"] == 2000, False),
    "web_mix": (("--duration", "0.2"), lambda r: r["handoffs"]["taken"] > 0, True),
    "small_answers_chunked": (("--handoff", "1"), lambda r: r["configuration"]["body"]["chunked"] and all_handed_off(r), True),
}


def test_every_workload_is_here():
    assert {file.stem for file in WORKLOADS.glob("*.toml")} == set(CATALOGUE)


@pytest.mark.parametrize("transport", ["memory", "tcp"])
@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_tiny(name, transport, tmp_path):
    options, happened, sockets = CATALOGUE[name]
    if (transport == "tcp" and sockets is False) or (transport == "memory" and sockets is None):
        pytest.skip("this workload is not about that transport")
    # Over sockets every trial is three processes: a few designs stand for all.
    strategies = STRATEGIES if transport == "memory" else "heap,two_cache,workspace_wait,return_to_owner"
    options = {"--duration": "0.08"} | dict(zip(options[::2], options[1::2]))
    how = SOCKETS if transport == "tcp" else ()
    # On a machine that has other things to do, such a moment may pass without an answer. A longer one does not.
    for times in (1, 10):
        run = tmp_path / f"run-{times}"
        words = [word for option, value in (options | {"--duration": str(times * float(options["--duration"]))}).items() for word in (option, value)]
        done = subprocess.run([PROGRAM, "run", "--strategy", strategies, "--workload", name, *TINY, "--ramp", "0.02", *how, *words, "--out", str(run)], capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0 or "nothing was answered in the measured phase: measure longer" in done.stdout + done.stderr, done.stderr + done.stdout
        lines = [json.loads(line) for line in gzip.open(run / "trials.jsonl.gz", "rt")]
        configurations = json.loads((run / "plan.json").read_text())["configurations"]
        timed = [line | {"configuration": configurations[line["configuration"]]} for line in lines if line["role"] == "trial"]
        if done.returncode == 0 and all(map(happened, timed)):
            break
    assert done.returncode == 0, done.stderr + done.stdout
    assert len(timed) >= (1 if STRATEGIES != "all" else 4)
    for record in timed + [line for line in lines if line["role"] == "verify"]:
        assert record["verdict"]["valid"], (record["cell_id"], record["verdict"])
        assert record["buffers"]["conserved"] and record["requests"]["wrong"] == 0
    quiet = [record["cell_id"] for record in timed if not happened(record)]
    assert not quiet, f"what {name} is about did not happen"

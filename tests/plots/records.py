"""Synthetic trial records for tests. Their figures are invented; no result comes from here."""

import copy
import json
import random
from pathlib import Path

STRATEGIES = ["ideal", "heap", "workspace_wait", "workspace_copy", "request_workspace", "locked_pool", "two_cache",
              "two_cache_shared_lock", "lockfree_stack"]
KIB = 1024


def latency(median, count=50_000):
    return {"count": count, "min": median // 3, "p50": median, "p90": median * 2, "p99": median * 4, "p999": median * 9,
            "max": median * 30, "mean": median * 1.2}


def no_latency():
    return {"count": 0, "min": None, "p50": None, "p90": None, "p99": None, "p999": None, "max": None, "mean": None}


def durations(count, each):
    if count == 0:
        return {"count": 0, "total_ns": 0, "p50_ns": None, "p99_ns": None, "max_ns": None}
    return {"count": count, "total_ns": count * each, "p50_ns": each, "p99_ns": each * 5, "max_ns": each * 20}


def holding(buffers, size=16 * KIB):
    return {"buffers": buffers, "bytes": buffers * size}


def process_memory(held):
    return {"rss": held + 4_000_000, "pss": held + 2_000_000, "anonymous": held + 100_000, "lazy_free": 100_000, "held": held,
            "private_clean": 0, "private_dirty": held, "swap": 0, "anonymous_huge": "unavailable", "minor_faults": 1000,
            "major_faults": 0}


def ledger(strategy, requests, handoff):
    per_request = {"locks": 0.0, "locks_contended": 0.0, "atomic_rmw": 0.0, "cas_failed": 0.0, "allocations": 0.0,
                   "frees": 0.0, "bytes_copied": 0.0}
    if strategy in ("locked_pool", "request_workspace"):
        per_request |= {"locks": 2 + 2 * handoff, "locks_contended": 0.2 + handoff / 2}
    if strategy.startswith("two_cache"):
        per_request |= {"locks": 2 * handoff, "locks_contended": handoff / 4}
    if strategy == "lockfree_stack":
        per_request |= {"atomic_rmw": 4.0, "cas_failed": 0.1 + 0.3 * handoff}
    if strategy == "heap":
        per_request |= {"allocations": 2.0, "frees": 2.0}
    if strategy == "workspace_copy":
        per_request |= {"allocations": handoff, "frees": handoff, "bytes_copied": 900 * handoff}
    counts = {name: round(value * requests) for name, value in per_request.items()}
    return {"requests": requests, **counts, "per_request": per_request}


def configuration(strategy, workload, handoff, loop, hangup, oversubscribed):
    return {"strategy": strategy, "workload": workload, "transport": "tcp" if loop == "open" else "memory", "waiting": "block",
            "client_workers": 2, "fetch_workers": 2, "pools": 1, "oversubscribed": oversubscribed, "connections": 64,
            "pipelining": 1, "handoff": {"ratio": handoff, "min_bytes": 0, "hops": 1}, "buffer_bytes": 16 * KIB,
            "load": {"loop": loop, "rate": 20_000 if loop == "open" else 0, "arrivals": "poisson", "request_head_bytes": 300},
            "body": {"bytes": [1024], "chunked": False}, "hangup": {"fraction": hangup, "after_bytes": 100},
            "ramp_s": 0.1, "measure_s": 0.5}


ENVIRONMENT = {"kernel": {"name": "Linux", "release": "6.0-synthetic"},
               "cpu": {"model": "Synthetic CPU", "online": 2, "usable": 2, "virtual_machine": True, "governor": "unavailable"},
               "memory": {"total_bytes": 8 * KIB**3}}
BUILD = {"commit": "0" * 40, "dirty": False, "compiler": "g++ 12.2.0", "flags": "-O3", "build_type": "Release",
         "sanitizer": "none", "checked": False, "libraries": {"fmt": "9.1.0"}}


def record(strategy="two_cache", workload="small", *, round_=0, role="trial", handoff=0.5, loop="closed", hangup=0.0,
           oversubscribed=True, allocator="glibc", noise=None):
    """One valid record; every call returns a fresh one."""
    noise = noise or random.Random(f"{strategy} {workload} {round_} {handoff} {allocator}")
    place = STRATEGIES.index(strategy) if strategy in STRATEGIES else 4
    rate = (120_000 - 7_000 * place) * (1 - 0.15 * handoff) * noise.gauss(1, 0.03)
    median = int(2e9 / rate)
    requests = int(rate * 0.5)
    ties = requests // 50 if strategy == "workspace_wait" and hangup else 0
    parked = 4 + 3 * place
    in_use = 64 * 16 * KIB
    times = range(6)
    samples = {"t_s": [0.1 * i for i in times], "in_use": [in_use for _ in times], "supplies": [(place % 3) * 64 * KIB for _ in times],
               "shared": [(place % 4) * 96 * KIB for _ in times],
               "sessions": [256 * KIB if strategy.startswith("workspace") else 0 for _ in times],
               "in_transfer": [16 * KIB * (i % 2) for i in times],
               "process_anonymous": [in_use + 3_000_000 + 40_000 * i for i in times]}
    open_loop = loop == "open"
    return {
        "schema_version": 2,
        "trial_id": f"{workload}/{strategy}/{allocator}/h{handoff}/{role}/{round_}",
        "run_id": "synthetic",
        "suite": "synthetic",
        "cell_id": f"{workload}/{strategy}/{allocator}/h{handoff}",
        "strategy": strategy,
        "workload": workload,
        "allocator": {"name": allocator, "version": "2.36"},
        "role": role,
        "round": round_,
        "started_at": "2026-01-02T03:04:05Z",
        "duration_s": 0.5,
        "seed": 7,
        "configuration": configuration(strategy, workload, handoff, loop, hangup, oversubscribed),
        "environment": copy.deepcopy(ENVIRONMENT),
        "passing": {"cpu": {"mhz": 3000}},
        "build": copy.deepcopy(BUILD),
        "verdict": {"valid": True, "reasons": []},
        "requests": {"completed": requests, "failed": 0, "wrong": 0, "by_reason": {}, "hung_up": int(requests * hangup)},
        "throughput": {"requests_per_s": requests / 0.5, "bytes_per_s": requests / 0.5 * 1024},
        "latency_ns": {"intended": latency(median * 2, requests) if open_loop else None, "service": latency(median, requests)},
        "saturated": False if open_loop else None,
        "tie": durations(ties, 800_000),
        "housekeeping": durations(requests, 60 + 20 * place),
        "handoffs": {"offered": int(requests * handoff), "taken": int(requests * handoff), "refused": 0},
        "ledger": ledger(strategy, requests, handoff) if role == "verify" else None,
        "buffers": {"created": holding(100), "destroyed": holding(100 - parked),
                    "at_end": {"supplies": holding(parked), "shared": holding(0), "sessions": holding(0),
                               "in_transfer": holding(0)},
                    "peak_in_use": holding(64), "peak_alive": holding(64 + parked), "conserved": True},
        "memory": {"samples": samples, "process": {"before": process_memory(2_000_000),
                                                   "measure_end": process_memory(5_000_000 + 200_000 * place),
                                                   "after_drain": process_memory(3_000_000 + 200_000 * place)}},
        "cpu": {"total_s": 1.0, "user_s": 0.6, "system_s": 0.4, "per_request_us": 1e6 / rate * 2,
                "by_role": {"client_workers": 0.5, "fetch_workers": 0.3, "waiter": 0.01},
                "voluntary_switches": 1000, "involuntary_switches": 50},
    }


def with_calm(record, held, looks=(0, 1, 10)):
    """The record, with the memory held (bytes, by moment) under load and after it; the start is 1 MB."""
    record["memory"]["process"] |= {"before": process_memory(1_000_000), "measure_end": process_memory(held["load"])}
    record["memory"]["after_load"] = [
        {"t_s": t_s, "alive": holding(4), "held_by": record["buffers"]["at_end"], "process": process_memory(held[t_s])} for t_s in looks]
    return record


def invalid(**cell):
    """A record of a trial that failed before anything was measured."""
    whole = record(**cell)
    kept = ["schema_version", "trial_id", "run_id", "suite", "cell_id", "strategy", "workload", "allocator", "role", "round",
            "started_at", "seed", "configuration", "environment", "passing", "build"]
    return {name: whole[name] for name in kept} | {
        "verdict": {"valid": False, "reasons": ["3 answers had wrong bytes"]}}


def run_of(strategies=STRATEGIES, rounds=5):
    """Three workloads: closed loop, open loop, and one with clients that hang up; a verify record for each cell."""
    workloads = [("small", {"handoff": 0.0}), ("small_half", {"handoff": 0.5}), ("open", {"handoff": 1.0, "loop": "open"}),
                 ("hangup", {"handoff": 1.0, "hangup": 0.2})]
    for name, axes in workloads:
        for strategy in strategies:
            yield record(strategy, name, role="verify", **axes)
    for round_ in range(rounds):
        for name, axes in workloads:
            for strategy in strategies:
                yield record(strategy, name, round_=round_, **axes)


def write(folder, records):
    """Makes `folder` a run directory of these records."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trials.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return folder


def packed(records, folder):
    """The records as a run writes them; environment.json and plan.json in `folder` receive what they share."""
    parts = {member: {} for member in ("environment", "build", "allocator", "configuration")}
    short = []
    for each in records:
        named = dict(each)
        for member, known in parts.items():
            digest = f"{abs(hash(json.dumps(each[member], sort_keys=True))):016x}"[-16:]
            known[digest], named[member] = each[member], digest
        short.append(named)
    Path(folder).mkdir(parents=True, exist_ok=True)
    environment = {"environments": parts["environment"], "builds": parts["build"], "allocators": parts["allocator"]}
    (Path(folder) / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
    (Path(folder) / "plan.json").write_text(json.dumps({"configurations": parts["configuration"]}), encoding="utf-8")
    return short

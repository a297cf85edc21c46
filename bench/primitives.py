#!/usr/bin/python3
"""Strategies beside peers: several rounds of bench_primitives in random order, ratios within a round, targets.

    bench/primitives.py [--rounds N] [--bench FILE] [--filter REGEX] [--out FILE]
    bench/primitives.py --table FILE      the tables of a kept result, as in docs/primitives.md
    bench/primitives.py --instructions [--out FILE]    of the targets that one thread can show, counted by callgrind: the same every time

A round is one process with an order of its own; every cell of several threads carries the time a cache line took between the two
processors before and after it. Two cells of a round are compared only if those times agree within a factor of 1.5 (one regime of the
machine). A ratio is the median over rounds, with the least and the greatest. Exit code 1 if a target is missed.
"""
import argparse
import json
import pathlib
import statistics
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAME_REGIME = 1.5
COUNTED = 1000  # operations
SHARED_PEERS = ("mutex_vector", "boost_stack", "boost_queue", "moodycamel_queue", "tbb_queue", "tbb_bounded_queue")
PROTOTYPES = {"magazine": "two_magazines", "sharded_cache": "clusters_on_shards", "return_to_owner": "owner_inbox", "ring_cache": "halves_over_ring",
              "stealing": "private_and_deque", "striped": "place_and_stripes", "watermark": "chains_to_stack", "refcounted_slices": "counted_holds", "per_cpu": "stacks_by_cpu"}
SERVERS = tuple(PROTOTYPES)
# What a handoff cannot avoid: the ring and the header's line both ways, which ring_alone has, and a line with eight pointers on their way back.
FLOOR = "ring_alone + line/8"
# (operation, threads, candidates and baselines of which the fastest counts, at most this ratio)
TARGETS = [("pair", 1, ("two_cache",), ("plain_array",), 1.3),
           ("pair", 1, ("two_cache",), SHARED_PEERS, 1 / 3),
           *[("pair", threads, ("lockfree_stack",), ("boost_stack",), 0.55) for threads in (1, 2, 4)],
           *[("pair", threads, ("locked_pool",), ("mutex_vector",), 1.0) for threads in (1, 2, 4)],
           ("handoff", 2, ("two_cache",), ("cache_of_2",), 1.1), ("handoff", 2, ("two_cache_shared_lock",), ("cache_of_2",), 1.1),
           ("handoff", 2, ("lockfree_stack",), ("tagged_stack",), 1.1), ("handoff", 2, ("locked_pool",), ("mutex_vector",), 1.1),
           ("handoff", 2, ("heap",), ("malloc",), 1.1),
           ("handoff", 2, SERVERS, ("two_cache",), 0.25), ("handoff", 2, SERVERS, (FLOOR,), 1.3),
           *[("pair", 1, (name,), ("plain_array",), 1.3) for name in ("magazine", "ring_cache", "watermark", "stealing")],
           *[(operation, threads, (name,), (prototype,), 1.1) for name, prototype in PROTOTYPES.items()
             for operation, threads in (("pair", 1), ("handoff", 2))]]


def run_round(bench, seed, wanted):
    """One process: what it says of itself, and {cell: figures}."""
    command = [bench, f"--seed={seed}", "--benchmark_format=json", f"--benchmark_filter={wanted}"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    cells = {}
    for one in answer["benchmarks"]:
        operation, contender, threads = one["name"].split("/")[:3]
        cells[f"{operation}/{contender}/{threads}"] = {
            "role": one["label"], **{key: round(one[key], 3) for key in ("ns", "line_before", "line_after") if key in one}}
    return answer["context"], cells


def comparable(one, other):
    lines = [cell[key] for cell in (one, other) for key in ("line_before", "line_after") if key in cell]
    return not lines or max(lines) <= SAME_REGIME * min(lines)


def cells_of(cells, operation, contenders, threads):
    found = []
    for contender in contenders:
        cell = cells.get(f"{operation}/{'ring_alone' if contender == FLOOR else contender}/{threads}")
        if cell and contender == FLOOR:
            cell = cell | {"ns": cell["ns"] + (cell["line_before"] + cell["line_after"]) / 2 / 8}
        found += [cell] if cell else []
    return found


def ratio(rounds, operation, threads, candidates, baselines):
    """Median, least and greatest over the rounds in which the fastest candidate met baselines in its regime."""
    ratios = []
    for cells in rounds:
        mine = min(cells_of(cells, operation, candidates, threads), key=lambda cell: cell["ns"], default=None)
        theirs = [cell for cell in cells_of(cells, operation, baselines, threads) if mine and comparable(mine, cell)]
        if theirs:
            ratios.append(mine["ns"] / min(cell["ns"] for cell in theirs))
    if not ratios:
        return None
    return {"median": round(statistics.median(ratios), 3), "least": round(min(ratios), 3), "greatest": round(max(ratios), 3),
            "rounds": len(ratios)}


def judged(rounds):
    rows = []
    for operation, threads, candidates, baselines, limit in TARGETS:
        if not all(cells_of(rounds[0], operation, contenders, threads) for contenders in (candidates, baselines)):
            continue  # left out by --filter
        found = ratio(rounds, operation, threads, candidates, baselines)
        rows.append({"operation": operation, "threads": threads, "candidate": candidates[0] if len(candidates) == 1 else "fastest of servers", "baselines": list(baselines),
                     "limit": round(limit, 3), "ratio": found,
                     "verdict": "no round in one regime" if found is None else "PASS" if found["median"] <= limit else "MISS"})
    return rows


def count(bench, cell, function):
    """Instructions of one operation: what twice as many take more, so that what comes once does not count."""
    totals = []
    for operations in (COUNTED, 2 * COUNTED):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--toggle-collect=*{function}*",
                            bench, f"--operations={operations}", f"--benchmark_filter=^{cell}/iterations"], check=True, capture_output=True)
            totals.append(int(next(line.split()[1] for line in out.read_text().splitlines() if line.startswith("totals:"))))
    return (totals[1] - totals[0]) / COUNTED


def count_all(bench):
    rows = []
    for operation, candidate, baseline in dict.fromkeys(
            (operation, candidates[0], baselines[0]) for operation, _, candidates, baselines, _ in TARGETS if len(candidates) == len(baselines) == 1):
        function = {"pair": "pairs", "handoff": "hand_to_self"}[operation]
        mine, theirs = (count(bench, f"{operation}/{one}/1", function) for one in (candidate, baseline))
        rows.append({"operation": operation, "candidate": candidate, "baseline": baseline, "instructions": mine,
                     "baseline_instructions": theirs})
    return {"instructions": rows}


def instructions_table(result):
    lines = ["| operation | strategy | instructions | beside | instructions | ratio |", "|---|---|---|---|---|---|"]
    lines += [f"| {row['operation']} | `{row['candidate']}` | {row['instructions']:g} | {row['baseline']} | {row['baseline_instructions']:g} | "
              f"{row['instructions'] / row['baseline_instructions']:.2f} |" for row in result["instructions"]]
    return "\n".join(lines)


def tables(result):
    lines = ["| operation | threads | strategy | beside | limit | ratio | least to greatest | rounds | |", "|---|---|---|---|---|---|---|---|---|"]
    for row in result["targets"]:
        found = row["ratio"]
        beside = row["baselines"][0] if len(row["baselines"]) == 1 else "fastest shared peer"
        numbers = f"{found['median']:.2f} | {found['least']:.2f} to {found['greatest']:.2f} | {found['rounds']}" if found else "| | 0"
        lines.append(f"| {row['operation']} | {row['threads']} | `{row['candidate']}` | {beside} | {row['limit']:.2f} | {numbers} | {row['verdict']} |")
    columns = [(operation, threads) for operation in ("pair", "burst8", "burst32", "handoff") for threads in (1, 2, 4)
               if any(name.startswith(f"{operation}/") and name.endswith(f"/{threads}") for name in result["rounds"][0])]
    lines += ["", "| contender | " + " | ".join(f"{operation} {threads}" for operation, threads in columns) + " |",
              "|---|" + "---|" * len(columns)]
    contenders = dict.fromkeys((cell["role"], name.split("/")[1]) for name, cell in sorted(result["rounds"][0].items()))
    for role, contender in sorted(contenders):
        figures = []
        for operation, threads in columns:
            values = [cells[name]["ns"] for cells in result["rounds"] if (name := f"{operation}/{contender}/{threads}") in cells]
            figures.append(f"{statistics.median(values):.3g}" if values else "")
        lines.append(f"| `{contender}` ({role}) | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="at least 5 (default 7)")
    parser.add_argument("--bench", default=str(ROOT / "build/release/bench/primitives/bench_primitives"))
    parser.add_argument("--filter", default=".", help="as Google Benchmark's (default: all)")
    parser.add_argument("--out", help="where the result is kept, JSON")
    parser.add_argument("--table", metavar="FILE", help="print a kept result's tables and do nothing else")
    parser.add_argument("--instructions", action="store_true", help="count instead of timing; takes valgrind")
    given = parser.parse_args()
    if given.table:
        result = json.loads(pathlib.Path(given.table).read_text())
        print(instructions_table(result) if "instructions" in result else tables(result))
        return 0
    if given.rounds < 5:
        parser.error(f"--rounds is {given.rounds}; valid is 5 or more")
    if not pathlib.Path(given.bench).is_file():
        parser.error(f"there is no program '{given.bench}'; build the target bench_primitives")
    if given.instructions:
        if not shutil.which("valgrind"):
            parser.error("there is no valgrind; install the package valgrind")
        result = count_all(given.bench)
        if given.out:
            pathlib.Path(given.out).write_text(json.dumps(result, indent=1) + "\n")
        print(instructions_table(result))
        return 0
    rounds, context = [], {}
    for seed in range(1, given.rounds + 1):
        context, cells = run_round(given.bench, seed, given.filter)
        rounds.append(cells)
        print(f"round {seed} of {given.rounds}: {len(cells)} cells", file=sys.stderr)
    keep = ("date", "num_cpus", "mhz_per_cpu", "allocator", "allocator_version", "commit", "dirty", "compiler", "build_type", "sanitizer")
    result = {"context": {key: context[key] for key in keep if key in context}, "targets": judged(rounds), "rounds": rounds}
    if given.out:
        pathlib.Path(given.out).write_text(json.dumps(result, indent=1) + "\n")
    print(tables(result))
    return 1 if any(row["verdict"] == "MISS" for row in result["targets"]) else 0


if __name__ == "__main__":
    sys.exit(main())

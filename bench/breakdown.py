#!/usr/bin/python3
"""Where a request's CPU time goes: a cell over in-memory connections under perf, its samples sorted by part of the program.

examples:
  bench/breakdown.py                                  ideal, no handoff, 1 KiB
  bench/breakdown.py --strategy two_cache --workload handoff_ratio --handoff 1 --out FILE
"""

import argparse
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "plots"))
import run_files  # noqa: E402: it stands in plots

ROOT = Path(__file__).resolve().parent.parent
# The first that matches a sample's symbol (functions that were inlined count to where they were inlined).
PARTS = [
    ("llhttp", r"^llhttp"),
    ("our part of HTTP: callbacks, framing, forwarded heads", r"baton::http::"),
    ("scripted clients and origin: requests, bodies, every byte checked", r"baton::load::|baton::RunClock|baton::Histogram"),
    ("pipeline, waiter and strategy", r"baton::(pipeline|trial)::|baton::\w+<baton::NativePlatform>"),
    ("mutexes", r"pthread_(mutex|cond)|lll_lock"),
    ("memcpy, memcmp, memchr", r"mem(cpy|move|cmp|chr|set)"),
]


def part_of(symbol: str, dso: str) -> str:
    if "kernel" in dso or dso.startswith("[k"):
        return "kernel"
    return next((name for name, pattern in PARTS if re.search(pattern, symbol)), "other")


def samples(data: Path, command: str):
    """(symbol, dso) of every sample of the program's threads."""
    text = subprocess.run(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        found = re.match(r"\s*(\S+)\s+[0-9a-f]+\s+(.*)\s+\((.*)\)$", line)
        if found and found[1] == command:
            yield found[2], found[3]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baton", default=ROOT / "build/release/baton", type=Path, help="the program")
    parser.add_argument("--strategy", default="ideal")
    parser.add_argument("--workload", default="small_bodies")
    parser.add_argument("--handoff", default="0", help="share of the responses handed off (default 0)")
    parser.add_argument("--seconds", default=4.0, type=float, help="measured phase (default 4)")
    parser.add_argument("--out", type=Path, help="write the shares as JSON to a new file")
    options = parser.parse_args()
    for needed, what in ((shutil.which("perf"), "perf (Debian: linux-perf)"), (options.baton.exists(), f"{options.baton} (./run builds it)")):
        if not needed:
            print(f"breakdown: there is no {what}", file=sys.stderr)
            return 2
    if options.out and options.out.exists():
        print(f"breakdown: --out {options.out} exists; give a new file", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        data, run = Path(folder) / "perf.data", Path(folder) / "run"
        ended = subprocess.run(
            ["perf", "record", "-q", "-e", "cpu-clock:u,cpu-clock:k", "-F", "997", "-o", data, "--", options.baton, "run", "--quiet",
             "--strategy", options.strategy, "--workload", options.workload, "--handoff", options.handoff, "--slice-ms", "0", "--pinning", "none", "--transport", "memory", "--trials", "1",
             "--duration", str(options.seconds), "--out", run],
            capture_output=True, text=True)
        if ended.returncode != 0:
            print(f"breakdown: {ended.stderr.strip()}", file=sys.stderr)
            return 2
        record = run_files.read_records(run)[-1]
        # A trial is the program started anew through /proc/self/exe; the verification trial is a tenth of it.
        counts = collections.Counter(part_of(*sample) for sample in samples(data, "exe"))
    total = sum(counts.values())
    if total == 0:
        print("breakdown: perf saw nothing of the trial", file=sys.stderr)
        return 1
    cost = record["cpu"]["per_request_us"]
    print(f"{options.strategy}, {options.workload}, memory: {cost:.2f} us CPU per request, {total} samples")
    for name, count in counts.most_common():
        print(f"  {cost * count / total:5.2f} us  {100 * count / total:5.1f} %  {name}")
    if options.out:
        shares = {name: count / total for name, count in counts.most_common()}
        options.out.write_text(json.dumps({"per_request_us": cost, "samples": total, "shares": shares, "record": record}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

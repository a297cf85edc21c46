"""The program has the code of each timed pipeline several times, at different places, and seatings take turns with them."""
import collections
import gzip
import json
import os
import re
import shutil
import subprocess

import pytest

from program import PROGRAM

COPIES = int(os.environ["BATON_CODE_COPIES"])


@pytest.mark.skipif(COPIES == 1, reason="this build has each pipeline's code once")
@pytest.mark.skipif(not shutil.which("nm"), reason="no nm (apt-get install binutils)")
def test_each_copy_has_functions_of_its_own_at_places_of_its_own():
    listed = subprocess.run(["nm", "-C", "--defined-only", PROGRAM], capture_output=True, text=True, timeout=120, check=True).stdout
    places = collections.defaultdict(dict)
    for line in listed.splitlines():
        address, kind, name = line.split(" ", 2)
        found = re.fullmatch(r"(.*MemoryTransport.*) \[clone \.copy(\d+)\]", name)
        if kind in "Ww" and found:
            places[found[1]][int(found[2])] = int(address, 16)
    pipelines = {name: by_copy for name, by_copy in places.items() if name.startswith("baton::pipeline::") and len(by_copy) == COPIES - 1}
    for strategy in ("Heap", "TwoCache", "LockedPool", "LockfreeStack"):
        own = [by_copy for name, by_copy in pipelines.items() if f"<baton::{strategy}<baton::NativePlatform>" in name]
        assert len(own) > 10, f"{strategy}: {len(own)} functions are there {COPIES} times"
        # Not one distance between two functions for all copies: they are in another order each time.
        assert len({own[0][copy] - own[1][copy] for copy in own[0]}) > (COPIES - 1) / 2
        assert all(len(set(by_copy.values())) == COPIES - 1 for by_copy in own)
    assert not [name for name in places if "Checked" in name], "a copy of what is not timed"


def test_seatings_run_every_copy_and_records_say_which(tmp_path):
    out = tmp_path / "run"
    seatings = 3 * COPIES
    subprocess.run([PROGRAM, "run", "--strategy", "heap,two_cache", "--workload", "small_bodies", "--handoff", "0", "--trials", "1", "--slice-ms", "2", "--seating-turns", "1",
                    "--duration", str(0.002 * seatings), "--ramp", "0", "--quarantine", "off", "--client-workers", "1", "--out", out, "--quiet"],
                   check=True, timeout=300)  # fmt: skip
    for line in gzip.open(out / "trials.jsonl.gz", "rt"):
        record = json.loads(line)
        if record["role"] == "trial":
            assert collections.Counter(record["slices"]["series"]["copy"]) == {copy: 3 for copy in range(COPIES)}
    throughput = [one for one in json.loads((out / "summary.json").read_text())["comparisons"] if one["metric"] == "throughput"]
    assert throughput and all(1 <= one["copies"] <= COPIES for one in throughput)  # of the turns that count

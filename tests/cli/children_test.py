"""A trial's process that crashes or hangs spoils its own trial and no other."""

import os
import signal
import subprocess

import pytest
from program import PROGRAM, records, wait_until

RUN = ["run", "--strategy", "heap,two_cache", "--workload", "no_handoff", "--trials", "2", "--duration", "0.4", "--ramp", "0",
       "--drain-timeout-ms", "100", "--patience", "1", "--quarantine", "off"]  # fmt: skip
VERIFIED, PLANNED = 2, 2 + 2 * 3


def child_of(parent: int) -> int | None:
    children = open(f"/proc/{parent}/task/{parent}/children", encoding="ascii").read().split()
    return int(children[0]) if children else None


@pytest.mark.parametrize(("number", "said"), [(signal.SIGSEGV, "ended by signal 11"), (signal.SIGSTOP, "killed: no record within")])
def test_the_run_goes_on_says_so_and_ends_with_1(tmp_path, number, said):
    out = tmp_path / "run"
    with open(tmp_path / "said", "w", encoding="utf-8") as told:
        running = subprocess.Popen([PROGRAM, *RUN, "--out", str(out)], stdout=told, stderr=told)
        wait_until(lambda: len(records(out)) == VERIFIED and child_of(running.pid) is not None, "a timed trial")
        os.kill(child_of(running.pid), number)
        assert running.wait(timeout=60) == 1
    found = records(out)
    assert len(found) == PLANNED
    spoilt = [one for one in found if not one["verdict"]["valid"]]
    assert len(spoilt) == 1
    assert said in " ".join(spoilt[0]["verdict"]["reasons"])
    assert "1 trials are not valid" in (tmp_path / "said").read_text(encoding="utf-8")

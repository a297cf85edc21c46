"""A trial's process that crashes or hangs spoils its own trial and no other."""

import contextlib
import os
import signal
import subprocess

import pytest
from program import PROGRAM, records, wait_until

RUN = ["run", "--strategy", "heap,two_cache", "--workload", "small_bodies", "--handoff", "0", "--slice-ms", "0", "--pinning", "none", "--trials", "2", "--duration", "0.4", "--ramp", "0",
       "--drain-timeout-ms", "100", "--patience", "1", "--quarantine", "off"]  # fmt: skip
VERIFIED, PLANNED = 2, 2 + 2 * 3


def trial_of(parent: int) -> int | None:
    """The trial that a run has started. Before it is the program it becomes, its parent sleeps until it is: no time to stop it."""
    for child in open(f"/proc/{parent}/task/{parent}/children", encoding="ascii").read().split():
        with contextlib.suppress(OSError):
            if open(f"/proc/{child}/cmdline", encoding="utf-8").read().split("\0")[1:2] == ["trial"]:
                return int(child)
    return None


@pytest.mark.parametrize(("number", "said"), [(signal.SIGABRT, "ended by signal 6"), (signal.SIGSTOP, "killed: no record within")])
def test_the_run_goes_on_says_so_and_ends_with_1(tmp_path, number, said):
    out = tmp_path / "run"
    with open(tmp_path / "said", "w", encoding="utf-8") as told:
        running = subprocess.Popen([PROGRAM, *RUN, "--out", str(out)], stdout=told, stderr=told)
        trial = None

        def timed_trial() -> bool:
            nonlocal trial
            trial = trial_of(running.pid) if len(records(out)) == VERIFIED else None
            return trial is not None

        wait_until(timed_trial, "a timed trial")
        os.kill(trial, number)
        assert running.wait(timeout=60) == 1
    found = records(out)
    assert len(found) == PLANNED
    spoilt = [one for one in found if not one["verdict"]["valid"]]
    assert len(spoilt) == 1
    assert said in " ".join(spoilt[0]["verdict"]["reasons"])
    assert "1 trials are not valid" in (tmp_path / "said").read_text(encoding="utf-8")

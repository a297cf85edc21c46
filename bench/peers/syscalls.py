"""System calls of a server under load. Counting disturbs, so it has a pass of its own, apart from the timed windows."""

import contextlib
import re
import signal
import subprocess
import time
from pathlib import Path

from tools import MissingTool, find

ATTACH_SECONDS = 0.5  # neither perf nor strace says when it has attached to all threads
EVENT = "raw_syscalls:sys_enter"


@contextlib.contextmanager
def _attached(command: list[str]):
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            time.sleep(ATTACH_SECONDS)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def by_perf(pids: list[int], output: Path, load):
    """(the load's answer, calls) counted by a tracepoint, which hardly slows the server; calls is None without it."""
    try:
        perf = find("perf")
    except MissingTool:
        return load(), None
    command = [perf, "stat", "-x,", "-e", EVENT, "-o", str(output), "-p", ",".join(map(str, pids))]
    with _attached(command):
        answer = load()
    for line in output.read_text().splitlines() if output.exists() else []:
        fields = line.split(",")
        if len(fields) > 2 and fields[2] == EVENT and fields[0].isdigit():
            return answer, int(fields[0])
    return answer, None


def by_strace(pids: list[int], output: Path, load):
    """(the load's answer, calls by name). strace stops the server at every call: what it does per request stays about the
    same, how many requests share one wake-up does not."""
    command = [find("strace"), "-f", "-q", "-c", "-U", "calls,name", "-o", str(output)]
    for pid in pids:
        command += ["-p", str(pid)]
    with _attached(command):
        answer = load()
    return answer, read_strace(output.read_text())


def read_strace(text: str) -> dict[str, int]:
    """The table of `strace -c -U calls,name`, most frequent first."""
    calls = re.findall(r"^\s*(\d+)\s+([a-z_0-9]+)$", text, re.MULTILINE)
    return dict(sorted(((name, int(count)) for count, name in calls if name != "total"), key=lambda call: -call[1]))

"""Starting the program and ending what was started."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plots"))
import run_files  # noqa: E402: it stands in plots

PROGRAM = os.environ["BATON_PROGRAM"]
PATIENCE_S = 60  # sanitizers on a busy machine are slow; nothing here waits that long otherwise


@dataclass
class Answer:
    code: int
    out: str
    err: str


def baton(*arguments: str) -> Answer:
    """Runs the program to its end."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def records(directory) -> list[dict]:
    """What a run has recorded so far; a line that is being written is left out."""
    try:
        return [record for _, record, _ in run_files.read_lines(directory) if record is not None]
    except run_files.BadInput:
        return []


def refused(*arguments: str) -> str:
    """Runs it with bad input and returns the message: exit code 2, nothing on standard output."""
    answer = baton(*arguments)
    assert answer.code == 2, answer
    assert answer.out == "", answer
    return answer.err


class Server:
    """A command that listens until it is told to end."""

    def __init__(self, *arguments: str):
        self.process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline()
        found = re.match(r"listening on (\S+:(\d+)) \(.*\)\n$", self.line)
        assert found, f"{arguments} said {self.line!r}, {self.process.stderr.read() if self.process.poll() is not None else ''}"
        self.address, self.port = found.group(1), int(found.group(2))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> Answer:
        """SIGTERM, unless it has been told already, and what it says then."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> Answer:
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Answer(self.process.returncode, out, err)


@contextlib.contextmanager
def server(*arguments: str) -> Iterator[Server]:
    started = Server(*arguments)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


def origin() -> contextlib.AbstractContextManager[Server]:
    return server("origin", "--listen", "127.0.0.1:0")


def proxy(strategy: str, behind: Server, *arguments: str) -> contextlib.AbstractContextManager[Server]:
    return server("serve", "--strategy", strategy, "--listen", "127.0.0.1:0", "--origin", behind.address,
                  "--client-workers", "4", "--fetch-workers", "4", *arguments)  # fmt: skip


def load(target: Server, *arguments: str) -> tuple[int, dict]:
    """Runs our clients; the exit code and the result."""
    answer = baton("load", "--target", target.address, "--ramp", "0", "--duration", "30", "--timeout-ms", "30000", "--json", *arguments)
    assert answer.out, answer
    return answer.code, json.loads(answer.out)


def total(text: str, name: str) -> int:
    """A figure that `serve` printed at its end."""
    return int(re.search(rf"^{re.escape(name)} +(\d+)", text, re.MULTILINE).group(1))


def strategies() -> list[str]:
    return [one["name"] for one in json.loads(baton("list", "strategies", "--json").out)["strategies"]]


def wait_until(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"never {what}"
        time.sleep(0.01)

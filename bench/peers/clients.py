"""The load programs, and what each of them says about a run."""

import hashlib
import http.client
import json
import math
import os
import re
import resource
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tools import CONF, Failed, find


class ClientFailed(Failed):
    """The load program itself failed: nothing was measured."""


@dataclass
class Load:
    """What a client saw. Every entry of `errors` that is not zero makes the run invalid."""

    requests: int
    seconds: float = 0.0
    bytes: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    cpu_seconds: float = 0.0  # the client's own

    @property
    def failed(self) -> dict[str, int]:
        return {kind: count for kind, count in self.errors.items() if count}


def wrk(url: str, seconds: float, connections: int, threads: int = 1, depth: int = 1) -> Load:
    """Closed loop. wrk counts in whole seconds only; a run that ends between two is cut by SIGINT, after which it reports."""
    whole = math.ceil(seconds)
    command = [
        find("wrk"), "-t", str(min(threads, connections)), "-c", str(connections), "-d", f"{whole}s",
        "-s", str(CONF / "report.lua"), url,
    ]  # fmt: skip
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "WRK_DEPTH": str(depth)}
    ) as process:
        try:
            try:
                output = process.communicate(timeout=seconds if seconds < whole else whole + 30)[0]
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                output = process.communicate(timeout=10)[0]
        except BaseException:
            process.kill()
            raise
    load = read_wrk(output)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    load.cpu_seconds = spent.ru_utime + spent.ru_stime - children.ru_utime - children.ru_stime
    return load


def read_wrk(output: str) -> Load:
    """The JSON line of conf/report.lua among what wrk prints."""
    for line in output.splitlines():
        if line.startswith("{"):
            return Load(**json.loads(line))
    raise ClientFailed(f"wrk gave no report: {output.strip()[-500:]}")


def h2load(url: str, requests: int, connections: int, depth: int = 1) -> Load:
    """A fixed number of HTTP/1.1 requests, `depth` of them in flight on each connection."""
    command = [
        find("h2load"), "--h1", "-n", str(requests), "-c", str(connections), "-m", str(depth),
        "-T", "60", "-N", "20", url,
    ]  # fmt: skip
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired as late:
        raise ClientFailed(f"h2load did not end within {late.timeout} s") from None
    return read_h2load(answer.stdout + answer.stderr, requests)


def read_h2load(output: str, wanted: int) -> Load:
    counts = re.search(
        r"requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", output
    )
    status = re.search(r"status codes: \d+ 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", output)
    if not counts or not status:
        raise ClientFailed(f"h2load gave no report: {output.strip()[-500:]}")
    _, done, succeeded, failed, errored, timeouts = map(int, counts.groups())
    errors = {
        "not_succeeded": wanted - succeeded,
        "not_2xx": sum(map(int, status.groups())),
        "failed": failed,
        "errored": errored,
        "timeout": timeouts,
    }
    return Load(requests=done, errors=errors)


def curl(url: str, directory: Path, times: int = 3) -> tuple[list[str], list[str]]:
    """Fetches the URL `times` times over one connection; returns the bodies' SHA-256 sums and what each answer said about
    its framing ("chunked" or its Content-Length)."""
    bodies = [directory / f"body-{i}" for i in range(times)]
    command = [
        find("curl"), "--silent", "--show-error", "--fail", "--http1.1", "--max-time", "60",
        "--write-out", "%{num_connects} %header{transfer-encoding} %header{content-length}\\n",
    ]  # fmt: skip
    for body in bodies:
        command += ["--output", str(body), url]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if answer.returncode:
            raise ClientFailed(f"curl ended with {answer.returncode}: {answer.stderr.strip()}")
        lines = [line.split() for line in answer.stdout.splitlines()]
        if sum(int(line[0]) for line in lines) != 1:
            raise ClientFailed(f"curl needed more than one connection for {times} requests: {answer.stdout}")
        sums = [hashlib.sha256(body.read_bytes() if body.exists() else b"").hexdigest() for body in bodies]
        return sums, [" ".join(line[1:]) for line in lines]
    finally:
        for body in bodies:
            body.unlink(missing_ok=True)


class _OneReader:
    """A socket as http.client sees it, with one buffered reader for all answers: the bytes behind an answer are the next."""

    def __init__(self, connection: socket.socket):
        self.reader = connection.makefile("rb")

    def makefile(self, *_args):
        return self

    def close(self) -> None:  # http.client closes its file at the end of a body; ours has more to give
        pass

    def __getattr__(self, name):
        return getattr(self.reader, name)


def pipelined(port: int, path: str, depth: int) -> list[str]:
    """Sends `depth` requests at once and reads the answers in order; returns the bodies' SHA-256 sums. wrk and h2load
    pipeline too, but do not look at bodies."""
    sums = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path.encode() * depth)
        reader = _OneReader(connection)
        for _ in range(depth):
            answer = http.client.HTTPResponse(reader, method="GET")
            try:
                answer.begin()
                body = answer.read()
            except (http.client.HTTPException, OSError) as problem:
                raise ClientFailed(f"answer {len(sums) + 1} of {depth} pipelined: {problem!r}") from None
            if answer.status != 200:
                raise ClientFailed(f"answer {len(sums) + 1} of {depth} pipelined: status {answer.status}")
            sums.append(hashlib.sha256(body).hexdigest())
    return sums

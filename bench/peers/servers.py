"""The servers of a comparison: one origin, and in front of it one proxy per contender. All on loopback, all ours: each runs
from its own directory in the foreground, is ended by its process id, and ends when we do."""

import contextlib
import functools
import getpass
import hashlib
import http.client
import os
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template

import processes
from tools import CONF, Failed, find

START_SECONDS = 30
STOP_SECONDS = 30
KILL_SECONDS = 5  # from SIGTERM to SIGKILL when nobody asks for an exit code any more


class ServerFailed(Failed):
    """A server did not start, or ended otherwise than it should have; the message ends with what it said."""


class Server:
    """A running server. `stop()` ends it and returns its exit code; leaving the context kills what is left."""

    def __init__(self, name: str, command: list[str], port: int, directory: Path):
        self.name, self.command, self.port, self.directory = name, command, port, directory
        self.log = directory / "output"
        with self.log.open("wb") as log:
            # A session of its own, so that Ctrl-C reaches us alone; pdeathsig, so that it never outlives us.
            self.process = subprocess.Popen(
                [find("setpriv"), "--pdeathsig", "TERM", "--", *command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=directory, start_new_session=True,
            )
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(KILL_SECONDS)
            except subprocess.TimeoutExpired:
                for pid in reversed(self.tree()):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, 9)
                self.process.wait()

    def tree(self) -> list[int]:
        return processes.tree(self.pid)

    def said(self, most: int = 2000) -> str:
        errors = self.directory / "error.log"
        text = self.log.read_text(errors="replace") + (errors.read_text(errors="replace") if errors.exists() else "")
        return text[-most:].strip()

    def check_alive(self) -> None:
        if self.process.poll() is not None:
            raise ServerFailed(f"{self.name} ended with {self.process.returncode}: {self.said()}")

    def wait_for(self, condition, what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            self.check_alive()
            if time.monotonic() > deadline:
                raise ServerFailed(f"{self.name} did not {what} within {START_SECONDS} s: {self.said()}")
            time.sleep(0.02)

    def wait_until_it_answers(self, path: str) -> None:
        """One correct answer through it: from then on it may be measured."""

        def answers() -> bool:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                return answer.status == 200
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()

        self.wait_for(answers, f"answer 200 for {path}")

    def stop(self) -> int:
        """SIGTERM, and the exit code; a server that does not end in time is an error, and killed on the way out."""
        self.check_alive()
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise ServerFailed(f"{self.name} still runs {STOP_SECONDS} s after SIGTERM: {self.said()}") from None


def open_file_limit() -> int:
    """Raises the soft limit of open files to the hard one, for us and for the servers we start, and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@functools.cache
def content(size: int) -> bytes:
    """The file of that size: hexadecimal digits that never repeat, so that a lost or doubled piece changes the sum, and
    nothing that a server-side include would act on."""
    return hashlib.shake_128(b"baton %d" % size).hexdigest((size + 1) // 2)[:size].encode()


class Site:
    """The temporary directory of a run (on tmpfs where there is one): the files served, and a directory per server."""

    def __init__(self, sizes: list[int]):
        shared_memory = Path("/dev/shm")
        base = shared_memory if os.access(shared_memory, os.W_OK) else None
        self.directory = Path(tempfile.mkdtemp(prefix="baton-peers-", dir=base))
        self.limit = open_file_limit()
        self.count = 0
        self.files = self.directory / "files"
        self.files.mkdir()
        for size in sizes:
            (self.files / str(size)).write_bytes(content(size))
        (self.files / "empty.shtml").write_text('<!--#set var="nothing" value="" -->')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def directory_for(self, name: str) -> Path:
        self.count += 1
        directory = self.directory / f"{self.count}-{re.sub('[^a-z0-9_]', '-', name)}"
        directory.mkdir()
        return directory

    def configuration(self, template: str, directory: Path, **values) -> Path:
        """Fills in a template of conf/ and puts it into the server's directory."""
        path = directory / template
        values |= {
            "user": getpass.getuser(),  # started as root, nginx would else become one who cannot read our directory
            "open_files": self.limit,
            "connections": self.limit * 6 // 10,  # nginx closes idle ones when fewer than 1/16 are left
            "files": self.files,
        }
        path.write_text(Template((CONF / template).read_text()).substitute(values))
        return path


@contextlib.contextmanager
def running(name: str, command: list[str], port: int, directory: Path) -> Iterator[Server]:
    with Server(name, command, port, directory) as server:
        server.wait_for(lambda: processes.listens(port), "listen")
        yield server


def origin(site: Site):
    directory, port = site.directory_for("origin"), free_port()
    conf = site.configuration("origin.nginx.conf", directory, port=port)
    return running("the origin", [find("nginx"), "-p", f"{directory}/", "-c", str(conf), "-e", "error.log"], port, directory)


def nginx(site: Site, origin_port: int):
    directory, port = site.directory_for("nginx"), free_port()
    conf = site.configuration("nginx.conf", directory, port=port, origin=origin_port)
    return running("nginx", [find("nginx"), "-p", f"{directory}/", "-c", str(conf), "-e", "error.log"], port, directory)


def haproxy(site: Site, origin_port: int):
    directory, port = site.directory_for("haproxy"), free_port()
    conf = site.configuration("haproxy.cfg", directory, port=port, origin=origin_port)
    return running("haproxy", [find("haproxy"), "-db", "-f", str(conf)], port, directory)


def varnishd(site: Site, origin_port: int):
    directory, port = site.directory_for("varnishd"), free_port()
    conf = site.configuration("varnish.vcl", directory, origin=origin_port)
    command = [
        find("varnishd"), "-F", "-n", str(directory / "work"), "-a", f"127.0.0.1:{port}", "-f", str(conf),
        "-s", "malloc,64m", "-j", "none", "-T", "none", "-p", "timeout_idle=600",
    ]  # fmt: skip
    return running("varnishd", command, port, directory)


@contextlib.contextmanager
def baton(program: Path, strategy: str, handoff: float, site: Site, origin_port: int, more: list[str]) -> Iterator[Server]:
    """`baton serve`: it takes a free port itself and says which."""
    directory = site.directory_for(strategy)
    command = [
        str(program), "serve", "--strategy", strategy, "--listen", "127.0.0.1:0", "--origin", f"127.0.0.1:{origin_port}",
        "--handoff", f"{handoff:g}", "--idle-timeout-ms", "600000", *more,  # the peers' conf/ says the same
    ]  # fmt: skip
    with Server(f"baton {strategy} handoff {handoff:g}", command, 0, directory) as server:
        line = re.compile(r"^listening on \S+:(\d+)\b", re.MULTILINE)
        server.wait_for(lambda: line.search(server.log.read_text()), 'print "listening on ADDRESS:PORT"')
        server.port = int(line.search(server.log.read_text()).group(1))
        yield server

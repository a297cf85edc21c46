"""Programs we run but do not bring: which Debian package they are in, which version is here, and how they are ended."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import processes

CONF = Path(__file__).resolve().parent / "conf"

# program: (Debian package, how it says its version)
PROGRAMS = {
    "nginx": ("nginx", ["-v"]),
    "haproxy": ("haproxy", ["-v"]),
    "varnishd": ("varnish", ["-V"]),
    "wrk": ("wrk", ["-v"]),
    "h2load": ("nghttp2-client", ["--version"]),
    "curl": ("curl", ["--version"]),
    "strace": ("strace", ["--version"]),
    "perf": ("linux-perf", ["--version"]),
    "setpriv": ("util-linux", ["--version"]),
}


class BadInput(Exception):
    """What was given cannot be run: the message says what is valid. Exit code 2."""


class MissingTool(BadInput):
    """A program that is not installed; the message names its Debian package."""


class Failed(Exception):
    """A server or a client did not do what it was started for. Exit code 1."""


def find(program: str) -> str:
    """The program's path; Debian keeps servers in /usr/sbin, which is not on every user's PATH."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if path is None:
        package = PROGRAMS[program][0]
        raise MissingTool(f"{program} is not installed; it is in the Debian package {package}: apt-get install {package}")
    return path


def require(*programs: str) -> None:
    missing = []
    for program in programs:
        try:
            find(program)
        except MissingTool:
            missing.append(program)
    if missing:
        packages = " ".join(dict.fromkeys(PROGRAMS[program][0] for program in missing))
        raise MissingTool(f"not installed: {', '.join(missing)}; as Debian packages: apt-get install {packages}")


def version(program: str) -> str:
    """The first line a program prints about its version, or "unavailable"."""
    try:
        answer = subprocess.run([find(program), *PROGRAMS[program][1]], capture_output=True, text=True, timeout=10)
    except (MissingTool, OSError, subprocess.TimeoutExpired):
        return "unavailable"
    lines = (answer.stdout + answer.stderr).strip().splitlines()
    return lines[0] if lines else "unavailable"


def find_baton(path: str | None) -> Path:
    """The release build of this tree unless a path is given."""
    root = Path(__file__).resolve().parents[2]
    baton = Path(path) if path else root / "build" / "release" / "baton"
    if not os.access(baton, os.X_OK):
        raise BadInput(
            f"no program at {baton}: build it (cmake --preset release && cmake --build --preset release), "
            "or name it with --baton"
        )
    return baton.resolve()


def kill_descendants() -> None:
    """Ends what nobody ends any more: a signal between fork and the return of Popen leaves a child without a name."""
    for pid in processes.tree(os.getpid())[::-1]:
        if pid != os.getpid():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.wait()


def run_main(main) -> None:
    """Runs main() and exits with its answer; a SIGTERM unwinds like Ctrl-C, so that servers and directories go away."""

    def terminate(signum, _frame):
        signal.signal(signum, signal.SIG_IGN)  # one unwinding is enough
        raise SystemExit(128 + signum)

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGHUP, terminate)
    try:
        sys.exit(main())
    except BadInput as problem:
        print(f"{Path(sys.argv[0]).name}: {problem}", file=sys.stderr)
        sys.exit(2)
    except Failed as problem:
        print(f"{Path(sys.argv[0]).name}: {problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)
    finally:
        kill_descendants()

"""What the three programs share in saying what came out: sizes, tables, the machine, the file."""

import datetime
import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import tools
from tools import BadInput

UNITS = {"": 1, "B": 1, "K": 1 << 10, "KIB": 1 << 10, "M": 1 << 20, "MIB": 1 << 20}


def parse_size(text: str) -> int:
    """Bytes from "1024", "1K", "16KiB" or "1M"."""
    digits = text.strip().rstrip("BKMIbkmi ")
    unit = text.strip()[len(digits) :].strip().upper()
    if not digits.isdigit() or unit not in UNITS:
        raise BadInput(f"size {text!r}: give bytes, or a number with K, KiB, M or MiB")
    return int(digits) * UNITS[unit]


def show_size(size: int) -> str:
    if size >= 1 << 20 and size % (1 << 20) == 0:
        return f"{size >> 20} MiB"
    if size >= 1 << 10 and size % (1 << 10) == 0:
        return f"{size >> 10} KiB"
    return f"{size} B"


def table(rows: list[list[str]]) -> str:
    """The first row is the heading; the first column is aligned left, the others right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), *arguments], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unavailable"
    return answer.stdout.strip() if answer.returncode == 0 else "unavailable"


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unavailable"


def environment(programs: list[str], baton: Path | None, open_files: int) -> dict:
    """The machine, the versions of what was compared, and which build of baton it was."""
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return {
        "kernel": platform.release(),
        "cpu": _cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_average": os.getloadavg(),
        "open_file_limit": open_files,
        "python": platform.python_version(),
        "versions": {program: tools.version(program) for program in programs},
        "configurations": {path.name: path.read_text() for path in sorted(tools.CONF.iterdir())},
        "commit": _git("rev-parse", "HEAD"),
        "dirty": changes if changes == "unavailable" else bool(changes),
        "baton_sha256": hashlib.sha256(baton.read_bytes()).hexdigest() if baton else None,
    }


def new_record(kind: str, parameters: dict, machine: dict) -> dict:
    return {
        "kind": kind,
        "schema_version": 1,
        "started_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": sys.argv,
        "parameters": parameters,
        "environment": machine,
    }


def check_writable(out: str | None) -> None:
    """Before minutes of measurement, not after them; a result is never overwritten."""
    if out is None:
        return
    if Path(out).exists():
        raise BadInput(f"{out} exists; results are not overwritten: name another file")
    if not os.access(Path(out).resolve().parent, os.W_OK):
        raise BadInput(f"cannot write to the directory of {out}")


def write(record: dict, out: str | None) -> None:
    if out is None:
        return
    partial = Path(f"{out}.partial")
    partial.write_text(json.dumps(record, indent=1) + "\n")
    partial.rename(out)
    print(f"written: {out}")

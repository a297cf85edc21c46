"""The lines of a run's trials.jsonl, or of trials.jsonl.gz, as whole records again.

A record names what it has in common with others by digest: machine and program (environment.json), parameters (plan.json).
"""

import gzip
import json
import zlib
from pathlib import Path


class BadInput(Exception):
    """The directory cannot be read at all; the message says what was given and what is expected."""


def trials_file(directory):
    directory = Path(directory)
    if not directory.is_dir():
        raise BadInput(f"'{directory}' is not a directory; give a run directory, which holds trials.jsonl or trials.jsonl.gz")
    found = [directory / name for name in ("trials.jsonl", "trials.jsonl.gz") if (directory / name).is_file()]
    if not found:
        raise BadInput(f"'{directory}' holds neither trials.jsonl nor trials.jsonl.gz; give a directory that `baton run --out` has written")
    return found[0]  # both: the program was ended in the middle of compressing, and the first is whole


def read_lines(directory):
    """Yields (line number, record, complaint); of record and complaint one is None. Raises BadInput."""
    file = trials_file(directory)
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"'{file}' cannot be read to its end: {error}") from None
    shared = _shared_parts(file.parent)
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            cut = number == len(lines) and not line.endswith(b"\n")
            yield number, None, "cut off: the run was ended while writing it" if cut else f"not JSON: {error}"
            continue
        complaint = _make_whole(record, shared) if isinstance(record, dict) else None
        yield (number, record, None) if complaint is None else (number, None, complaint)


def read_records(directory):
    """The records of a run that has to be sound. Raises BadInput for the first line that is none."""
    records = []
    for number, record, complaint in read_lines(directory):
        if complaint is not None:
            raise BadInput(f"'{directory}', line {number}: {complaint}")
        records.append(record)
    return records


def _shared_parts(directory):
    """{member: (file, {digest: part})}"""
    return {member: (name, _content(directory / name).get(of, {}))
            for member, name, of in (("environment", "environment.json", "environments"), ("build", "environment.json", "builds"),
                                     ("allocator", "environment.json", "allocators"),
                                     ("configuration", "plan.json", "configurations"))}  # fmt: skip


def _content(file):
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"'{file}' cannot be read: {error}") from None
    return content if isinstance(content, dict) else {}


def _make_whole(record, shared):
    for member, (file, parts) in shared.items():
        digest = record.get(member)
        if isinstance(digest, str):
            if digest not in parts:
                return f"{member}: {digest!r} is none of the digests in {file}"
            record[member] = parts[digest]  # the same object in all records that name it
    return None

"""A run directory as the figures see it: its valid trials by panel and strategy, and what was refused.

Knows results/schema.json and nothing else of the program that measured.
"""

import contextlib
import gc
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import jsonschema
from run_files import BadInput, read_lines, trials_file

SCHEMA = Path(__file__).resolve().parents[1] / "results" / "schema.json"


@dataclass
class Run:
    directory: Path
    records: list = field(default_factory=list)  # valid ones, in the order of the file
    invalid: list = field(default_factory=list)  # (trial_id, reasons): measured, and found wanting by the program
    refused: list = field(default_factory=list)  # (line number, reason): not a record by the schema
    summary: dict = None  # what the program made of the trials (results/summary-schema.json); None if nobody knows

    @property
    def source(self):
        return trials_file(self.directory)

    @cached_property
    def plan(self):
        return _content(Path(self.directory) / "plan.json") if self.directory else None

    @cached_property
    def counts(self):
        return _content(Path(self.directory) / "counts.json") if self.directory else None

    @cached_property
    def simulated(self):
        """What `baton simulate --out DIR/simulated.json` found; None if there is none, or it is something else."""
        told = _content(Path(self.directory) / "simulated.json") if self.directory else None
        return told if told and told.get("schema") == "baton-simulated-1" and told.get("simulated") is True else None

    @cached_property
    def conditions(self):
        """{cell_id: what its requests are like, in words}; empty without a summary that says so. In the order of the plan."""
        words = {cell["cell_id"]: cell["conditions"] for cell in (self.summary or {}).get("cells", []) if "conditions" in cell}
        planned = [cell["cell_id"] for cell in (self.plan or {}).get("cells", []) if isinstance(cell, dict)]
        return {cell: words[cell] for cell in dict.fromkeys([*planned, *words]) if cell in words}

    @cached_property
    def regimes(self):
        """{trial_id: in which regime the summary counts it}, if there are several."""
        summary = self.summary or {}
        if len(summary.get("regimes", [])) < 2:
            return {}
        return {trial: cell["regime"] for cell in summary["cells"] for trial in cell.get("trial_ids", [])}

    def timed(self):
        """Without quarantined trials, and without a baseline cell's second name (A/A), which is the same cell again."""
        return [
            record
            for record in self.records
            if record["role"] == "trial" and not (record.get("quarantine") or {}).get("quarantined") and not record["cell_id"].endswith("/again")
        ]

    def verified(self):
        return [record for record in self.records if record["role"] == "verify"]


def _content(file):
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


SHARED = ("environment", "build", "allocator", "configuration")  # what records of a run have in common, as one object


def _shape(value):
    """Of which kinds it is made; equal for two records that differ in numbers and texts only."""
    if isinstance(value, dict):
        return tuple((key, _shape(one)) for key, one in value.items())
    if isinstance(value, list):
        return frozenset(map(_shape, value))
    return float if type(value) is int else type(value)


def _complaint(error):
    place = "/".join(str(part) for part in error.absolute_path)
    # The instance itself can be a whole record: its beginning says enough.
    message = error.message if len(error.message) < 200 else error.message[:200] + " ..."
    return f"{place or 'record'}: {message}"


SUMMARY_VERSION = 1


def read_summary(given, directory):
    """What the program made of the trials, from that file, or from standard input if it is "-". Raises BadInput."""
    place = "standard input" if given == "-" else given or str(Path(directory) / "summary.json")
    try:
        summary = json.loads(sys.stdin.read() if given == "-" else Path(place).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"the summary in {place} cannot be read: {error}; `baton report DIR` makes it afresh") from None
    version = summary.get("summary_version") if isinstance(summary, dict) else None
    if version != SUMMARY_VERSION or "verdicts" not in summary:
        raise BadInput(f"the summary in {place} is of version {version}, or older than the report; valid is {SUMMARY_VERSION} with verdicts: `baton report DIR` makes it afresh")
    return summary


@contextlib.contextmanager
def _nothing_collected():
    """What is read stays: looking through it for garbage again and again was a fifth of a large report."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def read_run(directory):
    """Reads the records of DIRECTORY. Raises BadInput if there are none.

    The first record of each shape is checked against the whole schema, and all others are of such a shape: checking each took
    four milliseconds.
    """
    run = Run(Path(directory), summary=_content(Path(directory) / "summary.json"))
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    seen, shapes = set(), set()
    with _nothing_collected():
        for number, record, complaint in read_lines(run.directory):
            if complaint is not None:
                run.refused.append((number, complaint))
                continue
            shape = None
            if isinstance(record, dict):  # shared parts by identity: they stay alive with the records that are kept
                shape = (record.get("schema_version"), *((key, id(value) if key in SHARED else _shape(value)) for key, value in record.items()))
            error = None if shape in shapes else jsonschema.exceptions.best_match(validator.iter_errors(record))
            if error is not None:
                run.refused.append((number, _complaint(error)))
            elif record["trial_id"] in seen:
                run.refused.append((number, f"trial_id {record['trial_id']!r} occurs a second time"))
            else:
                seen.add(record["trial_id"])
                shapes.add(shape)
                if record["verdict"]["valid"]:
                    run.records.append(record)
                else:
                    run.invalid.append((record["trial_id"], record["verdict"]["reasons"]))
    if not (run.records or run.invalid or run.refused):
        raise BadInput(f"'{run.source}' is empty; there is nothing to draw before the first trial has ended")
    return run


# What may differ between cells of one workload, and how a panel's title tells it.
AXES = {
    "allocator": (lambda r: r["allocator"]["name"], "{}"),
    "transport": (lambda r: r["configuration"]["transport"], "{}"),
    "waiting": (lambda r: r["configuration"]["waiting"], "{} waiting"),
    "threads": (lambda r: (r["configuration"]["client_workers"], r["configuration"]["fetch_workers"]), "{0[0]}+{0[1]} workers"),
    "connections": (lambda r: r["configuration"]["connections"], "{} connections"),
    "handoff": (lambda r: r["configuration"]["handoff"]["ratio"], "handoff {:g}"),
    "hops": (lambda r: r["configuration"]["handoff"].get("hops", 1), "{} hops"),
    "buffer_bytes": (lambda r: r["configuration"].get("buffer_bytes", 0), "buffers of {} bytes"),
    "body": (lambda r: tuple(r["configuration"].get("body", {}).get("bytes", ())), "bodies of {} bytes"),
    "load": (lambda r: (r["configuration"]["load"]["loop"], r["configuration"]["load"].get("rate", 0)), "{0[0]} loop, {0[1]:g}/s"),
    "hangup": (lambda r: r["configuration"].get("hangup", {}).get("fraction", 0), "hang-up {:g}"),
}


def panels(run, records, *, apart_from=()):
    """Groups records into comparable ones: {title: {strategy: [record, ...]}}.

    A panel is a workload and every axis in which cells of that workload differ within the run, except those in
    `apart_from`, which the figure shows itself. Workloads come in the order of the file, their panels by axis. Where the
    summary says in words what a cell's requests are like, those are the title.
    """
    conditions = {} if apart_from else run.conditions
    if conditions and all(record["cell_id"] in conditions for record in records):
        several = len({record["allocator"]["name"] for record in run.records}) > 1
        order = {words: place for place, words in enumerate(dict.fromkeys(conditions.values()))}
        regimes = run.regimes
        titled = {}
        for record in sorted(records, key=lambda record: order[conditions[record["cell_id"]]]):
            title = conditions[record["cell_id"]] + (f", {record['allocator']['name']}" if several else "")
            if record["role"] == "trial" and record["trial_id"] in regimes:
                title += f", cores {regimes[record['trial_id']]}"
            titled.setdefault(title[0].upper() + title[1:], {}).setdefault(record["strategy"], []).append(record)
        return titled
    values = defaultdict(set)
    workloads = list(dict.fromkeys(record["workload"] for record in run.records))
    for record in run.records:
        for axis, (value, _) in AXES.items():
            values[record["workload"], axis].add(value(record))
    places, grouped = {}, {}
    for record in records:
        beyond = run.conditions.get(record["cell_id"], "").partition(", ")[2]  # words begin with what is handed off
        words, place = [beyond[:1].upper() + beyond[1:] if beyond and "handoff" in apart_from else record["workload"]], [workloads.index(record["workload"])]
        for axis, (value, words_for) in AXES.items():
            if axis not in apart_from and len(values[record["workload"], axis]) > 1:
                words.append(words_for.format(value(record)))
                place.append(value(record))
        title = ", ".join(words)
        places[title] = place
        grouped.setdefault(title, {}).setdefault(record["strategy"], []).append(record)
    return {title: grouped[title] for title in sorted(grouped, key=places.get)}


def oversubscribed(records):
    """How a title marks that there were more threads than cores; empty if there were not."""
    marked = [record for record in records if record["configuration"]["oversubscribed"]]
    if not marked:
        return ""
    threads = {r["configuration"]["client_workers"] + r["configuration"]["fetch_workers"] for r in marked}
    cores = {r["environment"]["cpu"]["usable"] for r in marked}
    where = "" if len(marked) == len(records) else " in " + ", ".join(dict.fromkeys(r["workload"] for r in marked))
    return f"more threads than cores{where}: {_span(threads)} workers on {_span(cores)} CPUs"


def _span(numbers):
    least, most = min(numbers), max(numbers)
    return str(least) if least == most else f"{least} to {most}"

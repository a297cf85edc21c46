"""index.html: what was run, on what machine, the table, and the figures with their captions."""

import statistics
from pathlib import Path

import jinja2
import style
from figure_memory import held_by, process_held, while_measuring
from figure_ties import per_thousand
from numbers_of import bytes_text, duration_text, engineering, median_interval
from run import oversubscribed, panels

TEMPLATES = Path(__file__).resolve().parent
NOTHING = "–"


def write_page(run, figures, path):
    """`figures`: [(file name, heading for the alternative text, caption)]. Writes the page to `path`."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
                                     trim_blocks=True, lstrip_blocks=True)
    records = run.records
    path.write_text(environment.get_template("index.html.j2").render(
        name=run.directory.resolve().name,
        source=run.source.name,
        facts=_facts(records),
        warnings=_warnings(run),
        tables=_tables(run),
        figures=figures,
        invalid=run.invalid,
        refused=run.refused,
    ), encoding="utf-8")


def _all(records, get):
    """The values that occur, each once, joined: usually one."""
    found = dict.fromkeys(str(get(record)) for record in records)
    return "; ".join(found) if found else "unavailable"


def _span_of(values, unit):
    if not values:
        return "none"
    least, most = min(values), max(values)
    return f"{least:.3g} {unit}" if least == most else f"{least:.3g} to {most:.3g} {unit}"


def _facts(records):
    if not records:
        return []
    timed = [r for r in records if r["role"] == "trial"]
    started = sorted(r["started_at"] for r in records)
    return [
        ("Trials", f"{len(timed)} timed, {len(records) - len(timed)} for verification"),
        ("Suite", _all(records, lambda r: r["suite"])),
        ("Measured", f"{started[0]} to {started[-1]}" if started[0] != started[-1] else started[0]),
        ("Each trial", _span_of([r["configuration"]["measure_s"] for r in timed], "s of measuring")),
        ("Allocators", _all(records, lambda r: f"{r['allocator']['name']} {r['allocator']['version']}")),
        ("Processor", _all(records, lambda r: r["environment"]["cpu"]["model"])),
        ("CPUs", _all(records, lambda r: f"{r['environment']['cpu']['usable']} usable of {r['environment']['cpu']['online']}")),
        ("Virtual machine", _all(records, lambda r: r["environment"]["cpu"].get("virtual_machine", "unavailable"))),
        ("Governor", _all(records, lambda r: r["environment"]["cpu"]["governor"])),
        ("Kernel", _all(records, lambda r: r["environment"]["kernel"].get("release", "unavailable")
                        if isinstance(r["environment"]["kernel"], dict) else r["environment"]["kernel"])),
        ("Commit", _all(records, lambda r: r["build"]["commit"] + (" with changes" if r["build"]["dirty"] is True else ""))),
        ("Compiler", _all(records, lambda r: f"{r['build']['compiler']} {r['build']['flags']}")),
    ]


def _warnings(run):
    """What a reader must know before he believes a figure."""
    warnings = []
    records = run.records
    if run.invalid:
        warnings.append(f"{len(run.invalid)} trials were invalid. They are listed below and in no figure.")
    if run.refused:
        warnings.append(f"{len(run.refused)} lines of {run.source.name} are no records by the schema. They are listed below.")
    if marked := oversubscribed(records):
        warnings.append(f"There were {marked}. Nothing here says how strategies contend on cores of their own.")
    unfit = {r["build"]["build_type"] for r in records} - {"Release"} | {r["build"]["sanitizer"] for r in records} - {"none"}
    if unfit:
        warnings.append(f"Built for checking, not for measuring ({', '.join(sorted(unfit))}): the figures are no measurements.")
    if any(r["build"]["dirty"] is True for r in records):
        warnings.append("The program was built from changed files: the commit alone does not reproduce it.")
    if len({r["build"]["commit"] for r in records}) > 1:
        warnings.append("The trials were made by builds of several commits.")
    saturated = style.in_order(r["strategy"] for r in records if r["saturated"])
    if saturated:
        warnings.append(f"Saturated in at least one trial, so that latencies describe a growing queue: {', '.join(saturated)}.")
    return warnings




def _tables(run):
    """[(title, rows)], a table for each panel."""
    ledgers = panels(run, [r for r in run.records if r["ledger"]])
    return [(title, _told([_row(name, by_strategy[name], ledgers.get(title, {}).get(name, []))
                           for name in style.in_order(by_strategy)]))
            for title, by_strategy in panels(run, run.timed()).items()]


def _told(rows):
    """Without the columns that no row has anything in."""
    return [{column: cell for column, cell in row.items() if any(other[column] != NOTHING for other in rows)} for row in rows]


def _row(name, trials, counted):
    median, low, high = median_interval([r["throughput"]["requests_per_s"] for r in trials])
    sampled = [r for r in trials if while_measuring(r, "in_use")]
    parked = sum(held_by(sampled, holder) for holder in style.HOLDERS if holder != "in_use") if sampled else None
    return {
        "strategy": name,
        "trials": len(trials),
        "requests/s": engineering(median),
        "interval": f"{engineering(low)} … {engineering(high)}",
        "service p50": _median(duration_text, [r["latency_ns"]["service"]["p50"] for r in trials]),
        "service p99": _median(duration_text, [r["latency_ns"]["service"]["p99"] for r in trials]),
        "intended p99": _median(duration_text, [(r["latency_ns"]["intended"] or {}).get("p99") for r in trials]),
        "CPU/request": _median(lambda us: duration_text(us * 1000), [r["cpu"]["per_request_us"] for r in trials]),
        "parked": NOTHING if parked is None else bytes_text(parked),
        "process": _median(bytes_text, [process_held(trials)]),
        "held/idle connection": _median(bytes_text, [(r.get("idle") or {}).get("process_bytes_per_connection") for r in trials]),
        "ties/1000": f"{per_thousand(trials):.3g}",
        "locks/request": _median(lambda n: f"{n:.3g}", [r["ledger"]["per_request"]["locks"] for r in counted]),
        "copied/request": _median(bytes_text, [r["ledger"]["per_request"]["bytes_copied"] for r in counted]),
    }


def _median(text, values):
    told = [value for value in values if value is not None]
    return text(statistics.median(told)) if told else NOTHING

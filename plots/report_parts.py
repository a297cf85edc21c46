"""What stands on the report, as plain lists and texts. Numbers are the summary's; nothing is estimated here."""

import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import style
from numbers_of import bytes_text, duration_text, engineering

NOTHING = "–"
MOST_VERDICTS = {"throughput": 4, "idle_connection": 1, "tie_p50": 1}
MOST_OPEN = 5
ENOUGH_CPUS = 4


def percent(ratio, sign="+"):
    return f"{100 * (ratio - 1):{sign}.1f}"


def cores(summary, regime):
    """How a place in a list of two regimes is called; empty if there is one."""
    return f", cores {regime}" if len(summary["regimes"]) > 1 else ""


def regimes(summary):
    """What near and far mean, where a run saw both."""
    told = [f"{one['name']}: {one['round_trip_ns']:.0f} ns" for one in summary["regimes"] if isinstance(one["round_trip_ns"], (int, float))]
    return f" Cores near or far: how long a cache line took from one core to the other and back while it was measured ({', '.join(told)})." if len(told) > 1 else ""


def beyond_time(summary):
    """What the table of the fastest does not say."""
    tied = style.in_order(one["strategy"] for one in summary["safety"])
    return f" Not only speed counts: {', '.join(tied)} makes workers wait for each other (ties, below)." if tied else ""


def verdicts(summary):
    """Three to six: of each metric the surest, of the regime with the most evidence, and such as had cores for their threads first."""
    chosen = []
    for metric, most in MOST_VERDICTS.items():
        own = [one for one in summary["verdicts"] if one["metric"] == metric and one["main"]]
        own.sort(key=lambda one: one["oversubscribed"])
        chosen += own[:most]
    return [one | {"sentence": one["sentence"] if not cores(summary, one["regime"]) else f"{one['sentence']} (Cores {one['regime']}.)"} for one in chosen]


def why_nothing(summary):
    if not any(cell["trials"] and not cell["quarantined_only"] for cell in summary["cells"]):
        return "no trial counts (each was invalid or quarantined)"
    if not summary["baselines"]:
        return "no baseline was planned"
    return "one cell, or no baseline among the cells"


def choices(summary):
    """A row for each question about requests per second, in the order of the run."""
    rows = []
    for verdict in sorted((one for one in summary["verdicts"] if one["metric"] == "throughput" and one["main"]), key=_first_comparison):
        cells = {}
        for answer in ("better", "worse"):
            found = [summary["comparisons"][place] for place in verdict["comparisons"].get(answer, [])]
            found.sort(key=lambda one: (_floor(one), -abs(one["ratio"] - 1)))
            cells[answer] = ", ".join(f"{_name(one)} {percent(one['ratio'])}" for one in found)
        for answer, key in (("no difference", "same"), ("undecided", "open")):
            cells[key] = ", ".join(_name(summary["comparisons"][place]) for place in verdict["comparisons"].get(answer, []))
        where = verdict["conditions"] + cores(summary, verdict["regime"]) + (" (more threads than cores)" if verdict["oversubscribed"] else "")
        rows.append({"where": where} | {key: text or NOTHING for key, text in cells.items()})
    return rows


def _first_comparison(verdict):
    return min(place for places in verdict["comparisons"].values() for place in places)


def _name(comparison):
    return comparison["candidate"].split("/")[0]


def _floor(comparison):
    return _name(comparison) == "ideal"


def open_questions(summary, cpus):
    conditions = {cell["cell_id"]: cell["conditions"] for cell in summary["cells"]}
    grouped = defaultdict(list)
    for one in summary["comparisons"]:
        if one["metric"] == "throughput" and one["axis"] == summary["baselines"][0]["axis"]:
            grouped[conditions[one["baseline"]] + cores(summary, one["regime"])].append(one)
    told = []
    for where, all_of in grouped.items():
        undecided = [one for one in all_of if one["answer"] == "undecided"]
        if not undecided:
            continue
        rounds = sorted(one["rounds_needed"] for one in undecided if one["rounds_needed"])
        names = ", ".join(_name(one) for one in undecided)
        had = max(one["rounds"] for one in undecided)
        needs = (f"{rounds[0]} to {rounds[-1]} rounds" if rounds and rounds[0] != rounds[-1] else f"{rounds[0]} rounds" if rounds else "nobody can say how many rounds")
        told.append(f"{where}: {len(undecided)} of {len(all_of)} ({names}); that takes {needs}, where this run had {had}.")
    if len(told) > MOST_OPEN:
        told[MOST_OPEN - 1:] = [f"and of {len(told) - MOST_OPEN + 1} more conditions, which the tables below show."]
    if cpus and cpus < ENOUGH_CPUS:
        told.append(f"How strategies contend among many threads: that takes {ENOUGH_CPUS} cores or more, and there were {cpus}.")
    return told


def crossovers(summary):
    told = []
    baseline = baseline_of(summary)
    for one in summary["crossovers"]:
        where = f"{one['strategy']}, {one['conditions']}{cores(summary, one['regime'])}"
        first, last = (f"{100 * one['points'][end]['at']:.0f}" for end in (0, -1))
        if one["course"] in ("above", "below"):
            told.append(f"{where}: {'more' if one['course'] == 'above' else 'fewer'} requests/s than {baseline} at every share measured, {first} to {last} %.")
        for crossing in one["crossings"]:
            verb = "begins to pay" if crossing["begins_to_pay"] else "stops paying"
            low, high = crossing["low"], crossing["high"]
            if low is not None and high is not None:
                told.append(f"{where}: {verb} at {100 * crossing['at']:.0f} % [{100 * low:.0f}, {100 * high:.0f}] of the responses handed off.")
            elif low is not None:
                told.append(f"{where}: {verb} at {100 * low:.0f} % or more, if at all.")
            elif high is not None:
                told.append(f"{where}: {verb} at {100 * high:.0f} % or less, or did so from the beginning.")
    return told


def pareto(summary):
    rows = []
    names = {"throughput": "requests/s", "cpu": "CPU/request", "idle_connection": "bytes of a quiet connection", "process_memory": "bytes of the process", "buffers_peak": "bytes of buffers"}
    for one in summary["pareto"]:
        where = one["conditions"] + cores(summary, one["regime"]) + (" (more threads than cores)" if one["oversubscribed"] else "")
        beaten = ", ".join(f"{name} (by {by})" for name, by in one["beaten"].items())
        rows.append([_cell(where), _cell(", ".join(style.in_order(one["best"]))), _cell(beaten or NOTHING),
                     _cell(", ".join(names.get(metric, metric.replace("_", " ")) for metric in one["metrics"]))])  # fmt: skip
    return {"title": "Not beaten at time, tail and memory together", "heads": ["conditions", "not beaten", "beaten", "at"], "rows": rows, "prose": True} if rows else None


def safety(summary):
    return [one["sentence"] for one in summary["verdicts"] if one["metric"] == "tie_p50"]


def baseline_of(summary):
    return str(summary["baselines"][0]["value"]) if summary["baselines"] else "nothing"


# What the program calls an answer, and the page.
ANSWERS = {"better": "better", "worse": "worse", "no difference": "the same", "undecided": "not told"}


def _cell(text, value=None, kind=None, below=""):
    """`below`: in small letters under the text. `value`: what a column is sorted by."""
    return {"text": text, "value": value, "kind": kind, "below": below}


def _measured(metric, text):
    """A column's entry for a cell: median [interval]."""

    def entry(cell, _):
        told = cell["metrics"].get(metric)
        if told is None:
            return _cell(NOTHING)
        interval = told["interval"]
        return _cell(text(told["median"]), told["median"], below=f"[{text(interval['low'])}, {text(interval['high'])}]" if interval and interval["low"] != interval["high"] else "")

    return entry


def _beside(cell, comparison):
    if comparison is None or comparison["ratio"] is None:
        return _cell(NOTHING)
    interval = comparison["simultaneous"]
    kind = comparison["answer"] if comparison["answer"] in ("better", "worse") else None
    return _cell(f"{percent(comparison['ratio'])} %", comparison["ratio"], kind, f"[{percent(interval['low'], '')}, {percent(interval['high'], '')}] {ANSWERS[comparison['answer']]}")


def _foretold(cell, comparison):
    predicted = (comparison or {}).get("predicted")
    if not predicted:
        return _cell(NOTHING)
    return _cell(f"{percent(predicted['ratio'])} %", predicted["ratio"], below=f"[{percent(predicted['interval']['low'], '')}, {percent(predicted['interval']['high'], '')}]")


def _counted(name, text):
    def entry(cell, _):
        ledger = cell["ledger"]
        return _cell(NOTHING) if not ledger or ledger.get(name) is None else _cell(text(ledger[name]), ledger[name])

    return entry


COLUMNS = {
    "trials": lambda cell, _: _cell(f"{cell['trials']}", cell["trials"], below=f"{cell['quarantined']} set aside" if cell["quarantined"] else ""),
    "requests/s": _measured("throughput", engineering),
    "beside": _beside,
    "foretold": _foretold,
    "CPU/request": _measured("cpu", lambda us: duration_text(us * 1000)),
    "service p50": _measured("service_p50", duration_text),
    "service p99": _measured("service_p99", duration_text),
    "intended p50": _measured("intended_p50", duration_text),
    "intended p99": _measured("intended_p99", duration_text),
    "tie p50": _measured("tie_p50", duration_text),
    "buffers, at most": _measured("buffers_peak", bytes_text),
    "process": _measured("process_memory", bytes_text),
    "a quiet connection": _measured("idle_connection", bytes_text),
    "locks": _counted("locks", lambda n: f"{n:.3g}" if n == 0 or n >= 0.001 else "<0.001"),
    "copied": _counted("bytes_copied", bytes_text),
}


WORKLOADS = Path(__file__).resolve().parents[1] / "workloads"


def _told_by(workload):
    """A workload's file; nothing for one that is not in the tree."""
    try:
        return tomllib.loads((WORKLOADS / f"{workload}.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def question_of(workload):
    """What a workload asks; None for one that says nothing."""
    return _told_by(workload).get("question")


def expectations(summary):
    """[{workload, that, because, source, answer, told}]: what workloads expected; `told` is of the cells that decide it."""
    return [one | {"told": "; ".join(f"{cell['cell_id']}: {cell['because']}" for cell in one["cells"] if cell["answer"] == one["answer"])}
            for one in summary.get("expectations", [])]


def _texts(metrics):
    """How a metric's figures are written, by name."""
    by_unit = {"bytes": bytes_text, "ns": duration_text, "us": lambda us: duration_text(us * 1000), "s": lambda s: duration_text(s * 1e9), "requests/s": engineering}
    return {one["name"]: by_unit.get(one["unit"], lambda value: f"{value:.3g}") for one in metrics}


def by_workload(summary):
    """[{title, question, table, expectations}], of workloads that say which metrics expose the difference: strategies by these. Of several points of a
    sweep all are shown for the first metric, and the last for the others. In the regime that most cells have."""
    texts = _texts(summary["metrics"])
    comparisons = {(one["candidate"], one["regime"], one["metric"]): one for one in summary["comparisons"]
                   if summary["baselines"] and one["axis"] == summary["baselines"][0]["axis"]}  # fmt: skip
    told = []
    for workload in dict.fromkeys(cell["workload"] for cell in summary["cells"]):
        exposing = [name for name in _told_by(workload).get("metrics", []) if name in texts]
        cells = [cell for cell in summary["cells"] if cell["workload"] == workload and not cell["again"] and cell["trials"]]
        if not exposing or len({cell["strategy"] for cell in cells}) < 2:
            continue
        most = Counter(cell["regime"] for cell in cells).most_common(1)[0][0]
        cells = {(cell["strategy"], cell["cell_id"].partition("/")[2]): cell for cell in cells if cell["regime"] == most}
        points = list(dict.fromkeys(point for _, point in cells))
        columns = [(name, point) for place, name in enumerate(exposing) for point in (points if place == 0 else points[-1:])]

        def entry(strategy, name, point):
            cell = cells.get((strategy, point))
            if cell is None or name not in cell["metrics"]:
                return _cell(NOTHING)
            median = cell["metrics"][name]["median"]
            beside = comparisons.get((cell["cell_id"], most, name))
            kind = beside["answer"] if beside and beside["answer"] in ("better", "worse") else None
            return _cell(texts[name](median), median, kind, f"{percent(beside['ratio'])} %" if beside and beside["ratio"] else "")

        heads = ["strategy", *(name + (f", {point.removeprefix(workload).strip('/')}" if len(points) > 1 and point.strip("/") != workload else "") for name, point in columns)]
        rows = [[_cell(strategy), *(entry(strategy, name, point) for name, point in columns)] for strategy in style.in_order({strategy for strategy, _ in cells})]
        told.append({"title": workload, "question": question_of(workload), "expectations": [one for one in expectations(summary) if one["workload"] == workload],
                     "table": {"title": f"{workload}: {', '.join(exposing)}", "heads": heads, "rows": rows}})  # fmt: skip
    return told


def evidence(summary):
    """[{title, question, tables}], by conditions in the order of the run; a table for each regime."""
    comparisons = {(one["candidate"], one["regime"]): one for one in summary["comparisons"]
                   if one["metric"] == "throughput" and summary["baselines"] and one["axis"] == summary["baselines"][0]["axis"]}  # fmt: skip
    several_allocators = len({cell["allocator"] for cell in summary["cells"]}) > 1
    groups = {}
    for cell in summary["cells"]:
        if not cell["again"]:
            title = cell["conditions"] + (f", {cell['allocator']}" if several_allocators else "")
            groups.setdefault(title, {}).setdefault(cell["regime"], []).append(cell)
    told = []
    for title, by_regime in groups.items():
        tables = []
        for regime in [one["name"] for one in summary["regimes"] if one["name"] in by_regime]:
            cells = {cell["strategy"]: cell for cell in by_regime[regime]}
            rows = [[_cell(name)] + [entry(cells[name], comparisons.get((cells[name]["cell_id"], regime))) for entry in COLUMNS.values()]
                    for name in style.in_order(cells)]
            heads = ["strategy", *(f"beside {baseline_of(summary)}" if head == "beside" else head for head in COLUMNS)]
            kept = [place for place in range(len(heads)) if any(row[place]["text"] != NOTHING for row in rows)]
            marked = any(cell["oversubscribed"] for cell in cells.values())
            tables.append({"title": f"{title}{cores(summary, regime)}", "regime": f"cores {regime}", "heads": [heads[place] for place in kept],
                           "rows": [[row[place] for place in kept] for row in rows]})  # fmt: skip
        first = title[0].upper() + title[1:]
        workload = next(iter(by_regime.values()))[0]["workload"]
        told.append({"title": first + (" (more threads than cores)" if marked else ""), "question": question_of(workload), "tables": tables})
    return told


METHOD = [
    "A cell is one strategy under one set of conditions; before it is timed, a verification trial runs it with every check on and counts its locks, allocations and copies.",
    "An invalid cell is in no table and no figure.",
    "A trial is a process of its own; where connections are in memory the strategies share one and take turns of some milliseconds, in random order.",
    "Pipelines are made afresh every few turns, with threads, memory and a copy of their code at other places each time, and such a seating is what intervals count.",
    "The machine is looked at before every turn, and pairs of turns between which it changed count for nothing; the rule stands in the plan and does not know the results.",
    "A ratio compares two cells within the same rounds and while the cores were equally far apart.",
    "Intervals of ratios hold the truth with the stated probability for all comparisons of one metric together.",
    "The baseline runs under two names (A/A), and no ratio within what the two showed is called a difference; nor is one within what the place of the code may do.",
    "What is counted (instructions, locks, lines that travel) is exact, and counts times this machine's costs stand beside each measured ratio as what they foretell.",
    "Latency with an open loop counts from the moment a request should have been sent.",
]


def crimes(run, summary):
    """What one can do wrong, and how this run stands: computed from its records."""
    records, timed = run.records, [record for record in run.records if record["role"] == "trial"]
    planned = {cell["cell_id"] for cell in summary["cells"]}
    shown = {cell["cell_id"] for cell in summary["cells"] if cell["trials"]}
    again = {cell["cell_id"] for cell in summary["cells"] if cell["again"]}
    unverified = {cell["cell_id"] for cell in summary["cells"] if cell["verified"] is not True and not cell["again"]}  # a second name is the same cell
    programs = {(record["build"]["commit"], record["build"]["flags"]) for record in records}
    machines = {record["environment"]["cpu"]["model"] for record in records}
    open_loop = [record for record in timed if record["configuration"]["load"]["loop"] == "open"]
    closed_tails = sum(1 for one in summary["comparisons"] if one["metric"] == "service_p99")
    rounds = [one["rounds"] for one in summary["comparisons"]]
    ramp = [record["configuration"]["ramp_s"] for record in timed]
    over = len({cell["cell_id"] for cell in summary["cells"] if cell["oversubscribed"]})
    set_aside = len(summary["quarantined"])
    rows = [
        ("leaving cells out", len(shown) == len(planned), f"{len(shown)} of {len(planned)} cells have trials that count; the others are named"),
        ("leaving trials out after looking", True, f"{set_aside} trials were set aside by the rule in the plan, which does not see results; they stay in the file"),
        ("the best of several runs", True, "medians and trimmed means of all that count"),
        ("no baseline, or an improper one", bool(summary["baselines"]), f"{baseline_of(summary)}, in the same rounds"),
        ("no sign of the noise", bool(again), f"{len(again)} cells ran under two names (A/A)" if again else "no cell ran twice: nothing is called different"),
        ("no intervals, or as if there were one comparison", bool(rounds), "corrected for all comparisons of one metric" if rounds else "nothing was compared"),
        ("too few rounds", bool(rounds) and min(rounds) >= 3, f"{min(rounds)} to {max(rounds)} rounds a comparison" if rounds else "nothing was compared"),
        ("fast and wrong", not unverified, "every cell was verified first" if not unverified else f"{len(unverified)} cells without a good verification"),
        ("different programs or machines in one table", len(programs) == 1 and len(machines) == 1, f"{len(programs)} program, {len(machines)} machine"),
        ("tails of a closed loop", bool(open_loop) or closed_tails == 0, f"{len(open_loop)} trials with an open loop; p99 of closed loops is called service time"),
        ("measuring while warming up", bool(ramp) and min(ramp) > 0, f"{min(ramp):g} to {max(ramp):g} s of load before anything is measured" if ramp else "no timed trial"),
        ("more threads than cores", over == 0, f"{over} of {len(planned)} cells, each marked; nothing is claimed about contention" if over else "none"),
    ]
    return {"title": "Benchmarking crimes", "prose": True, "heads": ["crime", "avoided", "how this run stands"],
            "rows": [[_cell(crime), _cell("yes" if good else "NO", None, "better" if good else "worse"), _cell(how)] for crime, good, how in rows]}


def _all(records, get):
    found = dict.fromkeys(str(get(record)) for record in records)
    return "; ".join(found) if found else "unavailable"


def facts(run, summary):
    records = run.records
    timed = [record for record in records if record["role"] == "trial"]
    started = sorted(record["started_at"] for record in records)
    times = f"{started[0]} to {started[-1]}" if started and started[0] != started[-1] else started[0] if started else "unavailable"
    lengths = sorted({record["configuration"]["measure_s"] for record in timed})
    told = [
        ("Trials", f"{len(timed)} timed, {len(records) - len(timed)} for verification; {len(summary['quarantined'])} quarantined, {len(summary['invalid'])} invalid"),
        ("Suite", summary["suite"] or "cells given on the command line"),
        ("Measured", times),
        ("Each trial", f"{lengths[0]:g} to {lengths[-1]:g} s of measuring" if lengths else "none"),
        ("Allocators", _all(records, lambda r: f"{r['allocator']['name']} {r['allocator']['version']}")),
    ]
    if records:
        told += [
            ("Processor", _all(records, lambda r: r["environment"]["cpu"]["model"])),
            ("CPUs", _all(records, lambda r: f"{r['environment']['cpu']['usable']} usable of {r['environment']['cpu']['online']}")),
            ("Virtual machine", _all(records, lambda r: r["environment"]["cpu"].get("virtual_machine", "unavailable"))),
            ("Governor", _all(records, lambda r: r["environment"]["cpu"]["governor"])),
            ("Kernel", _all(records, lambda r: r["environment"]["kernel"].get("release", "unavailable") if isinstance(r["environment"]["kernel"], dict) else r["environment"]["kernel"])),
            ("Commit", _all(records, lambda r: r["build"]["commit"] + (" with changes" if r["build"]["dirty"] is True else ""))),
            ("Compiler", _all(records, lambda r: f"{r['build']['compiler']} {r['build']['flags']}")),
        ]
    told.append(("Cores' round trip", "; ".join(f"{one['name']}: {one['round_trip_ns']:.0f} ns" if isinstance(one["round_trip_ns"], (int, float)) else f"{one['name']}: {one['round_trip_ns']}" for one in summary["regimes"])))
    return told


def left_out(run, summary):
    told = [f"invalid: {one['trial_id']}, {one['cell_id']}: {'; '.join(one['reasons'])}" for one in summary["invalid"]]
    told += [f"quarantined: {one['trial_id']}, {one['cell_id']}: {'; '.join(one['reasons'])}" for one in summary["quarantined"]]
    told += [f"refused: {run.source.name} line {line}: {reason}" for line, reason in run.refused]
    return told

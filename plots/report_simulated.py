"""The report's section on more cores: what `baton simulate` found, in a place of its own."""

import style
from numbers_of import engineering

NOTHING = "–"
NOWHERE = 0
NOTE = ("Simulated, not measured. What may be concluded: who collapses and roughly where, which line of memory is hot, and what shards, caches and padding change. Not: requests per second as such, "
        "differences below two, which of two that have both collapsed is better. Sentences are made of factors of two or more on which nine of ten settings agree.")


def _cell(text, value=None, kind="", below=""):
    return {"text": text, "value": value, "kind": kind, "below": below}


def _middle(values):
    return sorted(values)[len(values) // 2]


def _knee(row):
    """(text, cores or None): from where on the row does less than half of what the best does."""
    found = sorted(cores for cores in row["knee_by_setting"] if cores != NOWHERE)
    if len(found) * 10 < len(row["knee_by_setting"]) * 9:
        return ("nowhere" if not found else f"in {len(found)} of {len(row['knee_by_setting'])} settings"), None
    low, high = found[0], found[-1]
    return (f"{low}" if low == high else f"{low} to {high}") + " cores", _middle(found)


def _hottest(point):
    return point["lines"][0] if point["lines"] else None


def _shown(cores):
    """Four numbers of cores at most, spread out."""
    wanted = [at for at in cores if at in (8, 32, 128, 256)]
    return wanted if len(wanted) > 1 else cores[:: max(1, len(cores) // 4)][-4:]


def table(told, cell):
    shown = _shown(told["cores"])
    rows = []
    by_name = {row["strategy"]: row for row in cell["rows"]}
    for name in style.in_order(by_name):
        row = by_name[name]
        text, knee = _knee(row)
        points = {point["cores"]: point for point in row["points"]}
        values = [_cell(engineering(points[at]["requests_per_s"]["median"]), points[at]["requests_per_s"]["median"], below=f"{engineering(points[at]['requests_per_s']['low'])} to {engineering(points[at]['requests_per_s']['high'])}") for at in shown]
        at = points[knee] if knee in points else row["points"][-1]
        hot = _hottest(at)
        rows.append([_cell(name), *values, _cell(text, knee or 10**6, kind="worse" if knee else ""),
                     _cell(f"{hot['name']} {100 * hot['share_of_stalls']:.0f} %" if hot else "–", hot["share_of_stalls"] if hot else None, below=f"at {at['cores']} cores"), _cell(f"{at['stalled_ns'] / 1000:.3g}", at["stalled_ns"])])
    return {"title": f"Simulated: {cell['label']}", "heads": ["strategy", *[f"{at} cores, requests/s" for at in shown], "less than half of the best from", "what cores wait for most", "waiting, us per request"], "rows": rows}


def advice(cell):
    """What follows for a design: a sentence for each line that makes rows collapse."""
    lines = {}
    upright = []
    for row in cell["rows"]:
        _, knee = _knee(row)
        if knee is None:
            upright.append(row["strategy"])
            continue
        point = next(point for point in row["points"] if point["cores"] == knee)
        hot = _hottest(point)
        if hot and hot["share_of_stalls"] >= 0.5:
            lines.setdefault(hot["name"], []).append((row["strategy"], knee, hot["share_of_stalls"]))
    said = []
    for line, rows in lines.items():
        who = ", ".join(f"{name} (from {knee} cores on {100 * share:.0f} %)" for name, knee, share in rows)
        said.append(f"The {line} is most of what cores wait for in {who}: all workers meet there. Not below half of the best on up to {cell['rows'][0]['points'][-1]['cores']} cores: {', '.join(style.in_order(name for name in upright if name != 'ideal'))}.")
    return said


def validation(told):
    """Published series beside their simulation; None where the record has none."""
    series = told.get("validation") or []
    if not series:
        return None
    rows = [[_cell(one["name"]), _cell(f"{one['rank']:.2f}" if one["rank"] is not None else NOTHING, one["rank"]), _cell(f"{one['median_fold']:.2f}" if one["median_fold"] is not None else NOTHING, one["median_fold"]),
             _cell(f"{one['worst_fold']:.2f}" if one["worst_fold"] is not None else NOTHING, one["worst_fold"]), _cell(one["source"]), _cell(one["known_miss"] or NOTHING)] for one in series]
    return {"title": "Published series beside their simulation", "heads": ["series", "rank agreement", "off, times, in the middle", "at worst", "source", "known to be missed"], "rows": rows, "prose": True}


def on_more_cores(run):
    """None without a simulation."""
    told = run.simulated
    if told is None:
        return None
    machine = told["machine"]
    return {"note": NOTE, "moved": [claim["sentence"] for claim in told.get("moved_knees", [])], "validation": validation(told), "machine": f"Machine {machine['name']} ({machine['source']}); {len(told['settings'])} settings of what is not known of it; CPU of {', '.join(sorted({format(cell['work_us'], 'g') for cell in told['cells']}))} us a request beside ownership.",
            "cells": [{"label": cell["label"], "table": table(told, cell), "claims": [claim["sentence"] for claim in cell["claims"] if " overtake" in claim["sentence"]], "advice": advice(cell)} for cell in told["cells"]]}

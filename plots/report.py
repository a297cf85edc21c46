#!/usr/bin/python3
"""Writes a run's report: DIR/report.html, one file that needs nothing else, and DIR/report.md for a merge request.

Exit codes: 0 written; 1 written, and some records were invalid or refused (they are named); 2 bad input, nothing written.
"""

import argparse
import base64
import gzip
import io
import json
import lzma
import os
import re
import sys
from pathlib import Path

from figures import FIGURES, drawn, missing_modules

TEMPLATES = Path(__file__).resolve().parent
LARGEST = 5 << 20  # bytes of raw data that become part of the page


def arguments(argv):
    parser = argparse.ArgumentParser(prog="report.py", description="Writes a run's report.", epilog="example: baton report results/quick-2026-11-28")
    parser.add_argument("run", metavar="DIR", type=Path, help="run directory, which holds trials.jsonl or trials.jsonl.gz")
    parser.add_argument("--summary", metavar="FILE", help="what the program made of the trials; - for standard input (default: DIR/summary.json)")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where report.html and report.md go (default: DIR)")
    return parser.parse_args(argv)


def inline(figure, name, alternative):
    """The figure as SVG inside a page: its ids are its own, and it says what it shows."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg"):]
    text = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'id="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'xlink:href="#([^"]+)"', rf'xlink:href="#{name}-\1"', text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    width = figure.get_size_inches()[0] * 72
    label = json.dumps(alternative, ensure_ascii=False)[1:-1].replace('\\"', "&quot;").replace("<", "&lt;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" style="width:{width * 4 / 3:.0f}px" ', 1)


def figures_of(run):
    """(the picture for the first screen or None, the simulated ones, the rest), each {name, caption, svg}."""
    import matplotlib.pyplot as plt

    picture, simulated, rest = None, [], []
    for name, figure, caption, _ in drawn(run, FIGURES):
        one = {"name": name, "caption": caption, "svg": inline(figure, name, caption)}
        plt.close(figure)
        if name.startswith("simulated"):
            simulated.append(one)
        elif picture is None and name in ("share", "ratio-throughput"):
            picture = one
        else:
            rest.append(one)
    return picture, simulated, rest


def packed(content, kind="gzip"):
    return f"data:application/{kind};base64," + base64.b64encode(content).decode()


def raw_data(run, summary):
    from numbers_of import bytes_text

    content = run.source.read_bytes()
    if run.source.suffix != ".gz":
        content = gzip.compress(content, compresslevel=6, mtime=0)
    name = "trials.jsonl.gz"
    if len(content) > LARGEST:  # xz takes longer, and half the room
        name, content = "trials.jsonl.xz", lzma.compress(gzip.decompress(content), preset=0)
    return {"name": name, "size": bytes_text(len(content)), "href": packed(content, "x-xz" if name.endswith("xz") else "gzip") if len(content) <= LARGEST else None,
            "summary": packed(gzip.compress(json.dumps(summary).encode(), mtime=0))}


def command_of(summary, run):
    plan = run.plan or {}
    suites = Path("workloads/suites") / f"{summary['suite']}.toml"
    seed = plan.get("seed")
    if summary["suite"]:
        return f"baton run --suite {suites}" + (f" --seed {seed}" if seed is not None else "")
    strategies = ",".join(dict.fromkeys(cell["strategy"] for cell in summary["cells"]))
    workloads = ",".join(dict.fromkeys(cell["workload"] for cell in summary["cells"]))
    return f"baton run --strategy {strategies} --workload {workloads}" + (f" --seed {seed}" if seed is not None else "") + "  # and the settings in plan.json"


def content_of(run, summary):
    import report_parts as parts
    from report_simulated import on_more_cores

    cpus = run.records[0]["environment"]["cpu"]["usable"] if run.records else None
    picture, simulated_figures, figures = figures_of(run)
    started = min((record["started_at"] for record in run.records), default="")
    heading = f"Run {summary['run_id']}" + (f", suite {summary['suite']}" if summary["suite"] else "") + f": {summary['records']} records"
    if run.records:
        heading += f", {started[:10]}, on {run.records[0]['environment']['cpu']['model']}, {cpus} CPUs"
    more_cores = on_more_cores(run)
    tradeoffs = [parts.crossovers(summary), parts.pareto(summary), parts.safety(summary)]
    anchors = [("answer", "Answer"), *([("tradeoffs", "Trade-offs")] if any(tradeoffs) else []), *([("expected", "Expected")] if summary.get("expectations") else []), *([("more-cores", "On more cores")] if more_cores else []), ("evidence", "Evidence"), ("figures", "Figures"), ("method", "Method, machine, raw data")]
    warnings = list(summary["warnings"])
    if run.refused:
        warnings.append(f"{len(run.refused)} lines of {run.source.name} are no records by the schema")
    return {
        "name": run.directory.resolve().name, "heading": heading, "parts": anchors, "questions": summary.get("questions", []), "expectations": parts.expectations(summary), "workloads": parts.by_workload(summary),
        "verdicts": parts.verdicts(summary), "why_nothing": parts.why_nothing(summary), "machine": summary["machine"],
        "open": parts.open_questions(summary, cpus) if summary["baselines"] else [], "choices": parts.choices(summary), "baseline": parts.baseline_of(summary),
        "level": f"{100 * summary['level']:.0f}", "picture": picture, "regimes": parts.regimes(summary) + parts.beyond_time(summary), "crossovers": tradeoffs[0], "pareto": tradeoffs[1], "safety": tradeoffs[2],
        "more_cores": more_cores, "simulated_figures": simulated_figures,
        "evidence": parts.evidence(summary), "figures": figures, "method": parts.METHOD, "crimes": parts.crimes(run, summary), "warnings": warnings,
        "left_out": parts.left_out(run, summary), "facts": parts.facts(run, summary), "command": command_of(summary, run), "raw": raw_data(run, summary),
    }  # fmt: skip


def write(path, text):
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main(argv=None):
    options = arguments(argv)
    if complaint := missing_modules("report.py"):
        print(complaint, file=sys.stderr)
        return 2
    import jinja2
    from run import BadInput, read_run, read_summary

    try:
        run = read_run(options.run)
        run.summary = summary = read_summary(options.summary, options.run)
    except BadInput as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 2
    for line, reason in run.refused:
        print(f"refused: {run.source} line {line}: {reason}", file=sys.stderr)
    out = options.out or options.run
    templates = jinja2.FileSystemLoader(TEMPLATES)
    content = content_of(run, summary)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, escaped in (("report.html", True), ("report.md", False)):
            environment = jinja2.Environment(loader=templates, autoescape=escaped, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
            text = environment.get_template(f"{name}.j2").render(**content)
            write(out / name, text if escaped else re.sub(r"\n{3,}", "\n\n", text))
    except OSError as error:
        print(f"report.py: cannot write to '{out}': {error.strerror}; give another directory with --out", file=sys.stderr)
        return 2
    print(f"report: {out / 'report.html'} (and report.md)")
    return 1 if run.refused or run.invalid else 0


if __name__ == "__main__":
    sys.exit(main())

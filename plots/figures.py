#!/usr/bin/python3
"""Draws the figures of a run from its trials.

Exit codes: 0 all drawn; 1 some records were invalid or refused (the rest is drawn); 2 bad input, nothing written.
"""

import argparse
import csv
import importlib
import sys
from pathlib import Path

FORMATS = ["svg", "png", "pdf"]


def formats(text):
    wanted = list(dict.fromkeys(text.split(",")))
    for one in wanted:
        if one not in FORMATS:
            raise argparse.ArgumentTypeError(f"'{one}' is not a format; valid are {', '.join(FORMATS)}")
    return wanted


def figure_names(text):
    wanted = list(dict.fromkeys(text.split(",")))
    for one in wanted:
        if one not in FIGURES:
            raise argparse.ArgumentTypeError(f"'{one}' is not a figure; valid are {', '.join(FIGURES)}")
    return wanted


def arguments(argv):
    parser = argparse.ArgumentParser(prog="figures.py", description="Draws the figures of a run from its records.", epilog=(
        "example: plots/figures.py results/runs/quick --format svg,png"))
    parser.add_argument("run", metavar="DIR", help="run directory, which holds trials.jsonl or trials.jsonl.gz")
    parser.add_argument("--summary", metavar="FILE", help="what the program made of the trials; - for standard input (default: DIR/summary.json, if it is there)")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where the figures go (default: DIR/figures)")
    parser.add_argument("--format", metavar="LIST", type=formats, default=["svg"], dest="formats",
                        help=f"of {', '.join(FORMATS)}, separated by commas (default: svg)")
    parser.add_argument("--figure", metavar="NAME", type=figure_names, default=list(FIGURES), dest="figures",
                        help=f"of {', '.join(FIGURES)}, separated by commas (default: all there are data for)")
    parser.add_argument("--check", action="store_true", help="only check the records against the schema")
    return parser.parse_args(argv)


def missing_modules(program):
    """Says which libraries this Python lacks: it may not be the one the distribution's packages belong to."""
    try:
        import jinja2, jsonschema, matplotlib  # noqa: F401, E401
    except ImportError as error:
        return (f"{program}: {sys.executable} has no module '{error.name}'; on Debian: "
                "apt-get install python3-matplotlib python3-jinja2 python3-jsonschema, and use /usr/bin/python3")
    return None


# By what --figure takes, in the order of the report: a module, its function, and what that takes besides the run.
FIGURES = {
    "share": ("figure_share", "draw", ()),
    "ends": ("figure_ends", "draw", ()),
    "supply": ("figure_supply", "draw", ()),
    "ratio": ("figure_ratio", "draw", ()),
    "predicted": ("figure_predicted", "draw", ()),
    "counts": ("figure_counts", "draw", ()),
    "pareto": ("figure_pareto", "draw", ()),
    "threads": ("figure_axes", "draw_threads", ()),
    "allocators": ("figure_axes", "draw_allocators", ()),
    "throughput": ("figure_dots", "draw", ("throughput",)),
    "cpu": ("figure_dots", "draw", ("cpu",)),
    "latency": ("figure_latency", "draw", ()),
    "spectrum": ("figure_spectrum", "draw", ()),
    "memory": ("figure_memory", "draw", ()),
    "memory-over-time": ("figure_memory_over_time", "draw", ()),
    "memory-after": ("figure_memory_after", "draw", ()),
    "ledger": ("figure_ledger", "draw", ()),
    "ties": ("figure_ties", "draw", ()),
    "noise": ("figure_noise", "draw", ()),
    "resolution": ("figure_resolution", "draw", ()),
    "simulated": ("figure_simulated", "draw", ()),
}


def drawn(run, names):
    """Yields style.Drawn for everything there are data for."""
    for name in names:
        module, draw, given = FIGURES[name]
        yield from getattr(importlib.import_module(module), draw)(run, *given)


def draw_all(run, out, kinds, names):
    """Writes the figures, each with the numbers it shows as CSV. Returns their names."""
    import matplotlib.pyplot as plt

    written = []
    for one in drawn(run, names):
        for kind in kinds:
            options = {"metadata": {"Date": None}} if kind == "svg" else {"dpi": 150} if kind == "png" else {}
            one.figure.savefig(out / f"{one.name}.{kind}", **options)
        with (out / f"{one.name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, fieldnames=list(one.rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(one.rows)
        plt.close(one.figure)
        written.append(one.name)
    return written


def main(argv=None):
    options = arguments(argv)
    if complaint := missing_modules("figures.py"):
        print(complaint, file=sys.stderr)
        return 2
    from run import BadInput, read_run, read_summary
    try:
        run = read_run(options.run)
        if options.summary:
            run.summary = read_summary(options.summary, options.run)
    except BadInput as error:
        print(f"figures.py: {error}", file=sys.stderr)
        return 2
    for line, reason in run.refused:
        print(f"refused: {run.source} line {line}: {reason}", file=sys.stderr)
    for trial, reasons in run.invalid:
        print(f"invalid, not drawn: {trial}: {'; '.join(reasons)}", file=sys.stderr)
    if not options.check:
        out = options.out or run.directory / "figures"
        try:
            out.mkdir(parents=True, exist_ok=True)
            written = draw_all(run, out, options.formats, options.figures)
        except OSError as error:
            print(f"figures.py: cannot write to '{out}': {error.strerror}; give another directory with --out", file=sys.stderr)
            return 2
        if not written:
            print(f"figures.py: the run has no data for {', '.join(options.figures)}; figures are {', '.join(FIGURES)}", file=sys.stderr)
        print(f"{len(written)} figures of {len(run.timed())} trials: {out}")
    else:
        print(f"{len(run.records) + len(run.invalid)} records conform to the schema, {len(run.refused)} lines do not")
    return 1 if run.refused or run.invalid else 0


if __name__ == "__main__":
    sys.exit(main())

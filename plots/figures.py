#!/usr/bin/python3
"""Draws the figures of a run from its trials, and a page that shows them.

Exit codes: 0 all drawn; 1 some records were invalid or refused (the rest is drawn); 2 bad input, nothing written.
"""

import argparse
import sys
from pathlib import Path

FORMATS = ["svg", "png", "pdf"]


def formats(text):
    wanted = list(dict.fromkeys(text.split(",")))
    for one in wanted:
        if one not in FORMATS:
            raise argparse.ArgumentTypeError(f"'{one}' is not a format; valid are {', '.join(FORMATS)}")
    return wanted


def arguments(argv):
    parser = argparse.ArgumentParser(prog="figures.py", description="Draws the figures of a run from its records.", epilog=(
        "example: plots/figures.py results/runs/quick --format svg,png"))
    parser.add_argument("run", metavar="DIR", help="run directory, which holds trials.jsonl or trials.jsonl.gz")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where the figures go (default: DIR/figures)")
    parser.add_argument("--format", metavar="LIST", type=formats, default=["svg"], dest="formats",
                        help=f"of {', '.join(FORMATS)}, separated by commas (default: svg); the page shows the first")
    parser.add_argument("--check", action="store_true", help="only check the records against the schema")
    return parser.parse_args(argv)


def missing_modules():
    """Says which libraries this Python lacks: it may not be the one the distribution's packages belong to."""
    try:
        import jinja2, jsonschema, matplotlib  # noqa: F401, E401
    except ImportError as error:
        return (f"figures.py: {sys.executable} has no module '{error.name}'; on Debian: "
                "apt-get install python3-matplotlib python3-jinja2 python3-jsonschema, and use /usr/bin/python3")
    return None


def draw_all(run, out, kinds):
    """Writes every figure for which there are data. Returns [(file name, heading, caption)]."""
    import figure_dots
    import figure_latency
    import figure_ledger
    import figure_memory
    import figure_memory_after
    import figure_ratio
    import figure_ties
    import matplotlib.pyplot as plt

    drawers = [lambda q=quantity: figure_dots.draw(run, q) for quantity in figure_dots.QUANTITIES]
    drawers += [lambda m=module: m.draw(run) for module in (figure_ratio, figure_latency, figure_memory, figure_memory_after, figure_ledger, figure_ties)]
    written = []
    for drawer in drawers:
        for stem, figure, caption in drawer():
            for kind in kinds:
                options = {"metadata": {"Date": None}} if kind == "svg" else {"dpi": 150} if kind == "png" else {}
                figure.savefig(out / f"{stem}.{kind}", **options)
            plt.close(figure)
            written.append((f"{stem}.{kinds[0]}", stem, caption))
    return written


def main(argv=None):
    options = arguments(argv)
    if complaint := missing_modules():
        print(complaint, file=sys.stderr)
        return 2
    from run import BadInput, read_run
    try:
        run = read_run(options.run)
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
            written = draw_all(run, out, options.formats)
            from page import write_page
            write_page(run, written, out / "index.html")
        except OSError as error:
            print(f"figures.py: cannot write to '{out}': {error.strerror}; give another directory with --out", file=sys.stderr)
            return 2
        print(f"{len(written)} figures of {len(run.timed())} trials: {out / 'index.html'}")
    else:
        print(f"{len(run.records) + len(run.invalid)} records conform to the schema, {len(run.refused)} lines do not")
    return 1 if run.refused or run.invalid else 0


if __name__ == "__main__":
    sys.exit(main())

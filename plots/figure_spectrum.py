"""Latency by percentile: how the tail grows."""

import statistics

import style
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator
from numbers_of import duration_text
from run import oversubscribed, panels

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}
CAPTION = ("Medians over trials, on a percentile axis on which each step takes a tenth of the requests that are left. With an open loop latency counts from when a request should have been sent, else from when it was. "
           "Marks are what was measured. Logarithmic axes.")


def draw(run):
    """Yields style.Drawn."""
    grouped = panels(run, [r for r in run.timed() if r["latency_ns"]["service"]["count"]])
    for number, page in enumerate(style.pages(grouped), start=1):
        records = [r for by_strategy in page.values() for trials in by_strategy.values() for r in trials]
        names = style.in_order(r["strategy"] for r in records)
        colour = style.colours(names)
        figure, places = style.grid(page, 7, heading="Latency by percentile", subheading=oversubscribed(records), panel_width=4.0, legend=True, one_scale=False)
        rows = []
        for axes, (title, by_strategy) in zip(places, page.items()):
            for name in style.in_order(by_strategy):
                found = {p: _median(by_strategy[name], p) for p in PERCENTILES}
                points = [(1 / (1 - PERCENTILES[p]), value) for p, value in found.items() if value]
                axes.plot(*zip(*points), marker=style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=4, lw=1.2, mew=0)
                rows.append({"panel": title, "strategy": name, **{f"{p}_ns": value for p, value in found.items()}})
            _axes(axes)
        style.finish(figure, [Line2D([], [], marker=style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=4, lw=1.2, label=name) for name in names])
        yield style.Drawn("spectrum" if number == 1 else f"spectrum-{number}", figure, CAPTION, rows)


def _median(trials, percentile):
    told = [(r["latency_ns"]["intended"] or r["latency_ns"]["service"])[percentile] for r in trials]
    told = [value for value in told if value]
    return statistics.median(told) if told else None


def _axes(axes):
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(FixedLocator([2, 10, 100, 1000]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * (1 - 1 / x):g} %"))
    axes.yaxis.set_major_locator(FixedLocator(style.round_durations(*axes.get_ylim())))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ns, _: duration_text(ns)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelleft=True)
    axes.set_xlabel("of the requests take at most")
    axes.set_ylabel("latency")

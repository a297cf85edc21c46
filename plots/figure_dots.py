"""One number for each trial: every trial as a dot, the median as a bar, its interval as a line."""

from dataclasses import dataclass
from typing import Callable

import style
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, MaxNLocator, StrMethodFormatter
from numbers_of import coverage, median_interval
from run import oversubscribed, panels


@dataclass(frozen=True)
class Quantity:
    name: str  # of the file
    heading: str
    axis: str  # label with unit
    value: Callable  # of a record; None where it has none
    says: str  # for the caption
    ticks: Callable = lambda: EngFormatter(sep="")  # a formatter for the axis


QUANTITIES = {one.name: one for one in [
    Quantity("throughput", "Throughput", "requests per second", lambda r: r["throughput"]["requests_per_s"],
             "Completed requests per second of the measured phase. With an open loop this is the offered rate, unless saturated."),
    Quantity("cpu", "CPU time per request", "microseconds of CPU per request", lambda r: r["cpu"]["per_request_us"],
             "CPU time of the pipeline's threads, divided by completed requests; over sockets clients and origin do not count.",
             ticks=lambda: StrMethodFormatter("{x:g}")),
]}


MOST_DOTS = 60  # of a row; more become a picture, or they would be most of the page


def draw(run, name):
    """Yields style.Drawn. `name`: of QUANTITIES."""
    quantity = QUANTITIES[name]
    grouped = panels(run, [r for r in run.timed() if quantity.value(r) is not None])
    for number, page in enumerate(style.pages(grouped), start=1):
        records = [r for of_strategy in page.values() for trials in of_strategy.values() for r in trials]
        names = style.in_order(r["strategy"] for r in records)
        colour = style.colours(names)
        figure, places = style.grid(page, len(names), heading=quantity.heading, subheading=oversubscribed(records), legend=True)
        for axes, by_strategy in zip(places, page.values()):
            _panel(axes, by_strategy, names, colour, quantity)
        style.finish(figure, [
            Line2D([], [], marker="o", ls="", color=style.PALE, alpha=0.6, ms=4, label="a trial"),
            Line2D([], [], marker="|", ls="", color=style.INK, ms=11, mew=2.2, label="median"),
            Line2D([], [], color=style.INK, lw=1.4, label="interval of the median (order statistics)"),
        ])
        stem = quantity.name if number == 1 else f"{quantity.name}-{number}"
        yield style.Drawn(stem, figure, f"{quantity.says} {_trials(records)}", [
            {"panel": title, "strategy": strategy, "trial_id": r["trial_id"], quantity.name: quantity.value(r)}
            for title, by_strategy in page.items() for strategy, trials in by_strategy.items() for r in trials])


def _panel(axes, by_strategy, names, colour, quantity):
    for row, name in enumerate(names):
        values = [quantity.value(r) for r in by_strategy.get(name, [])]
        if not values:
            continue
        median, low, high = median_interval(values)
        axes.plot(values, [row + 0.17] * len(values), "o", color=colour[name], alpha=0.55, ms=4, mew=0, rasterized=len(values) > MOST_DOTS)
        axes.plot([low, high], [row - 0.12] * 2, color=colour[name], lw=1.6, solid_capstyle="butt")
        axes.plot([median], [row - 0.12], "|", color=colour[name], ms=11, mew=2.4)
    style.label_strategies(axes, names)
    axes.set_xlim(left=0)
    axes.set_xlim(right=axes.get_xlim()[1] * 1.03)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(quantity.ticks())
    axes.set_xlabel(quantity.axis)


def _trials(records):
    counts = {}
    for record in records:
        counts[record["cell_id"]] = counts.get(record["cell_id"], 0) + 1
    least, most = min(counts.values()), max(counts.values())
    how_many = f"{least}" if least == most else f"{least} to {most}"
    return (f"{how_many} trials a cell, each a dot; bar: median; line: interval that holds the true median with a probability of "
            f"{100 * coverage(least):.0f} %.")

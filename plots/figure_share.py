"""Requests per second beside the baseline, by the share of responses that are handed off: where a strategy begins to pay."""

import math

import style
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter

WIDEST = math.log(2)


def draw(run):
    """Yields style.Drawn. Needs a summary with crossovers: without a series there is no figure."""
    series = (run.summary or {}).get("crossovers", [])
    groups = {}
    for one in series:
        groups.setdefault((one["conditions"], one["regime"]), {})[one["strategy"]] = one
    if not groups:
        return
    baseline = run.summary["baselines"][0]["value"]
    rounds = {(one["candidate"], one["regime"]): one["units"] for one in run.summary["comparisons"]}
    shown = sorted(groups.items(), key=lambda item: -max(units for (_, regime), units in rounds.items() if regime == item[0][1]))
    for number, ((conditions, regime), by_strategy) in enumerate(shown, start=1):
        names = style.in_order(by_strategy)
        colour = style.colours(names)
        several = len(run.summary["regimes"]) > 1
        marked = any(one["oversubscribed"] for one in by_strategy.values())
        figure, places = style.grid(names, 4.4, heading=f"Requests/s beside {baseline}, by share handed off",
                                    subheading="more threads than cores" if marked else "", panel_width=2.15, columns=3, legend=True)
        reach = min(WIDEST, 1.12 * max(0.02, *(abs(math.log(point[end])) for one in by_strategy.values() for point in one["points"] for end in ("low", "high"))))
        for axes, name in zip(places, names):
            _panel(axes, by_strategy[name], colour[name], reach)
        for axes in places[-min(3, len(places)):]:
            axes.set_xlabel("handed off")
        style.finish(figure, [
            Line2D([], [], color=style.INK, marker="o", ms=4, lw=1.4, label=f"ratio to {baseline}, with interval"),
            Patch(color="#f2d9a6", label="where it crosses: 1 is within the interval"),
        ])
        where = f"{conditions[0].upper()}{conditions[1:]}" + (f", cores {regime}" if several else "")
        yield style.Drawn("share" if number == 1 else f"share-{number}", figure, (
            f"{where}. Above the line: more requests per second than {baseline}. Bars: intervals that hold the truth for all comparisons together with "
            f"{100 * run.summary['level']:.0f} %; the shares in between were not measured, and lines join what was. Logarithmic vertical axis."),
            [{"conditions": conditions, "regime": regime, "strategy": name, **point} for name in names for point in by_strategy[name]["points"]])


def _panel(axes, one, colour, reach):
    points = one["points"]
    x = [100 * point["at"] for point in points]
    for crossing in one["crossings"]:
        low, high = (100 * crossing[end] if crossing[end] is not None else beyond for end, beyond in (("low", x[0]), ("high", x[-1])))
        axes.axvspan(low, high, color="#f2d9a6", lw=0, zorder=0)
    axes.axhline(0, color=style.PALE, lw=0.9, zorder=1)
    logs = [math.log(point["ratio"]) for point in points]
    for place, point in zip(x, points):
        axes.plot([place, place], [max(math.log(point["low"]), -reach), min(math.log(point["high"]), reach)], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    axes.plot(x, logs, "o-", color=colour, ms=4, lw=1.3, mew=0, zorder=3)
    axes.set_ylim(-reach, reach)
    axes.set_xlim(-6, 106)
    axes.xaxis.set_major_locator(FixedLocator(x if len(x) < 5 else [0, 25, 50, 75, 100]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:g} %"))
    style.label_ratios(axes.yaxis, reach)
    axes.grid(axis="x", visible=False)

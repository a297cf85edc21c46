"""What a design buys: requests per second where nothing is handed off, beside requests per second where all is."""

import math

import style
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

ENDS = (0.0, 1.0)


def draw(run):
    """Yields style.Drawn. Needs a summary in which the share handed off goes from 0 to 1."""
    panels = {}
    for one in (run.summary or {}).get("crossovers", []):
        at = {point["at"]: point for point in one["points"]}
        if one["axis"] == "/handoff/ratio" and all(end in at for end in ENDS):
            title = one["conditions"][0].upper() + one["conditions"][1:] + (f", cores {one['regime']}" if len(run.summary["regimes"]) > 1 else "")
            title += ", more threads than cores" if one["oversubscribed"] else ""
            panels.setdefault(title, {})[one["strategy"]] = [at[end] for end in ENDS]
    if not panels:
        return
    baseline = run.summary["baselines"][0]["value"]
    for number, page in enumerate(style.pages(panels), start=1):
        names = style.in_order(name for by_strategy in page.values() for name in by_strategy)
        colour = style.colours(names)
        figure, places = style.grid(page, 12, heading=f"Requests/s beside {baseline}: nothing and all handed off", panel_width=5.2, columns=2, legend=True, one_scale=False)
        for axes, by_strategy in zip(places, page.values()):
            _panel(axes, by_strategy, names, colour)
            axes.set_xlabel("nothing handed off")
            axes.set_ylabel("all handed off")
        style.finish(figure, [Line2D([], [], marker=style.MARKERS[names.index(name) % len(style.MARKERS)], ls="", color=colour[name], ms=5, label=name) for name in names])
        yield style.Drawn("ends" if number == 1 else f"ends-{number}", figure, (
            f"Both beside {baseline}, which is the cross at 1; lines are intervals, corrected for all comparisons together. Right: cheaper without handoffs; up: cheaper with one for every response; on the dotted line a handoff "
            f"changes nothing beside what it costs {baseline}. Logarithmic axes."),
            [{"panel": title, "strategy": name, "handed_off": end, "ratio": point["ratio"], "low": point["low"], "high": point["high"]}
             for title, by_strategy in page.items() for name in style.in_order(by_strategy) for end, point in zip(ENDS, by_strategy[name])])


def _panel(axes, by_strategy, names, colour):
    reach = 1.12 * max(0.02, *(abs(math.log(point[key])) for points in by_strategy.values() for point in points for key in ("low", "high")))
    axes.plot([-reach, reach], [-reach, reach], ":", color=style.PALE, lw=0.9, zorder=1)
    axes.plot([0], [0], "+", color=style.INK, ms=9, mew=1.2, zorder=3)
    for name in style.in_order(by_strategy):
        (x, y), (none, all_of_them) = [math.log(point["ratio"]) for point in by_strategy[name]], by_strategy[name]
        axes.plot([math.log(none["low"]), math.log(none["high"])], [y, y], color=colour[name], lw=1, alpha=0.6, zorder=2)
        axes.plot([x, x], [math.log(all_of_them["low"]), math.log(all_of_them["high"])], color=colour[name], lw=1, alpha=0.6, zorder=2)
        axes.plot([x], [y], style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=5.5, zorder=4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(_ticks(reach)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{math.exp(value):.2f}"))
        axis.set_minor_locator(NullLocator())
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.tick_params(labelleft=True, labelbottom=True)


def _ticks(reach):
    step = next(step for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if reach / step < 5 or step == 1.0)
    ratios = [1 + i * step for i in range(-40, 41) if 1 + i * step > 0.05]
    return [math.log(ratio) for ratio in ratios if abs(math.log(ratio)) <= reach]

"""What exact counts times this machine's costs foretell, beside what was measured: on the line where they agree."""

import math

import style
from matplotlib.lines import Line2D

CAPTION = ("Each mark is a ratio of requests per second to the baseline, with the interval corrected for all comparisons (vertical) and with the costs' quartiles (horizontal). Filled: the two intervals meet. "
           "Marks far below the line are strategies whose threads wait for each other, which no count foretells. Logarithmic axes.")


def draw(run):
    """Yields style.Drawn. Needs a run that counted."""
    summary = run.summary or {}
    found = [one for one in summary.get("comparisons", []) if one["metric"] == "throughput" and one.get("predicted") and one["simultaneous"]]
    panels = {}
    for one in found:
        words = run.conditions.get(one["candidate"])
        if words:
            title = f"{words[0].upper()}{words[1:]}" + (f", cores {one['regime']}" if len(summary["regimes"]) > 1 else "")
            panels.setdefault(title, []).append(one)
    for number, page in enumerate(style.pages(panels), start=1):
        shown = [one for ones in page.values() for one in ones]
        names = style.in_order(one["candidate"].split("/")[0] for one in shown)
        colour = style.colours(names)
        figure, places = style.grid(page, 9, heading="Measured beside foretold", panel_width=3.4, legend=True, one_scale=False)
        for axes, ones in zip(places, page.values()):
            _panel(axes, ones, colour)
        style.finish(figure, [Line2D([], [], marker=style.MARKERS[names.index(name) % len(style.MARKERS)], ls="", color=colour[name], ms=5, label=name) for name in names])
        yield style.Drawn("predicted" if number == 1 else f"predicted-{number}", figure, CAPTION, [
            {"candidate": one["candidate"], "regime": one["regime"], "measured": one["ratio"], "measured_low": one["simultaneous"]["low"], "measured_high": one["simultaneous"]["high"],
             "foretold": one["predicted"]["ratio"], "foretold_low": one["predicted"]["interval"]["low"], "foretold_high": one["predicted"]["interval"]["high"], "agrees": one["predicted"]["agrees"]}
            for one in shown])


def _panel(axes, ones, colour):
    names = style.in_order(colour)
    ends = [abs(math.log(value)) for one in ones for value in (one["ratio"], one["simultaneous"]["low"], one["simultaneous"]["high"], one["predicted"]["interval"]["low"], one["predicted"]["interval"]["high"])]
    reach = 1.1 * max([0.02, *ends])
    axes.plot([-reach, reach], [-reach, reach], color=style.PALE, lw=0.9, zorder=1)
    for one in ones:
        name = one["candidate"].split("/")[0]
        x, y = math.log(one["predicted"]["ratio"]), math.log(one["ratio"])
        axes.plot([math.log(one["predicted"]["interval"][end]) for end in ("low", "high")], [y, y], color=colour[name], lw=1, alpha=0.7, zorder=2)
        axes.plot([x, x], [math.log(one["simultaneous"][end]) for end in ("low", "high")], color=colour[name], lw=1, alpha=0.7, zorder=2)
        axes.plot([x], [y], style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=5.5, mew=1.2, mfc=colour[name] if one["predicted"]["agrees"] else "white", zorder=3)
    for axis in (axes.xaxis, axes.yaxis):
        style.label_ratios(axis, reach)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_xlabel("foretold")
    axes.set_ylabel("measured")
    axes.tick_params(labelleft=True)

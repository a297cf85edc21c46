"""Time beside memory: what more requests per second cost in bytes."""

import math

import style
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

TIMES = ("throughput", "cpu")
MEMORIES = ("idle_connection", "process_memory", "buffers_peak")
NAMES = {"throughput": "requests/s", "cpu": "CPU time per request", "idle_connection": "bytes of a quiet connection", "process_memory": "bytes of the process", "buffers_peak": "bytes of buffers, at most"}
CAPTION = ("Both beside the baseline, which is the cross at 1; lines are intervals, corrected for all comparisons of a metric. Right and down is better. Filled: beaten by none at time, tail and memory together. Logarithmic axes.")


def draw(run):
    """Yields style.Drawn. Needs a summary that says who is beaten."""
    summary = run.summary or {}
    panels = {}
    for group in summary.get("pareto", []):
        time = next((metric for metric in TIMES if metric in group["metrics"]), None)
        memory = next((metric for metric in MEMORIES if metric in group["metrics"]), None)
        if time and memory:
            said = {}
            for one in summary["comparisons"]:
                if one["metric"] in (time, memory) and one["regime"] == group["regime"] and one["simultaneous"] and run.conditions.get(one["candidate"]) == group["conditions"]:
                    said.setdefault(one["candidate"].split("/")[0], {})[one["metric"]] = one
            title = group["conditions"][0].upper() + group["conditions"][1:] + (f", cores {group['regime']}" if len(summary["regimes"]) > 1 else "")
            panels[title] = (group, time, memory, {name: both for name, both in said.items() if len(both) == 2})
    for number, page in enumerate(style.pages(panels), start=1):
        names = style.in_order(name for _, _, _, said in page.values() for name in said)
        colour = style.colours(names)
        marked = any(group["oversubscribed"] for group, *_ in page.values())
        figure, places = style.grid(page, 8, heading="Time beside memory", subheading="more threads than cores" if marked else "", panel_width=4.0, legend=True, one_scale=False)
        rows = []
        for axes, (title, (group, time, memory, said)) in zip(places, page.items()):
            _panel(axes, group, time, memory, said, names, colour)
            rows += [{"panel": title, "strategy": name, "metric": metric, "ratio": one["ratio"], "low": one["simultaneous"]["low"], "high": one["simultaneous"]["high"], "beaten_by": group["beaten"].get(name, "")}
                     for name, both in said.items() for metric, one in both.items()]
        style.finish(figure, [Line2D([], [], marker=style.MARKERS[names.index(name) % len(style.MARKERS)], ls="", color=colour[name], ms=5, label=name) for name in names])
        yield style.Drawn("pareto" if number == 1 else f"pareto-{number}", figure, CAPTION, rows)


def _panel(axes, group, time, memory, said, names, colour):
    sign = 1 if time == "throughput" else -1  # right is better
    axes.plot([0], [0], "+", color=style.INK, ms=9, mew=1.2, zorder=3)
    for name, both in said.items():
        x, y = (math.log(both[metric]["ratio"]) for metric in (time, memory))
        low, high = (sign * math.log(both[time]["simultaneous"][end]) for end in ("low", "high"))
        axes.plot([low, high], [y, y], color=colour[name], lw=1, alpha=0.7, zorder=2)
        axes.plot([sign * x] * 2, [math.log(both[memory]["simultaneous"][end]) for end in ("low", "high")], color=colour[name], lw=1, alpha=0.7, zorder=2)
        axes.plot([sign * x], [y], style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=5.5, mew=1.2, mfc=colour[name] if name in group["best"] else "white", zorder=3)
    reach = 1.1 * max(0.02, *(abs(end) for end in axes.get_xlim()))
    style.label_ratios(axes.xaxis, reach)
    axes.set_xlim(-reach, reach)
    low, high = axes.get_ylim()
    low, high = min(low, -0.1), max(high, 0.1)
    factors = [factor for factor in (1 / 32, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 32, 128) if low <= math.log(factor) <= high]
    axes.yaxis.set_major_locator(FixedLocator([math.log(factor) for factor in factors]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda log, _: f"{math.exp(log):.3g} x"))
    axes.set_ylim(low, high)
    axes.set_xlabel(NAMES[time] + ("" if sign > 0 else ", less is right"))
    axes.set_ylabel(NAMES[memory])
    axes.tick_params(labelleft=True)

"""Latency percentiles, from the intended start and as service time, side by side for each strategy."""

import statistics

import style
from matplotlib.lines import Line2D
from run import oversubscribed, panels

PERCENTILES = {"p50": ("o", "p50"), "p90": ("D", "p90"), "p99": ("s", "p99"), "p999": ("^", "p99.9")}
CAPTION = ("For each percentile the median over trials, on a logarithmic axis. Filled: from the moment the request should have started (open loop), "
           "which counts the time it had to wait for its turn. Hollow: from the moment it was sent.")


def draw(run):
    """Yields style.Drawn."""
    grouped = panels(run, [r for r in run.timed() if r["latency_ns"]["service"]["count"]])
    for number, page in enumerate(style.pages(grouped), start=1):
        records = [r for of_strategy in page.values() for trials in of_strategy.values() for r in trials]
        names = style.in_order(r["strategy"] for r in records)
        colour = style.colours(names)
        titles = {title + _saturated(by_strategy): by_strategy for title, by_strategy in page.items()}
        figure, places = style.grid(titles, len(names), heading="Latency", subheading=oversubscribed(records), row_height=0.3,
                                    legend=True)
        for axes, by_strategy in zip(places, titles.values()):
            _panel(axes, by_strategy, names, colour)
        _legend(figure, any(r["latency_ns"]["intended"] for r in records))
        yield style.Drawn("latency" if number == 1 else f"latency-{number}", figure, CAPTION, [
            {"panel": title, "strategy": strategy, "trial_id": r["trial_id"], "from": kind, **{f"{p}_ns": r["latency_ns"][kind][p] for p in PERCENTILES}}
            for title, by_strategy in page.items() for strategy, trials in by_strategy.items() for r in trials
            for kind in ("intended", "service") if r["latency_ns"][kind]])


def _saturated(by_strategy):
    names = style.in_order(name for name, trials in by_strategy.items() if any(r["saturated"] for r in trials))
    return f"\nsaturated: {', '.join(names)}" if names else ""


def _panel(axes, by_strategy, names, colour):
    for row, name in enumerate(names):
        trials = by_strategy.get(name, [])
        both = any(r["latency_ns"]["intended"] for r in trials)
        for kind, offset in (("intended", -0.16), ("service", 0.16 if both else 0.0)):
            _percentiles(axes, [r["latency_ns"][kind] for r in trials if r["latency_ns"][kind]], row + offset, colour[name],
                         filled=kind == "intended")
    style.label_strategies(axes, names)
    style.log_durations(axes)
    axes.set_xlabel("latency")


def _percentiles(axes, latencies, y, colour, *, filled):
    found = {p: [one[p] for one in latencies if one[p] is not None] for p in PERCENTILES}
    points = [(statistics.median(values), marker) for (marker, _), values in zip(PERCENTILES.values(), found.values()) if values]
    if not points:
        return
    axes.plot([points[0][0], points[-1][0]], [y, y], color=colour, lw=1.1, alpha=0.7, zorder=2)
    for x, marker in points:
        axes.plot([x], [y], marker, color=colour, ms=5, mew=1.1, mfc=colour if filled else "white", zorder=3)


def _legend(figure, both):
    handles = [Line2D([], [], marker=marker, ls="", color=style.PALE, mfc="white", ms=5, label=label)
               for marker, label in PERCENTILES.values()]
    if both:
        handles.append(Line2D([], [], marker="o", color=style.INK, ms=5, lw=1, label="from the intended start"))
    handles.append(Line2D([], [], marker="o", color=style.INK, mfc="white", ms=5, lw=1, label="service time"))
    style.finish(figure, handles)

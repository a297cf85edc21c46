"""What a strategy does for each request: locks, read-modify-writes, failed CAS, allocations, bytes copied, by handoff ratio."""

import statistics

import matplotlib
import style
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from run import AXES, oversubscribed, panels

COLUMNS = {
    "locks": "locks taken",
    "locks_contended": "locks contended",
    "atomic_rmw": "atomic RMW",
    "cas_failed": "failed CAS",
    "allocations": "allocations",
    "bytes_copied": "bytes copied",
}
MARKERS = "oDs^vP*X"
CAPTION = ("Counts of the strategy alone, not of the pipeline, divided by requests; from the verification trials, where everything is counted. "
           "One mark for each handoff ratio; darker is more handoff.")


def draw(run):
    """Yields style.Drawn, a figure for each panel."""
    counted = [r for r in run.records if r["ledger"]]
    grouped = panels(run, counted, apart_from=("handoff",))
    ratio_of, _ = AXES["handoff"]
    for number, (title, by_strategy) in enumerate(grouped.items(), start=1):
        records = [r for trials in by_strategy.values() for r in trials]
        names = style.in_order(by_strategy)
        ratios = sorted({ratio_of(r) for r in records})
        colour = {ratio: matplotlib.colormaps["viridis_r"](0.15 + 0.8 * ratio) for ratio in ratios}
        figure, places = style.grid(COLUMNS.values(), len(names), heading=f"Ledger per request: {title}",
                                    subheading=oversubscribed(records), panel_width=2.35, columns=len(COLUMNS),
                                    row_height=0.25 if len(ratios) < 4 else 0.4, legend=True)
        for axes, key in zip(places, COLUMNS):
            for index, ratio in enumerate(ratios):
                for row, name in enumerate(names):
                    values = [r["ledger"]["per_request"][key] for r in by_strategy[name] if ratio_of(r) == ratio]
                    if values:
                        # One under the other, so that equal values stay visible.
                        y = row + 0.5 * ((index + 0.5) / len(ratios) - 0.5)
                        axes.plot([statistics.median(values)], [y], MARKERS[index % len(MARKERS)], color=colour[ratio], ms=5,
                                  mec="white", mew=0.5, clip_on=False, zorder=3)
            style.label_strategies(axes, names)
            axes.grid(axis="y", visible=True)
            axes.set_xlim(0, max(axes.dataLim.x1 * 1.06, 1e-3) if axes.dataLim.x1 > 0 else 1)
            axes.xaxis.set_major_locator(MaxNLocator(3))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.set_xlabel("bytes per request" if key == "bytes_copied" else "per request")
        style.finish(figure, [Line2D([], [], marker=MARKERS[i % len(MARKERS)], ls="", color=colour[ratio], ms=6,
                                     label=f"handoff {ratio:g}") for i, ratio in enumerate(ratios)])
        yield style.Drawn("ledger" if number == 1 else f"ledger-{number}", figure, CAPTION, [
            {"panel": title, "strategy": name, "handoff": ratio_of(r), **{key: r["ledger"]["per_request"][key] for key in COLUMNS}}
            for name in names for r in by_strategy[name]])

"""How many buffers a worker of the proposal should keep: what a request takes, and requests per second, by the supply."""

import re

import style
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator

SUPPLY, SLACK, SHARE = "supply", "slack", "handoff/ratio"
# Of the shares handed off, from none to all.
COLOURS = ["#88ccee", "#44aa99", "#ddcc77", "#cc6677", "#882255"]
CAPTION = ("Left: locks a request takes, counted exactly (docs/counts.md). Right: requests per second, medians over trials with an interval of the median. Hollow and dashed: with the most slack that goes with the supply, one less than it, so "
           "that a worker exchanges its whole supply at once, when it is used up; full: without, so that it makes up for every buffer at the next request boundary.")


def draw(run):
    """Yields style.Drawn. Needs a summary in which the supply of one strategy varies, and counts."""
    counted = (run.counts or {}).get("cells", {})
    by_strategy = {}
    for cell in (run.summary or {}).get("cells", []):
        swept = dict(re.findall(r"([a-z_]+(?:/[a-z_]+)*)=([^/]+)", cell["cell_id"].split("/", 2)[-1]))
        if SUPPLY in swept and cell["cell_id"] in counted and not cell["again"] and "throughput" in cell["metrics"]:
            told = cell["metrics"]["throughput"]
            interval = told["interval"] or {"low": told["median"], "high": told["median"]}
            by_strategy.setdefault(cell["strategy"], []).append({
                "regime": cell["regime"], "handed_off": float(swept.get(SHARE, 0)), "with_slack": int(swept.get(SLACK, 0)) > 0, "supply": int(swept[SUPPLY]),
                "locks_per_request": counted[cell["cell_id"]]["ledger"]["locks"]["total"], "requests_per_s": told["median"], "low": interval["low"], "high": interval["high"]})
    by_strategy = {name: rows for name, rows in by_strategy.items() if len({row["supply"] for row in rows}) > 2}
    for name, rows in by_strategy.items():
        regimes = list(dict.fromkeys(row["regime"] for row in rows))
        shares = sorted({row["handed_off"] for row in rows})
        colour = {share: COLOURS[(number * (len(COLOURS) - 1)) // max(1, len(shares) - 1)] for number, share in enumerate(shares)}
        titles = ["locks a request takes"] + ["requests per second" + (f", cores {regime}" if len(regimes) > 1 else "") for regime in regimes]
        figure, places = style.grid(titles, 10, heading=f"How many buffers should a worker of {name} keep?", panel_width=3.4, legend=True, one_scale=False)
        _panel(places[0], [row for row in rows if row["regime"] == regimes[0]], "locks_per_request", colour)
        for axes, regime in zip(places[1:], regimes):
            _panel(axes, [row for row in rows if row["regime"] == regime], "requests_per_s", colour)
        style.finish(figure, [Line2D([], [], marker="o", color=colour[share], ms=4, lw=1.2, label=f"{100 * share:g} % handed off") for share in shares]
                     + [Line2D([], [], marker="o", color=style.PALE, mfc="white", ls="--", ms=4, lw=1.2, label="with slack")])
        yield style.Drawn("supply" if len(by_strategy) == 1 else f"supply-{name}", figure, CAPTION, rows)


def _panel(axes, rows, key, colour):
    lines = {}
    for row in sorted(rows, key=lambda row: row["supply"]):
        lines.setdefault((row["handed_off"], row["with_slack"]), []).append(row)
    for (share, slack), points in lines.items():
        supplies = [point["supply"] for point in points]
        axes.plot(supplies, [point[key] for point in points], color=colour[share], marker="o", ms=4, lw=1.2, ls="--" if slack else "-", mfc="white" if slack else colour[share])
        if key == "requests_per_s":
            axes.vlines(supplies, [point["low"] for point in points], [point["high"] for point in points], color=colour[share], lw=1.2, alpha=0.6)
    axes.set_ylim(bottom=0)
    axes.set_xscale("symlog", base=2, linthresh=1)
    axes.xaxis.set_major_locator(FixedLocator(sorted({row["supply"] for row in rows})))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(EngFormatter(sep="") if key == "requests_per_s" else "{x:g}")
    axes.tick_params(labelleft=True, labelbottom=True)
    axes.set_xlabel("buffers a worker keeps (supply)")

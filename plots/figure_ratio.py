"""Each cell's ratio to its baseline, with the interval that decisions are made from, beside what equal cells showed."""

import math

import style
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from run import oversubscribed, panels

METRICS = {"throughput": "requests per second", "cpu": "CPU time per request"}
WIDEST = math.log(4)  # an interval that reaches further is cut off there, with an arrow
BETTER, WORSE, OPEN, FORETOLD = "#117733", "#aa3300", style.PALE, "#4477aa"
BELOW = 0.28  # of a row: where what is foretold lies beside what was measured


def draw(run):
    """Yields style.Drawn. Needs the run's summary: without it there is no figure."""
    if run.summary is None:
        return
    titles = {record["cell_id"]: title.split(", cores ")[0] for title, by_strategy in panels(run, run.timed()).items()
              for trials in by_strategy.values() for record in trials}
    cells = {record["cell_id"]: record for record in run.timed()}
    for metric, axis in METRICS.items():
        grouped = _grouped(run.summary, metric, titles, cells)
        for number, page in enumerate(style.pages(grouped), start=1):
            found = [one for by_strategy in page.values() for one in by_strategy.values()]
            names = style.in_order(name for by_strategy in page.values() for name in by_strategy)
            figure, places = style.grid(page, len(names), heading=f"Ratio of {axis} to the baseline",
                                        subheading=oversubscribed([cells[one["candidate"]] for one in found]), legend=True)
            for axes, by_strategy in zip(places, page.values()):
                _panel(axes, by_strategy, names)
            foretold = [Line2D([], [], marker="|", color=FORETOLD, ms=8, mew=1.4, lw=4, alpha=0.6, label="foretold by counts times costs")]
            style.finish(figure, [
                Line2D([], [], marker="o", color=BETTER, ms=5, lw=1.6, label="better"),
                Line2D([], [], marker="o", color=WORSE, ms=5, lw=1.6, label="worse"),
                Line2D([], [], marker="o", color=OPEN, mfc="white", ms=5, lw=1.6, label="no difference, or undecided"),
                Patch(color="#eeeeee", label="resolved (A/A, placement)"),
                *(foretold if any("predicted" in one for one in found) else []),
            ])
            stem = f"ratio-{metric}" if number == 1 else f"ratio-{metric}-{number}"
            yield style.Drawn(stem, figure, _caption(found, run.summary), [_row(one) for one in found])


def _row(one):
    foretold = one.get("predicted") or {"ratio": None, "interval": {"low": None, "high": None}}
    return {"candidate": one["candidate"], "baseline": one["baseline"], "regime": one["regime"], "ratio": one["ratio"], "low": one["simultaneous"]["low"],
            "high": one["simultaneous"]["high"], "answer": one["answer"], "resolution": one["resolution"], "placement": one.get("placement"),
            "foretold": foretold["ratio"], "foretold_low": foretold["interval"]["low"], "foretold_high": foretold["interval"]["high"]}


def _grouped(summary, metric, titles, cells):
    """{title: {strategy: comparison}}, in the order of the run's panels."""
    several = len(summary["regimes"]) > 1
    grouped = {}
    for one in summary["comparisons"]:
        if one["metric"] != metric or one["ratio"] is None or one["candidate"] not in titles:
            continue
        baseline = one["baseline"].split("/")[0] if one["axis"] == "/strategy" else cells[one["baseline"]]["allocator"]["name"]
        title = titles[one["candidate"]] + (f", cores {one['regime']}" if several else "") + f"\nbeside {baseline}"
        grouped.setdefault(title, {})[cells[one["candidate"]]["strategy"]] = one
    order = {title: place for place, title in enumerate(dict.fromkeys(titles.values()))}
    return {title: grouped[title] for title in sorted(grouped, key=lambda t: order[t.split("\n")[0].split(", cores ")[0]])}


def _caption(found, summary):
    rounds = [one["rounds"] for one in found]
    how_many = f"{min(rounds)}" if min(rounds) == max(rounds) else f"{min(rounds)} to {max(rounds)}"
    return (f"Both cells of a ratio ran in the same {how_many} rounds. Line: its interval, all of one metric together holding the truth with "
            f"{100 * summary['level']:.0f} %. Band: what equal cells under two names showed, or what the placement of code may do if that is more; no dot inside it is called a difference. An arrow: the "
            "interval reaches further. Logarithmic axis."
            + (" Below a line: what exact counts times this machine's costs foretell, with the costs' quartiles." if any("predicted" in one for one in found) else ""))


def _panel(axes, by_strategy, names):
    reach = max((abs(math.log(one["simultaneous"][end])) for one in by_strategy.values() for end in ("low", "high")), default=0.1)
    foretold = [one["predicted"]["interval"][end] for one in by_strategy.values() if "predicted" in one for end in ("low", "high")]
    reach = max([reach, *(abs(math.log(ratio)) for ratio in foretold)])
    reach = min(1.08 * max(reach, 0.02), WIDEST)
    bands = [math.log(max(one["resolution"], one.get("placement", 1))) for one in by_strategy.values() if one["resolution"]]
    if bands:
        axes.axvspan(-min(max(bands), reach), min(max(bands), reach), color="#eeeeee", lw=0, zorder=0)
    axes.axvline(0, color=style.PALE, lw=0.9, zorder=1)
    for row, name in enumerate(names):
        if name not in by_strategy:
            continue
        one = by_strategy[name]
        colour = {"better": BETTER, "worse": WORSE}.get(one["answer"], OPEN)
        low, high = (math.log(one["simultaneous"][end]) for end in ("low", "high"))
        axes.plot([max(low, -reach), min(high, reach)], [row, row], color=colour, lw=1.6, solid_capstyle="butt", zorder=2)
        for at, beyond, marker in ((-reach, low < -reach, "<"), (reach, high > reach, ">")):
            if beyond:
                axes.plot([at], [row], marker, color=colour, ms=5, mew=0, zorder=2, clip_on=False)
        if abs(math.log(one["ratio"])) <= reach:
            axes.plot([math.log(one["ratio"])], [row], "o", color=colour, ms=5, mew=1.2,
                      mfc="white" if colour == OPEN else colour, zorder=3)
        if "predicted" in one:
            low, high = (max(min(math.log(one["predicted"]["interval"][end]), reach), -reach) for end in ("low", "high"))
            axes.plot([low, high], [row + BELOW] * 2, color=FORETOLD, lw=4, alpha=0.6, solid_capstyle="butt", zorder=1)
            if abs(math.log(one["predicted"]["ratio"])) <= reach:
                axes.plot([math.log(one["predicted"]["ratio"])], [row + BELOW], "|", color=FORETOLD, ms=8, mew=1.4, zorder=2)
    style.label_strategies(axes, names)
    axes.set_xlim(-reach, reach)
    style.label_ratios(axes.xaxis, reach)

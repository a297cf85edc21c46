"""Tie time: how long workers waited at housekeeping until another thread let go of their memory."""

import statistics

import style
from matplotlib.lines import Line2D
from run import oversubscribed, panels

MARKS = {"p50_ns": ("o", "median tie"), "p99_ns": ("s", "99th percentile"), "max_ns": ("^", "longest")}
CAPTION = ("Workloads whose clients hang up, and every other in which a worker was tied. Medians over trials, logarithmic axis. The text says how many ties there "
           "were for each thousand requests, and how much of the client workers' time they took.")


def draw(run):
    """Yields style.Drawn."""
    grouped = {title: by_strategy for title, by_strategy in panels(run, run.timed()).items()
               if any(_hangs_up(r) or r["tie"]["count"] for trials in by_strategy.values() for r in trials)}
    for number, page in enumerate(style.pages(grouped), start=1):
        records = [r for of_strategy in page.values() for trials in of_strategy.values() for r in trials]
        names = style.in_order(r["strategy"] for r in records)
        colour = style.colours(names)
        figure, places = style.grid(page, len(names), heading="Tie time", subheading=oversubscribed(records), legend=True,
                                    panel_width=5.6)
        for axes, by_strategy in zip(places, page.values()):
            _panel(axes, by_strategy, names, colour)
        style.finish(figure, [Line2D([], [], marker=marker, ls="", color=style.PALE, ms=6, label=label)
                              for marker, label in MARKS.values()])
        yield style.Drawn("ties" if number == 1 else f"ties-{number}", figure, CAPTION, [
            {"panel": title, "strategy": name, "trial_id": r["trial_id"], "ties": r["tie"]["count"], **{key: r["tie"][key] for key in MARKS}, "total_ns": r["tie"]["total_ns"]}
            for title, by_strategy in page.items() for name, trials in by_strategy.items() for r in trials])


def _hangs_up(record):
    return record["configuration"].get("hangup", {}).get("fraction", 0) > 0


def per_thousand(trials):
    """Ties for each thousand requests, hung-up ones included; the median over trials."""
    return statistics.median(1000 * r["tie"]["count"] / max(r["requests"]["completed"] + r["requests"]["hung_up"], 1) for r in trials)


def share_of_time(trials):
    """The part of the client workers' time that went into ties; the median over trials."""
    return statistics.median(r["tie"]["total_ns"] / 1e9 / r["duration_s"] / r["configuration"]["client_workers"] for r in trials)


def _panel(axes, by_strategy, names, colour):
    texts = {}
    for row, name in enumerate(names):
        trials = by_strategy.get(name, [])
        if not trials:
            continue
        tied = [r["tie"] for r in trials if r["tie"]["count"]]
        for key, (marker, _) in MARKS.items():
            values = [tie[key] for tie in tied if tie[key] is not None]
            if values:
                axes.plot([statistics.median(values)], [row], marker, color=colour[name], ms=6.5, mec="white", mew=0.6, zorder=3)
        texts[row] = f"{per_thousand(trials):.3g} in 1000, {100 * share_of_time(trials):.2g} % of time" if tied else "never tied"
    axes.set_xscale("log")
    if not axes.has_data():
        axes.set_xlim(1e3, 1e9)
    low, high = axes.get_xlim()
    axes.set_xlim(low / 2, high * (high / low) ** 0.9 * 4)  # room for the text
    style.label_strategies(axes, names)
    for row, text in texts.items():
        axes.text(0.99, row, text, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=7.5, color=style.PALE)
    style.log_durations(axes)
    axes.set_xlabel("length of a tie")

"""What a process still holds after the load: during it, and 0, 1 and 10 s after it, by allocator and strategy."""

import math
import statistics

import style
from figure_memory import held_at
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numbers_of import bytes_text
from run import oversubscribed, panels

CAPTION = ("What the process holds (anonymous less lazily freed memory) above what it held before its first worker: at the end of the measured phase, "
           "and 0, 1 and 10 s after the load has ended, pipeline still standing. Medians over trials.")

# Later is darker and larger, so that what stays covers what went.
MOMENTS = {"load": ("under load", "#bbccee", "o", 9), 0: ("0 s after", "#77aadd", "o", 7), 1: ("1 s after", "#4477aa", "o", 5), 10: ("10 s after", "#112244", "|", 11)}


def draw(run):
    """Yields style.Drawn."""
    grouped = panels(run, [r for r in run.timed() if r["memory"].get("after_load")])
    for number, page in enumerate(style.pages(grouped), start=1):
        records = [r for of_strategy in page.values() for trials in of_strategy.values() for r in trials]
        names = style.in_order(r["strategy"] for r in records)
        figure, places = style.grid(page, len(names), heading="Memory held after the load", subheading=oversubscribed(records), legend=True)
        for axes, by_strategy in zip(places, page.values()):
            _panel(axes, by_strategy, names)
        right = style.share_horizontal(places)
        for axes in places:
            axes.xaxis.set_major_locator(MultipleLocator(2 ** math.ceil(math.log2(right / 4))))
        style.finish(figure, [Line2D([], [], marker=marker, ls="", color=colour, ms=size, mew=2.4 if marker == "|" else 0, label=label)
                              for label, colour, marker, size in MOMENTS.values()])
        yield style.Drawn("memory-after" if number == 1 else f"memory-after-{number}", figure, CAPTION, [
            {"panel": title, "strategy": name, "moment": label, "held_above_start_bytes": held_above_start(trials, moment)}
            for title, by_strategy in page.items() for name, trials in by_strategy.items() for moment, (label, *_) in MOMENTS.items()])


def held_above_start(trials, moment):
    """Bytes held at "load" or so many seconds after it, above the start: median over the trials that tell; None if none does."""
    told = []
    for record in trials:
        process = record["memory"]["process"]
        looks = {"load": process["measure_end"], **{look["t_s"]: look["process"] for look in record["memory"]["after_load"]}}
        held, start = held_at(looks.get(moment, "unavailable")), held_at(process["before"])
        if None not in (held, start):
            told.append(held - start)
    return statistics.median(told) if told else None


def _panel(axes, by_strategy, names):
    for row, name in enumerate(names):
        for moment, (_, colour, marker, size) in MOMENTS.items():
            held = held_above_start(by_strategy.get(name, []), moment)
            if held is not None:
                axes.plot([held], [row], marker, color=colour, ms=size, mew=2.4 if marker == "|" else 0)
    style.label_strategies(axes, names)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: bytes_text(count) if count else "0"))
    axes.set_xlabel("bytes held above the start")

"""Who holds the bytes while the load is on: stacked by holder, beside what the process keeps."""

import math
import statistics

import style
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numbers_of import bytes_text
from run import oversubscribed, panels

CAPTION = ("Bytes of conn buffers by holder while measuring: the mean over each trial's samples, then the median over trials. "
           "Everything but 'in use' is parked. The text is what the whole process keeps (anonymous less lazily freed) at the end of the measured phase.")


def draw(run):
    """Yields style.Drawn."""
    grouped = panels(run, [r for r in run.timed() if while_measuring(r, "in_use")])
    for number, page in enumerate(style.pages(grouped), start=1):
        records = [r for of_strategy in page.values() for trials in of_strategy.values() for r in trials]
        names = style.in_order(r["strategy"] for r in records)
        figure, places = style.grid(page, len(names), heading="Memory by holder", subheading=oversubscribed(records), legend=True)
        for axes, by_strategy in zip(places, page.values()):
            _panel(axes, by_strategy, names)
        style.finish(figure, [Patch(color=colour, label=label) for label, colour in style.HOLDERS.values()]
                     + [Line2D([], [], ls="", label="(process in all)")])
        yield style.Drawn("memory" if number == 1 else f"memory-{number}", figure, CAPTION, [
            {"panel": title, "strategy": name, **{f"{holder}_bytes": held_by(trials, holder) for holder in style.HOLDERS}, "process_bytes": process_held(trials)}
            for title, by_strategy in page.items() for name, trials in by_strategy.items()])


def while_measuring(record, holder):
    """Bytes with that holder, sample by sample; the ramp is left out."""
    samples = record["memory"]["samples"]
    return [held for t_s, held in zip(samples["t_s"], samples[holder]) if t_s >= 0]


def held_by(trials, holder):
    """Bytes with that holder: mean over a trial's samples, median over trials."""
    return statistics.median(statistics.fmean(while_measuring(r, holder)) for r in trials)


def held_at(process):
    """What the process held at that moment; None if the machine did not tell."""
    held = "unavailable" if process == "unavailable" else process["held"]
    return None if held == "unavailable" else held


def process_held(trials):
    """What the process keeps at the end of the measured phase; None if no trial tells."""
    told = [held for held in (held_at(r["memory"]["process"]["measure_end"]) for r in trials) if held is not None]
    return statistics.median(told) if told else None


def _panel(axes, by_strategy, names):
    ends = {}
    for row, name in enumerate(names):
        if name not in by_strategy:
            continue
        left = 0
        for holder, (_, colour) in style.HOLDERS.items():
            width = held_by(by_strategy[name], holder)
            axes.barh(row, width, left=left, height=0.62, color=colour, linewidth=0)
            left += width
        ends[row] = (left, process_held(by_strategy[name]))
    widest = max((end for end, _ in ends.values()), default=0) or 1
    for row, (end, held) in ends.items():
        text = "unavailable" if held is None else bytes_text(held)
        axes.text(end + 0.015 * widest, row, f"({text})", va="center", fontsize=7.5, color=style.PALE)
    style.label_strategies(axes, names)
    axes.set_xlim(0, widest * 1.28)
    axes.xaxis.set_major_locator(MultipleLocator(2 ** math.ceil(math.log2(widest / 4))))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: bytes_text(count) if count else "0"))
    axes.set_xlabel("bytes of conn buffers")

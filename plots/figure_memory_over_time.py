"""Who holds the bytes of conn buffers, over the time of a trial."""

import statistics

import style
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numbers_of import bytes_text
from run import oversubscribed, panels

FEW = 4  # samples that are no course


def draw(run):
    """Yields style.Drawn: a figure for each panel, with a small picture for each strategy."""
    grouped = panels(run, [r for r in run.timed() if not r.get("slices") and sum(t >= 0 for t in r["memory"]["samples"]["t_s"]) >= FEW])
    for number, (title, by_strategy) in enumerate(grouped.items(), start=1):
        names = style.in_order(by_strategy)
        chosen = {name: _middle(by_strategy[name]) for name in names}
        figure, places = style.grid(names, 4, heading=f"Memory by holder over time: {title}"[:118], subheading=oversubscribed(chosen.values()), panel_width=4.0, legend=True)
        rows = []
        for axes, name in zip(places, names):
            samples = chosen[name]["memory"]["samples"]
            axes.stackplot(samples["t_s"], *(samples[holder] for holder in style.HOLDERS), colors=[colour for _, colour in style.HOLDERS.values()], linewidth=0)
            axes.set_xlim(min(samples["t_s"]), max(samples["t_s"]))
            axes.yaxis.set_major_locator(MaxNLocator(4))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda count, _: bytes_text(count) if count else "0"))
            axes.set_xlabel("seconds since measuring began")
            rows += [{"strategy": name, "trial_id": chosen[name]["trial_id"], "t_s": t, **{f"{holder}_bytes": samples[holder][place] for holder in style.HOLDERS}} for place, t in enumerate(samples["t_s"])]
        top = max(axes.get_ylim()[1] for axes in places)
        for axes in places:
            axes.set_ylim(0, top)
        style.finish(figure, [Patch(color=colour, label=label) for label, colour in style.HOLDERS.values()])
        yield style.Drawn("memory-over-time" if number == 1 else f"memory-over-time-{number}", figure,
                          f"{title}. Of each strategy the trial with the median of most bytes alive; the ramp is left of 0. Everything but 'in use' is parked.", rows)


def _middle(trials):
    """The trial whose greatest footprint is the median, or the next below."""
    def most(record):
        samples = record["memory"]["samples"]
        return max(sum(samples[holder][place] for holder in style.HOLDERS) for place in range(len(samples["t_s"])))

    middle = statistics.median_low(most(r) for r in trials)
    return next(r for r in trials if most(r) == middle)

"""Where a request's cost comes from: instructions inside the contract's calls, exact, by whose code they are."""

import style
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

# Whose instructions; hatched so that the parts are told apart in grey, too.
OWNERS = {"strategy": ("the strategy's", "#332288", ""), "mutexes": ("mutexes'", "#cc6677", "////"), "copies": ("copies'", "#ddcc77", "...."), "other": ("the allocator's", "#88ccee", "xxxx")}
CAPTION = ("Instructions a request spends inside acquire, give, take, release and housekeeping, counted under callgrind, the same every time (docs/counts.md). The text: locks, allocations, and cache lines from another "
           "thread that are waited for, per request.")


def draw(run):
    """Yields style.Drawn. Needs a run that counted."""
    cells = (run.counts or {}).get("cells", {})
    panels = {}
    for cell, words in run.conditions.items():
        if cell in cells:
            panels.setdefault(words[0].upper() + words[1:], {})[cell.split("/")[0]] = cells[cell]
    for number, page in enumerate(style.pages(panels), start=1):
        names = style.in_order(name for by_strategy in page.values() for name in by_strategy)
        figure, places = style.grid(page, len(names), heading="Instructions per request, exact", legend=True)
        for axes, by_strategy in zip(places, page.values()):
            _panel(axes, by_strategy, names)
        style.finish(figure, [Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label) for label, colour, hatch in OWNERS.values()])
        yield style.Drawn("counts" if number == 1 else f"counts-{number}", figure, CAPTION, [
            {"panel": title, "strategy": name, **{owner: counts["instructions_of"][owner] for owner in OWNERS}, "lines_waited_for": counts["lines_waited_for"]}
            for title, by_strategy in page.items() for name, counts in by_strategy.items()])


def _panel(axes, by_strategy, names):
    widest = max((sum(counts["instructions_of"].values()) for counts in by_strategy.values()), default=0) or 1
    for row, name in enumerate(names):
        if name not in by_strategy:
            continue
        counts, left = by_strategy[name], 0
        for owner, (_, colour, hatch) in OWNERS.items():
            width = counts["instructions_of"][owner]
            axes.barh(row, width, left=left, height=0.62, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
            left += width
        per_request = {kind: counts["ledger"][kind]["total"] for kind in ("locks", "allocations")}
        text = f"{per_request['locks']:.3g} locks, {per_request['allocations']:.3g} mallocs, {counts['lines_waited_for']:.3g} lines"
        axes.text(left + 0.02 * widest, row, text, va="center", fontsize=6.8, color=style.PALE)
    style.label_strategies(axes, names)
    axes.set_xlim(0, widest * 1.75)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel("instructions per request")

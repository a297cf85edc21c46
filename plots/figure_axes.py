"""Requests per second by a setting that the run varied: threads, as lines; allocators, as a table of colours."""

import math
import re

import matplotlib
import style
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator


def _cells(run):
    """(cell of the summary, a record's configuration) of what counts, without second names."""
    configurations = {}
    for record in run.records:
        configurations.setdefault(record["cell_id"], record["configuration"])
    return [(cell, configurations[cell["cell_id"]]) for cell in (run.summary or {}).get("cells", [])
            if not cell["again"] and "conditions" in cell and cell["cell_id"] in configurations and "throughput" in cell["metrics"]]


def draw_threads(run):
    """Yields style.Drawn where cells differ in their client workers."""
    panels = {}
    several = len({cell["allocator"] for cell, _ in _cells(run)}) > 1
    for cell, configuration in _cells(run):
        words = re.sub(r", \d+ client and \d+ fetch workers", "", cell["conditions"]) + (f", cores {cell['regime']}" if len(run.summary["regimes"]) > 1 else "")
        words += f", {cell['allocator']}" if several else ""
        panels.setdefault(words[0].upper() + words[1:], {}).setdefault(cell["strategy"], {})[configuration["client_workers"]] = cell
    panels = {title: by_strategy for title, by_strategy in panels.items() if max(map(len, by_strategy.values())) > 1}
    for number, page in enumerate(style.pages(panels), start=1):
        names = style.in_order(name for by_strategy in page.values() for name in by_strategy)
        colour = style.colours(names)
        marked = any(cell["oversubscribed"] for by_strategy in page.values() for by_threads in by_strategy.values() for cell in by_threads.values())
        figure, places = style.grid(page, 8, heading="Requests per second by client workers", subheading="hollow: more threads than cores" if marked else "", panel_width=4.0, legend=True, one_scale=False)
        rows = []
        for axes, (title, by_strategy) in zip(places, page.items()):
            for name in style.in_order(by_strategy):
                points = sorted(by_strategy[name].items())
                axes.plot([threads for threads, _ in points], [cell["metrics"]["throughput"]["median"] for _, cell in points], color=colour[name], lw=1.2, zorder=2)
                for threads, cell in points:
                    told = cell["metrics"]["throughput"]
                    interval = told["interval"] or {"low": told["median"], "high": told["median"]}
                    axes.plot([threads, threads], [interval["low"], interval["high"]], color=colour[name], lw=1.4, alpha=0.7, zorder=2)
                    axes.plot([threads], [told["median"]], style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=5, mfc="white" if cell["oversubscribed"] else colour[name], zorder=3)
                    rows.append({"panel": title, "strategy": name, "client_workers": threads, "requests_per_s": told["median"], "low": interval["low"], "high": interval["high"], "oversubscribed": cell["oversubscribed"]})
            axes.set_ylim(bottom=0)
            axes.xaxis.set_major_locator(FixedLocator(sorted({threads for by_threads in by_strategy.values() for threads in by_threads})))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_formatter(EngFormatter(sep=""))
            axes.tick_params(labelleft=True)
            axes.set_xlabel("client workers")
            axes.set_ylabel("requests per second")
        style.finish(figure, [Line2D([], [], marker=style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=4, lw=1.2, label=name) for name in names])
        yield style.Drawn("threads" if number == 1 else f"threads-{number}", figure, "Medians over trials, with an interval of the median. Nothing is claimed about contention where there are more threads than cores.", rows)


def draw_allocators(run):
    """Yields style.Drawn where cells differ in their allocator: a table of ratios to the first one, in colour and in words."""
    panels = {}
    for cell, _ in _cells(run):
        words = cell["conditions"] + (f", cores {cell['regime']}" if len(run.summary["regimes"]) > 1 else "")
        panels.setdefault(words[0].upper() + words[1:], {}).setdefault(cell["strategy"], {})[cell["allocator"]] = cell["metrics"]["throughput"]["median"]
    panels = {title: by_strategy for title, by_strategy in panels.items() if max(map(len, by_strategy.values())) > 1}
    for number, page in enumerate(style.pages(panels), start=1):
        allocators = list(dict.fromkeys(name for by_strategy in page.values() for by_allocator in by_strategy.values() for name in by_allocator))
        names = style.in_order(name for by_strategy in page.values() for name in by_strategy)
        figure, places = style.grid(page, len(names), heading=f"Requests per second beside {allocators[0]}, by allocator", panel_width=1.6 + 0.75 * len(allocators), columns=2)
        rows = []
        for axes, (title, by_strategy) in zip(places, page.items()):
            logs = {(name, allocator): math.log(median / by_strategy[name][allocators[0]]) for name in by_strategy if allocators[0] in by_strategy[name] for allocator, median in by_strategy[name].items()}
            reach = max(0.05, *map(abs, logs.values()))
            for (name, allocator), log in logs.items():
                row, column = names.index(name), allocators.index(allocator)
                shade = matplotlib.colormaps["PuOr"](0.5 + 0.42 * log / reach)
                axes.barh(row, 1, left=column - 0.5, height=0.96, color=shade, linewidth=0)
                axes.text(column, row, f"{100 * math.expm1(log):+.0f} %" if allocator != allocators[0] else "=", ha="center", va="center", fontsize=7.5, color="white" if abs(log) > 0.75 * reach else style.INK)
                rows.append({"panel": title, "strategy": name, "allocator": allocator, "ratio": math.exp(log)})
            style.label_strategies(axes, names)
            axes.set_xlim(-0.5, len(allocators) - 0.5)
            axes.xaxis.set_major_locator(FixedLocator(range(len(allocators))))
            axes.set_xticklabels(allocators)
            axes.grid(visible=False)
        style.finish(figure)
        yield style.Drawn("allocators" if number == 1 else f"allocators-{number}", figure, "Ratios of medians; their intervals are in the table and in `baton summarize DIR --table`. Purple is faster, orange slower.", rows)

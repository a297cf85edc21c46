"""How figures look: one colour and one place for each strategy in every figure."""

import math
import textwrap
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend is chosen first)
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator  # noqa: E402
from numbers_of import duration_text  # noqa: E402

# In the registry's order. Paul Tol's "muted" scheme, which stays apart for colour-blind readers, and grey for the floor.
STRATEGIES = {
    "ideal": "#7f7f7f",
    "heap": "#88ccee",
    "workspace_wait": "#cc6677",
    "workspace_copy": "#ddcc77",
    "request_workspace": "#999933",
    "locked_pool": "#aa4499",
    "two_cache": "#332288",
    "two_cache_shared_lock": "#44aa99",
    "lockfree_stack": "#117733",
    "magazine": "#882255",
    "sharded_cache": "#663333",
    "return_to_owner": "#ee3377",
    "ring_cache": "#ee7733",
    "per_cpu": "#cc3311",
    "stealing": "#0077bb",
    "striped": "#225522",
    "watermark": "#009988",
    "refcounted_slices": "#555555",
    "boost_lockfree_stack": "#bb5566",
    "moodycamel_concurrent_queue": "#004488",
    "tbb_concurrent_queue": "#ddaa33",
}
FURTHER = ["#bbbbbb", "#6699cc", "#994455", "#997700"]  # strategies this table does not know

# Who holds a buffer. Tol's "bright"; in use is pale, because parked bytes are the question.
HOLDERS = {
    "in_use": ("in use", "#dddddd"),
    "supplies": ("workers' supplies", "#4477aa"),
    "shared": ("shared lists", "#66ccee"),
    "sessions": ("quiet sessions", "#ccbb44"),
    "in_transfer": ("in transfer", "#ee6677"),
}

# Letters an inch holds, and inches a line takes.
HEADING_LETTERS, TITLE_LETTERS, LEGEND_LETTERS = 8.6, 10, 14
HEADING_LINE, LEGEND_LINE = 0.22, 0.19
MARKERS = "osD^vP*X<>hp"  # so that strategies are told apart without colour, too
PANELS_PER_PAGE = 9
COLUMNS = 3
INK = "#222222"
PALE = "#8a8a8a"

plt.rcParams.update({
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.hashsalt": "baton",  # the same records give the same file
    "svg.fonttype": "none",
})


class Drawn(NamedTuple):
    """What a figure_*.py yields."""

    name: str  # of its file
    figure: object
    caption: str
    rows: list  # [{column: value}]: the numbers that are drawn


def in_order(strategies):
    """The registry's order; strategies it does not name come last, in the order given."""
    known = list(STRATEGIES)
    given = list(dict.fromkeys(strategies))
    return [name for name in known if name in given] + [name for name in given if name not in known]


def colours(strategies):
    """{strategy: colour}, the same for a strategy whatever else is in the figure."""
    unknown = [name for name in in_order(strategies) if name not in STRATEGIES]
    return {name: STRATEGIES.get(name) or FURTHER[unknown.index(name) % len(FURTHER)] for name in strategies}


def grid(titles, rows_each, *, heading, subheading="", row_height=0.25, panel_width=4.1, columns=COLUMNS, legend=False, one_scale=True):
    """A figure of small multiples, one for each title, each with `rows_each` rows of strategies.

    `one_scale`: all panels have the same vertical axis. Returns the figure and its axes, as many as titles. finish() lays it out when everything is drawn.
    """
    count = len(titles)
    columns = min(columns, count) if count != 4 or columns != 3 else 2
    rows = -(-count // columns)
    width = max(panel_width * columns, 6.4)
    headings = textwrap.wrap(heading, int(width * HEADING_LETTERS))
    above = HEADING_LINE * (len(headings) - 1)
    head = above + 0.62 + (0.2 if subheading else 0) + (0.3 if legend else 0)
    titles = ["\n".join(line for part in title.split("\n") for line in textwrap.wrap(part, int(panel_width * TITLE_LETTERS))) for title in titles]
    panel_height = row_height * rows_each + 0.95 + 0.16 * max(title.count("\n") for title in titles)
    height = head + rows * panel_height
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), squeeze=False, sharey=one_scale)
    axes = list(axes.flat)
    for spare in axes[count:]:
        spare.set_visible(False)
    for place, title in zip(axes, titles):
        place.set_title(title)
    figure.text(0.12 / width, 1 - 0.12 / height, "\n".join(headings), fontsize=12.5, fontweight="bold", color=INK, va="top")
    if subheading:
        figure.text(0.12 / width, 1 - (above + 0.5) / height, subheading, fontsize=8.5, color="#aa3300", va="center")
    figure.baton_head = head
    return figure, axes[:count]


def finish(figure, handles=()):
    """Adds a legend under the heading, in as many rows as it takes, and makes room for every label."""
    width, height = figure.get_size_inches()
    head = figure.baton_head
    if handles:
        entries = [0.5 + len(handle.get_label()) / LEGEND_LETTERS for handle in handles]  # inches
        columns = len(handles) if sum(entries) <= width else max(1, int(width / max(entries)))
        rows = -(-len(handles) // columns)
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.005, 1 - (head - 0.37) / height), ncol=columns,
                      handletextpad=0.4, columnspacing=1.4, borderpad=0)
        more = LEGEND_LINE * (rows - 1)
        figure.set_size_inches(width, height + more)  # what stands at a distance from the top stays there
        for text in figure.texts:
            text.set_y(1 - (1 - text.get_position()[1]) * height / (height + more))
        figure.legends[0].set_bbox_to_anchor((0.005, 1 - (head - 0.37) / (height + more)))
        head, height = head + more, height + more
    figure.tight_layout(rect=(0, 0, 1, 1 - head / height), h_pad=1.2, w_pad=1.5)


def label_strategies(axes, names):
    """Strategies on the vertical axis, the first on top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def share_horizontal(places):
    """One range for all panels, from 0, so that they can be compared by eye. Returns its right end."""
    left = min(0, min(axes.get_xlim()[0] for axes in places))
    right = 1.03 * max(axes.get_xlim()[1] for axes in places)
    for axes in places:
        axes.set_xlim(left, right)
    return right


def round_durations(low, high):
    """Nanoseconds at 1, 2 and 5, or fewer, between low and high."""
    steps = (1, 2, 5) if high / low < 200 else (1,)
    ticks = [step * 10**power for power in range(0, 12) for step in steps if low <= step * 10**power <= high]
    return ticks if len(ticks) > 1 else [tick for tick in MaxNLocator(3).tick_values(low, high) if low <= tick <= high]


def log_durations(axes):
    """A logarithmic horizontal axis of nanoseconds, labelled at 1, 2 and 5."""
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    steps = (1, 2, 5) if high / low < 200 else (1,)
    narrow = high / low < 6  # too narrow for such steps: a few round numbers
    axes.xaxis.set_major_locator(FixedLocator(MaxNLocator(3).tick_values(low, high)) if narrow else LogLocator(subs=steps, numticks=30))
    axes.xaxis.set_minor_locator(NullLocator() if narrow else LogLocator(subs="auto"))
    axes.set_xlim(low, high)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda ns, _: duration_text(ns)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def label_ratios(axis, reach):
    """An axis of logarithms of ratios, from -reach to reach, labelled in per cent."""
    axis.set_major_locator(FixedLocator(_ratio_ticks(reach)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda log, _: f"{100 * math.expm1(log):+.3g} %" if log else "equal"))


def _ratio_ticks(reach):
    """Logarithms of round percentages on both sides of equal: two on each side, or one where there is no room for more."""
    most = 100 * math.expm1(reach)
    step = next((step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if 2.6 * step >= most), 100)
    above = [step * n for n in (1, 2) if step * n <= most]
    below = [-step * n for n in (1, 2) if step * n < 95 and -math.log1p(-step * n / 100) <= reach]
    return [0.0] + [math.log1p(percent / 100) for percent in above + below]


def pages(panels):
    """Cuts {title: ...} into dictionaries that fit a figure each."""
    items = list(panels.items())
    return [dict(items[i:i + PANELS_PER_PAGE]) for i in range(0, len(items), PANELS_PER_PAGE)]

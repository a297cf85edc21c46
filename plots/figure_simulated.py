"""What `baton simulate` found, by cores: dashed, with bands, on a ground of its own, so that nobody takes it for a measurement."""

import style
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator

GROUND = "#f6f1e4"


def draw(run):
    """Yields style.Drawn of DIR/simulated.json, if it is there."""
    told = run.simulated
    if told is None:
        return
    panels = {cell["label"]: cell for cell in told["cells"]}
    for number, page in enumerate(style.pages(panels), start=1):
        names = style.in_order(row["strategy"] for cell in page.values() for row in cell["rows"])
        colour = style.colours(names)
        figure, places = style.grid(page, 13, heading="SIMULATED requests per second by cores", subheading=f"machine {told['machine']['name']}; band: the least to the greatest of {len(told['settings'])} settings of what is not known of it",
                                    panel_width=5.2, columns=2, legend=True, one_scale=False)
        rows = []
        for axes, (title, cell) in zip(places, page.items()):
            axes.set_facecolor(GROUND)
            for row in cell["rows"]:
                name = row["strategy"]
                cores = [point["cores"] for point in row["points"]]
                bands = [point["requests_per_s"] for point in row["points"]]
                axes.fill_between(cores, [band["low"] for band in bands], [band["high"] for band in bands], color=colour[name], alpha=0.10, lw=0)
                axes.plot(cores, [band["median"] for band in bands], style.MARKERS[names.index(name) % len(style.MARKERS)], ls=(0, (4, 2)), color=colour[name], lw=1.1, ms=3.5)
                rows += [{"panel": title, "strategy": name, "cores": at, "simulated_requests_per_s": band["median"], "low": band["low"], "high": band["high"]} for at, band in zip(cores, bands)]
            axes.set_xscale("log", base=2)
            axes.set_yscale("log")
            axes.xaxis.set_major_locator(FixedLocator(told["cores"]))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.set_xticklabels([str(at) for at in told["cores"]], fontsize=7)
            axes.yaxis.set_major_formatter(EngFormatter(sep=""))
            axes.set_xlabel("cores")
            axes.set_ylabel("requests per second of virtual time")
            axes.text(0.985, 0.03, "simulated", transform=axes.transAxes, ha="right", va="bottom", fontsize=9, color="#a08030", style="italic")
        style.finish(figure, [Line2D([], [], marker=style.MARKERS[names.index(name) % len(style.MARKERS)], color=colour[name], ms=4, lw=1.1, ls=(0, (4, 2)), label=name) for name in names])
        yield style.Drawn("simulated" if number == 1 else f"simulated-{number}", figure, "Simulated, not measured: the shipped headers on simulated cores. Orders were checked against published series; sizes are off by about one and a half times, "
                          "by three beyond a hundred cores, and by more where threads sleep for locks.", rows)

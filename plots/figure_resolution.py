"""What a cell beside itself (A/A) leaves open, as the run went on: when was it known well enough?"""

import style
from matplotlib.ticker import FuncFormatter, MaxNLocator

CAPTION = ("Of each pair of equal cells the end of its interval that is farthest from 1, as it would have been with the first seatings only. No ratio within it is called a difference. "
           "A course that rises met a disturbance, or the regime that has few seatings.")


def draw(run):
    """Yields style.Drawn. Needs a summary that has the course."""
    courses = [one for one in (run.summary or {}).get("resolution_course", []) if len(one["units"]) > 2]
    panels = {}
    for one in courses:
        words = run.conditions.get(one["cell_id"], one["cell_id"])
        panels[f"{words[0].upper()}{words[1:]}" + (f", cores {one['regime']}" if len(run.summary["regimes"]) > 1 else "")] = one
    for number, page in enumerate(style.pages(panels), start=1):
        figure, places = style.grid(page, 5, heading="What A/A leaves open, requests per second", one_scale=False)
        for axes, one in zip(places, page.values()):
            axes.plot(one["units"], [100 * (ratio - 1) for ratio in one["ratio"]], "o-", color="#4477aa", ms=4, lw=1.3, mew=0)
            axes.set_ylim(bottom=0)
            axes.set_xlim(left=0)
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(4))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:g} %"))
            axes.tick_params(labelleft=True)
            axes.set_xlabel("seatings")
        style.finish(figure)
        yield style.Drawn("resolution" if number == 1 else f"resolution-{number}", figure, CAPTION, [
            {"panel": title, "seatings": units, "ratio": ratio} for title, one in page.items() for units, ratio in zip(one["units"], one["ratio"])])

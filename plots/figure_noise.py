"""What the machine did while the run went on, and what was dropped for it."""

import datetime

import style
from matplotlib.lines import Line2D

LOOKS = {"round_trip_ns": "a cache line to the other core and back, ns", "spin_ns": "1000 dependent multiplications, ns", "memory_ns": "a load from 4 MiB in random order, ns", "others_cpu_cores": "cores taken by other processes"}
CAPTION = ("Each mark is a trial, at the time it began: what the machine was like before it, and during it for the last panel. Crosses: trials that were set aside. Trials that alternate in turns are judged turn by turn "
           "besides.")


def draw(run):
    """Yields style.Drawn."""
    trials = [r for r in run.records if r["role"] == "trial" and isinstance(r.get("noise"), dict)]
    if len(trials) < 3:
        return
    begun = [datetime.datetime.fromisoformat(r["started_at"].replace("Z", "+00:00")) for r in trials]
    seconds = [(at - min(begun)).total_seconds() for at in begun]
    aside = [bool((r.get("quarantine") or {}).get("quarantined")) for r in trials]
    looks = {name: [_look(r, name) for r in trials] for name in LOOKS}
    looks = {name: values for name, values in looks.items() if any(value is not None for value in values)}
    if not looks:
        return
    figure, places = style.grid([LOOKS[name] for name in looks], 5, heading="The machine while the run went on", panel_width=5.2, columns=2, legend=True, one_scale=False)
    for axes, values in zip(places, looks.values()):
        for dropped, marker, colour, size in ((False, ".", "#4477aa", 4), (True, "x", "#aa3300", 5)):
            points = [(at, value) for at, value, out in zip(seconds, values, aside) if value is not None and out is dropped]
            if points:
                axes.plot(*zip(*points), marker, color=colour, ms=size, mew=1 if dropped else 0, alpha=0.8, rasterized=len(points) > 2000)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("seconds since the first trial")
        axes.tick_params(labelleft=True)
    for axes in places:
        axes.autoscale(axis="y")
        axes.set_ylim(bottom=0)
    style.finish(figure, [Line2D([], [], marker=".", ls="", color="#4477aa", ms=6, label="counts"), Line2D([], [], marker="x", ls="", color="#aa3300", ms=5, label="set aside")])
    yield style.Drawn("noise", figure, CAPTION, [
        {"trial_id": r["trial_id"], "seconds": at, "set_aside": out, **{name: values[place] for name, values in looks.items()}} for place, (r, at, out) in enumerate(zip(trials, seconds, aside))])


def _look(record, name):
    value = record["noise"].get(name) if name == "others_cpu_cores" else (record["noise"].get("before") or {}).get(name)
    return value if isinstance(value, (int, float)) else None

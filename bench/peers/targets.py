"""What is asked of baton beside its peers, and whether it was met: pure functions of the measured windows."""

import statistics
from collections import defaultdict
from dataclasses import dataclass

KIB, MIB = 1 << 10, 1 << 20


@dataclass(frozen=True)
class Target:
    """CPU time per request of `contender` divided by that of the best of `peers`: at most `most`."""

    contender: str
    peers: tuple[str, ...]
    size: int
    most: float


TARGETS = (
    Target("two_cache:1", ("varnishd",), 1 * KIB, 0.5),
    Target("two_cache:1", ("varnishd",), 16 * KIB, 0.5),
    Target("two_cache:1", ("varnishd",), 1 * MIB, 1.0),
    Target("two_cache:0", ("nginx", "haproxy"), 1 * KIB, 1.5),
    Target("two_cache:0", ("nginx", "haproxy"), 16 * KIB, 1.5),
)


def spread(values: list[float]) -> dict:
    """Median, extremes and quartiles of the rounds (inclusive method)."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return {"median": middle, "min": min(values), "max": max(values), "q1": low, "q3": high, "rounds": len(values)}


def valid_cells(windows: list[dict]) -> dict[tuple[str, int], dict[int, dict]]:
    """The windows by (contender, size) and round; a cell with an invalid window is left out altogether."""
    cells: dict[tuple[str, int], dict[int, dict]] = defaultdict(dict)
    for window in windows:
        cells[window["contender"], window["size"]][window["round"]] = window
    return {key: rounds for key, rounds in cells.items() if all(not window["invalid"] for window in rounds.values())}


def summarize(windows: list[dict]) -> list[dict]:
    """One row per cell, sizes and contenders in the order of their first window."""
    cells = valid_cells(windows)
    rows = []
    for contender, size in dict.fromkeys((window["contender"], window["size"]) for window in windows):
        row: dict = {"contender": contender, "size": size, "valid": (contender, size) in cells}
        if row["valid"]:
            rounds = cells[contender, size].values()
            for quantity in ("cpu_us", "user_us", "system_us", "requests_per_s", "switches"):
                row[quantity] = spread([window["per_request"][quantity] for window in rounds])
        rows.append(row)
    return rows


def judge(target: Target, windows: list[dict]) -> dict | None:
    """The ratio of each round, their median, and PASS or MISS; None when the cells were not asked for.

    The peer is the one with the lower median of the run, the same in all rounds: picking the lower one anew in every round
    would compare with a server that does not exist.
    """
    asked = {(window["contender"], window["size"]) for window in windows}
    peers = [peer for peer in target.peers if (peer, target.size) in asked]
    if (target.contender, target.size) not in asked or len(peers) < len(target.peers):
        return None
    answer = {"contender": target.contender, "peers": target.peers, "size": target.size, "most": target.most}
    cells = valid_cells(windows)
    wanted = [(name, target.size) for name in (target.contender, *peers)]
    if any(key not in cells for key in wanted):
        return answer | {"verdict": "INVALID"}
    cost = {key: {number: w["per_request"]["cpu_us"] for number, w in cells[key].items()} for key in wanted}
    best = min(wanted[1:], key=lambda key: statistics.median(cost[key].values()))
    ratios = [mine / cost[best][number] for number, mine in cost[wanted[0]].items() if number in cost[best]]
    if not ratios:
        return answer | {"verdict": "INVALID"}
    ratio = spread(ratios)
    return answer | {
        "peer": best[0],
        "ratios": ratios,
        "ratio": ratio,
        "verdict": "PASS" if ratio["median"] <= target.most else "MISS",
    }

"""Small sums over trials, and how numbers are written."""

import math
import statistics

CONFIDENCE = 0.95


def median_interval(values):
    """Median, and the interval between two order statistics that holds the true median with at least CONFIDENCE.

    Assumes nothing of the distribution. Fewer than six trials cannot give 95 %: then the interval is their whole range, and
    coverage() says how much that is worth.
    """
    ordered = sorted(values)
    rank = _rank(len(ordered))
    return statistics.median(ordered), ordered[rank], ordered[-1 - rank]


def coverage(count):
    """The probability that the interval of `count` trials holds the true median."""
    return 1 - 2 * _tail(count, _rank(count))


def _tail(count, rank):
    """Probability that at most `rank` of `count` trials lie below the median."""
    return sum(math.comb(count, k) for k in range(rank + 1)) / 2**count


def _rank(count):
    rank = 0
    while 2 * (rank + 1) < count and 1 - 2 * _tail(count, rank + 1) >= CONFIDENCE:
        rank += 1
    return rank


def engineering(value, unit=""):
    """Three significant digits with k, M, G: 118 k."""
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}".rstrip()


def bytes_text(count):
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if abs(count) >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} B"


def duration_text(ns):
    for factor, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if abs(ns) >= factor:
            return f"{ns / factor:.3g} {unit}"
    return f"{ns:.0f} ns"

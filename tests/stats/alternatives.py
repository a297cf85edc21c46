"""Coverage and width of five kinds of 95 % interval on simulated rounds: why harness/stats uses the one it does.

Prints one line per noise and number of rounds: for each kind the share of intervals that hold the truth and, behind
the slash, the median half width. Takes about two minutes; docs/statistics-alternatives.txt is its output.
"""

import numpy as np
from scipy import stats

ROUNDS, RUNS, REPLICATES, LEVEL = (6, 8, 12, 20, 30), 1500, 1999, 0.95
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
rng = np.random.default_rng(20111121)

NOISES = {
    "gaussian": lambda n: 0.03 * rng.normal(size=n),
    "stalls": lambda n: -0.02 * rng.lognormal(0, 0.7, n),
    "heavy stalls": lambda n: -0.02 * rng.lognormal(0, 1, n),
    "regimes": lambda n: -0.1 * (rng.random(n) < 0.3) + 0.01 * rng.normal(size=n),
}


def intervals(x):
    n, centre, error = len(x), x.mean(), stats.sem(x)
    deviations = x - centre
    drawn = deviations[rng.integers(0, n, (REPLICATES, n))]
    means = drawn.mean(axis=1)
    student = stats.t.ppf(TAILS[1], n - 1)

    def t(sample):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(sample.mean(axis=1) / sample.std(axis=1, ddof=1) * np.sqrt(n), posinf=1e9, neginf=-1e9)

    yield "t", centre - student * error, centre + student * error
    yield "percentile", *(centre + np.quantile(means, TAILS))
    left_out = -deviations / (n - 1)
    skew = -np.sum(left_out**3) / (6 * np.sum(left_out**2) ** 1.5)
    bias = stats.norm.ppf(np.clip(np.mean(means < 0), 0.001, 0.999))
    z = bias + stats.norm.ppf(TAILS)
    yield "BCa", *(centre + np.quantile(means, stats.norm.cdf(bias + z / (1 - skew * z))))
    low, high = np.quantile(t(drawn), TAILS)
    yield "bootstrap-t", centre - high * error, centre - low * error
    turned = drawn * rng.choice((-1.0, 1.0), drawn.shape)
    half = np.quantile(np.abs(t(turned)), LEVEL) * error
    yield "turned bootstrap-t", centre - half, centre + half


for name, draw in NOISES.items():
    for n in ROUNDS:
        held, widths = {}, {}
        for _ in range(RUNS):
            for kind, low, high in intervals(draw(n) - draw(n)):
                held.setdefault(kind, []).append(low <= 0 <= high)
                widths.setdefault(kind, []).append((high - low) / 2)
        cells = (f"{kind} {np.mean(held[kind]):.3f}/{np.median(widths[kind]):.4f}" for kind in held)
        print(f"{name:12} {n:2}  " + "  ".join(cells), flush=True)

"""Prints what scipy and numpy say of the function named on the command line, for oracle_test.cpp to compare with.

A line is a case: numbers given, "=", numbers expected; lists are preceded by their length.
"""

import sys

import numpy as np
from scipy import optimize, special, stats


def show(given, expected):
    print(*(repr(float(x)) for x in given), "=", *(repr(float(x)) for x in expected))


def dip(x):
    """The dip by linear programs: for each mode the nearest function that is convex left and concave right of it."""
    n = len(x)
    before, through = np.arange(n) / n, np.arange(1, n + 1) / n
    best = 1.0
    for mode in range(n):
        # Unknowns: the function left of and up to the mode, from the mode on (it may jump there), and the distance.
        left, right = mode + 1, n - mode
        size = left + right + 1
        rows, bounds = [], []

        def at_most(terms, bound):
            row = np.zeros(size)
            for column, factor in terms:
                row[column] += factor
            rows.append(row)
            bounds.append(bound)

        for i in range(n):
            for column, is_left in ((i, True), (left + i - mode, False)):
                if (is_left and i > mode) or (not is_left and i < mode):
                    continue
                if not (is_left and i == mode):
                    at_most([(column, -1), (size - 1, -1)], -through[i])
                if is_left or i > mode:
                    at_most([(column, 1), (size - 1, -1)], before[i])
        at_most([(mode, 1), (left, -1)], 0)
        for first, count, start, turn in ((0, left, 0, 1), (left, right, mode, -1)):
            for k in range(count - 1):
                at_most([(first + k, 1), (first + k + 1, -1)], 0)
            for k in range(1, count - 1):
                h1 = x[start + k] - x[start + k - 1]
                h2 = x[start + k + 1] - x[start + k]
                at_most([(first + k, turn * (1 / h1 + 1 / h2)), (first + k - 1, -turn / h1),
                         (first + k + 1, -turn / h2)], 0)
        goal = np.zeros(size)
        goal[-1] = 1
        answer = optimize.linprog(goal, A_ub=np.array(rows), b_ub=bounds, bounds=[(0, 1)] * size)
        if answer.status == 0:
            best = min(best, answer.fun)
    return best


def student_two_sided(_):
    for level in (0.8, 0.95, 0.999, 0.99995):
        for degrees in (1, 3.7, 29, 1000):
            show([level, degrees], [stats.t.ppf(1 - (1 - level) / 2, degrees)])


def student_p_value(_):
    for t in (0.0, 0.7, -2.5, 12.0):
        for degrees in (1, 3.7, 29):
            show([t, degrees], [2 * stats.t.sf(abs(t), degrees)])


def digamma(_):
    for x in (0.5, 1, 2.25, 40):
        show([x], [special.digamma(x)])


def trigamma(_):
    for x in (0.01, 0.5, 1, 2.25, 40):
        inverse = optimize.brentq(lambda y: special.polygamma(1, y) - x, 1e-3, 1e4, xtol=1e-14, rtol=1e-14)
        show([x], [special.polygamma(1, x), inverse])


def common_spread(rng):
    """Smyth's fit, cautious by one standard error, and with the arithmetic mean as the variance."""
    for count, degrees, unlike in ((4, 3, 0.0), (9, 1, 0.5), (12, 5, 1.5)):
        variances = np.exp(unlike * rng.standard_normal(count)) * rng.chisquare(degrees, count) / degrees
        half = degrees / 2
        logs = np.log(variances) - special.digamma(half) + np.log(half)
        expected = special.polygamma(1, half)
        alike = max(logs.var(ddof=1) - expected, 0) + expected * np.sqrt(2 / (count - 1))
        found = optimize.brentq(lambda y: special.polygamma(1, y) - alike, 1e-3, 1e4, xtol=1e-14, rtol=1e-14)
        show([x for v in variances for x in (v, degrees)], [variances.mean(), 2 * found])


def midmean(rng):
    """Every value four times over: the middle half is then whole."""
    for count in (1, 2, 3, 4, 5, 7, 8, 11, 20):
        x = rng.standard_normal(count)
        show([count, *x], [np.sort(np.repeat(x, 4))[count:-count].mean()])


def binomial_cdf(_):
    for successes, trials, p in ((0, 5, 0.5), (3, 9, 0.5), (980, 1000, 0.99), (4, 4, 0.2)):
        show([successes, trials, p], [stats.binom.cdf(successes, trials, p)])


def quantile(rng):
    for n in (1, 2, 7, 30):
        x = np.sort(rng.lognormal(size=n))
        for q in (0.0, 0.25, 0.5, 0.99, 1.0):
            show([q, n, *x], [np.quantile(x, q)])


def quantile_ranks(_):
    for n, q, level in ((100, 0.5, 0.95), (1000, 0.99, 0.95), (10000, 0.999, 0.99)):
        low, high = stats.binom.ppf([(1 - level) / 2, 1 - (1 - level) / 2], n, q)
        # The last rank low with P(X < low) <= tail, the first rank high with P(X < high) >= 1 - tail.
        show([n, q, level], [low, high + 1])


def ratio(rng):
    """Student's t: for so few trials nothing is resampled."""
    for n in (2, 3, 5):
        x = rng.normal(0.05, 0.02, n)
        low, high = stats.t.interval(0.95, n - 1, x.mean(), stats.sem(x))
        show([n, *x], [x.mean(), low, high, stats.ttest_1samp(x, 0).pvalue])


def bootstrap(rng):
    """The studentised bootstrap with all 12^6 equally likely samples instead of some of them."""
    n = 6
    picks = np.stack(np.unravel_index(np.arange(12**n), (12,) * n), axis=1)
    for _ in range(3):
        x = rng.normal(0.02, 0.02, n)
        draws = np.concatenate([x - x.mean(), x.mean() - x])[picks]
        with np.errstate(divide="ignore"):
            t = np.abs(draws.mean(axis=1)) / (draws.std(axis=1, ddof=1) / np.sqrt(n))
        seen = abs(x.mean()) / stats.sem(x)
        show([n, *x], [np.quantile(t, 0.9), np.quantile(t, 0.95), np.mean(t >= seen)])


def bootstrap_over_slices(rng):
    """The same over 6 trials of 3 slices each, whose numbers are midmeans; these are some of the samples."""
    n, k, samples = 6, 3, 400_000
    for _ in range(2):
        x = rng.normal(0.02, 0.005, (n, 1)) + rng.normal(0, 0.02, (n, k))
        numbers = np.sort(np.repeat(x, 4, axis=1), axis=1)[:, k:-k].mean(axis=1)
        drawn = (numbers - numbers.mean())[rng.integers(0, n, (samples, n))]
        drawn *= rng.choice((-1.0, 1.0), drawn.shape)
        t = np.abs(drawn.mean(axis=1)) / (drawn.std(axis=1, ddof=1) / np.sqrt(n))
        show([k, n * k, *x.ravel()], [np.quantile(t, 0.9), np.quantile(t, 0.95)])


def holm(rng):
    for m in (1, 4, 20):
        p = rng.uniform(0, 0.2, m) ** 2
        order = np.argsort(p)
        adjusted = np.empty(m)
        adjusted[order] = np.minimum(1, np.maximum.accumulate((m - np.arange(m)) * p[order]))
        show([m, *p], adjusted)


def cliffs_delta(rng):
    for n, m in ((5, 5), (12, 9)):
        a, b = rng.integers(0, 8, n), rng.integers(2, 10, m)
        u = stats.mannwhitneyu(b, a).statistic
        show([n, *a, m, *b], [2 * u / (n * m) - 1])


def dip_statistic(rng):
    for n in (4, 5, 8, 11):
        for gap in (0, 6):
            x = np.sort(np.concatenate([rng.normal(0, 1, n // 2), rng.normal(gap, 1, n - n // 2)]))
            show([n, *x], [dip(x)])


globals()[sys.argv[1]](np.random.default_rng(20111121))

"""Figures of what a design buys and of how large a supply should be, from made-up summaries."""

import figure_ends
import figure_supply
import pytest
import run as runs


def crossover(strategy, none, every, **more):
    return {"axis": "/handoff/ratio", "strategy": strategy, "conditions": "4 KiB bodies", "regime": "one", "oversubscribed": False,
            "points": [{"at": at, "ratio": ratio, "low": 0.98 * ratio, "high": 1.02 * ratio} for at, ratio in ((0.0, none), (0.5, 1.0), (1.0, every))]} | more


def run_of(crossovers):
    return runs.Run(None, summary={"regimes": [{"name": "one"}], "baselines": [{"value": "heap"}], "crossovers": crossovers})


def test_both_ends_of_the_share_handed_off_are_the_two_axes():
    (one,) = figure_ends.draw(run_of([crossover("two_cache", 1.08, 0.96), crossover("lockfree_stack", 1.06, 1.07)]))
    assert {(row["strategy"], row["handed_off"]): row["ratio"] for row in one.rows} == {
        ("two_cache", 0.0): 1.08, ("two_cache", 1.0): 0.96, ("lockfree_stack", 0.0): 1.06, ("lockfree_stack", 1.0): 1.07}
    assert [axes.get_xlabel() for axes in one.figure.axes] == ["nothing handed off"]


def test_without_both_ends_nothing_is_drawn():
    partial = crossover("two_cache", 1.08, 0.96)
    partial["points"] = partial["points"][:2]
    assert list(figure_ends.draw(run_of([partial]))) == []
    assert list(figure_ends.draw(runs.Run(None, summary=None))) == []


def counted_run(cells, counts):
    run = runs.Run(None, summary={"regimes": [{"name": "one"}], "cells": cells})
    run.counts = {"cells": counts}
    return run


def supplied(locks, share, slack=None):
    """A run in which two_cache's supply was varied: {supply: locks a request takes}."""
    cells, counts = [], {}
    for supply, taken in locks.items():
        name = f"two_cache/handoff_half/handoff/ratio={share}/slack={supply - 1 if slack else 0}/supply={supply}"
        cells.append({"cell_id": name, "strategy": "two_cache", "regime": "one", "again": False, "metrics": {"throughput": {"median": 1e5 + supply, "interval": None}}})
        counts[name] = {"ledger": {"locks": {"total": taken}}}
    return cells, counts


def test_locks_and_requests_are_drawn_by_supply_with_slack_and_without():
    tight, counts = supplied({0: 4.0, 2: 2.0, 16: 2.0}, 1.0)
    loose, more = supplied({2: 2.0, 16: 0.25}, 1.0, slack=True)
    (one,) = figure_supply.draw(counted_run(tight + loose, counts | more))
    assert {(row["supply"], row["with_slack"]): row["locks_per_request"] for row in one.rows} == {(0, False): 4.0, (2, False): 2.0, (16, False): 2.0, (2, True): 2.0, (16, True): 0.25}
    assert [axes.get_title(loc="left") for axes in one.figure.axes] == ["locks a request takes", "requests per second"]
    assert one.rows[0]["requests_per_s"] == pytest.approx(1e5)


def test_a_supply_that_did_not_vary_is_not_drawn():
    cells, counts = supplied({1: 3.0, 2: 2.0}, 1.0)
    assert list(figure_supply.draw(counted_run(cells, counts))) == []

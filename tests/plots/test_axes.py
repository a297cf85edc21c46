"""Figures by a setting that the run varied, from made-up records and a made-up summary."""

import figure_axes
import pytest
import records
import run as runs


def cell_of(record, median, **more):
    return {"cell_id": record["cell_id"], "strategy": record["strategy"], "conditions": f"no response handed off, {record['configuration']['client_workers']} client and 2 fetch workers", "regime": "one", "again": False, "oversubscribed": False,
            "allocator": record["allocator"]["name"], "trials": 3, "metrics": {"throughput": {"median": median, "interval": {"low": 0.9 * median, "high": 1.1 * median, "level": 0.95}}}} | more


def run_with(given):
    """[(record, median of its cell, members of the cell)]"""
    for place, (record, *_) in enumerate(given):
        record["cell_id"] = f"{record['strategy']}/made_up/{place}"
    summary = {"regimes": [{"name": "one"}], "cells": [cell_of(record, median, **more) for record, median, more in given]}
    return runs.Run(None, records=[record for record, *_ in given], summary=summary)


def test_threads_are_drawn_where_cells_differ_in_them_and_oversubscription_is_marked():
    given = []
    for threads, median in ((1, 100.0), (2, 180.0), (4, 200.0)):
        record = records.record("heap")
        record["configuration"] |= {"client_workers": threads}
        given.append((record, median, {"oversubscribed": threads == 4}))
    (one,) = figure_axes.draw_threads(run_with(given))
    assert [(row["client_workers"], row["requests_per_s"], row["oversubscribed"]) for row in one.rows] == [(1, 100.0, False), (2, 180.0, False), (4, 200.0, True)]
    assert any("more threads than cores" in text.get_text() for text in one.figure.texts)
    assert list(figure_axes.draw_threads(run_with(given[:1]))) == []


def test_allocators_stand_beside_the_first_one():
    given = [(records.record(strategy, allocator=allocator), median, {}) for strategy, allocator, median in
             (("heap", "glibc", 100.0), ("heap", "jemalloc", 80.0), ("two_cache", "glibc", 110.0), ("two_cache", "jemalloc", 110.0))]
    (one,) = figure_axes.draw_allocators(run_with(given))
    assert [row["ratio"] for row in one.rows] == pytest.approx([1, 0.8, 1, 1])
    words = [text.get_text() for axes in one.figure.axes for text in axes.texts]
    assert words == ["=", "-20 %", "=", "+0 %"]
    assert list(figure_axes.draw_allocators(run_with(given[:1]))) == []

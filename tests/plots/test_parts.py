"""The parts of the figures that compute or decide something."""

import random
import re

import pytest
from scipy.stats import binom

import figure_memory_after
import numbers_of
import records
import run as runs
import style


def in_memory(given):
    return runs.Run(directory=None, records=list(given))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 8, 9, 17, 30, 100])
def test_the_medians_interval_is_the_narrowest_that_covers_enough(count):
    low, high = numbers_of.median_interval(range(count))[1:]
    rank = int(low)
    assert high == count - 1 - rank
    # The true median lies between them unless at most `rank` values fall on one side of it.
    covered = 1 - 2 * binom.cdf(rank, count, 0.5)
    assert numbers_of.coverage(count) == pytest.approx(covered)
    assert covered >= 0.95 or rank == 0
    narrower = 1 - 2 * binom.cdf(rank + 1, count, 0.5)
    assert narrower < 0.95 or 2 * (rank + 1) >= count


def test_fewer_than_six_trials_give_their_range_and_say_what_it_is_worth():
    assert numbers_of.median_interval([3, 1, 2, 9, 4]) == (3, 1, 9)
    assert numbers_of.coverage(5) == pytest.approx(0.9375)
    assert numbers_of.coverage(1) == 0


def test_the_interval_holds_the_true_median_as_often_as_it_says():
    draw = random.Random(1)
    inside = 0
    for _ in range(2000):
        _, low, high = numbers_of.median_interval([draw.expovariate(1) for _ in range(11)])
        inside += low <= 0.6931 <= high
    assert inside / 2000 == pytest.approx(numbers_of.coverage(11), abs=0.02)


@pytest.mark.parametrize("text, expected", [
    (numbers_of.engineering(118_432), "118 k"), (numbers_of.engineering(0), "0"), (numbers_of.engineering(1.5e6), "1.5 M"),
    (numbers_of.bytes_text(512), "512 B"), (numbers_of.bytes_text(16 * 1024), "16 KiB"), (numbers_of.bytes_text(3 * 2**30), "3 GiB"),
    (numbers_of.duration_text(950), "950 ns"), (numbers_of.duration_text(1500), "1.5 µs"), (numbers_of.duration_text(2e9), "2 s"),
])
def test_numbers_are_written_with_their_unit(text, expected):
    assert text == expected


def test_what_is_held_after_the_load_is_the_median_above_the_start():
    trials = [records.with_calm(records.record(round_=i), {"load": 9e6, 0: 5e6 + i, 1: 4e6, 10: 2e6}) for i in range(3)]
    assert figure_memory_after.held_above_start(trials, "load") == 8e6
    assert figure_memory_after.held_above_start(trials, 0) == 4e6 + 1
    assert figure_memory_after.held_above_start(trials, 10) == 1e6
    short = records.with_calm(records.record(), {"load": 9e6, 0: 5e6}, looks=(0,))
    assert figure_memory_after.held_above_start([short], 10) is None


def test_the_table_of_colours_is_the_registry_in_its_order(root):
    text = (root / "strategies" / "registry.def").read_text(encoding="utf-8")
    registered = re.findall(r"^BATON_(?:STRATEGY|ADAPTER)\((\w+),", text, re.MULTILINE)
    # While strategies are being added the registry may name fewer; none may lack a place, and the order is the registry's.
    assert registered == [name for name in style.STRATEGIES if name in registered]


def test_colours_differ_and_do_not_depend_on_what_else_is_drawn():
    assert len(set(style.STRATEGIES.values()) | set(style.FURTHER)) == len(style.STRATEGIES) + len(style.FURTHER)
    assert style.colours(["heap"])["heap"] == style.colours(["two_cache", "new", "heap"])["heap"]


def test_strategies_the_table_does_not_know_come_last_with_colours_of_their_own():
    names = style.in_order(["zebra", "two_cache", "antelope", "ideal", "zebra"])
    assert names == ["ideal", "two_cache", "zebra", "antelope"]
    assert len(set(style.colours(names).values())) == 4


def test_panels_are_sorted_by_workload_and_axis_whatever_the_order_of_trials():
    cells = [records.record(workload=w, handoff=h) for w in ("b", "a") for h in (0.0, 0.5, 1.0)]
    shuffled = cells[:1] + random.Random(2).sample(cells[1:], len(cells) - 1)
    titles = list(runs.panels(in_memory(shuffled), shuffled))
    assert titles == [f"{w}, handoff {h}" for w in ("b", "a") for h in ("0", "0.5", "1")]


def test_an_axis_that_a_figure_shows_itself_does_not_part_its_panels():
    cells = [records.record(handoff=h) for h in (0.0, 1.0)]
    assert list(runs.panels(in_memory(cells), cells, apart_from=("handoff",))) == ["small"]


def test_pages_hold_every_panel_once():
    many = {str(i): i for i in range(2 * style.PANELS_PER_PAGE + 1)}
    cut = style.pages(many)
    assert [len(page) for page in cut] == [style.PANELS_PER_PAGE, style.PANELS_PER_PAGE, 1]
    assert {title: panel for page in cut for title, panel in page.items()} == many

"""The simulated section and figure, from a made-up record."""

import copy
import json
import re

import figure_simulated
import jinja2
import report
import report_simulated
import run as runs

BAND = {"low": 90.0, "median": 100.0, "high": 120.0}


def point(cores, median, line="list lock", share=0.7):
    return {"cores": cores, "requests_per_s": {"low": 0.9 * median, "median": median, "high": 1.1 * median}, "requests_per_s_by_setting": [median] * 10, "stalled_ns": 2000.0,
            "lines": [{"name": line, "share_of_stalls": share, "transfers": 1.0}, {"name": "counters", "share_of_stalls": 1 - share, "transfers": 0.5}]}


TOLD = {
    "schema": "baton-simulated-1", "simulated": True, "cores": [1, 8, 32, 128], "settings": [{}] * 10, "machine": {"name": "epyc", "source": "somewhere"},
    "moved_knees": [{"sentence": "stripes of 8 instead of 1 moves it", "cores": 8}],
    "cells": [{"label": "handoff_ratio ratio=0", "work_us": 10, "claims": [{"sentence": "two_cache overtakes locked_pool between 9 and 14 cores", "cores": 12}, {"sentence": "locked_pool does less than half", "cores": 32}],
               "rows": [{"strategy": "two_cache", "knee_by_setting": [0] * 10, "points": [point(at, 1e5 * at, "counters") for at in (1, 8, 32, 128)]},
                        {"strategy": "locked_pool", "knee_by_setting": [32] * 9 + [128], "points": [point(at, 1e5 * min(at, 8)) for at in (1, 8, 32, 128)]}]}],
}


def run_with(tmp_path, told):
    if told is not None:
        (tmp_path / "simulated.json").write_text(json.dumps(told))
    return runs.Run(tmp_path)


def test_nothing_is_drawn_or_said_without_a_simulation_or_of_something_else(tmp_path):
    assert report_simulated.on_more_cores(run_with(tmp_path, None)) is None
    other = copy.deepcopy(TOLD)
    other["simulated"] = False
    assert list(figure_simulated.draw(run_with(tmp_path, other))) == []


def test_the_figure_says_simulated_everywhere_and_is_drawn_differently(tmp_path):
    (one,) = figure_simulated.draw(run_with(tmp_path, TOLD))
    words = [text.get_text() for text in one.figure.texts] + [text.get_text() for axes in one.figure.axes for text in axes.texts]
    assert any("SIMULATED" in word for word in words) and "simulated" in words and one.caption.startswith("Simulated, not measured")
    axes = one.figure.axes[0]
    assert axes.get_facecolor()[:3] != (1, 1, 1)
    assert all(line.get_linestyle() != "-" for line in axes.lines)
    assert {row["strategy"] for row in one.rows} == {"two_cache", "locked_pool"} and all("simulated_requests_per_s" in row for row in one.rows)


def test_the_section_has_knees_lines_claims_and_what_follows(tmp_path):
    told = report_simulated.on_more_cores(run_with(tmp_path, TOLD))
    (cell,) = told["cells"]
    heads, (locked, two) = cell["table"]["heads"], cell["table"]["rows"]
    assert [head for head in heads if "cores, requests/s" in head] == ["8 cores, requests/s", "32 cores, requests/s", "128 cores, requests/s"]
    assert locked[0]["text"] == "locked_pool" and two[0]["text"] == "two_cache"
    knee = heads.index("less than half of the best from")
    assert locked[knee]["text"] == "32 to 128 cores" and two[knee]["text"] == "nowhere"
    assert locked[knee + 1]["text"] == "list lock 70 %"
    assert cell["claims"] == ["two_cache overtakes locked_pool between 9 and 14 cores"]
    assert told["moved"] == ["stripes of 8 instead of 1 moves it"]
    (advice,) = cell["advice"]
    assert advice.startswith("The list lock is most of what cores wait for in locked_pool (from 32 cores on 70 %)") and advice.endswith("Not below half of the best on up to 128 cores: two_cache.")


def test_validation_is_a_table_with_its_misses():
    told = {"validation": [{"name": "additions", "rank": 1.0, "median_fold": 1.2, "worst_fold": 2.9, "source": "a book", "known_miss": ""}, {"name": "back-off", "rank": None, "median_fold": 4.0, "worst_fold": 6.0, "source": "a commit", "known_miss": "the gain"}]}
    table = report_simulated.validation(told)
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [["additions", "1.00", "1.20", "2.90", "a book", "–"], ["back-off", "–", "4.00", "6.00", "a commit", "the gain"]]
    assert report_simulated.validation({}) is None


def test_the_page_keeps_it_in_a_place_of_its_own(tmp_path):
    templates = jinja2.FileSystemLoader(report.TEMPLATES)
    for name in ("report.html.j2", "report.md.j2"):
        source = templates.get_source(jinja2.Environment(), name)[0]
        part = re.search(r"{% if more_cores %}.*?On more cores \(simulated\).*?{% endif %}\n(?!.*{% endif %}\n<section)", source, re.DOTALL)
        assert part is not None
        assert "more_cores.moved" in part[0]
        assert source.index("{% if more_cores %}") < source.index("more_cores.note") < source.rindex("{% endif %}")

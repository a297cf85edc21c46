"""figures.py draws what a run holds, and nothing that it does not."""

import copy
import csv
import gzip
import json
import re
import subprocess
import sys

import pytest

import figures
import records

FEW = ["ideal", "workspace_wait", "two_cache"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A run with every kind of workload, drawn once."""
    directory = records.write(tmp_path_factory.mktemp("run"), records.run_of(FEW, rounds=3))
    assert figures.main([str(directory)]) == 0
    return directory / "figures"


def draw(directory, given, *options):
    return figures.main([str(records.write(directory, given)), *options])


def text_of(svg):
    """The words in a figure: they are text in it, not outlines."""
    return " ".join(re.findall(r">([^<>]+)</text>", svg.read_text(encoding="utf-8")))


def test_memory_after_the_load_is_drawn_where_it_was_looked_at(tmp_path):
    held = {"load": 9e6, 0: 5e6, 1: 4e6, 10: 2e6}
    trials = [records.with_calm(records.record(name, allocator=allocator), held) for name in FEW for allocator in ("glibc", "jemalloc")]
    assert draw(tmp_path, trials) == 0
    words = text_of(tmp_path / "figures" / "memory-after.svg")
    for word in ("10 s after", "under load", "glibc", "jemalloc", "two_cache"):
        assert word in words


def test_it_is_not_drawn_where_nobody_looked(drawn):
    assert not (drawn / "memory-after.svg").exists()


@pytest.mark.parametrize("name", ["throughput", "cpu", "latency", "memory", "ledger", "ties"])
def test_each_figure_is_drawn_and_its_numbers_stand_beside_it(drawn, name):
    assert (drawn / f"{name}.svg").stat().st_size > 1000
    rows = list(csv.DictReader((drawn / f"{name}.csv").open(encoding="utf-8")))
    assert {row["strategy"] for row in rows} == set(FEW)


@pytest.mark.parametrize("name, unit", [("throughput", "requests per second"), ("cpu", "microseconds of CPU per request"),
                                        ("latency", "latency"), ("memory", "bytes of conn buffers"), ("ledger", "bytes per request"),
                                        ("ties", "length of a tie")])
def test_an_axis_says_what_it_shows_and_every_strategy_has_its_place(drawn, name, unit):
    text = text_of(drawn / f"{name}.svg")
    assert unit in text
    assert [strategy for strategy in FEW if strategy not in text] == []


def test_small_multiples_are_titled_by_workload(drawn):
    text = text_of(drawn / "throughput.svg")
    assert [name for name in ("small", "small_half", "open", "hangup") if name not in text] == []


def test_ties_are_drawn_only_for_workloads_that_hang_up(drawn):
    text = text_of(drawn / "ties.svg")
    assert "hangup" in text and "small" not in text
    assert "never tied" in text and "in 1000" in text


def test_more_threads_than_cores_are_marked_in_every_figure(drawn):
    for figure in drawn.glob("*.svg"):
        assert "more threads than cores: 4 workers on 2 CPUs" in text_of(figure), figure.name


def test_threads_with_cores_of_their_own_are_not_marked(tmp_path):
    assert draw(tmp_path, [records.record(oversubscribed=False)]) == 0
    assert "more threads" not in text_of(tmp_path / "figures" / "throughput.svg")


def test_the_numbers_of_a_figure_are_the_trials(tmp_path):
    trials = [records.record(round_=i) for i in range(3)]
    for trial, rate in zip(trials, (10_000, 30_000, 20_000)):
        trial["throughput"]["requests_per_s"] = rate
    assert draw(tmp_path, trials) == 0
    rows = csv.DictReader((tmp_path / "figures" / "throughput.csv").open(encoding="utf-8"))
    assert [float(row["throughput"]) for row in rows] == [10_000, 30_000, 20_000]


def test_axes_in_which_cells_differ_part_the_panels(tmp_path):
    cells = [records.record(allocator=name, handoff=ratio) for name in ("glibc", "jemalloc") for ratio in (0.0, 1.0)]
    assert draw(tmp_path, cells) == 0
    text = text_of(tmp_path / "figures" / "throughput.svg")
    for title in ("small, glibc, handoff 0", "small, glibc, handoff 1", "small, jemalloc, handoff 1"):
        assert title in text


def test_an_invalid_trial_is_named_and_not_drawn(tmp_path, capsys):
    wrong = records.record("heap")
    wrong["verdict"] = {"valid": False, "reasons": ["3 answers had wrong bytes"]}
    assert draw(tmp_path, [records.record("ideal"), wrong]) == 1
    assert "3 answers had wrong bytes" in capsys.readouterr().err
    assert "heap" not in text_of(tmp_path / "figures" / "throughput.svg")


@pytest.mark.parametrize("line, complaint", [
    ('{"schema_version": 1}', "required property"),
    ("not json\n", "not JSON"),
    (json.dumps(records.record() | {"strategy": 3}), "strategy"),
    (json.dumps(records.record()) + "\n" + json.dumps(records.record()), "a second time"),
    (json.dumps(records.record())[:300], "cut off"),
], ids=["lacking members", "no JSON", "wrong type", "twice the same trial", "cut off"])
def test_a_line_that_is_no_record_is_refused_with_its_number_and_the_rest_is_drawn(tmp_path, capsys, line, complaint):
    records.write(tmp_path, [records.record("ideal")])
    with (tmp_path / "trials.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
    assert figures.main([str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert complaint in error and re.search(r"line [23]:", error)
    assert "ideal" in text_of(tmp_path / "figures" / "throughput.svg")


def test_a_compressed_run_that_says_once_what_its_records_share_is_drawn_like_any_other(tmp_path):
    whole = list(records.run_of(FEW[:2], rounds=2))
    assert draw(tmp_path / "plain", copy.deepcopy(whole)) == 0
    packed = tmp_path / "packed"
    records.write(packed, records.packed(whole, packed))
    (packed / "trials.jsonl.gz").write_bytes(gzip.compress((packed / "trials.jsonl").read_bytes()))
    (packed / "trials.jsonl").unlink()
    assert figures.main([str(packed)]) == 0
    for drawn in (tmp_path / "plain" / "figures").glob("*.svg"):
        assert text_of(packed / "figures" / drawn.name) == text_of(drawn)
    (packed / "environment.json").unlink()
    assert figures.main([str(packed)]) == 1  # every line is refused
    (packed / "trials.jsonl.gz").write_bytes(b"no gzip")
    assert figures.main([str(packed)]) == 2


def test_a_run_of_invalid_trials_only_has_no_figures(tmp_path, capsys):
    assert draw(tmp_path, [records.invalid()]) == 1
    assert list((tmp_path / "figures").iterdir()) == []
    assert "the run has no data for" in capsys.readouterr().err


def test_figures_without_data_are_left_out(tmp_path):
    lonely = records.record()
    lonely["memory"]["samples"] = {name: [] for name in lonely["memory"]["samples"]}
    lonely["latency_ns"]["service"] = records.no_latency()
    assert draw(tmp_path, [lonely]) == 0
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["cpu.csv", "cpu.svg", "throughput.csv", "throughput.svg"]


def test_a_saturated_strategy_is_named_in_the_latency_figure(tmp_path):
    late = records.record("heap", loop="open")
    late["saturated"] = True
    assert draw(tmp_path, [records.record("ideal", loop="open"), late]) == 0
    assert "saturated: heap" in text_of(tmp_path / "figures" / "latency.svg")


def test_what_the_kernel_does_not_tell_is_unavailable_in_the_figure(tmp_path):
    silent = records.record()
    silent["memory"]["process"]["measure_end"]["held"] = "unavailable"
    assert draw(tmp_path, [silent]) == 0
    assert "(unavailable)" in text_of(tmp_path / "figures" / "memory.svg")


def test_the_same_records_give_the_same_files(tmp_path):
    for name in ("one", "two"):
        draw(tmp_path / name, [records.record()])
    assert (tmp_path / "one/figures/throughput.svg").read_bytes() == (tmp_path / "two/figures/throughput.svg").read_bytes()


def test_formats_and_place_are_as_asked_for(tmp_path):
    assert draw(tmp_path / "run", [records.record()], "--format", "png,svg", "--out", str(tmp_path / "there")) == 0
    assert (tmp_path / "there" / "throughput.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "there" / "throughput.svg").exists()
    assert not (tmp_path / "run" / "figures").exists()


def test_check_draws_nothing(tmp_path, capsys):
    assert draw(tmp_path, [records.record()], "--check") == 0
    assert "1 records conform" in capsys.readouterr().out
    assert not (tmp_path / "figures").exists()


def test_a_directory_that_is_no_run_is_bad_input(tmp_path, capsys):
    assert figures.main([str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert figures.main([str(tmp_path)]) == 2
    assert "trials.jsonl" in capsys.readouterr().err
    assert draw(tmp_path, []) == 2
    assert "empty" in capsys.readouterr().err
    assert not (tmp_path / "figures").exists()


def test_an_unknown_format_is_refused_with_the_valid_ones(tmp_path, capsys):
    with pytest.raises(SystemExit) as exit_:
        draw(tmp_path, [records.record()], "--format", "gif")
    assert exit_.value.code == 2
    assert "'gif' is not a format; valid are svg, png, pdf" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert draw(tmp_path / "run", [records.record()], "--out", str(tmp_path / "file" / "below")) == 2
    assert "cannot write to" in capsys.readouterr().err


def test_a_python_without_the_libraries_says_which_and_how_to_get_them(tmp_path, root):
    records.write(tmp_path, [records.record()])
    # -S: without the site directory there are no installed modules.
    done = subprocess.run([sys.executable, "-S", "-B", str(root / "plots" / "figures.py"), str(tmp_path)], capture_output=True,
                          text=True, env={"PATH": "/usr/bin"}, check=False)
    assert done.returncode == 2
    assert "apt-get install python3-matplotlib" in done.stderr


def comparison(candidate, baseline, ratio, answer):
    return {"metric": "throughput", "candidate": candidate["cell_id"], "baseline": baseline["cell_id"], "axis": "/strategy", "regime": "one",
            "rounds": 5, "ratio": ratio, "simultaneous": {"low": ratio / 1.02, "high": ratio * 1.02}, "resolution": 1.01, "answer": answer}


def test_ratios_are_drawn_from_the_summary_with_their_answers(tmp_path):
    heap, slower, unknown = (records.record(name) for name in ("heap", "locked_pool", "two_cache"))
    for one in (heap, slower, unknown):
        one["cell_id"] = f"{one['strategy']}/{one['workload']}"
    records.write(tmp_path, [heap, slower, unknown])
    (tmp_path / "summary.json").write_text(json.dumps({
        "regimes": [{"name": "one"}], "level": 0.95,
        "comparisons": [comparison(slower, heap, 0.9, "worse"), comparison(unknown, heap, 1.001, "undecided")]}), encoding="utf-8")
    assert figures.main([str(tmp_path)]) == 0
    svg = tmp_path / "figures" / "ratio-throughput.svg"
    for word in ("locked_pool", "two_cache", "beside heap", "equal", "-10 %"):
        assert word in text_of(svg)
    assert svg.read_text(encoding="utf-8").count("#aa3300") > 1, "what is worse has its colour, not in the legend only"
    assert not (tmp_path / "figures" / "ratio-cpu.svg").exists()


def test_without_a_summary_there_are_no_ratios(drawn):
    assert not (drawn / "ratio-throughput.svg").exists()

"""How a run ends on a terminal: short, and every sentence is what the summary of a kept run says."""
import json
import pathlib
import re
import shutil

import pytest

from program import baton

RESULTS = pathlib.Path(__file__).parents[2] / "results"
KEPT = sorted(file.parent for file in RESULTS.glob("*/plan.json"))
FINDING = re.compile(r"(\w+) ([+-]\d+\.\d) % \[(-?\d+\.\d), (-?\d+\.\d)\]")


def answers(directory) -> list[str]:
    said = baton("summarize", str(directory), "--no-write")
    assert said.code == 0, said
    return said.out.splitlines()


def sentences(lines: list[str]) -> list[str]:
    """With what was broken into lines put together again."""
    whole: list[str] = []
    for line in lines:
        if line.startswith("    "):
            whole[-1] += " " + line.strip()
        else:
            whole.append(line)
    return whole


def test_there_are_kept_runs():
    assert len(KEPT) >= 2


@pytest.mark.parametrize("directory", KEPT, ids=lambda directory: directory.name)
def test_it_is_short_and_true(directory):
    lines = answers(directory)
    assert len(lines) <= 30 and all(len(line) <= 100 for line in lines)
    whole = sentences(lines)
    assert whole[0].endswith("between threads?")
    assert whole[-1] == f"baton summarize {directory} --table"
    summary = json.loads(baton("summarize", str(directory), "--no-write", "--json").out)
    asked = [one for one in summary["comparisons"] if one["metric"] == "throughput" and one["axis"] == summary["baselines"][0]["axis"]]

    def percent(ratio: float) -> str:
        return f"{100 * (ratio - 1):.1f}"

    said = {(one["candidate"].split("/")[0], percent(one["ratio"]), percent(one["simultaneous"]["low"]), percent(one["simultaneous"]["high"]),
             one["answer"]) for one in asked if one["ratio"] is not None}
    told = 0
    for sentence in whole[1:]:
        if "[exact]" in sentence or sentence.startswith("Counts times costs"):
            continue  # of predictions: below
        for strategy, ratio, low, high in FINDING.findall(sentence):
            answer = "better" if " more requests/s than " in sentence else "worse"
            assert answer == "better" or " fewer requests/s than " in sentence
            assert (strategy, ratio.lstrip("+"), low, high, answer) in said, sentence
            told += 1
    answered = [one for one in asked if one["answer"] in ("better", "worse")]
    left_out = any("sentences more" in sentence for sentence in whole)
    assert told == len(answered) or (left_out and told < len(answered))
    undecided = sum(one["answer"] == "undecided" for one in asked)
    assert (f"Open: {undecided} of {len(asked)} ratios" in "\n".join(whole)) == (undecided != 0)


@pytest.mark.parametrize("directory", [one for one in KEPT if (one / "counts.json").exists()], ids=lambda directory: directory.name)
def test_what_is_open_is_told_by_its_counts(directory):
    whole = sentences(answers(directory))
    summary = json.loads(baton("summarize", str(directory), "--no-write", "--json").out)
    asked = [one for one in summary["comparisons"] if one["metric"] == "throughput" and one["axis"] == summary["baselines"][0]["axis"]]
    open_ones = [one for one in asked if one["answer"] == "undecided" and "counted" in one]
    exact = [sentence for sentence in whole if "[exact]" in sentence]
    assert len(exact) == len(open_ones) or any("more of the open ratios have such counts" in sentence for sentence in whole)
    foretold = {(one["candidate"].split("/")[0], f"{100 * (one['predicted']['ratio'] - 1):+.1f}") for one in open_ones if "predicted" in one}
    for sentence in exact:
        strategy, ratio = re.search(r": (\w+) beside .*?(?:that would be ([+-]\d+\.\d) %|\.$)", sentence).groups()
        assert ratio is None or (strategy, ratio) in foretold, sentence
    explained = [one["predicted"]["agrees"] for one in asked if "predicted" in one and one["answer"] != "undecided"]
    assert any(f"explain {sum(explained)} of these {len(explained)} ratios" in sentence for sentence in whole) == bool(explained)


def test_the_surest_comes_first():
    runs = [directory for directory in KEPT if directory.name.startswith("quick")]
    for directory in runs:
        sure = []
        for sentence in sentences(answers(directory)):
            if "[exact]" in sentence or sentence.startswith("Counts times costs"):
                continue
            sides = [max(abs(float(ratio)) / ((float(high) - float(low)) / 2) for _, ratio, low, high in [found]) for found in FINDING.findall(sentence)]
            if sides:
                sure.append(max(sides))
        assert len(sure) > 1
        assert all(one >= other * 0.9 for one, other in zip(sure, sure[1:])), sure  # rounding, and percent for logarithms


def test_the_table_is_for_who_asks(tmp_path):
    table = baton("summarize", str(KEPT[0]), "--no-write", "--table").out
    assert "requests/s" in table and "p99 us" in table and table != "\n".join(answers(KEPT[0]))


def test_a_run_of_one_cell_says_that_nothing_was_compared(tmp_path):
    out = tmp_path / "run"
    done = baton("run", "--strategy", "heap", "--workload", "small_bodies", "--handoff", "0", "--slice-ms", "0", "--pinning", "none", "--trials", "1", "--duration", "0.05", "--ramp", "0", "--no-again",
                 "--quarantine", "off", "--out", str(out))
    assert done.code == 0, done
    assert "Nothing was compared" in done.out and f"baton summarize {out} --table" in done.out
    shutil.rmtree(out)

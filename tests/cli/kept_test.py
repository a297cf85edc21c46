"""Runs that are kept, compared with by name, exported, and asked questions."""
import gzip
import json
import pathlib
import re
import subprocess
import sys

import pytest

from program import PROGRAM, refused

COMPARE_PY = next((path for path in map(pathlib.Path, ("/usr/share/benchmark/compare.py", "/usr/share/benchmark/tools/compare.py")) if path.exists()), None)


def baton(*options, **more):
    return subprocess.run([PROGRAM, *map(str, options)], capture_output=True, text=True, timeout=300, check=False, **more)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of one program on the same cells."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("old", "new"):
        done = baton("run", "--strategy", "heap,two_cache", "--workload", "small_bodies", "--handoff", "0", "--slice-ms", "0", "--pinning", "none", "--trials", "5", "--duration", "0.1", "--ramp", "0", "--client-workers", "1",
                     "--quarantine", "off", "--out", folder / name)
        assert done.returncode == 0, done.stderr
        hold_still(folder / name)
    return folder


def hold_still(run):
    """As if the distance of the cores had not changed: otherwise the few trials may fall into two regimes, and nothing can be told."""
    records = [json.loads(line) for line in gzip.open(run / "trials.jsonl.gz", "rt")]
    for record in records:
        for look in ("before", "after"):
            if isinstance((record.get("noise") or {}).get(look), dict):
                record["noise"][look]["round_trip_ns"] = 60.0
    with gzip.open(run / "trials.jsonl.gz", "wt") as file:
        file.write("".join(json.dumps(record) + "\n" for record in records))


def test_a_kept_run_says_what_the_run_said_and_is_not_overwritten(runs, tmp_path):
    results = tmp_path / "results"
    assert baton("keep", runs / "old", "main-1", "--results", results).returncode == 0
    assert {path.name for path in (results / "main-1").iterdir()} == {"plan.json", "environment.json", "trials.jsonl.gz", "summary.json"}
    said = [baton("summarize", where, "--no-write", "--json").stdout for where in (runs / "old", results / "main-1")]
    assert said[0] == said[1] and json.loads(said[0]) == json.loads((results / "main-1/summary.json").read_text())
    assert "is there already" in refused("keep", str(runs / "new"), "main-1", "--results", str(results))
    for name in ("../other", ".hidden", "a/b", ""):
        assert refused("keep", str(runs / "new"), name, "--results", str(results))
    assert [path.name for path in results.iterdir()] == ["main-1"]


def test_a_place_that_cannot_be_written_leaves_nothing(runs, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot keep the run" in refused("keep", str(runs / "old"), "one", "--results", str(tmp_path / "file"))


def test_a_run_is_compared_with_a_kept_one_by_name(runs, tmp_path):
    results = tmp_path / "results"
    assert baton("keep", runs / "old", "main", "--results", results).returncode == 0
    page, comment = tmp_path / "page.html", tmp_path / "comment.md"
    named = baton("compare", "--baseline", "main", runs / "new", "--results", results, "--threshold", "90%", "--html", page, "--markdown", comment)
    assert named.returncode == 0, named.stdout + named.stderr
    plain = baton("compare", results / "main", runs / "new", "--threshold", "90%")
    assert named.stdout == plain.stdout and "no regression beyond 90 %" in plain.stdout
    for cell in ("heap/small_bodies", "two_cache/small_bodies"):
        assert cell in page.read_text() and f"| `{cell}` |" in comment.read_text()
    assert "no regression beyond 90 %" in page.read_text() and "no regression beyond 90 %" in comment.read_text()
    for number in re.findall(r"[+-][\d.]+ % \[[^]]+\]", plain.stdout):
        assert number in page.read_text() and number in comment.read_text()
    assert not re.search(r'(src|href)="(?!data:|#)', page.read_text())
    assert "there is no such directory" in refused("compare", "--baseline", "nothing", str(runs / "new"), "--results", str(results))
    assert "both OLD" in refused("compare", "--baseline", "main", str(runs / "old"), str(runs / "new"), "--results", str(results))


def test_a_regression_is_said_and_ends_with_1(runs, tmp_path):
    slow = tmp_path / "slow"
    slow.mkdir()
    for name in ("plan.json", "environment.json"):
        (slow / name).write_bytes((runs / "new" / name).read_bytes())
    records = [json.loads(line) for line in gzip.open(runs / "new/trials.jsonl.gz", "rt")]
    for record in records:
        if record["strategy"] == "two_cache" and record["role"] == "trial":
            record["throughput"]["requests_per_s"] /= 20
    (slow / "trials.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    comment = tmp_path / "comment.md"
    done = baton("compare", runs / "old", slow, "--metric", "throughput", "--markdown", comment)
    assert done.returncode == 1
    assert "**REGRESSION**" in comment.read_text() and "1 regressions beyond 3 %" in comment.read_text()


def test_google_benchmarks_format_has_a_repetition_for_each_trial(runs, tmp_path):
    out = tmp_path / "old.json"
    assert baton("export", "--google-benchmark", runs / "old", "--out", out).returncode == 0
    told = json.loads(out.read_text())
    records = [json.loads(line) for line in gzip.open(runs / "old/trials.jsonl.gz", "rt")]
    trials = [record for record in records if record["role"] == "trial" and record["verdict"]["valid"]]
    assert len(told["benchmarks"]) == len(trials)
    for record in trials:
        found = [one for one in told["benchmarks"] if one["name"] == record["cell_id"] and one["items_per_second"] == record["throughput"]["requests_per_s"]]
        assert found and found[0]["real_time"] == pytest.approx(1e6 / record["throughput"]["requests_per_s"]) and found[0]["cpu_time"] == record["cpu"]["per_request_us"]
    assert {one["repetitions"] for one in told["benchmarks"]} == {5}
    assert "is there already" in refused("export", "--google-benchmark", str(runs / "old"), "--out", str(out))
    assert "--google-benchmark" in refused("export", str(runs / "old"))


@pytest.mark.skipif(COMPARE_PY is None, reason="no compare.py of Google Benchmark (libbenchmark-tools)")
def test_google_benchmarks_own_compare_reads_it(runs, tmp_path):
    files = []
    for name in ("old", "new"):
        files.append(tmp_path / f"{name}.json")
        assert baton("export", "--google-benchmark", runs / name, "--out", files[-1]).returncode == 0
    done = subprocess.run([sys.executable, COMPARE_PY, "--no-color", "benchmarks", *files], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("two_cache/small_bodies") >= 5


QUESTION = """[[question]]
ask = "Does a request take less than {bound} of CPU?"
strategy = "two_cache"
workload = "small_bodies"
needs = [{{ metric = "cpu", at_most = "{bound}" }}]
"""


@pytest.mark.parametrize("bound, code, answer", [("1 s", 0, "yes"), ("1 ns", 1, "no")])
def test_questions_are_answered_first_and_decide_the_exit_code(runs, tmp_path, bound, code, answer):
    file = tmp_path / "ask.toml"
    file.write_text(QUESTION.format(bound=bound))
    done = baton("summarize", runs / "old", "--no-write", "--questions", file)
    assert done.returncode == code and done.stdout.startswith(f"{answer}: Does a request take less than {bound}")
    out = tmp_path / "page"
    report = baton("report", runs / "old", "--questions", file, "--out", out)
    if "python3" in report.stderr:
        pytest.skip(report.stderr)
    assert report.returncode == code
    page = (out / "report.html").read_text()
    assert page.index(f"Does a request take less than {bound}") < page.index("What this run says")
    assert f"**{answer}**" in (out / "report.md").read_text()


def test_a_wrong_question_is_bad_input(runs, tmp_path):
    file = tmp_path / "ask.toml"
    file.write_text(QUESTION.format(bound="1 s").replace("two_cache", "two_cahce"))
    assert "did you mean 'two_cache'" in refused("summarize", str(runs / "old"), "--no-write", "--questions", str(file))
    assert "there is no such file" in refused("summarize", str(runs / "old"), "--no-write", "--questions", str(tmp_path / "none.toml"))


CHECK = pathlib.Path(__file__).parents[2] / "scripts/check-strategy"


def check(*options, cwd):
    return subprocess.run([CHECK, *map(str, options)], capture_output=True, text=True, timeout=300, check=False, cwd=cwd)


def test_the_example_of_a_ci_job_keeps_first_and_compares_then(tmp_path):
    given = ("two_cache", "--baseline", "main", "--results", tmp_path / "results", "--baton", pathlib.Path(PROGRAM).resolve(), "--trials", "2", "--threshold", "95%")
    first = check(*given, cwd=tmp_path)
    assert first.returncode == 0 and "kept:" in first.stdout and (tmp_path / "results/main/summary.json").exists(), first.stderr
    then = check(*given, cwd=tmp_path)
    assert then.returncode == 0, then.stdout + then.stderr  # with a threshold that no noise reaches
    assert "no regression beyond 95 %" in (tmp_path / "check-two_cache.md").read_text()


@pytest.mark.parametrize("given, said", [((), "Usage"), (("two_cache",), "Usage"), (("two_cache", "--baseline"), "needs a value"), (("a", "b", "--baseline", "x"), "one strategy"),
                                         (("a", "--fast", "--baseline", "x"), "unknown option '--fast'"), (("a", "--baseline", "x", "--baton", "/nowhere"), "there is no program")])
def test_the_example_refuses_bad_input(tmp_path, given, said):
    done = check(*given, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr

"""baton report and baton plot: one page that needs nothing else, whose numbers are the summary's."""
import csv
import gzip
import html.parser
import json
import os
import re
import shutil
import subprocess

import pytest

from program import PROGRAM, refused

SANITIZER = os.environ.get("BATON_SANITIZER")
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium (scripts/install-packages pictures)")
needs_figures = pytest.mark.skipif(subprocess.run(["/usr/bin/python3", "-c", "import jinja2, jsonschema, matplotlib"], capture_output=True, check=False).returncode != 0,
                                   reason="no python3-matplotlib, python3-jinja2 or python3-jsonschema")
pytestmark = needs_figures


def baton(*options, **more):
    return subprocess.run([PROGRAM, *map(str, options)], capture_output=True, text=True, timeout=300, check=False, **more)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Small, real, with a series over the share of handoffs and a tie."""
    out = tmp_path_factory.mktemp("run") / "run"
    done = baton("run", "--strategy", "ideal,heap,two_cache,locked_pool", "--workload", "handoff_ratio", "--handoff", "0,0.5,1", "--waiting", "block", "--trials", "3", "--duration", "0.1",
                 "--slice-ms", "20", "--ramp", "0", "--client-workers", "1", "--fetch-workers", "1", "--quarantine", "off", "--out", out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    done = baton("report", run, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def summary(run):
    return json.loads(baton("summarize", run, "--no-write", "--json").stdout)


class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "input", "br", "img"}

    def __init__(self, text):
        super().__init__()
        self.open, self.headings, self.addresses, self.figures, self.text = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [attrs[name] for name in ("src", "href", "xlink:href") if attrs.get(name)]
        if tag == "svg":
            self.figures.append(attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


def test_the_page_is_well_formed_reachable_by_headings_and_needs_nothing_else(report):
    text = (report / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:]))
    assert [one for one in page.addresses if not one.startswith(("#", "data:"))] == []
    assert not re.search(r"@import|url\((?!#)", text)
    assert len(page.figures) >= 3 and all(one.get("role") == "img" and len(one.get("aria-label", "")) > 20 for one in page.figures)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


def test_every_number_of_a_verdict_is_the_summarys(report, summary):
    said = (report / "report.md").read_text(encoding="utf-8")
    assert summary["verdicts"]
    findings = 0
    for verdict in summary["verdicts"]:
        expected = set()
        for places in verdict["comparisons"].values():
            for one in (summary["comparisons"][place] for place in places):
                if one["ratio"] is not None:
                    expected.add(f"{100 * (one['ratio'] - 1):+.1f} % [{100 * (one['simultaneous']['low'] - 1):.1f}, {100 * (one['simultaneous']['high'] - 1):.1f}]")
        for finding in re.findall(r"[+-][\d.]+ % \[[^]]+\]", verdict["sentence"]):
            findings += 1
            assert finding in expected
        if verdict["main"] and verdict["metric"] == "throughput":
            assert verdict["sentence"] in said
    assert findings == len(re.findall(r"[+-][\d.]+ % \[", " ".join(verdict["sentence"] for verdict in summary["verdicts"])))


def test_what_the_terminal_decides_stands_in_the_tables(run, report):
    text = "".join(Page((report / "report.html").read_text(encoding="utf-8")).text)
    for finding in re.findall(r"[+-][\d.]+ % \[[^]]+\]", baton("summarize", run, "--no-write").stdout.replace("\n    ", " ")):
        assert finding in text or finding.replace(" %", "") in text, finding


def test_all_cells_and_all_warnings_are_on_the_page(report, summary):
    text = "".join(Page((report / "report.html").read_text(encoding="utf-8")).text)
    for cell in summary["cells"]:
        assert cell["conditions"].lower() in text.lower() and cell["strategy"] in text
    for warning in summary["warnings"]:
        assert warning in text


def test_the_raw_data_can_be_taken_from_the_page(run, report):
    import base64

    text = (report / "report.html").read_text(encoding="utf-8")
    records, told = (gzip.decompress(base64.b64decode(one)) for one in re.findall(r'href="data:application/gzip;base64,([^"]+)"', text))
    kept = run / "trials.jsonl.gz"
    assert records == (gzip.decompress(kept.read_bytes()) if kept.exists() else (run / "trials.jsonl").read_bytes())
    assert json.loads(told)["summary_version"] == 1


def test_the_run_itself_is_left_as_it_was(run, report):
    assert not (run / "report.html").exists() and not (run / "figures").exists()


def test_figures_are_files_with_their_data(run, tmp_path):
    done = baton("plot", run, "--figure", "share,throughput", "--format", "svg,png", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"share.svg", "share.png", "share.csv", "throughput.svg", "throughput.png", "throughput.csv"} <= {path.name for path in tmp_path.iterdir()}
    rows = list(csv.DictReader((tmp_path / "share.csv").open(encoding="utf-8")))
    shares = {float(row["at"]) for row in rows}
    assert {row["strategy"] for row in rows} == {"ideal", "two_cache", "locked_pool"}
    assert len(shares) > 1 and shares <= {0.0, 0.5, 1.0}  # on a busy machine one may have no turns left in this regime
    assert all(float(row["low"]) <= float(row["ratio"]) <= float(row["high"]) for row in rows)


@pytest.mark.parametrize("command", ["report", "plot"])
def test_bad_input_is_one_line_and_nothing_is_written(command, run, tmp_path):
    assert "there is no such directory" in refused(command, str(tmp_path / "nothing"))
    (tmp_path / "empty").mkdir()
    assert len(refused(command, str(tmp_path / "empty")).splitlines()) <= 2
    assert list((tmp_path / "empty").iterdir()) == []
    assert "DIR" in refused(command)


def test_a_wrong_figure_names_the_right_ones(run):
    done = baton("plot", run, "--figure", "shares")
    assert done.returncode == 2 and "share" in done.stderr and "Traceback" not in done.stderr


def altered(run, tmp_path, change):
    """A copy whose records are changed; compressed or not as they were."""
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    packed = copy / "trials.jsonl.gz"
    lines = (gzip.decompress(packed.read_bytes()) if packed.exists() else (copy / "trials.jsonl").read_bytes()).decode().splitlines()
    packed.unlink(missing_ok=True)
    (copy / "trials.jsonl").write_text(change(lines), encoding="utf-8")
    return copy


def each(change):
    return lambda lines: "".join(json.dumps(change(json.loads(line))) + "\n" for line in lines)


def quarantined(record):
    return record | ({"quarantine": {"quarantined": True, "reasons": ["made up"]}} if record["role"] == "trial" else {})


def invalid(record):
    return record | {"verdict": {"valid": False, "reasons": ["made up"]}}


@pytest.mark.parametrize("change, code, said", [
    (lambda lines: "\n".join(lines)[:-200], 1, "cut off"),
    (each(quarantined), 0, "quarantined"),
    (each(invalid), 1, "made up"),
], ids=["cut off", "everything quarantined", "everything invalid"])
def test_a_run_that_is_not_whole_still_gets_its_page_which_says_so(run, tmp_path, change, code, said):
    copy = altered(run, tmp_path, change)
    done = baton("report", copy)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert said in "".join(Page((copy / "report.html").read_text(encoding="utf-8")).text) + done.stderr


def test_another_schema_version_is_refused_in_a_line(run, tmp_path):
    copy = altered(run, tmp_path, each(lambda record: record | {"schema_version": 99}))
    said = refused("report", str(copy))
    assert "99" in said and len(said.splitlines()) <= 2 and not (copy / "report.html").exists()


def test_machines_that_were_mixed_are_said_to_be(run, tmp_path):
    def moved(record):
        other = json.loads(json.dumps(environments[record["environment"]])) if isinstance(record["environment"], str) else record["environment"]
        if record["round"] == 2:
            other["cpu"]["model"] = "another processor"
        return record | {"environment": other}

    environments = json.loads((run / "environment.json").read_text())["environments"]
    copy = altered(run, tmp_path, each(moved))
    done = baton("report", copy)
    assert done.returncode == 0, done.stderr
    text = "".join(Page((copy / "report.html").read_text(encoding="utf-8")).text)
    assert "1 program, 2 machine" in text and "another processor" in text


def test_a_disk_that_cannot_be_written_is_said_in_one_line(run, tmp_path):
    (tmp_path / "file").write_text("")
    done = baton("report", run, "--out", tmp_path / "file")
    assert done.returncode == 2 and "cannot write" in done.stderr and "Traceback" not in done.stderr


# What a browser makes of it, told by a script that only this copy of the page has.
PROBE = """<script>
window.addEventListener("load", () => {
  const wide = [...document.querySelectorAll("body *")].filter(one => !one.closest(".wide, svg") && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.tagName);
  const table = document.querySelector("#evidence table");
  const buttons = table.querySelectorAll("th button");
  const column = [...table.tHead.rows[0].cells].findIndex(cell => cell.textContent.startsWith("requests/s"));
  const values = () => [...table.tBodies[0].rows].filter(row => !row.hidden).map(row => parseFloat(row.cells[column].dataset.value));
  buttons[column].click();
  const up = values();
  buttons[column].click();
  const down = values();
  const filter = document.querySelector("input[data-filters]");
  filter.value = "two_";
  filter.dispatchEvent(new Event("input"));
  const left = values().length;
  document.title = JSON.stringify({wide, up, down, left, filtered: filter.parentElement.hidden, errors: window.probeErrors, requests: performance.getEntriesByType("resource").filter(one => !one.name.startsWith("data:")).length, overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth});
});
</script>"""


def browser(page, tmp_path, *options):
    return subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}",
                           "--host-resolver-rules=MAP * ~NOTFOUND", *options, f"file://{page}"], capture_output=True, text=True, timeout=120, check=False)


@needs_chromium
@pytest.mark.parametrize("width", [1400, 500])
def test_a_browser_shows_it_whole_sorts_and_filters(report, tmp_path, width):
    text = (report / "report.html").read_text(encoding="utf-8")
    page = tmp_path / "probed.html"
    page.write_text(text.replace("<head>", "<head><script>window.probeErrors = []; window.onerror = what => { window.probeErrors.push(String(what)); };</script>")
                    .replace("</body>", PROBE + "</body>"), encoding="utf-8")
    shown = browser(page, tmp_path, f"--window-size={width},900", "--virtual-time-budget=5000", "--dump-dom").stdout
    told = json.loads(html.unescape(re.search(r"<title>(\{.*?\})</title>", shown)[1]))
    assert told["errors"] == [] and told["requests"] == 0
    assert told["wide"] == [] and told["overflow"] <= 0
    assert told["up"] == sorted(told["up"]) and told["down"] == sorted(told["down"], reverse=True) and len(told["up"]) == 4
    assert told["left"] == 1 and told["filtered"] is False


@needs_chromium
def test_without_script_everything_is_there_but_the_filter(report, tmp_path):
    text = (report / "report.html").read_text(encoding="utf-8")
    page = tmp_path / "no_script.html"
    page.write_text(text.replace("<head>", """<head><meta http-equiv="Content-Security-Policy" content="script-src 'none'">"""), encoding="utf-8")
    shown = browser(page, tmp_path, "--dump-dom").stdout
    assert shown.count("<table") == text.count("<table") > 3 and shown.count("<svg") == text.count("<svg")
    assert "<button" not in shown and re.search(r'<p class="filter" hidden', shown)


@needs_chromium
def test_it_prints(report, tmp_path):
    browser(report / "report.html", tmp_path, f"--print-to-pdf={tmp_path / 'page.pdf'}")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")

"""baton trace: what comes out, and what it says to bad input."""
import gzip
import subprocess

from program import PROGRAM, refused

LINE = '10.1.2.3 - - [17/May/2015:10:00:{second:02} +0000] "GET /secret HTTP/1.1" 200 {size} "http://from.example/" "Agent/1"\n'
LOG = "".join(LINE.format(second=second, size=100 * second) for second in range(60)) + "rubbish\n"


def baton(*options, **more):
    return subprocess.run([PROGRAM, *map(str, options)], capture_output=True, text=True, timeout=60, check=False, **more)


def test_a_log_becomes_a_trace_that_can_be_described_and_names_nobody(tmp_path):
    (tmp_path / "log").write_text(LOG)
    done = baton("trace", "import", tmp_path / "log", "--out", tmp_path / "trace")
    assert done.returncode == 0, done.stderr
    assert "61 lines, 60 requests of 1 clients" in done.stdout
    assert "left out: 1 lines, each has no client before its time\n    line 61: rubbish" in done.stdout
    content = (tmp_path / "trace").read_bytes()
    for secret in (b"10.1.2.3", b"secret", b"example", b"Agent"):
        assert secret not in content
    told = baton("trace", "describe", tmp_path / "trace")
    assert told.returncode == 0, told.stderr
    assert "60 requests of 1 clients in 60 s: 1 per second, 1 in the busiest" in told.stdout


def test_gzip_and_standard_input_give_the_same_trace(tmp_path):
    (tmp_path / "log").write_text(LOG)
    with gzip.open(tmp_path / "log.gz", "wt") as file:
        file.write(LOG)
    for name, log, more in (("plain", tmp_path / "log", {}), ("gzip", tmp_path / "log.gz", {}), ("piped", "-", {"input": LOG})):
        assert baton("trace", "import", log, "--out", tmp_path / name, **more).returncode == 0
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "gzip").read_bytes() == (tmp_path / "piped").read_bytes()


def test_what_is_no_log_is_refused_and_leaves_nothing(tmp_path):
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "empty").write_bytes(b"")
    for name in ("binary", "empty"):
        assert "no line could be read; valid is an access log" in refused("trace", "import", str(tmp_path / name), "--out", str(tmp_path / "trace"))
    assert "No such file" in refused("trace", "import", str(tmp_path / "none"), "--out", str(tmp_path / "trace"))
    assert "--out" in refused("trace", "import", str(tmp_path / "binary"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["binary", "empty"]


def test_a_trace_is_not_overwritten_and_what_is_none_is_not_described(tmp_path):
    (tmp_path / "log").write_text(LOG)
    (tmp_path / "trace").write_text("precious")
    assert "is there already" in refused("trace", "import", str(tmp_path / "log"), "--out", str(tmp_path / "trace"))
    assert (tmp_path / "trace").read_text() == "precious"
    assert "is no trace" in refused("trace", "describe", str(tmp_path / "trace"))


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "log").write_text(LOG)
    done = baton("trace", "import", tmp_path / "log", "--out", "/dev/full/trace")
    assert done.returncode == 2 and "cannot write" in done.stderr

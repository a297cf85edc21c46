"""baton trace: what comes out, and what it says to bad input."""
import collections
import gzip
import http.server
import json
import subprocess
import threading

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
    assert "left out: 1 lines, each has no client\n    line 61: rubbish" in done.stdout
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


def test_fields_of_any_name_can_be_mapped(tmp_path):
    lines = [json.dumps({"when": 1431856800.5 + second, "peer": {"ip": "10.1.2.3"}, "how": "GET", "sent": 100 * second}) for second in range(60)]
    (tmp_path / "log").write_text("\n".join(lines) + "\n")
    assert "no line could be read" in refused("trace", "import", str(tmp_path / "log"), "--out", str(tmp_path / "trace"))
    fields = "time=when,client=peer.ip,method=how,size=sent"
    done = baton("trace", "import", tmp_path / "log", "--fields", fields, "--out", tmp_path / "trace")
    assert done.returncode == 0, done.stderr
    assert "60 lines, 60 requests of 1 clients\n60 requests bear times finer than a second" in done.stdout
    told = json.loads(baton("trace", "describe", tmp_path / "trace", "--json").stdout)
    assert told["requests"] == 60 and told["body_bytes"]["max"] == 5900
    message = refused("trace", "import", str(tmp_path / "log"), "--fields", "when=ts", "--out", str(tmp_path / "other"))
    assert "--fields: 'when=ts' has 'when' before its '='; valid are time, date, client" in message


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


class Counting(http.server.BaseHTTPRequestHandler):
    """Another server than ours: answers /files/N with N bytes and counts what it was asked for."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size = int(self.path.rsplit("/", 1)[1])
        self.server.asked[self.command, self.path] += 1
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"x" * size)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def test_a_replay_sends_any_server_what_the_trace_says(tmp_path):
    log = LOG.replace('10:00:07 +0000] "GET', '10:00:07 +0000] "HEAD').replace('10:00:09 +0000] "GET', '10:00:09 +0000] "POST')
    (tmp_path / "log").write_text(log)
    assert baton("trace", "import", tmp_path / "log", "--out", tmp_path / "trace").returncode == 0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        server.asked = collections.Counter()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = baton("load", "--target", f"127.0.0.1:{server.server_port}", "--path", "/files/{bytes}", "--trace", tmp_path / "trace", "--pace", "60",
                     "--connections", "4", "--json")
        server.shutdown()
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["requests_whole_run"] == {"issued": 60, "answered": 60, "wrong": 0, "failed": 0, "hung_up": 0, "hit": 0}
    assert told["backlog"]["sent_late_ns"]["count"] == 60 and told["measured_s"] >= 59 / 60
    expected = collections.Counter({("HEAD" if second == 7 else "GET", f"/files/{100 * second}"): 1 for second in range(60)})
    assert server.asked == expected


def test_a_trace_can_be_run_in_both_transports_and_is_refused_where_it_is_too_short(tmp_path):
    (tmp_path / "log").write_text(LOG)
    assert baton("trace", "import", tmp_path / "log", "--out", tmp_path / "trace").returncode == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/replay.toml").write_text('name = "replay"\ntitle = "t"\n[load]\nloop = "open"\ntrace = "../trace"\npace = 100\n[handoff]\nratio = 1.0\n'
                                               '[trial]\nramp_s = 0\nmeasure_s = 0.55\n')
    run = ("run", "--workloads", tmp_path / "mine", "--workload", "replay", "--strategy", "heap", "--trials", "1", "--no-again", "--quarantine", "off",
           "--allow-slow-build")
    for transport in ("memory", "tcp"):
        done = baton(*run, "--transport", transport, "--out", tmp_path / transport)
        assert done.returncode == 0, done.stderr
        record = json.loads(gzip.open(tmp_path / transport / "trials.jsonl.gz", "rt").readlines()[-1])
        assert 0 < record["requests"]["completed"] <= 56, "at most what is due in 0.55 s at a hundred requests a second"
        assert 0 < record["latency_ns"]["late"]["count"] <= 56
    message = refused(*map(str, run), "--pace", "1000", "--out", str(tmp_path / "short"))
    assert "it lasts 0.059 s at a pace of 1000" in message and "valid is a pace up to 107" in message
    (tmp_path / "mine/replay.toml").write_text((tmp_path / "mine/replay.toml").read_text().replace("../trace", "../log"))
    assert f"{tmp_path}/mine/replay.toml:5: load.trace is what cannot be read" in refused(*map(str, run), "--out", str(tmp_path / "none"))


def test_a_fit_can_be_run_and_has_nothing_of_the_trace_but_its_shape(tmp_path):
    (tmp_path / "log").write_text(LOG)
    assert baton("trace", "import", tmp_path / "log", "--out", tmp_path / "trace").returncode == 0
    for kind, flags, more in (("arrivals", (), ("--pace", "1000")), ("clients", ("--closed",), ("--think-us", "100"))):
        done = baton("trace", "fit", tmp_path / "trace", *flags, "--out", tmp_path / f"{kind}.toml")
        assert done.returncode == 0, done.stderr
        assert "is there already" in refused("trace", "fit", str(tmp_path / "trace"), "--out", str(tmp_path / f"{kind}.toml"))
        ran = baton("run", "--workloads", tmp_path, "--workload", kind, *more, "--strategy", "heap", "--trials", "1", "--duration", "0.1", "--ramp", "0",
                    "--no-again", "--quarantine", "off", "--allow-slow-build", "--out", tmp_path / kind)
        assert ran.returncode == 0, ran.stderr
    assert "valid is a workload file" in refused("trace", "fit", str(tmp_path / "trace"), "--out", str(tmp_path / "x.json"))
    assert "cannot be written" in refused("trace", "fit", str(tmp_path / "trace"), "--out", str(tmp_path / "none/x.toml"))


def test_describe_says_the_same_as_json(tmp_path):
    (tmp_path / "log").write_text(LOG)
    assert baton("trace", "import", tmp_path / "log", "--out", tmp_path / "trace").returncode == 0
    told = json.loads(baton("trace", "describe", tmp_path / "trace", "--json").stdout)
    assert told["requests"] == 60 and told["seconds"] == 60 and told["sessions"] == 1 and told["methods"]["GET"] == 60
    assert sum(told["requests_over_time"]["values"]) == 60

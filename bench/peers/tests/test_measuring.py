"""The instruments and the judgements: what is read from the kernel, from load programs, and what follows from it."""

import json
import mmap
import os
import socket
import subprocess
import sys

import pytest

import clients
import contenders
import idle
import processes
import report
import servers
import syscalls
import targets
import tools

KIB = 1 << 10


def windows(costs: dict[str, list[float]], size: int = KIB, invalid: tuple[str, ...] = ()) -> list[dict]:
    """Windows in which only the CPU time matters: contender -> microseconds by round."""
    return [
        {
            "contender": contender, "size": size, "round": number, "invalid": ["planted"] if contender in invalid else [],
            "per_request": dict.fromkeys(("user_us", "system_us", "requests_per_s", "switches"), 1.0) | {"cpu_us": cost},
        }
        for contender, rounds in costs.items()
        for number, cost in enumerate(rounds)
    ]  # fmt: skip


HALF_OF_VARNISHD = targets.Target("two_cache:1", ("varnishd",), KIB, 0.5)
NEAR_THE_BEST = targets.Target("two_cache:0", ("nginx", "haproxy"), KIB, 1.5)


def test_a_target_is_judged_by_the_median_of_the_ratios_of_each_round():
    found = targets.judge(HALF_OF_VARNISHD, windows({"two_cache:1": [40, 90, 400], "varnishd": [100, 200, 1000]}))
    assert found["ratios"] == [0.4, 0.45, 0.4]
    assert (found["ratio"]["median"], found["verdict"]) == (0.4, "PASS")


def test_a_contender_above_its_target_misses_it():
    found = targets.judge(HALF_OF_VARNISHD, windows({"two_cache:1": [51, 51], "varnishd": [100, 100]}))
    assert found["verdict"] == "MISS"


def test_the_better_peer_is_the_one_with_the_lower_median_in_all_rounds():
    found = targets.judge(
        NEAR_THE_BEST, windows({"two_cache:0": [30, 30, 30], "nginx": [20, 20, 20], "haproxy": [10, 25, 25]})
    )
    assert (found["peer"], found["ratios"]) == ("nginx", [1.5, 1.5, 1.5])
    assert found["verdict"] == "PASS"


def test_one_invalid_window_makes_the_verdict_invalid():
    measured = windows({"two_cache:1": [1, 1], "varnishd": [100, 100]}, invalid=("varnishd",))
    assert targets.judge(HALF_OF_VARNISHD, measured)["verdict"] == "INVALID"
    assert [row["valid"] for row in targets.summarize(measured)] == [True, False]


def test_a_target_whose_cells_were_not_asked_for_has_no_verdict():
    assert targets.judge(NEAR_THE_BEST, windows({"two_cache:0": [30], "nginx": [20]})) is None


def test_cpu_time_of_a_child_is_user_plus_system_of_its_stat():
    with subprocess.Popen(
        [sys.executable, "-c", "import os\nfor _ in range(100000): os.stat('/')\nprint(); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as child:
        child.stdout.readline()
        clock = processes.cpu_seconds([child.pid])
        ticks = sum(processes.user_system_seconds([child.pid]))
        child.communicate(b"\n")
    assert clock > 0.01
    assert abs(clock - ticks) <= 2 / processes.CLOCK_TICKS


def test_the_tree_of_a_process_holds_its_grandchildren():
    with subprocess.Popen(
        ["/bin/sh", "-c", "/bin/sh -c 'echo $$; read x; :'; :"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        grandchild = int(child.stdout.readline())
        found = processes.tree(child.pid)
        child.communicate(b"\n")
    assert {child.pid, grandchild} <= set(found)
    assert os.getpid() not in found


def test_memory_that_was_written_to_is_counted_as_private():
    size, slack = 32 << 20, 4 << 20  # the interpreter's own heap moves a little meanwhile
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        before = processes.memory([os.getpid()])["Private"]
        block.write(b"x" * (size // 2))
        grown = processes.memory([os.getpid()])["Private"] - before
    assert abs(grown - size // 2) <= slack


def test_switches_of_threads_that_came_later_count_from_zero():
    assert processes.switches_between({1: (10, 5)}, {1: (13, 5), 2: (4, 2)}) == (7, 2)


def test_a_port_listens_only_while_somebody_listens_on_it():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert not processes.listens(port)
        listener.listen()
        assert processes.listens(port)
    assert not processes.listens(port)


def test_system_calls_are_read_from_strace_without_its_total():
    text = " calls syscall\n--------- ---\n       12 recvfrom\n        3 epoll_wait\n--------- ---\n       15 total\n"
    assert syscalls.read_strace(text) == {"recvfrom": 12, "epoll_wait": 3}


def test_errors_that_wrk_reports_are_failures():
    line = '{"requests":5,"seconds":1.0,"bytes":9,"errors":{"connect":0,"read":2,"write":0,"status":1,"timeout":0}}'
    load = clients.read_wrk(f"Running 1s test\n{line}\n")
    assert (load.requests, load.failed) == (5, {"read": 2, "status": 1})


def test_wrk_that_says_nothing_is_not_a_measurement():
    with pytest.raises(clients.ClientFailed, match="unable to connect"):
        clients.read_wrk("unable to connect to 127.0.0.1:1 Connection refused\n")


@pytest.mark.parametrize(
    "counts, failed",
    [
        (("10 succeeded, 0 failed, 0 errored, 0 timeout", "10 2xx, 0 3xx, 0 4xx, 0 5xx"), {}),
        (("9 succeeded, 1 failed, 1 errored, 0 timeout", "9 2xx, 0 3xx, 0 4xx, 0 5xx"),
         {"not_succeeded": 1, "failed": 1, "errored": 1}),
        (("10 succeeded, 0 failed, 0 errored, 0 timeout", "9 2xx, 0 3xx, 0 4xx, 1 5xx"), {"not_2xx": 1}),
    ],
)  # fmt: skip
def test_h2load_has_succeeded_only_if_every_request_did_with_2xx(counts, failed):
    text = f"requests: 10 total, 10 started, 10 done, {counts[0]}\nstatus codes: {counts[1]}\n"
    assert clients.read_h2load(text, 10).failed == failed


@pytest.mark.parametrize("text, size", [("0", 0), ("1024", 1024), ("16K", 16384), ("16KiB", 16384), ("10M", 10 << 20)])
def test_a_size_is_bytes_or_a_number_with_a_unit(text, size):
    assert report.parse_size(text) == size
    assert report.parse_size(report.show_size(size)) == size


def test_a_file_of_the_site_repeats_nothing_within_a_megabyte():
    content = servers.content(1 << 20)
    blocks = [content[at : at + 64] for at in range(0, len(content), 64)]
    assert len(set(blocks)) == len(blocks) == 16384
    assert b"<" not in content


@pytest.mark.parametrize(
    "contender, per_connection, complaint, verdict",
    [
        ("two_cache:1", 512, None, "PASS"),
        ("two_cache:1", 513, None, "MISS"),
        ("two_cache:1", 1, "closed 3 of 10 connections", "INVALID"),
        ("workspace_wait:1", 20000, None, ""),
        ("nginx", 550, None, ""),
    ],
)
def test_idle_memory_is_judged_for_pools_by_the_last_sample(contender, per_connection, complaint, verdict):
    samples = [{"per_connection": {"Private": 10_000}}, {"per_connection": {"Private": per_connection}}]
    assert idle.judge({"contender": contender, "samples": samples, "complaint": complaint}) == verdict


def test_idle_memory_is_measured_in_front_of_connections_that_still_answer(run, needs, tmp_path):
    needs("nginx", "setpriv")
    out = tmp_path / "idle.json"
    answer = run("idle.py", "--contenders", "heap,nginx", "--connections", "50", "--calm", "0", "--out", str(out))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    record = json.loads(out.read_text())
    assert [trial["lost_connections"] for trial in record["trials"]] == [0, 0]
    assert record["trials"][0]["samples"][0]["per_connection"]["Private"] > 0
    assert record["environment"]["open_file_limit"] == servers.open_file_limit()


def test_a_proxy_that_closes_idle_connections_makes_their_figure_invalid(run, needs):
    needs("nginx", "setpriv")
    answer = run("idle.py", "--contenders", "heap:1", "--connections", "20", "--calm", "0.5", fault="impatient")
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "INVALID baton heap handoff 1 closed 20 of 20 connections" in answer.stdout


def test_more_idle_connections_than_open_files_are_cut_and_it_is_said():
    assert idle.fit(connections=10_000, limit=20_000) == (10_000, None)
    fitted, said = idle.fit(connections=10_000, limit=4096)
    assert 0 < fitted < 4096 * 6 // 10
    assert "4096" in said and "10000" in said


def test_a_proxy_that_answers_with_errors_is_invalid_and_fails_the_comparison(run, needs, tmp_path):
    needs("nginx", "wrk", "setpriv")
    out = tmp_path / "proxies.json"
    quick = ("1K", "--contenders", "two_cache:0,nginx", "--rounds", "1", "--seconds", "0.3", "--warmup", "0.1")
    answer = run("proxies.py", *quick, "--connections", "4", "--out", str(out), fault="status")
    assert answer.returncode == 1, answer.stdout + answer.stderr
    rows = {row["contender"]: row["valid"] for row in json.loads(out.read_text())["summary"]}
    assert rows == {"two_cache:0": False, "nginx": True}


def test_a_comparison_records_every_round_and_the_order_seed(run, needs, tmp_path):
    needs("nginx", "wrk", "setpriv")
    out = tmp_path / "proxies.json"
    quick = ("1K", "--contenders", "two_cache:0,nginx", "--rounds", "2", "--seconds", "0.3", "--warmup", "0.1")
    answer = run("proxies.py", *quick, "--connections", "4", "--seed", "7", "--out", str(out))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    record = json.loads(out.read_text())
    assert [(window["contender"], window["round"]) for window in record["windows"]] == [
        ("two_cache:0", 0), ("two_cache:0", 1), ("nginx", 0), ("nginx", 1),
    ]  # fmt: skip
    assert record["parameters"]["seed"] == 7
    assert all(window["proxy_cpu_s"] > 0 and window["requests"] > 0 for window in record["windows"])


def test_a_strategy_that_does_not_conserve_fails_the_comparison(run, needs):
    needs("nginx", "wrk", "setpriv")
    quick = ("1K", "--contenders", "heap:1", "--rounds", "1", "--seconds", "0.2", "--warmup", "0.1", "--connections", "2")
    answer = run("proxies.py", *quick, fault="leak")
    assert answer.returncode == 1
    assert "INVALID baton heap handoff 1 ended with 1: " in answer.stdout


@pytest.mark.parametrize("spec", ["varnish", "two_cache:2", "two_cache:x", "nginx:1", ""])
def test_an_unknown_contender_is_bad_input(run, spec):
    answer = run("proxies.py", "--contenders", spec)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert answer.stderr.startswith("proxies.py: ")


def test_perf_or_strace_counts_what_a_server_does(needs, tmp_path):
    needs("strace")
    code = "import os, sys\nfor line in sys.stdin:\n for _ in range(1000): os.getppid()\n print(flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:

        def load():
            child.stdin.write(b"\n")
            child.stdin.flush()
            return child.stdout.readline()

        load()
        _, counted = syscalls.by_perf([child.pid], tmp_path / "perf", load)
        _, names = syscalls.by_strace([child.pid], tmp_path / "strace", load)
        child.communicate()
    assert names["getppid"] == 1000
    assert counted is None or 1000 <= counted <= 1010


def test_a_program_without_strategies_is_refused(tmp_path):
    program = tmp_path / "baton"
    program.write_text("#!/bin/sh\necho '[]'\n")
    program.chmod(0o755)
    with pytest.raises(tools.BadInput, match="does not list strategies"):
        contenders.strategies(program)

"""What interop.py must notice, each fault planted in a stand-in for `baton serve`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import FAKE_BATON, PEERS

import interop
import processes
import servers
import tools

ONE_SERVER = ("--quick", "--strategies", "two_cache", "--handoffs", "0", "--sizes", "16K")


def test_a_proxy_without_a_fault_passes_every_check(run, needs):
    needs(*interop.TOOLS)
    answer = run("interop.py", *ONE_SERVER)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "13 checks" in answer.stdout and ", 0 failed" in answer.stdout


@pytest.mark.parametrize(
    "fault, noticed",
    [
        ("flip", "curl 16 KiB plain: wrong bytes in answer 1 of 3"),
        ("swap", "pipelined 16 KiB plain: wrong bytes in answer"),
        ("status", "wrk 16 KiB plain: "),
        ("hang_up", "h2load 16 KiB plain: "),
        ("leak", "exit : exit code 1 after SIGTERM: "),
        ("crash", "exit : baton two_cache handoff 0 ended with 134"),
    ],
)
def test_a_planted_fault_is_named_and_fails_the_run(run, needs, fault, noticed):
    needs(*interop.TOOLS)
    answer = run("interop.py", *ONE_SERVER, fault=fault)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"FAILED two_cache handoff 0 {noticed}" in answer.stdout


def test_an_empty_body_arrives_chunked_when_chunks_are_asked_for(run, needs):
    needs(*interop.TOOLS)
    answer = run("interop.py", *ONE_SERVER[:-1], "0")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_a_server_that_ignores_sigterm_is_an_error_and_is_killed(monkeypatch, needs):
    needs("nginx", "setpriv")
    monkeypatch.setenv("FAKE_BATON_FAULT", "deaf")
    monkeypatch.setattr(servers, "STOP_SECONDS", 0.3)
    monkeypatch.setattr(servers, "KILL_SECONDS", 0.3)
    with servers.Site([1]) as site:
        with servers.baton(FAKE_BATON, "two_cache", 0, site, 1, []) as server:
            with pytest.raises(servers.ServerFailed, match="still runs"):
                server.stop()
        assert not processes.runs(server.pid)
    assert not site.directory.exists()


def test_an_unknown_strategy_is_refused_with_the_nearest_and_the_valid_ones(run):
    answer = run("interop.py", "--strategies", "two_cash")
    assert answer.returncode == 2
    assert "did you mean two_cache?" in answer.stderr and "Valid: two_cache, heap" in answer.stderr


@pytest.mark.parametrize(
    "arguments, problem",
    [
        (("--handoffs", "1.5"), "handoff ratio '1.5'"),
        (("--sizes", "1G"), "size '1G'"),
        (("--baton", "/nowhere/baton"), "no program at /nowhere/baton"),
        (("--out", "/nowhere/result.json"), "cannot write to the directory"),
        (("--out", __file__), "results are not overwritten"),
    ],
)
def test_bad_input_is_refused_in_words(run, arguments, problem):
    answer = run("interop.py", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert problem in answer.stderr


def test_a_missing_tool_is_named_with_its_debian_package(monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda program, path: None if program == "h2load" else f"/bin/{program}")
    with pytest.raises(tools.MissingTool, match="not installed: h2load.*apt-get install nghttp2-client"):
        tools.require(*interop.TOOLS)


def test_a_missing_tool_skips_loudly_where_the_test_suite_asks_for_it(monkeypatch, capsys):
    monkeypatch.setattr(tools.shutil, "which", lambda _program, path: None)
    monkeypatch.setattr(sys, "argv", ["interop.py", "--quick", "--skip-if-missing", "--baton", str(FAKE_BATON)])
    assert interop.main() == interop.SKIPPED
    assert "SKIPPED, nothing was checked" in capsys.readouterr().err


def is_wrk(pid: int) -> bool:
    try:
        return b"wrk" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False  # ended while we looked


def working_directory(pid: int) -> Path | None:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd"))
    except OSError:
        return None  # likewise


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_servers_and_removes_the_directory(needs, number):
    needs(*interop.TOOLS)
    with subprocess.Popen(
        [sys.executable, str(PEERS / "interop.py"), "--baton", str(FAKE_BATON)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as program:  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while not any(map(is_wrk, everyone := processes.tree(program.pid))):
                assert time.monotonic() < deadline, "the run never got as far as wrk"
                time.sleep(0.01)
            everyone.remove(program.pid)
            directories = {folder for pid in everyone if (folder := working_directory(pid)) not in (None, Path.cwd())}
            program.send_signal(number)
            program.wait(30)
        finally:
            program.kill()
    assert directories and not [directory for directory in directories if directory.exists()]
    assert not [pid for pid in everyone if processes.runs(pid)]


def test_a_signal_while_a_process_is_started_leaves_no_orphan():
    start_and_lose_it = """
import os, signal, subprocess, sys
import tools

def main():
    print(subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

tools.run_main(main)
"""
    answer = subprocess.run([sys.executable, "-c", start_and_lose_it], cwd=PEERS, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 128 + signal.SIGTERM, answer.stderr
    assert not processes.runs(int(answer.stdout))

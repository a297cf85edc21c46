"""The scripts that a stranger starts: help, bad arguments, and installing without the right to."""
import json
import os
import subprocess

import pytest
import sources

SCRIPTS = ["./test", "./run", "scripts/install-packages", "scripts/tidy", "scripts/check-records", "scripts/repeat-tests",
           "scripts/bare-machine", "scripts/pictures", "scripts/layout-study"]


def start(*command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=sources.ROOT, capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, **environment})


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_is_given_and_says_how_to_call_it(script):
    answer = start(script, "--help")
    assert answer.returncode == 0
    assert answer.stdout.lower().startswith("usage: ") and os.path.basename(script) in answer.stdout.splitlines()[0]


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_unknown_flag_is_refused_by_name(script):
    answer = start(script, "--no-such-flag", ".")
    assert answer.returncode == 2
    assert "--no-such-flag" in answer.stderr


def test_unknown_names_are_refused_with_the_valid_ones():
    preset = start("./test", "--preset", "fast")
    assert preset.returncode == 2 and "'fast'" in preset.stderr and "release" in preset.stderr
    suite = start("./run", "--suite", "workloads/suites/none.toml")
    assert suite.returncode == 2 and "none.toml" in suite.stderr
    purpose = start("scripts/install-packages", "fun")
    assert purpose.returncode == 2 and "'fun'" in purpose.stderr and "build" in purpose.stderr


def test_a_flag_without_its_value_is_refused():
    assert start("./test", "--preset").returncode == 2
    assert start("./run", "--out").returncode == 2


def pretend(directory, **programs: str) -> str:
    """A PATH on which these programs do what the given shell lines say, and nothing else but basic tools exists."""
    for tool in ("bash", "env", "awk", "sort", "paste", "dirname"):
        (directory / tool).symlink_to(f"/usr/bin/{tool}")
    for name, body in programs.items():
        program = directory / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{body}\n")
        program.chmod(0o755)
    return str(directory)


def test_nothing_is_called_when_nothing_is_missing(tmp_path):
    path = pretend(tmp_path, dpkg_query="echo -n installed", id="echo 0", apt_get="exit 99")
    answer = start("scripts/install-packages", "build", PATH=path)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_root_installs_exactly_what_is_missing(tmp_path):
    path = pretend(tmp_path, dpkg_query='[[ ${*: -1} == cmake ]] || echo -n installed', id="echo 0",
                   apt_get='echo "apt-get $*"')
    answer = start("scripts/install-packages", "build", PATH=path)
    assert answer.returncode == 0
    assert "apt-get -qq install --yes --no-install-recommends cmake\n" in answer.stdout


def test_without_root_and_sudo_the_command_is_printed_and_nothing_is_called(tmp_path):
    path = pretend(tmp_path, dpkg_query='[[ ${*: -1} == cmake ]] || echo -n installed', id="echo 1000",
                   apt_get="echo called >&2")
    answer = start("scripts/install-packages", "build", PATH=path)
    assert answer.returncode == 2
    assert "apt-get install --yes --no-install-recommends cmake\n" in answer.stderr
    assert "called" not in answer.stderr


@pytest.mark.parametrize("fails", ["update", "install"])
def test_what_the_package_manager_cannot_do_is_its_own_message_the_command_and_exit_code_1(tmp_path, fails):
    path = pretend(tmp_path, dpkg_query='[[ ${*: -1} == cmake ]] || echo -n installed', id="echo 0",
                   apt_get=f'[[ "$*" != *{fails}* ]] || {{ echo "E: no {fails}" >&2; exit 100; }}')
    answer = start("scripts/install-packages", "build", PATH=path)
    assert f"E: no {fails}" in answer.stderr
    if fails == "install":
        assert answer.returncode == 1
        assert "apt-get update && apt-get install --yes --no-install-recommends cmake\n" in answer.stderr
    else:
        assert answer.returncode == 0  # what was wanted was at hand


def test_records_that_are_missing_or_broken_are_refused(tmp_path):
    assert start("scripts/check-records", str(tmp_path)).returncode == 2
    (tmp_path / "trials.jsonl").write_text("")
    assert "no record" in start("scripts/check-records", str(tmp_path)).stderr
    (tmp_path / "trials.jsonl").write_text(json.dumps({"trial_id": 1}) + "\n{\n")
    answer = start("scripts/check-records", str(tmp_path))
    assert answer.returncode == 1
    assert "line 1" in answer.stderr and "line 2: not JSON" in answer.stderr

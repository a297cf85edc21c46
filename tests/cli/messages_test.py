"""What the program says, to users and to scripts, and its exit codes."""

import json
import socket

import pytest
from program import baton, refused

COMMANDS = ["doctor", "list", "run", "summarize", "compare", "serve", "origin", "load"]
SERVE = ["serve", "--strategy", "heap", "--listen", "127.0.0.1:0", "--origin", "127.0.0.1:1"]


def test_help_of_every_command_has_examples_that_call_it():
    for command in COMMANDS:
        answer = baton(command, "--help")
        assert answer.code == 0
        assert f"baton {command}" in answer.out[answer.out.index("Examples:") :]


def test_help_of_the_program_lists_every_command():
    answer = baton("--help")
    assert answer.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in answer.out


def test_version_names_version_commit_and_compiler():
    answer = baton("--version")
    assert answer.code == 0
    assert answer.out.startswith("baton 0.")
    assert "commit " in answer.out
    assert "g++" in answer.out or "clang" in answer.out


def test_the_doctor_says_what_it_found_and_its_exit_code_is_whether_that_spoils_a_run():
    told = json.loads(baton("doctor", "--json").out)
    bad = [finding for finding in told["findings"] if finding["severity"] == "bad"]
    assert told["fit"] == (not bad)
    assert all(finding["hurts"] for finding in told["findings"] if finding["severity"] != "good")
    assert told["environment"]["cpu"]["usable"] >= 1
    plain = baton("doctor")
    assert plain.code == ("BAD" in plain.out)
    assert all(f"{finding['name']}: " in plain.out for finding in told["findings"])


def test_the_doctor_measures_what_steps_cost_here():
    costs = json.loads(baton("doctor", "--costs", "--json").out)["costs"]
    assert {"lock", "exchange", "page_fault", "malloc_free", "copy_4k", "copy_16k"} <= set(costs)
    for name, cost in costs.items():
        # Neighbouring lines are a difference, to filling lines of one's own, and that may be none (tests/measure/costs_test.cpp).
        assert (0 <= cost["low"] if name.startswith("lines.") else 0 < cost["low"]) and cost["low"] <= cost["ns"] <= cost["high"], f"{name}: {cost}"
    assert "malloc_free" in baton("doctor", "--costs").out


def test_a_slow_build_runs_only_if_told_to(monkeypatch):
    monkeypatch.delenv("BATON_ALLOW_SLOW_BUILD")
    fit = json.loads(baton("doctor", "--json").out)["findings"][0]["severity"] == "good"
    message = refused("run", "--strategy", "heap", "--workload", "small_bodies", "--handoff", "0")
    assert ("this build is no measure" in message) == (not fit)
    assert "this build is no measure" not in refused("run", "--strategy", "heap", "--workload", "small_bodies", "--handoff", "0", "--allow-slow-build")


def test_what_contradicts_itself_is_refused(tmp_path):
    assert "--strategy names heap twice" in refused("run", "--strategy", "heap,heap", "--workload", "small_bodies", "--handoff", "0", "--out", str(tmp_path / "a"))
    assert "takes no other option" in refused("run", "--resume", str(tmp_path), "--trials", "7")
    assert "--origin is 127.0.0.1:0; valid is a port" in refused("serve", "--strategy", "heap", "--listen", "127.0.0.1:0", "--origin", "127.0.0.1:0")
    message = refused("run", "--strategy", "heap", "--workload", "small_bodies", "--handoff", "0")
    assert "--out is missing, for example --out out/first" in message


def examples_of(command: str) -> list[list[str]]:
    """The example lines of a command's help that call it, as arguments."""
    text = baton(command, "--help").out
    lines = [line.strip() for line in text[text.index("Examples:") :].splitlines()[1:]]
    return [line.split()[1:] for line in lines if line.startswith(f"baton {command}")]


@pytest.mark.parametrize("arguments", examples_of("run"), ids=" ".join)
def test_the_examples_of_run_run(arguments, tmp_path):
    if "--resume" in arguments or "--suite" in arguments:
        pytest.skip("needs what another example leaves, or minutes; suites are planned in a test of their own")
    given = [str(tmp_path / "run") if before == "--out" else word for before, word in zip([None, *arguments], arguments)]
    # The last one given counts: as short as it can be where a busy machine may let nobody run for a while, and nobody spins there.
    for option, value in (("--waiting", "block"), ("--duration", "0.2"), ("--ramp", "0"), ("--trials", "1"), ("--budget", "0.01"), ("--quarantine", "off")):
        if option in given:
            given[given.index(option) + 1] = value
        else:
            given += [option, value]
    answer = baton(*given)
    assert answer.code == 0, answer


def test_without_a_command_the_help_is_shown_as_an_error():
    assert "Subcommands:" in refused()


def test_an_unknown_command_is_answered_with_the_nearest_and_the_valid_ones():
    message = refused("serv")
    assert "unknown command 'serv'; did you mean 'serve'?" in message
    assert all(command in message for command in COMMANDS)
    assert "trial" not in message  # which only `run` calls


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_flag_is_answered_with_the_nearest_and_the_valid_ones(command):
    message = refused(command, "--hepl")
    assert f"unknown flag of {command} '--hepl'; did you mean '--help'?" in message
    assert "Valid: --help, --" in message


def test_a_misspelt_flag_is_named_before_the_one_that_is_missing():
    assert "did you mean '--strategy'?" in refused("serve", "--strategi", "heap")
    assert "did you mean '--strategy'?" in refused("serve", "--strategi=heap")


def test_an_unknown_strategy_is_answered_with_the_nearest_and_the_valid_ones():
    message = refused("serve", "--strategy", "two_cahce", "--listen", "127.0.0.1:0", "--origin", "127.0.0.1:1")
    assert "unknown strategy 'two_cahce'; did you mean 'two_cache'?" in message
    assert "ideal, heap" in message
    assert "did you mean 'two_cache'?" in refused("run", "--strategy", "two_cahce", "--workload", "small_bodies", "--handoff", "0", "--out", "/nonexistent/x")


def test_an_unknown_workload_is_answered_with_the_nearest_and_the_valid_ones():
    message = refused("run", "--strategy", "heap", "--workload", "handof_ratio", "--out", "/nonexistent/x")
    assert "unknown workload 'handof_ratio'; did you mean 'handoff_ratio'?" in message
    assert "small_bodies" in message


def test_an_unknown_transport_is_answered_with_the_valid_ones():
    message = refused("run", "--strategy", "heap", "--workload", "small_bodies", "--handoff", "0", "--transport", "tpc", "--out", "/nonexistent/x")
    assert "--transport is 'tpc' (did you mean 'tcp'?); valid is memory or tcp" in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*SERVE, "--handoff", "1.5"], "--handoff is 1.5; valid is a number from 0 to 1"),
        ([*SERVE, "--handoff", "half"], "--handoff is 'half'; valid is a number from 0 to 1"),
        ([*SERVE, "--client-workers", "0"], "--client-workers is 0; valid is an integer from 1"),
        ([*SERVE, "--waiting", "blok"], "--waiting is 'blok' (did you mean 'block'?); valid is block or spin"),
        ([*SERVE, "--handoff", "1", "--fetch-workers", "0"], "--handoff is 1 but there are 0 fetch workers"),
        ([*SERVE, "--pools", "3", "--client-workers", "2"], "--pools is 3 but there are 2 client workers"),
        (SERVE[:3], "--listen is missing, for example --listen 127.0.0.1:8080"),
        (SERVE[:5], "--origin is missing"),
        (["serve"], "--strategy is missing"),
        ([*SERVE[:4], "127.0.0.1", *SERVE[5:]], "--listen: '127.0.0.1' is not an address"),
        ([*SERVE[:4], "127.0.0.1:99999", *SERVE[5:]], "--listen: '127.0.0.1:99999' is not an address"),
        ([*SERVE[:6], "example.org:80"], "--origin: 'example.org:80' is not an address"),
        (["origin", "--listen", "nowhere"], "--listen: 'nowhere' is not an address"),
        (["origin"], "--listen is missing"),
        (["load"], "--target is missing"),
        (["load", "--target", "x"], "--target: 'x' is not an address"),
        (["load", "--target", "127.0.0.1:1", "--loop", "open"], "--rate is 0 but the loop is open"),
        (["load", "--target", "127.0.0.1:1", "--rate", "5"], "--rate is 5 but the loop is closed"),
        (["load", "--target", "127.0.0.1:1", "--requests", "-1"], "--requests is '-1'; valid is an integer from 0 to"),
        (["load", "--target", "127.0.0.1:1", "--threads", "0"], "--threads is '0'; valid is an integer from 1 to"),
        (["load", "--target", "127.0.0.1:1", "--timeout-ms", "1.5"], "--timeout-ms is '1.5'; valid is an integer from 1 to"),
        (["run", "--suite", "quik", "--out", "x"], "unknown suite 'quik'; did you mean 'quick'?"),
        (["run", "--trials", "-3"], "--trials is '-3'; valid is an integer from 1 to 10000"),
        (["run", "--seed", "-1"], "--seed is '-1'; valid is an integer from 0 to"),
        (["load", "--target", "127.0.0.1:1", "--method", "pots"], "unknown method 'pots'; did you mean 'post'?"),
        (["load", "--target", "127.0.0.1:1", "--query", "chunkd=1"], "chunkd"),
        (["load", "--target", "127.0.0.1:1", "--connections", "999999"], "limit of"),
        (["list", "strategis"], "unknown kind 'strategis'; did you mean 'strategies'?"),
        (["list", "strategies", "more"], "list takes no argument 'more'"),
        (["list", "--workloads", "/nonexistent"], "--workloads /nonexistent: there is no such directory"),
    ],
)
def test_bad_input_says_what_was_given_and_what_is_valid(arguments, message):
    assert message in refused(*arguments)


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for command in (["serve", "--strategy", "heap", "--origin", "127.0.0.1:1"], ["origin"]):
            message = refused(*command, "--listen", address)
            assert address in message
            assert "Address already in use" in message


def test_a_bad_workload_file_is_refused_with_its_line(tmp_path):
    (tmp_path / "mine.toml").write_text('name = "mine"\ntitle = "t"\n[load]\nconections = 3\n')
    message = refused("list", "--workloads", str(tmp_path))
    assert f"{tmp_path}/mine.toml:4: unknown key of [load] 'conections'; did you mean 'connections'?" in message


def test_list_for_programs_has_strategies_workloads_and_transports():
    listed = json.loads(baton("list", "--json").out)
    assert sorted(listed) == ["adapters", "allocators", "strategies", "transports", "workloads"]
    names = [one["name"] for one in listed["strategies"]]
    assert {"ideal", "heap", "workspace_wait", "workspace_copy", "request_workspace", "locked_pool", "two_cache",
            "two_cache_shared_lock", "lockfree_stack"} <= set(names)  # fmt: skip
    for one in listed["strategies"]:
        assert one["progress"] in ("wait-free", "lock-free", "blocking")
        assert isinstance(one["receiver_depends_on_giver"], bool)
        assert one["summary"]
        assert one["source"]
        assert one["memory_bound"]
    assert {one["name"] for one in listed["strategies"] if one["receiver_depends_on_giver"]} == {"workspace_wait"}
    for one in listed["workloads"]:
        assert one["title"]
        assert one["file"].endswith(f"/{one['name']}.toml")
    assert [one["name"] for one in listed["transports"]] == ["memory", "tcp"]


def test_list_says_that_adapters_are_not_model_checked_and_what_strategies_are():
    listed = json.loads(baton("list", "strategies", "--json").out)
    assert all(one["model_checked"].startswith("no:") for one in listed["adapters"])
    assert all("schedules" in one["model_checked"] for one in listed["strategies"])
    assert not {one["name"] for one in listed["adapters"]} & {one["name"] for one in listed["strategies"]}


def test_list_of_one_kind_has_only_that():
    assert list(json.loads(baton("list", "workloads", "--json").out)) == ["workloads"]


def test_list_for_people_shows_what_the_json_has():
    listed = json.loads(baton("list", "--json").out)
    shown = baton("list").out
    for one in listed["strategies"]:
        assert all(one[key] in shown for key in ("name", "summary", "source", "progress", "memory_bound"))
    for one in listed["workloads"]:
        assert one["title"] in shown



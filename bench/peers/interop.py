#!/usr/bin/python3
"""curl, wrk and h2load through `baton serve` with nginx as origin: every byte right, no error, all buffers back.

For every strategy and handoff ratio: bodies of all sizes, with a length and chunked, one request at a time and pipelined.
curl and a pipelining client of our own compare SHA-256 sums; wrk and h2load count. Each server is then ended by SIGTERM and
must exit 0, which it does only if all its buffers came back.

examples:
  bench/peers/interop.py                                     everything, about 20 minutes
  bench/peers/interop.py --strategies two_cache --sizes 10M  a part of it
  bench/peers/interop.py --quick                             seconds; what the test suite runs
"""

import argparse
import dataclasses
import hashlib
import sys
import time
from collections.abc import Callable, Iterator

import clients
import contenders
import report
import servers
import tools

DEPTH = 8  # requests in a pipeline
TOOLS = ("nginx", "curl", "wrk", "h2load", "setpriv")
SKIPPED = 77  # exit code that the test suite takes for "skipped"
QUICK_STRATEGIES = ("two_cache", "workspace_wait", "workspace_copy")


@dataclasses.dataclass(frozen=True)
class Plan:
    strategies: list[str]
    handoffs: list[float]
    sizes: list[int]
    load_seconds: float  # of each wrk run
    volume: int  # bytes of bodies that h2load asks for, at least one pipeline per connection


@dataclasses.dataclass
class Outcome:
    strategy: str
    handoff: float
    check: str
    size: int | None
    framing: str
    complaint: str | None
    requests: int = 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--quick", action="store_true", help="a few strategies and sizes, in seconds")
    parser.add_argument("--strategies", metavar="A,B", help="default: all of `baton list`")
    parser.add_argument("--handoffs", metavar="R,R", help="default: 0,0.5,1; quick: 0.5")
    parser.add_argument("--sizes", metavar="N,N", help="default: 0,1K,16K,10M; quick: 0,16K,1M")
    parser.add_argument("--baton", metavar="PATH", help="the program (default build/release/baton)")
    parser.add_argument("--serve-args", default="", metavar="'--x 1'", help="more arguments for `baton serve`")
    parser.add_argument("--out", metavar="FILE", help="write every outcome as JSON to a new file")
    parser.add_argument("--skip-if-missing", action="store_true",
                        help=f"exit {SKIPPED} instead of 2 when a tool is not installed")  # fmt: skip
    return parser.parse_args()


def plan(given: argparse.Namespace, known: list[str]) -> Plan:
    """What to run; unknown strategies and impossible ratios are refused."""

    def listed(text: str | None, quick: str, full: str) -> list[str]:
        return [item.strip() for item in (text or (quick if given.quick else full)).split(",") if item.strip()]

    quick = [name for name in QUICK_STRATEGIES if name in known] or known[:1]
    strategies = listed(given.strategies, ",".join(quick), ",".join(known))
    for name in strategies:
        contenders.refuse_unknown("strategy", name, known)
    handoffs = [contenders.parse_handoff(text) for text in listed(given.handoffs, "0.5", "0,0.5,1")]
    sizes = [report.parse_size(text) for text in listed(given.sizes, "0,16K,1M", "0,1K,16K,10M")]
    if not (strategies and handoffs and sizes):
        raise tools.BadInput("--strategies, --handoffs and --sizes must each name something")
    return Plan(strategies, handoffs, sizes, 0.2 if given.quick else 1.0, (8 if given.quick else 128) << 20)


def check_curl(server: servers.Server, path: str, size: int, framing: str) -> int:
    times = 3
    sums, framings = clients.curl(f"http://127.0.0.1:{server.port}{path}", server.directory, times)
    expect_sums(sums, size)
    wanted = "chunked" if framing == "chunked" else str(size)
    wrong = [found for found in framings if found != wanted]
    if wrong:
        raise tools.Failed(f"the answer's framing was {wrong[0]!r} instead of {wanted!r}")
    return times


def check_pipelined_bytes(server: servers.Server, path: str, size: int, _framing: str) -> int:
    sums = clients.pipelined(server.port, path, DEPTH)
    expect_sums(sums, size)
    return len(sums)


def expect_sums(sums: list[str], size: int) -> None:
    wanted = hashlib.sha256(servers.content(size)).hexdigest()
    wrong = [position for position, found in enumerate(sums) if found != wanted]
    if wrong:
        raise tools.Failed(f"wrong bytes in answer {wrong[0] + 1} of {len(sums)}")


def expect_clean(load: clients.Load, size: int) -> int:
    if load.failed:
        raise tools.Failed(", ".join(f"{count} {kind}" for kind, count in load.failed.items()))
    if load.requests == 0:
        raise tools.Failed("no request was answered")
    if load.bytes < load.requests * size and load.seconds:  # h2load reports no seconds and no bytes
        raise tools.Failed(f"{load.bytes} bytes are too few for {load.requests} answers")
    return load.requests


def load_checks(wanted: Plan) -> dict[str, Callable[[servers.Server, str, int, str], int]]:
    """The checks by name, in the order of the matrix; each answers how many requests it made, or raises Failed."""

    def wrk(depth: int):
        def check(server, path, size, _framing):
            # wrk counts what ends while it runs: large bodies in deep pipelines need fewer connections to end at all.
            connections = 4 if size * depth > 1 << 20 else 16
            for patience in (1, 5, 25):  # on a busy machine a short run may end before the first answer does
                url = f"http://127.0.0.1:{server.port}{path}"
                load = clients.wrk(url, wanted.load_seconds * patience, connections, depth=depth)
                if load.requests or load.failed:
                    break
            return expect_clean(load, size)

        return check

    def h2load(depth: int):
        def check(server, path, size, _framing):
            connections = 4
            requests = max(connections * depth, min(2000, wanted.volume // max(size, 1)))
            url = f"http://127.0.0.1:{server.port}{path}"
            return expect_clean(clients.h2load(url, requests, connections, depth), size)

        return check

    return {
        "curl": check_curl,
        "pipelined": check_pipelined_bytes,
        "wrk": wrk(1),
        f"wrk x{DEPTH}": wrk(DEPTH),
        "h2load": h2load(1),
        f"h2load x{DEPTH}": h2load(DEPTH),
    }


def check_server(server: servers.Server, strategy: str, handoff: float, wanted: Plan) -> Iterator[Outcome]:
    """All checks through one server, then its exit. A server that has died fails every check that is left."""
    for size in wanted.sizes:
        for framing in ("plain", "chunked"):
            for name, check in load_checks(wanted).items():
                outcome = Outcome(strategy, handoff, name, size, framing, None)
                try:
                    outcome.requests = check(server, f"/{framing}/{size}", size, framing)
                    server.check_alive()
                except (tools.Failed, OSError) as problem:
                    outcome.complaint = str(problem)
                yield outcome
    outcome = Outcome(strategy, handoff, "exit", None, "", None)
    try:
        code = server.stop()
        if code:
            outcome.complaint = f"exit code {code} after SIGTERM: {server.said(500)}"
    except tools.Failed as problem:
        outcome.complaint = str(problem)
    yield outcome


def matrix(outcomes: list[Outcome]) -> str:
    """One row per server, one column per check; a cell says how many of its cases were right."""
    checks = list(dict.fromkeys(outcome.check for outcome in outcomes))
    rows = [["strategy", "handoff", *checks, "requests"]]
    for strategy, handoff in dict.fromkeys((outcome.strategy, outcome.handoff) for outcome in outcomes):
        mine = [outcome for outcome in outcomes if (outcome.strategy, outcome.handoff) == (strategy, handoff)]
        row = [strategy, f"{handoff:g}"]
        for check in checks:
            cases = [outcome for outcome in mine if outcome.check == check]
            good = sum(outcome.complaint is None for outcome in cases)
            row.append("ok" if good == len(cases) and cases else f"{good}/{len(cases)}")
        rows.append([*row, str(sum(outcome.requests for outcome in mine))])
    return report.table(rows)


def main() -> int:
    given = arguments()
    report.check_writable(given.out)
    program = tools.find_baton(given.baton)
    wanted = plan(given, contenders.strategies(program))
    try:
        tools.require(*TOOLS)
    except tools.MissingTool as missing:
        if not given.skip_if_missing:
            raise
        print(f"SKIPPED, nothing was checked: {missing}", file=sys.stderr)
        return SKIPPED

    began, outcomes = time.monotonic(), []
    with servers.Site(sorted({1, *wanted.sizes})) as site, servers.origin(site) as origin:
        record = report.new_record("peers/interop", vars(given), report.environment(list(TOOLS), program, site.limit))
        for strategy in wanted.strategies:
            for handoff in wanted.handoffs:
                with servers.baton(program, strategy, handoff, site, origin.port, given.serve_args.split()) as server:
                    for outcome in check_server(server, strategy, handoff, wanted):
                        outcomes.append(outcome)
                        if outcome.complaint:
                            what = f"{report.show_size(outcome.size)} {outcome.framing}" if outcome.size is not None else ""
                            where = f"{strategy} handoff {handoff:g} {outcome.check} {what}"
                            print(f"FAILED {where}: {outcome.complaint}", flush=True)
    record["outcomes"] = [dataclasses.asdict(outcome) for outcome in outcomes]
    failures = sum(outcome.complaint is not None for outcome in outcomes)
    print(matrix(outcomes))
    requests = sum(outcome.requests for outcome in outcomes)
    print(f"{len(outcomes)} checks, {requests} requests, {failures} failed, {time.monotonic() - began:.0f} s")
    report.write(record, given.out)
    return 1 if failures else 0


if __name__ == "__main__":
    tools.run_main(main)

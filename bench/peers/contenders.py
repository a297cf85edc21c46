"""Who takes part: a peer by name, or a strategy of baton and its handoff ratio ("two_cache:1")."""

import difflib
import json
import subprocess
from pathlib import Path

import servers
from tools import BadInput, find_baton

PEERS = {"nginx": servers.nginx, "haproxy": servers.haproxy, "varnishd": servers.varnishd}


def strategies(program: Path) -> list[str]:
    """The strategies the program has, in the registry's order."""
    try:
        answer = subprocess.run([str(program), "list", "--json"], capture_output=True, text=True, timeout=30, check=True)
        return [strategy["name"] for strategy in json.loads(answer.stdout)["strategies"]]
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError) as problem:
        raise BadInput(f"{program} list --json does not list strategies: {problem}") from None


def refuse_unknown(kind: str, given: str, valid: list[str]) -> None:
    if given not in valid:
        near = difflib.get_close_matches(given, valid, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise BadInput(f"unknown {kind} {given!r}{hint} Valid: {', '.join(valid)}")


def parse_handoff(text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise BadInput(f"handoff ratio {text!r}: a number from 0 to 1")
    return ratio


class Contender:
    """A proxy by name: a peer ("nginx"), or a strategy and its handoff ratio ("two_cache:1")."""

    def __init__(self, spec: str, program: Path | None, valid_strategies: list[str], more: list[str]):
        self.spec, self.program, self.more = spec, program, more
        self.strategy, _, handoff = spec.partition(":")
        self.is_baton = self.strategy not in PEERS
        if not self.is_baton:
            refuse_unknown("contender", spec, [*PEERS])
            return
        refuse_unknown("contender", self.strategy, [*PEERS, *valid_strategies])
        self.handoff = parse_handoff(handoff or "0")

    def start(self, site: servers.Site, origin_port: int):
        if self.is_baton:
            return servers.baton(self.program, self.strategy, self.handoff, site, origin_port, self.more)
        return PEERS[self.spec](site, origin_port)


def choose(specs: str, baton_path: str | None, more: list[str]) -> tuple[list[Contender], Path | None]:
    """The contenders of a comma-separated list, and the program if one of them needs it."""
    names = list(dict.fromkeys(spec.strip() for spec in specs.split(",") if spec.strip()))
    if not names:
        raise BadInput(f"--contenders {specs!r}: none named")
    program = find_baton(baton_path) if any(name not in PEERS for name in names) else None
    valid = strategies(program) if program else []
    return [Contender(name, program, valid, more) for name in names], program

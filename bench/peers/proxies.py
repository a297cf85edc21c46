#!/usr/bin/python3
"""CPU time of a proxy per request: baton beside nginx, HAProxy and varnishd, one nginx behind them all, wrk in front.

Every round starts all proxies afresh and visits all (proxy, size) cells in a new random order.

examples:
  bench/peers/proxies.py                                     the comparison with its targets, about 6 minutes
  bench/peers/proxies.py 1K --contenders nginx,haproxy       peers alone; baton need not be built
  bench/peers/proxies.py --syscalls --out results/peers/proxies.json
"""

import argparse
import contextlib
import random
import time

import clients
import contenders
import processes
import report
import servers
import syscalls
import targets
import tools

DEFAULT_CONTENDERS = "nginx,haproxy,varnishd,two_cache:0,two_cache:1"
SYSCALL_SECONDS = 2
NOISY = 0.05  # share of the machine that others used during a window, above which we say so


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("sizes", nargs="*", default=["1K", "16K", "1M"], help="body sizes (default 1K 16K 1M)")
    parser.add_argument("--contenders", default=DEFAULT_CONTENDERS, metavar="A,B",
                        help="peers and STRATEGY:HANDOFF, from nginx, haproxy, varnishd and the strategies of "
                        f"`baton list` (default {DEFAULT_CONTENDERS})")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=5, help="windows per cell (default 5)")
    parser.add_argument("--seconds", type=float, default=3, help="length of a window (default 3)")
    parser.add_argument("--warmup", type=float, default=0.5, help="load before each window, in seconds (default 0.5)")
    parser.add_argument("--connections", type=int, default=64, help="of wrk (default 64)")
    parser.add_argument("--threads", type=int, default=1, help="of wrk (default 1)")
    parser.add_argument("--seed", type=int, help="of the order (default: from the clock; recorded)")
    parser.add_argument("--syscalls", action="store_true",
                        help="afterwards count system calls per request, in a pass of its own")  # fmt: skip
    parser.add_argument("--baton", metavar="PATH", help="the program (default build/release/baton)")
    parser.add_argument("--serve-args", default="", metavar="'--x 1'", help="more arguments for `baton serve`")
    parser.add_argument("--out", metavar="FILE", help="write everything as JSON to a new file")
    given = parser.parse_args()
    for name in ("rounds", "seconds", "connections", "threads", "warmup"):
        if getattr(given, name) <= 0:
            raise tools.BadInput(f"--{name} {getattr(given, name)}: must be above zero")
    if given.connections < given.threads:
        raise tools.BadInput(f"--threads {given.threads}: at most --connections {given.connections}")
    if given.seed is None:
        given.seed = time.time_ns() % 1_000_000_007
    return given


def window(server: servers.Server, origin: servers.Server, size: int, given: argparse.Namespace) -> dict:
    """One measurement: what wrk saw, what the proxy spent, and what else the machine did meanwhile."""
    url = f"http://127.0.0.1:{server.port}/plain/{size}"
    clients.wrk(url, given.warmup, given.connections, given.threads)
    time.sleep(0.2)  # what the warm-up left unfinished ends here
    pids, everyone = server.tree(), origin.tree() + server.tree()
    switches = processes.switches(pids)
    split, busy = processes.user_system_seconds(pids), processes.busy_seconds()
    ours, cpu = processes.cpu_seconds(everyone), processes.cpu_seconds(pids)
    started = time.monotonic()
    load = clients.wrk(url, given.seconds, given.connections, given.threads)
    cpu, wall = processes.cpu_seconds(pids) - cpu, time.monotonic() - started
    ours = processes.cpu_seconds(everyone) - ours + load.cpu_seconds
    split = [after - before for before, after in zip(split, processes.user_system_seconds(pids), strict=True)]
    busy = [after - before for before, after in zip(busy, processes.busy_seconds(), strict=True)]
    voluntary, involuntary = processes.switches_between(switches, processes.switches(pids))

    invalid = [f"wrk: {count} {kind} errors" for kind, count in load.failed.items()]
    if load.requests == 0:
        invalid.append("no request was answered")
    elif load.bytes < load.requests * size:
        invalid.append(f"{load.bytes} bytes are too few for {load.requests} answers")
    if server.tree() != pids:
        invalid.append("the proxy's processes changed")
    count = max(load.requests, 1)
    return {
        "size": size, "invalid": invalid, "requests": load.requests, "seconds": load.seconds, "wall_s": wall,
        "bytes": load.bytes, "errors": load.errors, "proxy_cpu_s": cpu, "wrk_cpu_s": load.cpu_seconds,
        "others_cpu_s": max(0.0, busy[0] - ours), "stolen_s": busy[1],
        "voluntary_switches": voluntary, "involuntary_switches": involuntary, "proxy_processes": len(pids),
        "proxy_threads": len(switches),
        "per_request": {
            "cpu_us": cpu / count * 1e6, "user_us": split[0] / count * 1e6, "system_us": split[1] / count * 1e6,
            "switches": (voluntary + involuntary) / count, "requests_per_s": load.requests / load.seconds,
        },
    }  # fmt: skip


class Round:
    """All proxies in front of one origin, freshly started; what the stopped ones had to say is added to `complaints`."""

    def __init__(self, chosen: list[contenders.Contender], site: servers.Site, complaints: list[str]):
        self.chosen, self.site, self.complaints = chosen, site, complaints

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        with self.stack:
            self.origin = self.stack.enter_context(servers.origin(self.site))
            self.proxies = {}
            for contender in self.chosen:
                server = self.stack.enter_context(contender.start(self.site, self.origin.port))
                server.wait_until_it_answers("/plain/1")
                self.proxies[contender.spec] = server
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, kind, *_):
        with self.stack:
            if kind is None:
                for contender in self.chosen:
                    server = self.proxies[contender.spec]
                    code = server.stop()
                    if code and contender.is_baton:
                        self.complaints.append(f"{server.name} ended with {code}: {server.said(300)}")


def measure(chosen, sizes: list[int], given: argparse.Namespace, site: servers.Site, complaints: list[str]) -> list[dict]:
    order = random.Random(given.seed)
    windows = []
    cells = [(contender.spec, size) for contender in chosen for size in sizes]
    for number in range(given.rounds):
        order.shuffle(cells)
        with Round(chosen, site, complaints) as fresh:
            for spec, size in cells:
                found = {"contender": spec, "round": number} | window(fresh.proxies[spec], fresh.origin, size, given)
                windows.append(found)
                others = found["others_cpu_s"] / found["wall_s"]
                notes = [*found["invalid"], *([f"others used {others:.0%} of a core"] if others > NOISY else [])]
                print(f"round {number + 1}/{given.rounds}  {spec:22} {report.show_size(size):>8}  "
                      f"{found['per_request']['cpu_us']:8.1f} us  {'; '.join(notes)}".rstrip(), flush=True)  # fmt: skip
    windows.sort(key=lambda w: (sizes.index(w["size"]), [c.spec for c in chosen].index(w["contender"]), w["round"]))
    return windows


def count_system_calls(chosen, sizes, given, site, complaints) -> list[dict]:
    counts = []
    with Round(chosen, site, complaints) as fresh:
        for contender in chosen:
            for size in sizes:
                server = fresh.proxies[contender.spec]
                url = f"http://127.0.0.1:{server.port}/plain/{size}"

                def load(url=url):
                    return clients.wrk(url, SYSCALL_SECONDS, given.connections, given.threads)

                found = {"contender": contender.spec, "size": size}
                answer, calls = syscalls.by_perf(server.tree(), server.directory / "perf", load)
                found["per_request"] = calls / answer.requests if calls and answer.requests else None
                found["counted_by"] = "perf stat" if found["per_request"] else "strace"
                answer, names = syscalls.by_strace(server.tree(), server.directory / "strace", load)
                requests = max(answer.requests, 1)
                found["strace_per_request"] = {name: count / requests for name, count in names.items()}
                if found["per_request"] is None:
                    found["per_request"] = sum(names.values()) / requests
                counts.append(found)
                top = ", ".join(f"{name} {count:.2f}" for name, count in found["strace_per_request"].items() if count >= 0.05)
                print(f"{contender.spec:22} {report.show_size(size):>8}  {found['per_request']:6.2f} "
                      f"system calls per request ({found['counted_by']}); under strace: {top}", flush=True)  # fmt: skip
    return counts


def show(record: dict) -> str:
    calls = {(count["contender"], count["size"]): count["per_request"] for count in record["system_calls"]}
    rows = [["proxy", "body", "CPU us/request", "min", "max", "user", "system", "switches", "syscalls", "requests/s"]]
    for row in record["summary"]:
        head = [row["contender"], report.show_size(row["size"])]
        if not row["valid"]:
            rows.append([*head, "INVALID", *[""] * 7])
            continue
        count = calls.get((row["contender"], row["size"]))
        cpu = row["cpu_us"]
        rows.append([*head, *(f"{cpu[key]:.1f}" for key in ("median", "min", "max")),
                     *(f"{row[key]['median']:.1f}" for key in ("user_us", "system_us")),
                     f"{row['switches']['median']:.2f}", f"{count:.1f}" if count else "-",
                     f"{row['requests_per_s']['median']:.0f}"])  # fmt: skip
    text = [report.table(rows), ""]
    for target in record["targets"]:
        what = (f"{target['contender']} at {report.show_size(target['size'])}, at most {target['most']:g} of "
                f"{' or '.join(target['peers'])}")  # fmt: skip
        ratio = target.get("ratio")
        found = f": {ratio['median']:.2f} of {target['peer']} ({ratio['min']:.2f} to {ratio['max']:.2f})" if ratio else ""
        text.append(f"{target['verdict']:7} {what}{found}")
    text += [f"INVALID {complaint}" for complaint in record["complaints"]]
    return "\n".join(text)


def main() -> int:
    given = arguments()
    sizes = list(dict.fromkeys(map(report.parse_size, given.sizes)))
    report.check_writable(given.out)
    chosen, program = contenders.choose(given.contenders, given.baton, given.serve_args.split())
    peers = [contender.spec for contender in chosen if not contender.is_baton]
    tools.require("nginx", "wrk", "setpriv", *peers, *(["strace"] if given.syscalls else []))

    complaints: list[str] = []
    with servers.Site(sorted({1, *sizes})) as site:
        machine = report.environment(sorted({"nginx", "wrk", "perf", "strace", *peers}), program, site.limit)
        record = report.new_record("peers/proxies", vars(given) | {"sizes": sizes}, machine)
        record["windows"] = measure(chosen, sizes, given, site, complaints)
        record["system_calls"] = count_system_calls(chosen, sizes, given, site, complaints) if given.syscalls else []
    record["summary"] = targets.summarize(record["windows"])
    record["targets"] = [verdict for target in targets.TARGETS if (verdict := targets.judge(target, record["windows"]))]
    record["complaints"] = complaints
    print("\n" + show(record))
    report.write(record, given.out)
    good = not complaints and all(row["valid"] for row in record["summary"])
    return 0 if good and all(target["verdict"] == "PASS" for target in record["targets"]) else 1


if __name__ == "__main__":
    tools.run_main(main)

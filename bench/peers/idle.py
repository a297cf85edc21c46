#!/usr/bin/python3
"""Private memory of a proxy per idle keep-alive connection that has had one request.

Each proxy is started afresh, measured empty, given the connections, and measured again after some calm. Memory is
Private_Clean + Private_Dirty of smaps_rollup over all its processes; what the kernel keeps for a socket is not in it.

examples:
  bench/peers/idle.py                                        every strategy of baton and the three peers
  bench/peers/idle.py --contenders two_cache,nginx           two of them
  bench/peers/idle.py --at-once 32                           busier while the connections come: heaps get holes
  bench/peers/idle.py --connections 1000 --calm 0            quick
"""

import argparse
import select
import socket
import time

import contenders
import processes
import report
import servers
import tools

BODY = 1024
SAMPLE = 100  # connections that must still answer afterwards
SPARE_FILES = 500  # what a proxy needs beside its idle clients: connections to the origin, listeners, logs
TARGET = 512  # bytes per connection asked of every strategy that pools
NO_POOL = ("ideal", "heap", "workspace_wait", "workspace_copy")  # of which it is not asked


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--contenders", metavar="A,B",
                        help="peers and STRATEGY[:HANDOFF] (default: all of them, handoff 1)")  # fmt: skip
    parser.add_argument("--connections", type=int, default=10_000, help="idle connections (default 10000)")
    parser.add_argument("--at-once", type=int, default=1, metavar="N",
                        help="connections whose request is under way at the same time (default 1)")  # fmt: skip
    parser.add_argument("--calm", default="0,1,10", metavar="S,S",
                        help="measure after so many seconds of calm (default 0,1,10)")  # fmt: skip
    parser.add_argument("--baton", metavar="PATH", help="the program (default build/release/baton)")
    parser.add_argument("--serve-args", default="", metavar="'--x 1'", help="more arguments for `baton serve`")
    parser.add_argument("--out", metavar="FILE", help="write everything as JSON to a new file")
    given = parser.parse_args()
    for name in ("connections", "at_once"):
        if getattr(given, name) <= 0:
            raise tools.BadInput(f"--{name.replace('_', '-')} {getattr(given, name)}: must be above zero")
    try:
        given.calm = sorted({float(text) for text in given.calm.split(",")})
    except ValueError:
        raise tools.BadInput(f"--calm {given.calm!r}: seconds separated by commas, for example 0,1,10") from None
    if given.calm[0] < 0:
        raise tools.BadInput(f"--calm {given.calm[0]:g}: seconds from zero up")
    return given


def fit(connections: int, limit: int) -> tuple[int, str | None]:
    """As many connections as a proxy may have open, and what to say if that is fewer than wanted."""
    most = limit * 6 // 10 - SPARE_FILES  # the peers are configured for 6/10 of the limit
    if connections <= most:
        return connections, None
    return most, f"the limit of open files is {limit}: {most} connections instead of {connections}"


class Clients:
    """Keep-alive connections, each of which has had one correct answer and then keeps quiet."""

    def __init__(self, port: int):
        self.port = port
        self.connections: list[socket.socket] = []
        self.request = b"GET /plain/%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % BODY
        self.body = servers.content(BODY)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()

    def ask(self, connections: list[socket.socket]) -> None:
        """One request on each of them, all at once; a wrong answer raises Failed."""
        for connection in connections:
            connection.sendall(self.request)
        for connection in connections:
            answer = b""
            while not (b"\r\n\r\n" in answer and len(answer.partition(b"\r\n\r\n")[2]) >= BODY):
                piece = connection.recv(65536)
                if not piece:
                    raise tools.Failed(f"port {self.port} closed a connection instead of answering, after {answer[:200]!r}")
                answer += piece
            head, _, body = answer.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200") or body != self.body:
                raise tools.Failed(f"wrong answer from port {self.port}: {answer[:200]!r}")

    def open(self, count: int, at_once: int) -> None:
        while len(self.connections) < count:
            fresh = []
            for _ in range(min(at_once, count - len(self.connections))):
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                self.connections.append(connection)
                fresh.append(connection)
            self.ask(fresh)

    def lost(self) -> int:
        """Connections that the server has closed (or on which it said something nobody asked for)."""
        poll = select.poll()
        for connection in self.connections:
            poll.register(connection, select.POLLIN | select.POLLRDHUP)
        return len(poll.poll(0))


def trial(contender: contenders.Contender, site: servers.Site, origin_port: int, given: argparse.Namespace) -> dict:
    with contender.start(site, origin_port) as server, Clients(server.port) as clients:
        empty = processes.settled_memory(server.pid)
        clients.open(given.connections, given.at_once)
        samples, began = [], time.monotonic()
        for calm in given.calm:
            time.sleep(max(0.0, began + calm - time.monotonic()))
            now = processes.memory(server.tree())
            per_connection = {field: (now[field] - empty[field]) / given.connections for field in now}
            samples.append({"calm_s": calm, "memory": now, "per_connection": per_connection})
        lost = clients.lost()
        if not lost:
            every = max(1, given.connections // SAMPLE)
            clients.ask(clients.connections[::every])
        found = {"contender": contender.spec, "empty": empty, "samples": samples, "lost_connections": lost, "complaint": None}
        if lost:
            found["complaint"] = f"{server.name} closed {lost} of {given.connections} connections"
        code = server.stop()
        if code and contender.is_baton:
            found["complaint"] = f"{server.name} ended with {code}: {server.said(300)}"
    return found


def judge(found: dict) -> str:
    """PASS or MISS for strategies that pool, by the last sample; empty for those of which nothing is asked."""
    if found["complaint"]:
        return "INVALID"
    if found["contender"].partition(":")[0] in (*contenders.PEERS, *NO_POOL):
        return ""
    return "PASS" if found["samples"][-1]["per_connection"]["Private"] <= TARGET else "MISS"


def show(record: dict) -> str:
    calms = [f"after {calm:g} s" for calm in record["parameters"]["calm"]]
    rows = [["proxy", "empty KiB", *calms, "anonymous", f"at most {TARGET}"]]
    for found in record["trials"]:
        cells = [f"{sample['per_connection']['Private']:.0f}" for sample in found["samples"]]
        last = found["samples"][-1]["per_connection"]
        anonymous = f"{last['Anonymous'] - last['LazyFree']:.0f}"
        rows.append([found["contender"], f"{found['empty']['Private'] / 1024:.0f}", *cells, anonymous, found["verdict"]])
    text = [f"private bytes per connection above the empty process, {record['parameters']['connections']} connections"]
    text.append(report.table(rows))
    text += [f"INVALID {found['complaint']}" for found in record["trials"] if found["complaint"]]
    return "\n".join(text)


def main() -> int:
    given = arguments()
    report.check_writable(given.out)
    if given.contenders is None:
        names = contenders.strategies(tools.find_baton(given.baton))
        given.contenders = ",".join([*(f"{name}:1" for name in names), *contenders.PEERS])
    chosen, program = contenders.choose(given.contenders, given.baton, given.serve_args.split())
    peers = [contender.spec for contender in chosen if not contender.is_baton]
    tools.require("nginx", "setpriv", *peers)

    with servers.Site([BODY]) as site, servers.origin(site) as origin:
        given.connections, said = fit(given.connections, site.limit)
        if said:
            print(said)
        machine = report.environment(sorted({"nginx", *peers}), program, site.limit)
        record = report.new_record("peers/idle", vars(given) | {"body": BODY}, machine)
        print(f"{given.connections} connections; the limit of open files is {site.limit} per process")
        record["trials"] = []
        for contender in chosen:
            found = trial(contender, site, origin.port, given)
            found["verdict"] = judge(found)
            record["trials"].append(found)
            print(f"{contender.spec:26} {found['samples'][-1]['per_connection']['Private']:7.0f} bytes", flush=True)
    print("\n" + show(record))
    report.write(record, given.out)
    return 1 if any(found["verdict"] in ("MISS", "INVALID") for found in record["trials"]) else 0


if __name__ == "__main__":
    tools.run_main(main)

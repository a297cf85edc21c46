"""What the kernel knows about a server: its processes, their CPU time, switches and memory. Linux only, read from /proc."""

import os
import time
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGE_TABLE_FIELDS = ("Rss", "Pss", "Private_Clean", "Private_Dirty", "Anonymous", "LazyFree")


def tree(root: int) -> list[int]:
    """The process and all its descendants: nginx and varnishd do their work in children."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # ended while we were reading
            parent = int(stat[stat.rindex(")") + 2 :].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return sorted(found)


def runs(pid: int) -> bool:
    """Whether the process is there and has not ended; one that only waits to be reaped, by whoever inherited it, has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat[stat.rindex(")") + 2] not in "ZX"


def cpu_seconds(pids: list[int]) -> float:
    """CPU time of the processes, threads that have ended included, in nanosecond steps.

    It is utime + stime of /proc/PID/stat without the rounding to clock ticks of 10 ms: the process's CPU-time clock, whose
    number is made from the pid as clock_getcpuclockid(3) does.
    """
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def user_system_seconds(pids: list[int]) -> tuple[float, float]:
    """The same time split into user and system, in clock ticks (10 ms)."""
    user = system = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat").read_text()
        fields = stat[stat.rindex(")") + 2 :].split()
        user += int(fields[11])
        system += int(fields[12])
    return user / CLOCK_TICKS, system / CLOCK_TICKS


def switches(pids: list[int]) -> dict[int, tuple[int, int]]:
    """(voluntary, involuntary) context switches of each thread alive now."""
    counts = {}
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            try:
                status = (task / "status").read_text()
            except OSError:
                continue  # a thread that has just ended takes its counts with it
            values = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            counts[int(task.name)] = (
                int(values["voluntary_ctxt_switches"]),
                int(values["nonvoluntary_ctxt_switches"]),
            )
    return counts


def switches_between(before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Switches of the threads that live at the end; what an ended thread did is not counted."""
    voluntary = sum(now[0] - before.get(thread, (0, 0))[0] for thread, now in after.items())
    involuntary = sum(now[1] - before.get(thread, (0, 0))[1] for thread, now in after.items())
    return voluntary, involuntary


def memory(pids: list[int]) -> dict[str, int]:
    """Bytes by smaps_rollup, summed over the processes; Private = Private_Clean + Private_Dirty."""
    total = dict.fromkeys(PAGE_TABLE_FIELDS, 0)
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (ProcessLookupError, FileNotFoundError):
            continue  # ended since it was listed: it holds nothing
        for line in rollup.splitlines()[1:]:
            field, value = line.split(":", 1)
            if field in total:
                total[field] += int(value.split()[0]) * 1024
    total["Private"] = total["Private_Clean"] + total["Private_Dirty"]
    return total


def settled_memory(root: int, seconds: float = 5.0) -> dict[str, int]:
    """Memory of a server once it has stopped growing: equal twice, 0.3 s apart, or whatever it is after `seconds`."""
    deadline = time.monotonic() + seconds
    last = memory(tree(root))
    while time.monotonic() < deadline:
        time.sleep(0.3)
        now = memory(tree(root))
        if now["Private"] == last["Private"]:
            return now
        last = now
    return last


def busy_seconds() -> tuple[float, float]:
    """(CPU time used by everything on the machine, time stolen by its host) since boot, in clock ticks."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq) / CLOCK_TICKS, steal / CLOCK_TICKS


def listens(port: int) -> bool:
    """Whether something listens on the IPv4 port, without connecting to it: a connection would count as memory."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
            return True
    return False

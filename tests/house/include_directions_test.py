"""Arrows between folders point one way. harness/README.md has the same table for people."""
import pathlib
import re

import sources

# A folder may include itself and these. "strategies" stands for the strategies' headers.
LEAVES = {"net": set(), "http": set(), "stats": set(), "measure": {"strategies"}}
ARROWS = LEAVES | {
    "load": {"net", "http", "measure"},
    "pipeline": {"strategies", "net", "http", "measure"},
}
ARROWS["trace"] = {"measure"}
ARROWS["trial"] = set(ARROWS) | {"strategies"}
ARROWS["suite"] = set(ARROWS) | {"strategies"}
ARROWS["cli"] = set(ARROWS) | {"strategies"}

# Headers that measure/ may know of strategies/: values, not behaviour.
VALUES = {"strategies/conn_buffer.hpp", "strategies/parameters.hpp", "strategies/platform.hpp"}
# <atomic>, <cstdint>: neither <unistd.h> nor <boost/...>. The sanitizers' interface is the compiler's, for Checked.
STANDARD = re.compile(r"<[a-z_]+>$|<sanitizer/")


def wrong_arrows(path: str, text: str) -> list[str]:
    """What the file at `path` (from the repository's root) includes and may not."""
    parts = pathlib.PurePosixPath(path).parts
    found = []
    for include in sources.includes(text):
        name = include.strip('<>"')
        target = pathlib.PurePosixPath(name).parts
        if include.startswith("<"):
            if parts[0] == "strategies" and parts[1] not in ("adapters", "restartable.hpp") and not STANDARD.match(include):
                found.append(f"{path}: {include}: a strategy includes the standard library only")
        elif len(target) < 2:
            found.append(f"{path}: {include}: includes are written from the repository's root")
        elif parts[0] in ("strategies", "model"):
            if target[0] not in {"strategies", parts[0]} and target[0] != "baton":
                found.append(f"{path}: {include}: {parts[0]}/ knows strategies/ only")
        elif parts[0] == "harness":
            own = parts[1]
            folder = target[1] if target[0] == "harness" else "strategies" if target[0] == "baton" else target[0]
            if name.startswith("baton/build_"):
                folder = "measure"
            if own not in ARROWS:
                found.append(f"{path}: harness/{own}/ has no line in the table of arrows")
            elif folder != own and folder not in ARROWS[own]:
                found.append(f"{path}: {include}: {own}/ may include {', '.join(sorted(ARROWS[own])) or 'no other folder'}")
            elif own == "measure" and folder == "strategies" and name not in VALUES:
                found.append(f"{path}: {include}: measure/ knows values of strategies/ only")
    return found


def test_no_file_includes_against_the_arrows():
    found = []
    for file in sources.files("*.hpp", "*.cpp", "*.hpp.in", "*.cpp.in"):
        path = file.relative_to(sources.ROOT).as_posix()
        if path.split("/")[0] in ("strategies", "model", "harness"):
            found += wrong_arrows(path, file.read_text())
    assert not found, "\n".join(found)


def test_the_table_for_people_has_the_same_folders():
    readme = (sources.ROOT / "harness" / "README.md").read_text()
    assert set(re.findall(r"^\| `(\w+)/`", readme, re.MULTILINE)) == set(ARROWS)


def test_planted_wrong_arrows_are_found():
    for path, line in [
        ("strategies/heap.hpp", '#include "harness/net/fd.hpp"'),
        ("strategies/heap.hpp", "#include <unistd.h>"),
        ("strategies/heap.hpp", "#include <fmt/core.h>"),
        ("strategies/support/list.hpp", "#  include <boost/lockfree/stack.hpp>"),
        ("model/check.cpp", '#include "harness/net/fd.hpp"'),
        ("harness/net/fd.hpp", '#include "harness/http/head.hpp"'),
        ("harness/http/head.hpp", '#include "strategies/contract.hpp"'),
        ("harness/measure/histogram.hpp", '#include "strategies/heap.hpp"'),
        ("harness/load/client.cpp", '#include "harness/pipeline/pipeline.hpp"'),
        ("harness/pipeline/worker.hpp", '#include "harness/load/client.hpp"'),
        ("harness/pipeline/worker.hpp", '#include "harness/stats/ratio.hpp"'),
        ("harness/trial/trial.cpp", '#include "harness/suite/plan.hpp"'),
        ("harness/suite/plan.cpp", '#include "harness/cli/program.hpp"'),
        ("harness/suite/plan.cpp", '#include "tests/suite/helper.hpp"'),
        ("harness/net/fd.cpp", '#include "fd.hpp"'),
        ("harness/new/thing.cpp", '#include "harness/net/fd.hpp"'),
    ]:
        assert wrong_arrows(path, f"#pragma once\n{line}\n"), f"{path} with {line} was let through"


def test_good_arrows_are_let_through():
    for path, line in [
        ("strategies/heap.hpp", "#include <atomic>"),
        ("strategies/heap.hpp", '#include "strategies/support/list.hpp"'),
        ("strategies/adapters/boost_stack.hpp", "#include <boost/lockfree/stack.hpp>"),
        ("harness/net/fd.cpp", "#include <unistd.h>"),
        ("harness/measure/json.hpp", '#include "strategies/parameters.hpp"'),
        ("harness/pipeline/worker.hpp", '#include "harness/http/head.hpp"'),
        ("harness/trial/trial.cpp", '#include "baton/registry.hpp"'),
        ("harness/cli/program.cpp", '#include "harness/suite/plan.hpp"'),
    ]:
        assert not wrong_arrows(path, f"{line}\n")

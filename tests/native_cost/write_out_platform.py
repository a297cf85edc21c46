#!/usr/bin/python3
"""Copy strategies/ with the platform policy replaced by what NativePlatform stands for.

usage: write_out_platform.py [--plant] SOURCE_DIR TARGET_DIR

SOURCE_DIR is the strategies folder; TARGET_DIR gets a folder `strategies` with the headers. --plant also strengthens one
memory order, so that a comparison with the original has something to find.
"""
import argparse
import pathlib
import re
import sys

# Headers that are the policy, or that are about it.
AS_THEY_ARE = {"platform.hpp", "restartable.hpp", "contract.hpp", "counting_platform.hpp", "ledger.hpp", "line_book.hpp", "checked.hpp"}

RULES = [
    (r"typename P::template Atomic<", "std::atomic<"),
    (r"typename P::template Plain<((?:[^<>]|<[^<>]*>)*)>", r"\1"),
    (r"typename P::Mutex", "std::mutex"),
    (r"\bP::allocate\(", "std::malloc("),
    (r"\bP::deallocate\(", "std::free("),
    (r"\bP::(copied|named)\([^;]*;", ""),
    (r"\bP::kGuardBytes", "0"),
    (r"\bP::pause\(", "cpu_pause("),
    (r"\bP::(cpus?)\(", r"restartable::\1("),
    (r"\bP::thread\(", "number_of_this_thread("),
    (r"\bP::kRestarts", "true"),
]
PLANTED = ("count_.store(n, std::memory_order_relaxed)", "count_.store(n, std::memory_order_seq_cst)")


def written_out(text):
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plant", action="store_true")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    arguments = parser.parse_args()
    replaced = planted = 0
    for header in sorted(arguments.source.rglob("*.hpp")):
        text = header.read_text()
        if header.name not in AS_THEY_ARE:
            plain = written_out(text)
            replaced += plain != text
            left = re.search(r"\bP::\w+", re.sub(r"//.*", "", plain))
            if left:
                sys.exit(f"{header}: {left.group()} is used, but there is no rule that writes it out")
            text = plain
        if arguments.plant:
            planted += text.count(PLANTED[0])
            text = text.replace(*PLANTED)
        copy = arguments.target / "strategies" / header.relative_to(arguments.source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
    if replaced == 0:
        sys.exit(f"{arguments.source}: no header uses the platform; is it the strategies folder?")
    if arguments.plant and planted != 1:
        sys.exit(f"the line to plant the fault in occurs {planted} times: {PLANTED[0]}")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Compare the instructions of every function in two object files.

usage: compare_code.py OBJDUMP FIRST.o SECOND.o

Exits 0 if both have the same functions with the same instructions and relocations, 1 with the first difference of each function that
differs, and 2 if there is nothing to compare.
"""
import re
import subprocess
import sys


def functions(objdump, path):
    """name -> instructions, without addresses."""
    listing = subprocess.run([objdump, "-dr", "--no-show-raw-insn", path], check=True, capture_output=True, text=True).stdout
    found = {}
    for line in listing.splitlines():
        head = re.match(r"^[0-9a-f]+ <(.+)>:$", line)
        if head:
            name = head.group(1)
            body = found.setdefault(name, [])
        elif found and line.startswith((" ", "\t")):
            relocation = re.match(r"^\s+[0-9a-f]+: (R_\S+)\s+(.*)$", line)
            if relocation:
                # Where strings and tables lie in their sections is not code.
                body.append(re.sub(r"^(\.rodata\S*|\.L\S*?)[+-]0x[0-9a-f]+$", r"\1", " ".join(relocation.groups())))
            else:
                instruction = line.split(":", 1)[1].strip()
                instruction = re.sub(r"\s+#.*$", "", instruction)
                # Jump targets are absolute in the listing; relative to their function they are comparable.
                instruction = re.sub(r"\b[0-9a-f]+ <([^>]+)>", r"<\1>", instruction)
                body.append(instruction)
    return found


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    first, second = (functions(sys.argv[1], path) for path in sys.argv[2:])
    probes = [name for name in first if name.startswith("probe_")]
    if not probes:
        print(f"{sys.argv[2]} has no function probe_*", file=sys.stderr)
        return 2
    differing = 0
    for name in sorted(first.keys() | second.keys()):
        one, other = first.get(name), second.get(name)
        if one == other:
            continue
        differing += 1
        if one is None or other is None:
            print(f"{name} is only in {sys.argv[2] if other is None else sys.argv[3]}")
            continue
        at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
        print(f"{name} differs at instruction {at}: {one[at:at + 1]} against {other[at:at + 1]}")
    instructions = sum(len(body) for body in first.values())
    print(f"{len(first)} functions ({len(probes)} probes), {instructions} instructions and relocations: "
          f"{differing} functions differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

"""The commands in the documents work: programs and presets exist, and every flag shown is one that --help knows."""
import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest
import sources

FENCE = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FLAG = re.compile(r"--[a-z][a-z0-9-]*")
PLACEHOLDER = re.compile(r"[A-Z]+$|…|\.\.\.")


def commands(text: str) -> list[str]:
    """The command lines of a document's shell blocks; of a console session those behind a prompt."""
    found = []
    for block in FENCE.findall(text):
        lines = block.replace("\\\n", " ").splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        found += [line.split(" #")[0].strip() for line in prompted or lines if line and not line.startswith("#")]
    return found


def baton() -> pathlib.Path:
    return pathlib.Path(os.environ.get("BATON_BUILD", sources.ROOT / "build" / "release")) / "baton"


def presets() -> set[str]:
    return {preset["name"] for preset in json.loads((sources.ROOT / "CMakePresets.json").read_text())["testPresets"]}


def help_of(words: list[str]) -> str | None:
    """What a command says to --help; None if it fails. `baton` stands for the program just built."""
    if words[0].endswith("/baton") or words[0] == "baton":
        words = [str(baton()), *words[1:]]
    answer = subprocess.run([*words, "--help"], cwd=sources.ROOT, capture_output=True, text=True, timeout=60, check=False)
    return answer.stdout if answer.returncode == 0 else None


def problem(command: str) -> str | None:
    """Why a command of a document cannot work; None if there is no reason known."""
    words = shlex.split(command, comments=True)
    program = words[0] if words else ""
    if program in ("cmake", "ctest") and "--preset" in words:
        name = words[words.index("--preset") + 1]
        return None if name in presets() or PLACEHOLDER.match(name) else f"there is no preset {name}"
    is_baton = program == "baton" or program.endswith("/baton")
    if not is_baton and not program.startswith(("./", "scripts/")):
        return None
    call = [program, *(words[1:2] if is_baton and words[1:2] and not words[1].startswith("-") else [])]
    if not is_baton and not os.access(sources.ROOT / program, os.X_OK):
        return f"there is no program {program}"
    text = help_of(call)
    if text is None:
        return f"'{' '.join(call)} --help' fails"
    unknown = [flag for word in words[1:] for flag in FLAG.findall(word.split("=")[0]) if flag not in text]
    return f"'{' '.join(call)} --help' does not know {', '.join(unknown)}" if unknown else None


def documents() -> list[pathlib.Path]:
    return sources.files("*.md")


@pytest.mark.parametrize("document", [file.relative_to(sources.ROOT).as_posix() for file in documents()])
def test_every_command_of_the_document_works(document):
    shown = commands((sources.ROOT / document).read_text())
    if any("baton " in command for command in shown) and not baton().exists():
        pytest.skip(f"{baton()} is not built")
    found = [f"{document}: {command}: {reason}" for command in shown if (reason := problem(command))]
    assert not found, "\n".join(found)


def test_commands_that_cannot_work_are_found():
    text = ("```sh\n./no-such-script --flag\n./test --no-such-flag  # why\nctest --preset slow\nls --anything\n```\n"
            "```console\n$ ./run \\\n    --no-such-suite x\nits output\n```\n")
    assert len(commands(text)) == 5
    assert [bool(problem(command)) for command in commands(text)] == [True, True, True, False, True]


def test_commands_that_work_are_let_through():
    assert problem("./test --preset release") is None
    assert problem("./run --suite workloads/suites/quick.toml --out DIR") is None
    assert problem("cmake --build --preset clang") is None

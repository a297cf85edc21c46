"""The commands in the documents work: programs and presets exist, and every flag shown is one that --help knows."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import textwrap

import pytest
import sources

BLOCK = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```|((?:^(?: {4}|\t)[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\./|scripts/|build/release/|baton )[^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")  # to files of the repository
FLAG = re.compile(r"--[a-z][a-z0-9-]*")
PLACEHOLDER = re.compile(r"[A-Z]+$")


def commands(text: str) -> list[str]:
    """The command lines of a document: of its blocks (of a console session those behind a prompt) and inline."""
    found = []
    for fenced, indented in BLOCK.findall(text):
        lines = textwrap.dedent(fenced or indented).replace("\\\n", " ").splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        found += [line.split(" #")[0].strip() for line in prompted or lines if line and not line.startswith("#")]
    return found + INLINE.findall(BLOCK.sub("", text))


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
    try:
        words = shlex.split(command, comments=True)
    except ValueError:  # an indented block that is no command
        return None
    program = words[0] if words else ""
    if program in ("cmake", "ctest") and "--preset" in words:
        name = words[words.index("--preset") + 1]
        return None if name in presets() or PLACEHOLDER.match(name) else f"there is no preset {name}"
    is_baton = program == "baton" or program.endswith("/baton")
    if not is_baton and not program.startswith(("./", "scripts/")):
        return None
    has_verb = is_baton and len(words) > 1 and not words[1].startswith("-") and not PLACEHOLDER.match(words[1])
    call = [program, *(words[1:2] if has_verb else [])]
    if not is_baton and not os.access(sources.ROOT / program, os.X_OK):
        return f"there is no program {program}"
    text = help_of(call)
    if text is None:
        return f"'{' '.join(call)} --help' fails"
    unknown = [flag for word in words[1:] for flag in FLAG.findall(word.split("=")[0]) if flag not in text]
    return f"'{' '.join(call)} --help' does not know {', '.join(unknown)}" if unknown else None


def documents() -> list[pathlib.Path]:
    return sources.files("*.md")


NAMES = [file.relative_to(sources.ROOT).as_posix() for file in documents()]


@pytest.mark.parametrize("document", NAMES)
def test_every_command_of_the_document_works(document):
    shown = commands((sources.ROOT / document).read_text())
    if any("baton " in command for command in shown) and not baton().exists():
        pytest.skip(f"{baton()} is not built")
    found = [f"{document}: {command}: {reason}" for command in shown if (reason := problem(command))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("document", NAMES)
def test_every_link_of_the_document_leads_to_a_file(document):
    folder = (sources.ROOT / document).parent
    dead = [link for link in LINK.findall((sources.ROOT / document).read_text()) if not (folder / link).exists()]
    assert not dead, f"{document}: {', '.join(dead)}"


def test_the_readme_shows_the_commands_it_is_about():
    shown = commands((sources.ROOT / "README.md").read_text())
    assert {"./run", "./test"} <= {command.split()[0] for command in shown if command}


def test_commands_that_cannot_work_are_found():
    text = ("```sh\n./no-such-script --flag\n./test --no-such-flag  # why\nctest --preset slow\nls --anything\n```\n"
            "```console\n$ ./run \\\n    --no-such-suite x\nits output\n```\n"
            "Text with `scripts/none` and `other words`.\n\n    ./run --out x\n    ./none\n\nMore.\n")
    expected = {"./no-such-script --flag": True, "./test --no-such-flag": True, "ctest --preset slow": True,
                "ls --anything": False, "./run      --no-such-suite x": True, "./run --out x": False, "./none": True,
                "scripts/none": True}
    assert {command: bool(problem(command)) for command in commands(text)} == expected


def test_commands_that_work_are_let_through():
    assert problem("./test --preset release") is None
    assert problem("./run --suite workloads/suites/quick.toml --out DIR") is None
    assert problem("cmake --build --preset clang") is None


def test_the_table_of_layouts_is_the_kept_results():
    made = subprocess.run([sources.ROOT / "scripts/layout-study", "--table", sources.ROOT / "results/layout-2026-11-28.json"], check=True,
                          capture_output=True, text=True).stdout.strip()
    assert "two_cache" in made
    assert made in (sources.ROOT / "docs/resolution.md").read_text()

"""Every source file is as clang-format would write it."""
import pathlib
import shutil
import subprocess

import pytest
import sources

needs_clang_format = pytest.mark.skipif(
    shutil.which("clang-format") is None, reason="clang-format is not installed: scripts/install-packages test")


def badly_formatted(files: list[pathlib.Path]) -> list[str]:
    answer = subprocess.run(["clang-format", "--dry-run", *files], cwd=sources.ROOT, capture_output=True, text=True,
                            check=True)
    return sorted({line.split(":")[0] for line in answer.stderr.splitlines() if "-Wclang-format-violations" in line})


@needs_clang_format
def test_every_source_file_is_formatted():
    files = sources.files("*.hpp", "*.cpp")
    assert files
    assert badly_formatted(files) == [], "git ls-files '*.hpp' '*.cpp' | xargs clang-format -i makes them right"


@needs_clang_format
def test_a_badly_formatted_file_is_found(tmp_path):
    (tmp_path / ".clang-format").write_text((sources.ROOT / ".clang-format").read_text())
    planted = tmp_path / "planted.cpp"
    planted.write_text("int  main( ){return 0 ;}\n")
    assert badly_formatted([planted]) == [str(planted)]

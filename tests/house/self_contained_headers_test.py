"""A source file includes its own header before anything else, which proves that the header needs nothing in front of it."""
import pathlib

import sources


def includes_other_first(source: pathlib.PurePosixPath, text: str) -> bool:
    return sources.includes(text)[:1] != [f'"{source.with_suffix(".hpp")}"']


def test_source_files_include_their_own_header_first():
    found = []
    for header in sources.files("*.hpp"):
        source = header.with_suffix(".cpp")
        if source.exists() and includes_other_first(source.relative_to(sources.ROOT), source.read_text()):
            found.append(str(source))
    assert not found


def test_another_header_in_front_is_found():
    source = pathlib.PurePosixPath("harness/net/fd.cpp")
    assert includes_other_first(source, '#include <string>\n#include "harness/net/fd.hpp"\n')
    assert includes_other_first(source, "int x;\n")
    assert not includes_other_first(source, '// why\n#include "harness/net/fd.hpp"\n#include <string>\n')

"""A header needs nothing in front of it.

A source file includes its own header before anything else, so compiling it shows that no header of ours is missing. Headers
of libraries may come precompiled, which would hide that one is missing; so what a header uses of those is compared with what
it and the headers of ours behind it include. The preset `clang` precompiles nothing and leaves it all to the compiler.
"""
import functools
import pathlib
import re

import sources

# What stands for a library's header: a pattern of names, and the headers that declare them.
DECLARED_IN = {
    r"std::(ranges::)?(sort|find_if|any_of|all_of|none_of|min_element|max_element|clamp|equal)\b": {"algorithm"},
    r"std::array\b": {"array"},
    r"std::atomic\b|std::memory_order": {"atomic"},
    r"std::chrono::": {"chrono"},
    r"std::(sqrt|log|exp|abs|isnan|isfinite|lround)\b": {"cmath", "cstdlib"},
    r"std::u?int(8|16|32|64)_t\b": {"cstdint"},
    r"std::size_t\b": {"cstddef", "string", "string_view", "vector", "span", "array", "memory", "cstring"},
    r"std::filesystem::": {"filesystem"},
    r"std::[io]fstream\b": {"fstream"},
    r"std::function\b": {"functional"},
    r"std::map\b": {"map"},
    r"std::(unique_ptr|shared_ptr|make_unique|make_shared)\b": {"memory"},
    r"std::(mutex|lock_guard|unique_lock)\b": {"mutex", "condition_variable"},
    r"std::(optional|nullopt)\b": {"optional"},
    r"std::span\b": {"span"},
    r"std::[io]?stringstream\b": {"sstream"},
    r"std::(string|to_string)\b": {"string"},
    r"std::string_view\b": {"string_view", "string"},
    r"std::(thread|this_thread)\b": {"thread"},
    r"std::unordered_map\b": {"unordered_map"},
    r"std::vector\b": {"vector"},
    r"\bfmt::": {"fmt/format.h", "fmt/core.h", "fmt/chrono.h", "fmt/ranges.h", "fmt/ostream.h"},
    r"\bnlohmann::": {"nlohmann/json.hpp", "nlohmann/json_fwd.hpp"},
    r"\btesting::": {"gtest/gtest.h", "gmock/gmock.h"},
}
COMMENT = re.compile(r'//[^\n]*|"[^"\n]*"')


def includes_other_first(source: pathlib.PurePosixPath, text: str) -> bool:
    return sources.includes(text)[:1] != [f'"{source.with_suffix(".hpp")}"']


@functools.cache
def reached(header: pathlib.Path) -> frozenset[str]:
    """The libraries' headers that a file of ours includes, directly or through others of ours."""
    found: set[str] = set()
    for include in sources.includes(header.read_text()):
        name = include.strip('<>"')
        own = sources.ROOT / name
        found |= reached(own) if include.startswith('"') and own.is_file() else {name}
    return frozenset(found)


def undeclared(text: str, included: frozenset[str]) -> list[str]:
    """Names of libraries that a file uses without a header for them."""
    code = COMMENT.sub("", text)
    return [use.group() for pattern, headers in DECLARED_IN.items()
            if (use := re.search(pattern, code)) and not headers & included]


def test_source_files_include_their_own_header_first():
    found = []
    for header in sources.files("*.hpp"):
        source = header.with_suffix(".cpp")
        if source.exists() and includes_other_first(source.relative_to(sources.ROOT), source.read_text()):
            found.append(str(source))
    assert not found


def test_files_include_what_they_use_of_libraries():
    files = sources.files("*.hpp", "*.cpp")
    found = {str(file.relative_to(sources.ROOT)): missing for file in files
             if (missing := undeclared(file.read_text(), reached(file)))}
    assert not found


def test_a_library_header_that_is_missing_is_found():
    assert undeclared("std::vector<int> x;", frozenset({"string"})) == ["std::vector"]
    assert not undeclared("std::vector<int> x;", frozenset({"vector"}))
    assert not undeclared("// std::vector\n", frozenset())
    precompiled = re.findall(r"<([A-Za-z_/]+(?:\.[a-z]+)?)>", (sources.ROOT / "cmake" / "BatonQuickBuild.cmake").read_text())
    assert set(precompiled) <= set().union(*DECLARED_IN.values())


def test_another_header_in_front_is_found():
    source = pathlib.PurePosixPath("harness/net/fd.cpp")
    assert includes_other_first(source, '#include <string>\n#include "harness/net/fd.hpp"\n')
    assert includes_other_first(source, "int x;\n")
    assert not includes_other_first(source, '// why\n#include "harness/net/fd.hpp"\n#include <string>\n')

"""A fresh machine gets by with packages.txt: whatever the sources include or import comes from a package listed there."""
import importlib.util
import pathlib
import re
import subprocess
import sys

import sources

# Come with the compiler and with Python itself.
IMPLIED = re.compile(r"(libc6-dev|linux-libc-dev|libstdc\+\+-\d+-dev|libgcc-\d+-dev|libclang-common-\d+-dev"
                     r"|(lib)?python3(\.\d+)?(-minimal|-stdlib)?)$")
INCLUDE_ROOTS = [pathlib.Path(root) for root in ("/usr/include", "/usr/share/include", "/usr/share/include/llhttp",
                                                 "/usr/include/x86_64-linux-gnu")]
IMPORT = re.compile(r"^\s*(?:import|from)\s+([a-z_0-9]+)", re.MULTILINE)


def listed() -> set[str]:
    lines = (sources.ROOT / "packages.txt").read_text().splitlines()
    return {line.split()[1] for line in lines if line and not line.startswith("#")}


def provided() -> set[str]:
    """What is listed, and what that depends on directly (libboost-dev is no more than such a dependency)."""
    answer = subprocess.run(["dpkg-query", "-W", "-f", "${Depends}\\n", *sorted(listed())], capture_output=True, text=True,
                            check=False)
    return listed() | set(re.findall(r"(?:^|[,|] )([a-z0-9][a-z0-9.+-]+)", answer.stdout, re.MULTILINE))


def owners(paths: set[pathlib.Path]) -> dict[str, set[str]]:
    """The packages that own these files, and which."""
    found: dict[str, set[str]] = {}
    # A file may be known by its path before or after /usr was merged, and by where a link leads.
    spellings = {str(path) for path in paths} | {str(path.resolve()) for path in paths}
    answer = subprocess.run(["dpkg-query", "-S", *sorted(spellings)], capture_output=True, text=True, check=False)
    for line in answer.stdout.splitlines():
        package, path = line.split(": ", 1)
        found.setdefault(package.split(",")[0].split(":")[0], set()).add(path)
    return found


def unlisted(paths: set[pathlib.Path]) -> dict[str, set[str]]:
    known = provided()
    return {package: files for package, files in owners(paths).items()
            if package not in known and not IMPLIED.match(package)}


def included_headers() -> set[pathlib.Path]:
    names = {include.strip("<>") for file in sources.files("*.hpp", "*.cpp") for include in
             sources.includes(file.read_text()) if include.startswith("<")}
    return {root / name for name in names for root in INCLUDE_ROOTS if (root / name).is_file()}


def imported_modules() -> set[pathlib.Path]:
    scripts = [file for file in sources.files("*.py", "scripts/*") if file.suffix == ".py" or
               file.read_text().startswith("#!/usr/bin/python3")]
    names = {name for file in scripts for name in IMPORT.findall(file.read_text())} - set(sys.stdlib_module_names)
    specs = [importlib.util.find_spec(name) for name in names]
    return {pathlib.Path(spec.origin) for spec in specs if spec and spec.origin and
            not pathlib.Path(spec.origin).is_relative_to(sources.ROOT)}


def test_every_library_header_is_of_a_listed_package():
    assert included_headers(), "no header was found; the check would be empty"
    assert not unlisted(included_headers())


def test_every_python_module_is_of_a_listed_package():
    assert imported_modules(), "no module was found; the check would be empty"
    assert not unlisted(imported_modules())


def test_a_header_of_another_package_is_found():
    assert unlisted({pathlib.Path("/usr/bin/dpkg-query")})

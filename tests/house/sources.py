"""The repository's files, as the house tests see them."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>]+>|"[^"]+")', re.MULTILINE)


def files(*patterns: str) -> list[pathlib.Path]:
    """Files of the repository that match, tracked or not yet; from a tarball without git, what lies there."""
    listing = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        found = {ROOT / line for line in listing.stdout.splitlines()}
    else:
        found = {path for pattern in patterns for path in ROOT.rglob(pattern)
                 if "build" not in path.relative_to(ROOT).parts}
    return sorted(path for path in found if path.is_file())


def includes(text: str) -> list[str]:
    """What a source file includes, with its quotes or angle brackets."""
    return INCLUDE.findall(text)

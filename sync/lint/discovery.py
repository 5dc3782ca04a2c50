"""Which files a path stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sync.errors import FileProblem
from sync.generated import SOURCES
from sync.lint.problem import Problem, Severity

_SUFFIXES = frozenset({".json", ".yaml", ".yml", ".prom", ".rules"})
_NOT_OURS = frozenset(
    {
        SOURCES,
        "dash-sync.yaml",
        "dash-sync-lint.yaml",
        "folder.yaml",
        "package.json",
        "package-lock.json",
        "tsconfig.json",
    }
)
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "vendor"})


class NoSuchFile(FileProblem):
    """A path on the command line that isn't there."""

    remedy = "Name files or folders of dashboards, rules, Alertmanager configuration or runbooks."


def files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that paths stand for: themselves, or what may be linted in a folder and those below it.

    A file that is named is always linted; in a folder, Markdown is when its name or a folder's says that it is of
    runbooks, or when the end of an address in the YAML files names it.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = list(_below(path))
            asked = _asked(below)
            found |= dict.fromkeys(
                each for each in below if each.suffix != ".md" or _is_runbook(each) or each.parts[-2:] in asked
            )
        elif path.exists():
            found[path] = None
        else:
            raise NoSuchFile("there is no such file or folder", path=str(path))
    return list(found)


def read(files: Mapping[str, Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the contents of files by the names they are shown with, and a problem for each that can't be read."""
    contents: dict[str, bytes] = {}
    missing: list[Problem] = []
    for name, path in files.items():
        try:
            contents[name] = path.read_bytes()
        except OSError as error:
            message = f"it can't be read: {error.strerror}"
            missing.append(Problem(name, 1, 1, Severity.ERROR, "unreadable-file", message))
    return contents, missing


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(here) / name
            if path.suffix in _SUFFIXES | {".md"} and name not in _NOT_OURS and _may_be_read(path):
                yield path


def _is_runbook(path: Path) -> bool:
    return any("runbook" in part.lower() for part in path.parts)


_MARKDOWN = re.compile(rb"([\w.-]+)/([\w.-]+\.md)\b")


def _asked(files: list[Path]) -> set[tuple[str, ...]]:
    """Return folder and name of the Markdown that YAML files name; they are read only where there is some."""
    if all(path.suffix != ".md" or _is_runbook(path) for path in files):
        return set()
    rules = [path for path in files if path.suffix in {".yaml", ".yml", ".rules"} and path.is_file()]
    contents, _ = read({str(path): path for path in rules})
    return {(folder.decode(), name.decode()) for text in contents.values() for folder, name in _MARKDOWN.findall(text)}


def _may_be_read(path: Path) -> bool:
    """Whether it is a file, or a link whose end is missing, which is named; a pipe would be waited for."""
    return path.is_file() or path.is_symlink()

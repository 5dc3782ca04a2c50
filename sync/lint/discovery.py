"""Which files a path stands for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from sync.errors import FileProblem
from sync.generated import SOURCES

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

    A file that is named is always linted; in a folder, Markdown is when the folder's name says that it holds runbooks.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(_below(path))
        elif path.exists():
            found[path] = None
        else:
            raise NoSuchFile("there is no such file or folder", path=str(path))
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(here) / name
            runbook = path.suffix == ".md" and any("runbook" in part.lower() for part in path.parts[:-1])
            if (path.suffix in _SUFFIXES or runbook) and name not in _NOT_OURS:
                yield path

"""`diff --pictures DIR`: each dashboard whose panels changed, before and after side by side, as a PNG."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.diff import read
from sync.generated import replace
from sync.preview import converter

if TYPE_CHECKING:
    from pathlib import Path

    from sync.diff.change import Difference, Item, Side
    from sync.diff.filesets import Files
    from sync.preview.painting import Painter

MOST = 60  # pictures of one difference, a second each


@dataclass(frozen=True)
class Pictures:
    """The picture of an item, by its place in the difference: a file's name in `folder`; `left_out` counts the rest.

    `at` is where the folder can be looked at: an address that ends in / takes a file's name, any other is one place for
    all; "" is the folder itself.
    """

    folder: Path | None = None
    at: str = ""
    names: dict[int, str] = field(default_factory=dict)
    left_out: int = 0

    @property
    def one_place(self) -> bool:
        """Whether all pictures are at one address, such as the page of a job's artifacts."""
        return bool(self.at) and not self.at.endswith("/")

    def link(self, index: int) -> str:
        """Return the address of an item's picture; "" where it has none."""
        name = self.names.get(index)
        if name is None or self.folder is None:
            return ""
        if self.one_place:
            return self.at
        return f"{self.at or quote(self.folder.as_posix()) + '/'}{quote(name)}"

    def file(self, index: int) -> Path | None:
        """Return the file of an item's picture."""
        name = self.names.get(index)
        return self.folder / name if name and self.folder else None


def draw(
    found: Difference, *, before: Files, after: Files, folder: Path, catalogue: Path | None, at: str = ""
) -> Pictures:
    """Write the pictures into `folder`; samples follow the catalogue in the folder of rendered files `catalogue`.

    A dashboard no panel of which changed has none. PackageMissing without the extra `preview`.
    """
    wanted = [(index, item) for index, item in enumerate(found.items) if item.kind == "dashboard"]
    names: dict[int, str] = {}
    if wanted:
        # Before all else, so that it is ready when the first is laid out.
        converter.start()
        from sync.preview.painting import painter

        source = painter(catalogue)
        for index, item in wanted[:MOST]:
            content = _png(item, (before, after), source)
            if content is not None:
                names[index] = _name(item, set(names.values()))
                replace(folder / names[index], content)
    return Pictures(folder, at, names, max(0, len(wanted) - MOST))


def _png(item: Item, sides: tuple[Files, Files], source: Painter) -> bytes | None:
    from sync.preview import compare, painting
    from sync.preview.colours import DARK

    before, after = _document(sides[0], item.before), _document(sides[1], item.after)
    drawn = compare.pictures(before, after, DARK, fill=source.fill)
    return painting.png(drawn.svg, height=drawn.height) if drawn else None


def _document(files: Files, side: Side | None) -> read.Document | None:
    return None if side is None else read.document(read.parse(files.read([side.file])[side.file]))


def _name(item: Item, taken: set[str]) -> str:
    """Return a name that every file system and address can hold, and no other picture has."""
    wanted = item.side.uid or item.side.file.removesuffix(".json")
    safe = re.sub(r"[^\w.-]+", "-", wanted, flags=re.ASCII).strip(".-")[:100] or "dashboard"
    found, count = f"{safe}.png", 2
    while found in taken:
        found, count = f"{safe}-{count}.png", count + 1
    return found

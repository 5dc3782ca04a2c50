"""Which dashboards are drawn, from what, in which themes and forms, into which files."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.diff import read
from sync.errors import DashSyncError, Partial
from sync.generated import replace
from sync.preview import converter, ranges
from sync.preview.colours import THEMES
from sync.preview.filled import filled
from sync.preview.page import page
from sync.preview.sheet import sheet
from sync.report import Report, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.options import Common
    from sync.preview.command import Wanted
    from sync.preview.data import Source
    from sync.preview.filled import Filled
    from sync.preview.page import Page
    from sync.preview.sheet import Sheet

FORMATS = ("png", "svg", "html")
HIGHEST = 16_000  # pixels: what viewers of PNG still open


@dataclass
class Painter:
    """Fills and draws dashboards from one source."""

    source: Source
    scrape: float
    now: datetime
    begin: str | None = None
    end: str | None = None
    given: dict[str, str] = field(default_factory=dict)

    def fill(self, document: read.Document) -> Filled:
        """Return a dashboard with its data."""
        return self.answered(page(document))

    def answered(self, found: Page) -> Filled:
        """Return a page with its data."""
        begin, end = self.begin or found.time[0], self.end or found.time[1]
        try:
            ends = ranges.span(begin, end, now=self.now)
        except ranges.TimeError as problem:
            if self.begin or self.end:
                raise DashSyncError(str(problem), remedy="Mend --from and --to.") from None
            ends = ranges.span("now-6h", "now", now=self.now)
        return filled(found, self.source, begin=ends[0], end=ends[1], scrape=self.scrape, given=self.given)


def painter(
    directory: Path | None,
    *,
    prometheus: str | None = None,
    timeout: float = 30.0,
    begin: str | None = None,
    end: str | None = None,
    variables: Sequence[str] = (),
) -> Painter:
    """Return what draws from a Prometheus, or from samples made after the catalogue in a folder of rendered files."""
    given = dict(_assigned(variable) for variable in variables)
    if prometheus:
        from sync.preview.prometheus import Prometheus

        server = Prometheus(prometheus, timeout=timeout)
        return Painter(server, server.scrape_interval(), datetime.now(UTC), begin, end, given)
    from sync.preview.samples import facts
    from sync.preview.samples.source import NOW, SCRAPE, Samples

    return Painter(Samples(facts.read(directory)), SCRAPE, NOW, begin, end, given)


def _assigned(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise DashSyncError(f"--var {text!r} is no NAME=VALUE", remedy="Write --var environment=production.")
    return name.removeprefix("var-"), value


def paint(common: Common, wanted: Wanted) -> None:
    """Draw and write what is wanted; Partial where a panel or a file lacked something."""
    directory = common.folder()
    work = _Work(common, wanted, out=wanted.out or directory.parent / "preview")
    files = _chosen(work, directory)
    source = painter(
        directory, prometheus=wanted.prometheus, timeout=common.timeout, begin=wanted.begin, end=wanted.end,
        variables=wanted.variables,
    )  # fmt: skip
    for name, document in files.items():
        work.draw(name, source.fill(document))
    report = Report("preview", {"files": len(work.rows), "from": source.source.name}, work.rows)
    if work.problems:
        remedy = "The other pictures are written; what a panel lacked stands in its box."
        raise Partial(f"{counted(len(work.problems), 'problem')} while drawing", report=report, remedy=remedy)
    common.show(report)


@dataclass
class _Work:
    """What is asked for, where it goes, what is written, and what went wrong."""

    common: Common
    wanted: Wanted
    out: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def problem(self, said: str) -> None:
        """Say a problem now, and count it."""
        self.problems.append(said)
        self.common.note(said)

    def draw(self, name: str, found: Filled) -> None:
        """Write the pictures of a dashboard."""
        page = found.page
        for panel, problem in found.problems:
            self.problem(f"{name}: panel “{panel.title or panel.kind}”: {problem}")
        if page.left_out:
            self.common.note(f"{name}: {page.left_out:,} panels are left out: a picture holds {len(page.panels)}")
        themes = THEMES if self.wanted.theme == "both" else {self.wanted.theme: THEMES[self.wanted.theme]}
        for theme in themes.values():
            drawn = sheet(found, theme)
            still = drawn.svg() if {"svg", "png"} & set(self.wanted.formats) else ""
            for form in dict.fromkeys(self.wanted.formats):
                file = self.out / f"{name}-{theme.name}.{form}"
                replace(file, _content(form, drawn, still))
                self.rows.append({"dashboard": page.title, "theme": theme.name, "file": str(file)})


def _content(form: str, drawn: Sheet, still: str) -> bytes:
    if form == "svg":
        return still.encode()
    if form == "html":
        from sync.preview import html

        return html.page(drawn).encode()
    return png(still, height=drawn.height)


def png(still: str, *, height: float) -> bytes:
    """Return an SVG as PNG, smaller where it would be too high to open."""
    scale = min(1.0, HIGHEST / max(height, 1))
    # In a thread, so that Ctrl-C is heard meanwhile.
    return converter.begin(lambda: bytes(converter.converter().svg_to_png(still, scale=scale))).result()


def _chosen(work: _Work, directory: Path) -> dict[str, read.Document]:
    """Return the dashboards to draw by the names that their files get."""
    found: dict[str, read.Document] = {}
    paths = [name for name in work.wanted.names if name.endswith(".json") or "/" in name]
    uids = set(work.wanted.names) - set(paths)
    # Any folder of dashboards will do.
    top = directory / "dashboards" if (directory / "dashboards").is_dir() else directory
    if uids or not paths:
        paths += _rendered(work, top, uids, found)
    for path in map(Path, paths):
        for file in _below(path) if path.is_dir() else [path]:
            document = _read(work, file, sure=file == path)
            if document is not None and (
                file == path or _selected(work.common.select, document.uid, _place(file, path))
            ):
                found[_unique(found, document.uid or file.stem)] = document
    if not found and not work.problems:
        remedy = "Render them with `dash-sync render`, or name files or folders."
        where = ", ".join(paths) or str(top)
        raise DashSyncError("there are no dashboards to draw", where=where, remedy=remedy)
    return found


def _rendered(work: _Work, top: Path, uids: set[str], found: dict[str, read.Document]) -> list[str]:
    """Find the rendered dashboards with these uids, or all that are selected; return the names that are folders'."""
    known: set[str] = set()
    for file in _below(top):
        document = _read(work, file, sure=top.name == "dashboards")
        if document is None:
            continue
        uid = document.uid or file.stem
        known.add(uid)
        if uid in uids if uids else _selected(work.common.select, uid, _place(file, top)):
            found[_unique(found, uid)] = document
    folders = sorted(name for name in uids - known if Path(name).is_dir())
    missing = ", ".join(sorted(uids - known - set(folders)))
    if missing:
        remedy = f"There are: {', '.join(sorted(known)) or 'none'}."
        raise DashSyncError(f"there is no dashboard with the uid {missing}", where=str(top), remedy=remedy)
    return folders


def _below(folder: Path) -> list[Path]:
    """Return the JSON files of a folder, but for hidden ones."""
    files = (file for file in folder.rglob("*.json") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _place(file: Path, top: Path) -> str:
    return file.relative_to(top).with_suffix("").as_posix()


def _selected(patterns: tuple[str, ...], *names: str) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _read(work: _Work, file: Path, *, sure: bool) -> read.Document | None:
    """Return a dashboard, None where it can't be had; in a folder of anything (not `sure`) other JSON is no problem."""
    try:
        return read.document(read.parse(file.read_bytes()))
    except OSError as error:
        work.problem(f"{file}: it can't be read: {error.strerror}")
    except read.UnreadableError as error:
        at = f":{error.line}:{error.column}" if error.line else ""
        work.problem(f"{file}{at}: {error.what}")
    except read.NoDashboardError as error:
        if sure:
            work.problem(f"{file}: {error.what}")
    return None


def _unique(taken: dict[str, read.Document], name: str) -> str:
    """Return a name for files: of letters that every system can hold, and not another's."""
    safe = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100] or "dashboard"
    found, count = safe, 2
    while found in taken:
        found, count = f"{safe}-{count}", count + 1
    return found

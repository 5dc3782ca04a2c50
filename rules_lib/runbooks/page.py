"""Pages of prose: one an alert, named as it is, and guides, named in lower case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.errors import ContentError, Problem
from rules_lib.schema import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SECTIONS = ("Impact", "First five minutes", "Likely causes", "Mitigation", "Escalation")
"""What a page of an alert says after its meaning, under these headings and in this order."""

_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file; `path` is what errors name."""

    name: str
    path: str
    text: str

    @property
    def is_guide(self) -> bool:
        """Whether it is a guide and no alert's page."""
        return self.name[0].islower()

    @property
    def headings(self) -> list[tuple[str, int]]:
        """Its headings of the second level with the line of each."""
        prose = _FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), self.text)
        return [(found[1], prose.count("\n", 0, found.start()) + 1) for found in _HEADING.finditer(prose)]

    @property
    def title(self) -> str:
        """Its heading of the first level."""
        return self.text.partition("\n")[0].removeprefix("# ").strip()

    @property
    def meaning(self) -> str:
        """What stands between its title and its first section."""
        return self._parts[0]

    @property
    def body(self) -> str:
        """Its sections."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[str, str]:
        _, _, rest = self.text.partition("\n")
        meaning, mark, body = rest.partition("\n## ")
        return meaning.strip(), (mark + body).strip()


def read_pages(folder: Path, *, shown_as: str) -> tuple[Page, ...]:
    """Read every page of a folder, in the order of their names. Raises ContentError for one that can't be read."""
    pages, problems = [], []
    for path in sorted(folder.glob("*.md")):
        name = f"{shown_as}/{path.name}"
        try:
            pages.append(Page(path.stem, name, path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            problems.append(Problem(name, None, f"cannot be read: {reason}"))
    if problems:
        raise ContentError(problems)
    return tuple(pages)


def problems(pages: Collection[Page], alerts: Collection[str], *, shown_as: str) -> Iterator[Problem]:
    """Yield alerts without a page, pages without an alert, and what pages lack."""
    for alert in sorted({*alerts} - {page.name for page in pages}):
        yield Problem(f"{shown_as}/{alert}.md", None, f"{alert} has no runbook", f"write one: {', '.join(SECTIONS)}")
    for page in pages:
        if page.title != page.name and not page.is_guide:
            yield Problem(page.path, 1, f"the title is {page.title!r}", f"begin with `# {page.name}`")
        if page.is_guide:
            continue
        if page.name not in alerts:
            yield Problem(page.path, 1, f"there is no alert {page.name!r}", nearest(page.name, sorted({*alerts})))
        if not page.meaning:
            yield Problem(page.path, 1, "nothing is said between the title and the first section", "say what it means")
        found = [heading for heading, _ in page.headings]
        if found != [*SECTIONS]:
            wrong = [line for heading, line in page.headings if heading not in SECTIONS]
            what = f"its sections are {', '.join(found) or 'none'}"
            yield Problem(page.path, wrong[0] if wrong else 1, what, f"they must be {', '.join(SECTIONS)}")

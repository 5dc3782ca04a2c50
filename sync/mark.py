"""The mark: the one line that every version we write carries as its message, so that any machine can tell whose it is.

dash-sync/1 push=20261124T231503042-shop-9f3a1c commit=0123456789ab+dirty sha256=0123456789abcdef gen=7 | why

The id of a push names its project, so that ownership can be told on the legacy API too, which keeps no manager.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

MESSAGE_LENGTH = 500
NO_COMMIT = "none"
MARKED_ONLY = "[content as it was]"
"""Begins the text where the legacy API made no version, since the content was the same: nothing can be rolled back."""
MARK = re.compile(
    r"dash-sync/1 push=(?P<push>[0-9A-Za-z-]+) commit=(?P<commit>[0-9a-f]{12}|none)(?P<dirty>\+dirty)?"
    r" sha256=(?P<checksum>[0-9a-f]{16}) gen=(?P<generation>[0-9]+)(?: \| (?P<text>.*))?"
)


ROOT = "/"
MOVED = re.compile(r"\[moved from (?P<folder>[a-zA-Z0-9_-]+|/)\]")
"""In the text of a move: the legacy API's history keeps no folders."""
BEFORE = re.compile(r"\[before: (?P<commit>[0-9a-f]{12}) (?P<checksum>[0-9a-f]{16})\]")
"""In the text of a library panel's change: Grafana keeps no versions of it, git does."""
PROJECT = re.compile(r"[0-9]{8}T[0-9]{9}-(?P<project>[a-z0-9-]+)-[0-9a-f]{6}")


@dataclass(frozen=True)
class Mark:
    """What a push wrote: its id, the commit of the files, the checksum of their canonical form, and the generation."""

    push: str
    commit: str
    checksum: str
    generation: int
    dirty: bool = False
    text: str = ""

    @property
    def made_version(self) -> bool:
        """Tell whether the push made the version, rather than put its mark on one that was there."""
        return not self.text.startswith(MARKED_ONLY)

    @property
    def moved_from(self) -> str | None:
        """Return the folder that the dashboard was in before ("" the root), None where the push didn't move it."""
        found = MOVED.match(self.text)
        return found["folder"].replace(ROOT, "") if found else None

    @property
    def before(self) -> tuple[str, str] | None:
        """Return commit and checksum of what was there before, None where the text doesn't say."""
        found = BEFORE.match(self.text)
        return (found["commit"], found["checksum"]) if found else None

    @property
    def project(self) -> str:
        """Return the project that pushed, "" where the id of the push doesn't name it."""
        found = PROJECT.fullmatch(self.push)
        return found["project"] if found else ""

    @property
    def recoverable(self) -> bool:
        """Tell whether git has what was pushed."""
        return self.commit != NO_COMMIT and not self.dirty

    def message(self) -> str:
        """Return the line, its text cut to what Grafana takes (500 characters)."""
        commit = self.commit + ("+dirty" if self.dirty else "")
        head = f"dash-sync/1 push={self.push} commit={commit} sha256={self.checksum} gen={self.generation} | "
        text = " ".join(self.text.split())
        room = MESSAGE_LENGTH - len(head)
        return head + (text if len(text) <= room else text[: room - 1] + "…")


def moved(folder: str, text: str) -> str:
    """Return the text of a move out of a folder."""
    return f"[moved from {folder or ROOT}] {text}"


def replaced(before: Mark | None, text: str) -> str:
    """Return the text of a change to what Grafana keeps no versions of; git must have what was before."""
    return f"[before: {before.commit} {before.checksum}] {text}" if before and before.recoverable else text


def parse(message: str | None) -> Mark | None:
    """Read a version's message; None where it is no mark of ours."""
    found = MARK.fullmatch(message or "")
    if found is None:
        return None
    return Mark(
        push=found["push"],
        commit=found["commit"],
        checksum=found["checksum"],
        generation=int(found["generation"]),
        dirty=found["dirty"] is not None,
        text=found["text"] or "",
    )


def new_push(project: str, now: datetime | None = None) -> str:
    """Return the id of a push: its time (UTC; ids sort by it), its project, and six random hex digits."""
    now = now or datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}-{project}-{secrets.token_hex(3)}"

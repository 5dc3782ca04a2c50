"""What a kind of owned thing has to say for itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from sync.mark import Mark, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

CREATED = "none"
"""Stands for the mark before where there was nothing before."""
UNMARKED = "unmarked"
"""Stands for the mark before where what was there wasn't ours, or not as we left it."""


@dataclass(frozen=True)
class Thing:
    """One thing as the files want it: its file, and its content in the form that Grafana's answer is compared in.

    `secrets` are what Grafana takes and never gives back; they are no part of the content.
    """

    uid: str
    title: str
    path: str
    content: Mapping[str, Any]
    folder: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Held:
    """One thing as Grafana holds it: its content without our marks, the mark, and the mark that was there before.

    `revision` is what tells one state of it from another, `fixed` why it can't be written at all ("" it can), `raw`
    what the API said.
    """

    uid: str
    title: str
    content: Mapping[str, Any]
    revision: str
    folder: str = ""
    message: str = ""
    before: str = ""
    at: str = ""
    fixed: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def mark(self) -> Mark | None:
        """Return our mark; None where there is none."""
        return parse(self.message)

    @property
    def intact(self) -> bool:
        """Tell whether it is as our last push left it."""
        return self.mark is not None and self.mark.checksum == checksum(self.uid, self.content)


@dataclass(frozen=True)
class Job:
    """One write: the thing, what it is written over (None: nothing), and both marks."""

    thing: Thing
    held: Held | None
    message: str
    before: str


class Kind(Protocol):
    """A kind of thing in one Grafana. What asks the server raises a ServerError that names it and the thing."""

    prefix: str
    noun: str
    files: str
    """Where its files are below rendered/: a folder, or one file."""

    def wanted(self, files: Mapping[str, bytes]) -> dict[str, Thing]:
        """Return what the files want, by uid, in the order in which it is written; raises FileProblem."""

    def held(self, uids: Collection[str]) -> dict[str, Held]:
        """Return those of the uids that are there, and all else that carries a mark of ours."""

    def batches(self, jobs: Sequence[Job]) -> list[list[Job]]:
        """Return the jobs in lots that are written whole or not at all."""

    def write(self, batch: Sequence[Job]) -> None:
        """Write a lot; raises Conflict where something in it isn't any more as it was read."""

    def delete(self, held: Held) -> None:
        """Delete a thing that is still as it was read; one that is gone is as good."""

    def copy(self, uid: str, content: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return a file from which a rollback restores a thing, and its path below the folder of copies."""

    def copied(self, path: str) -> str:
        """Return the path below rendered/ as which a copy at this path is read, "" where it is of another kind."""


def checksum(uid: str, content: Mapping[str, Any]) -> str:
    """Return the checksum of a thing, 16 hex digits; the uid is part of it, so that a copy's mark is seen to be one."""
    return sha256(orjson.dumps([uid, content], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def marked(uid: str, message: str) -> str:
    """Return a mark as it stands in a thing: whose it is comes first."""
    return f"{uid} {message}"


def mark_of(uid: str, said: object) -> str:
    """Return the mark that stands in a thing, "" where it is that of another: a copy made in the UI has one."""
    owner, _, message = str(said or "").partition(" ")
    return message if owner == uid else ""

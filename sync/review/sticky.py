"""One comment on a pull request, made once and then kept up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sync.diff.markdown import MARK
from sync.errors import DashSyncError

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 65_000


@dataclass(frozen=True)
class Comment:
    """A comment: its id, who wrote it, and its text."""

    id: int
    author: str
    body: str


class Forge(Protocol):
    """Where pull requests are; `author` is who the token comments as."""

    author: str

    def comments(self, number: int) -> Iterable[Comment]:
        """Return the comments on a pull request, the oldest first."""

    def create(self, number: int, body: str) -> None:
        """Write a new comment."""

    def update(self, number: int, comment: int, body: str) -> None:
        """Replace the text of a comment."""

    def delete(self, number: int, comment: int) -> None:
        """Remove a comment."""


def post(forge: Forge, number: int, body: str, *, changed: bool = True) -> str:
    """Make the one comment on a pull request say `body`; return what was done, in a word or two.

    Ours is what begins with our mark and is by our own account: somebody else's that begins so is left alone. Without a
    change there is nothing to say, unless an earlier comment says otherwise.
    """
    if not body.startswith(MARK):
        raise DashSyncError(f"the text does not begin with {MARK}", remedy="Make it with `diff --format markdown`.")
    if len(body) > LONGEST:
        raise DashSyncError(f"the text has {len(body):,} characters, a comment holds {LONGEST:,}", remedy="Shorten it.")
    ours = [one for one in forge.comments(number) if one.author == forge.author and one.body.startswith(MARK)]
    for one in ours[1:]:
        # Two runs at once can have made two.
        forge.delete(number, one.id)
    if not ours:
        if not changed:
            return "no change, no comment"
        forge.create(number, body)
        return "commented"
    if _plain(ours[0].body) == _plain(body):
        return "up to date"
    forge.update(number, ours[0].id, body)
    return "updated"


def _plain(body: str) -> str:
    """Return a text without what a forge makes of line ends."""
    return body.replace("\r\n", "\n").strip()

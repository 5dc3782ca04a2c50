"""A source that knows nothing: for what can be said of a page before its data is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.preview.data import Answer

if TYPE_CHECKING:
    from sync.preview.data import Query, Span


@dataclass
class Silent:
    """No series, no values of labels."""

    name: str = ""
    invents: bool = False

    def ask(self, queries: list[tuple[Query, Span]]) -> list[Answer]:
        """Return answers without series."""
        return [Answer(query) for query, _ in queries]

    def label_values(self, _label: str, _selector: str) -> list[str]:
        """Return none."""
        return []

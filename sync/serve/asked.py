"""A source that is asked for a label's values once, and not at all once it let somebody wait for them in vain."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.preview.data import Answer, Query, Source, Span


@dataclass
class Remembering:
    """Another source, whose label values are shared by all panels of a page; `patience` in seconds."""

    source: Source
    patience: float
    name: str = ""
    invents: bool = False
    _values: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _slow: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.name, self.invents = self.source.name, self.source.invents

    def ask(self, queries: list[tuple[Query, Span]]) -> list[Answer]:
        """Return an answer for each query."""
        return self.source.ask(queries)

    def label_values(self, label: str, selector: str) -> list[str]:
        """Return the known values of a label; none from a source that took all the time there was before."""
        with self._lock:
            if (label, selector) not in self._values:
                started = time.monotonic()
                self._values[label, selector] = [] if self._slow else self.source.label_values(label, selector)
                self._slow = self._slow or time.monotonic() - started >= self.patience
            return self._values[label, selector]

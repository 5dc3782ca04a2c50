"""A dashboard with its data: samples for all of it at once, or each panel's own answers from a Prometheus."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sync.preview import filled
from sync.preview.page import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.preview.colours import Theme
    from sync.preview.drawing import Ready
    from sync.preview.filled import Filled
    from sync.preview.page import Page
    from sync.preview.painting import Painter
    from sync.serve.shelf import Entry

NARROW = 480
"""The width in pixels of a panel on a narrow screen, where every panel has a line of its own."""


@dataclass
class Scene:
    """A dashboard's page; its data is fetched when a panel is first asked for."""

    entry: Entry
    page: Page
    mark: str
    source: Callable[[], Painter]
    _painter: Painter | None = None
    _answers: dict[int, Filled] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _locks: dict[int, threading.Lock] = field(default_factory=dict)

    def ready(self, index: int, theme: Theme, *, size: str = "wide") -> Ready:
        """Return a panel with its data, as wide as it is, narrow, or large."""
        panel = self.page.panels[index]
        found = self._filled(index)
        one = replace(found.page.panels[0], box=box_of(panel.box, size))
        return filled.ready(replace(found, page=replace(found.page, panels=(one,))), theme)[0]

    def title(self, index: int) -> str:
        """Return a panel's title with the variables put in, as far as they are known by now."""
        found = self._answers.get(index)
        panel = self.page.panels[index]
        return found.scope.title(panel.title) if found is not None else panel.title

    def _filled(self, index: int) -> Filled:
        """Return the answers to one panel; a server's slow answer holds up that panel alone."""
        painter = self.painter()
        if painter.source.invents:
            # Samples know of a metric what all of the page's queries say of it.
            with self._lock:
                if index not in self._answers:
                    self._answers = dict(enumerate(_split(painter.answered(self.page))))
                return self._answers[index]
        with self._lock:
            lock = self._locks.setdefault(index, threading.Lock())
        with lock:
            if index not in self._answers:
                self._answers[index] = painter.answered(replace(self.page, panels=(self.page.panels[index],)))
            return self._answers[index]

    def painter(self) -> Painter:
        """Return what asks the page's queries."""
        with self._lock:
            if self._painter is None:
                self._painter = self.source()
            return self._painter


def _split(whole: Filled) -> list[Filled]:
    return [
        replace(whole, page=replace(whole.page, panels=(panel,)), answers=[answers])
        for panel, answers in zip(whole.page.panels, whole.answers, strict=True)
    ]


def box_of(box: Box, size: str) -> Box:
    """Return the box that a panel is drawn in."""
    if size == "narrow":
        return Box(0, 0, NARROW, max(box.h, 110))
    if size == "large":
        return Box(0, 0, 1400, min(max(box.h * 1.6, 480), 1600))
    return box

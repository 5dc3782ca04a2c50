"""Pictures of panels and of differences, each drawn when it is first asked for, and kept by what it shows."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sync.diff import read
from sync.preview import compare, sheet
from sync.preview.colours import THEMES
from sync.preview.page import page
from sync.preview.painting import Painter, painter
from sync.preview.ranges import spaced
from sync.preview.samples.source import NOW, SCRAPE
from sync.preview.variables import scope
from sync.serve.asked import Remembering
from sync.serve.scene import Scene
from sync.serve.silent import Silent

if TYPE_CHECKING:
    from sync.preview.variables import Variable
    from sync.serve.shelf import Entry, Shelf, Snapshot

Sides = tuple[read.Document | None, read.Document | None]
_MOST_SCENES = 24
_MOST_BYTES = 64 * 1024 * 1024
_SECONDS = 15
"""How long a Prometheus' answers are shown before a page asks again: about a scrape."""


@dataclass(frozen=True)
class Asked:
    """What the data is of: a Prometheus or samples, the range and the variables that replace a dashboard's own."""

    prometheus: str | None = None
    timeout: float = 30.0
    begin: str | None = None
    end: str | None = None
    variables: tuple[str, ...] = ()


@dataclass
class Studio:
    """Draws the dashboards of a shelf."""

    shelf: Shelf
    asked: Asked
    _scenes: OrderedDict[str, Scene] = field(default_factory=OrderedDict)
    _pictures: OrderedDict[tuple[object, ...], str] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _scrape: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> str:
        """Return the data's source in words; raises what is wrong with what was asked for, and asks no server."""
        asked = self.asked
        samples = painter(None, begin=asked.begin, end=asked.end, variables=asked.variables)
        samples.answered(page(read.document({"title": "", "panels": []})))
        if not asked.prometheus:
            return "samples"
        from sync.preview.prometheus import Prometheus

        return Prometheus(asked.prometheus).name

    def scene(self, entry: Entry, snapshot: Snapshot, *, begin: str | None = None, end: str | None = None) -> Scene:
        """Return a dashboard with its data; raises what reading its file raises."""
        begin, end = begin or self.asked.begin, end or self.asked.end
        moment = int(time.time() // _SECONDS) if self.asked.prometheus else 0
        said = repr((entry.file, entry.digest, snapshot.facts, begin, end, moment))
        mark = sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        with self._lock:
            known = self._scenes.get(mark)
            if known is not None:
                self._scenes.move_to_end(mark)
                return known
        found = Scene(entry, page(self.shelf.document(entry)), mark, lambda: self._painter(begin, end))
        with self._lock:
            found = self._scenes.setdefault(mark, found)
            while len(self._scenes) > _MOST_SCENES:
                self._scenes.popitem(last=False)
        return found

    def variables(self, scene: Scene) -> list[Variable]:
        """Return a page's variables as it opens; a server is not waited for, so its choices are left open."""
        painter = scene.painter() if not self.asked.prometheus else Painter(Silent(), SCRAPE, NOW, given=self._given())
        found = scope(scene.page.variables, painter.source, spaced(0, 1), scrape=painter.scrape, given=painter.given)
        return [one for one in found.variables.values() if not one.hidden]

    def known(self, mark: str) -> Scene | None:
        """Return a scene that a page was made of, while it is kept."""
        with self._lock:
            return self._scenes.get(mark)

    def picture(self, scene: Scene, index: int, *, theme: str, size: str) -> str:
        """Return a panel as SVG."""
        key = (scene.mark, index, theme, size)
        found = self._kept(key)
        if found is None:
            found = sheet.alone(scene.ready(index, THEMES[theme], size=size)).svg()
            self._keep(key, found)
        return found

    def before_and_after(self, sides: Sides, *, theme: str, mark: str) -> str | None:
        """Return a dashboard's two sides as one SVG, None where no panel changed; `mark` names this state of both."""
        key = ("difference", mark, theme)
        found = self._kept(key)
        if found is None:
            fill = self._painter(self.asked.begin, self.asked.end).fill
            drawn = compare.pictures(*sides, THEMES[theme], fill=fill)
            if drawn is None:
                return None
            found = drawn.svg
            self._keep(key, found)
        return found

    def _painter(self, begin: str | None, end: str | None) -> Painter:
        """Return a fresh one: samples remember what they were asked, and a server may have come back."""
        asked = self.asked
        if not asked.prometheus:
            return painter(self.shelf.directory, begin=begin, end=end, variables=asked.variables)
        from sync.preview.prometheus import Prometheus

        server = Prometheus(asked.prometheus, timeout=asked.timeout)
        with self._lock:
            scrape = self._scrape
        if not scrape:
            scrape = server.scrape_interval()
            with self._lock:
                self._scrape = scrape
        patient = Remembering(server, patience=asked.timeout)
        return Painter(patient, scrape, datetime.now(UTC), begin, end, self._given())

    def _given(self) -> dict[str, str]:
        return painter(None, variables=self.asked.variables).given

    def _kept(self, key: tuple[object, ...]) -> str | None:
        with self._lock:
            found = self._pictures.get(key)
            if found is not None:
                self._pictures.move_to_end(key)
            return found

    def _keep(self, key: tuple[object, ...], picture: str) -> None:
        with self._lock:
            self._bytes += len(picture) - len(self._pictures.pop(key, ""))
            self._pictures[key] = picture
            while self._bytes > _MOST_BYTES:
                self._bytes -= len(self._pictures.popitem(last=False)[1])

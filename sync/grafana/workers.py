"""Requests at once: as many as asked for, fewer while the server says that it is too much."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")

AUTO = 8
CALM = 25


class Workers:
    """A number of threads: `slow_down` halves it, down to one; every 25 calls without a complaint add one again."""

    def __init__(self, most: int = AUTO) -> None:
        self.most = most
        self._allowed = most
        self._running = 0
        self._calm = 0
        self._changed = threading.Condition()

    @property
    def allowed(self) -> int:
        """Return how many may run at once just now."""
        return self._allowed

    def slow_down(self) -> None:
        """Take in that the server complained."""
        with self._changed:
            self._allowed = max(1, self._allowed // 2)
            self._calm = 0

    def map(self, call: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
        """Yield each item with its result as they come; what a call raises is raised here, the rest is not begun."""
        pool = ThreadPoolExecutor(self.most, thread_name_prefix="grafana")
        try:
            waiting = {pool.submit(self._call, call, item): item for item in items}
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _call(self, call: Callable[[Item], Result], item: Item) -> Result:
        with self._changed:
            self._changed.wait_for(lambda: self._running < self._allowed)
            self._running += 1
        try:
            return call(item)
        finally:
            with self._changed:
                self._running -= 1
                self._calm += 1
                if self._calm >= CALM and self._allowed < self.most:
                    self._allowed += 1
                    self._calm = 0
                self._changed.notify_all()

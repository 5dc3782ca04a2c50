"""One browser for all tests of a process, and pages in which nothing goes wrong unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from stack.tools import tool
from tests.sync.sandbox.client import Client
from tests.sync.serve.site import Folder

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 60_000
"""Milliseconds after which a condition is given up: so many that only what never comes true reaches them."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=tool("chromium-headless-shell"), args=FLAGS)
        yield launched
        launched.close()


@dataclass
class Reader:
    """Somebody with a browser; what the console says, what fails, and what is asked elsewhere is kept."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, url: str, **settings: Any) -> Page:
        """Open a page in a profile of its own."""
        context = self.browser.new_context(**({"viewport": {"width": 1400, "height": 900}} | settings))
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self.problems.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(url)
        return page

    @contextmanager
    def at(self, folder: Folder, **wanted: Any) -> Iterator[Client]:
        """Have a folder served; its pages are left before the server ends, so that none misses it."""
        with folder.served(**wanted) as client:
            try:
                yield client
            finally:
                self.leave()

    def leave(self) -> None:
        """Close every page."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    found = Reader(browser)
    yield found
    found.leave()
    assert found.problems == []
    assert [url for url in found.asked if not url.startswith("http://127.0.0.1:")] == []


def until(page: Page, condition: Callable[[], Any]) -> Any:
    """Wait until a condition holds, and return what it gave."""
    for _ in range(PATIENCE // 20):
        found = condition()
        if found:
            return found
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


def settled(page: Page) -> None:
    """Wait until every picture in sight is drawn."""
    script = """() => [...document.images].every((one) => {
      const box = one.getBoundingClientRect();
      const unseen = one.closest("details:not([open])") || box.top > innerHeight || box.bottom < 0;
      return unseen || (one.complete && one.naturalWidth > 0);
    })"""
    until(page, lambda: page.evaluate(script))

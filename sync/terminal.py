"""The terminal: questions, and progress while there is somebody to see it."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import click

from sync.errors import Interrupted, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.report import Report


def is_terminal() -> bool:
    """Tell whether somebody can read a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask yes or no on stderr; no is the default."""
    return click.confirm(question, default=False, err=True)


def require_yes(question: str, *, yes: bool) -> None:
    """Go on if --yes was said or somebody answers yes; raises Unanswered otherwise."""
    if yes:
        return
    if not is_terminal():
        raise Unanswered(f"not answered, since there is no terminal to ask on: {question}")
    if not ask(question):
        raise Unanswered("the answer was no", remedy="")


def interrupted(report: Callable[[], Report], *, remedy: str = Interrupted.remedy) -> Interrupted:
    """Return what ends an interrupted run, with its list; from here on Ctrl-C isn't heard, since the list is due."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            signal.signal(number, signal.SIG_IGN)
    return Interrupted("interrupted", remedy=remedy, report=report())


@contextlib.contextmanager
def progress(what: str, total: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Show a bar with rate and time left on stderr; yields what to call after each item."""
    if not shown or total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, rate="")
        started, done = time.monotonic(), 0

        def advance() -> None:
            nonlocal done
            done += 1
            bar.update(task, advance=1, rate=f"{done / max(time.monotonic() - started, 0.001):.0f}/s")

        yield advance

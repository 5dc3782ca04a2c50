"""A run: files in, problems out. Files are read once; rules run in as many processes as pay."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.dashboard import Dashboard
from sync.lint.loading import Loaded, load
from sync.lint.managed import ManagedRules
from sync.lint.positions import JsonPositions, YamlPositions, within
from sync.lint.problem import Finding, Pointer, Problem, Severity
from sync.lint.project import Project
from sync.lint.query import Queries, Query
from sync.lint.registry import RULES
from sync.lint.rule import KINDS, Rule
from sync.lint.rule_file import RuleFile
from sync.lint.runbook import Runbook
from sync.lint.secret_looks import hidden
from sync.lint.settings import Settings

WORTH_A_PROCESS = 1_500_000
"""Bytes of input from which a second process saves more than it costs (some 30 ms)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding belongs: a file, a pointer into it, the panel or alert; `find` places a pointer otherwise."""

    loaded: Loaded
    pointer: Pointer = ()
    panel: str = ""
    offset: int = 0
    text: str = ""
    find: Callable[[Pointer], Pointer] | None = None


class Run:
    """One run over the contents of files, given by path."""

    def __init__(
        self, contents: Mapping[str, bytes], settings: Settings, *, knowledge: Mapping[str, bytes] | None = None
    ) -> None:
        self.queries = Queries()
        self.project = Project(settings)
        self.loaded = [load(path, content, self.queries) for path, content in contents.items()]
        beside = [load(path, content, self.queries) for path, content in (knowledge or {}).items()]
        for loaded in (*self.loaded, *beside):
            self.project.add(loaded)
        self.rules = [rule for rule in RULES if settings.severities.get(rule.name, rule.severity) is not None]
        self._by_name = {rule.name: rule for rule in self.rules}
        self._checks = {
            kind: [(rule, check) for rule in self.rules if (check := getattr(rule, kind))] for kind in KINDS
        }
        self._seen: dict[Query, list[tuple[Rule, Finding]]] = {}

    def problems(self, *, workers: int | None = None) -> list[Problem]:
        """Run the rules and return what they find, in the order of files and lines."""
        slices = self._slices(workers)
        found = self.some(range(len(self.loaded))) if len(slices) < 2 else _in_processes(self, slices)
        return sorted(set_of(found), key=lambda problem: problem.order)

    def _slices(self, workers: int | None) -> list[list[int]]:
        size = sum(len(loaded.text) for loaded in self.loaded)
        if workers is None:
            workers = min(_cpus(), 1 + size // WORTH_A_PROCESS)
        if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
            return []
        slices: list[list[int]] = [[] for _ in range(workers)]
        filled = [0] * workers
        for number in sorted(range(len(self.loaded)), key=lambda number: -len(self.loaded[number].text)):
            least = filled.index(min(filled))
            slices[least].append(number)
            filled[least] += len(self.loaded[number].text)
        return [each for each in slices if each]

    def some(self, numbers: Iterable[int]) -> list[Problem]:
        """Return the problems of some of the files."""
        return [problem for number in numbers for problem in self._file(self.loaded[number])]

    def _file(self, loaded: Loaded) -> Iterator[Problem]:
        for name, finding, offset in loaded.findings:
            if name in self._by_name:
                yield self._problem(self._by_name[name], finding, Place(loaded, offset=offset))
        yield from self._each("document", loaded, Place(loaded))
        for document in loaded.documents:
            match document:
                case Dashboard():
                    yield from self._dashboard(document, loaded)
                case RuleFile():
                    yield from self._rule_file(document, loaded)
                case AlertmanagerConfig():
                    yield from self._each("alertmanager", document, Place(loaded, find=document.place))
                case ManagedRules():
                    yield from self._managed(document, loaded)
                case Runbook():
                    yield from self._runbook(document, loaded)
                case _:
                    pass
        for inside in loaded.inside:
            yield from self._file(inside)

    def _dashboard(self, dashboard: Dashboard, loaded: Loaded) -> Iterator[Problem]:
        titles = {panel.place(part): panel.name for panel in dashboard.panels for part in ((), ("gridPos",))}
        for problem in self._each("dashboard", dashboard, Place(loaded, dashboard.base)):
            yield _named(problem, titles)
        for panel in dashboard.panels:
            yield from self._each("panel", panel, Place(loaded, panel=panel.name, find=panel.place))
        for target in dashboard.targets:
            yield from self._each("target", target, Place(loaded, target.pointer, target.panel.name))
        for variable in dashboard.variables:
            yield from self._each("variable", variable, Place(loaded, variable.pointer))
        yield from self._queries(dashboard, loaded)

    def _rule_file(self, file: RuleFile, loaded: Loaded) -> Iterator[Problem]:
        names = {rule.pointer: rule.name for group in file.groups for rule in group.rules}
        for problem in self._each("rule_file", file, Place(loaded, file.base)):
            yield _named(problem, names)
        for group in file.groups:
            yield from self._each("group", group, Place(loaded, group.pointer, group.name))
            for rule in group.rules:
                yield from self._each("rule", rule, Place(loaded, rule.pointer, rule.name))
        yield from self._queries(file, loaded)

    def _managed(self, document: ManagedRules, loaded: Loaded) -> Iterator[Problem]:
        for rule, find in document.alerts:
            yield from self._each("managed", rule, Place(loaded, panel=rule.name, find=find))
        yield from self._queries(document, loaded)

    def _runbook(self, runbook: Runbook, loaded: Loaded) -> Iterator[Problem]:
        yield from self._each("runbook", runbook, Place(loaded))
        for query, offset in runbook.queries:
            for rule, finding in self._query(query):
                yield self._problem(rule, finding, Place(loaded, offset=offset))

    def _queries(self, document: Dashboard | RuleFile | ManagedRules, loaded: Loaded) -> Iterator[Problem]:
        for query, pointer, panel in document.places:
            for rule, finding in self._query(query):
                yield self._problem(rule, finding, Place(loaded, pointer, panel, text=query.text))

    def _query(self, query: Query) -> list[tuple[Rule, Finding]]:
        if query not in self._seen:
            checks = self._checks["query"]
            self._seen[query] = [(rule, finding) for rule, check in checks for finding in check(query, self.project)]
        return self._seen[query]

    def _each(self, kind: str, item: Any, place: Place) -> Iterator[Problem]:
        for rule, check in self._checks[kind]:
            for finding in check(item, self.project):
                yield self._problem(rule, finding, place)

    def _problem(self, rule: Rule, finding: Finding, place: Place) -> Problem:
        loaded, pointer = place.loaded, (*place.pointer, *finding.pointer)
        if place.find is not None:
            pointer = place.find(finding.pointer)
        line, column = 1, 1
        if isinstance(loaded.positions, (JsonPositions, YamlPositions)) and not place.offset:
            start, end = loaded.positions.span(pointer)
            if isinstance(finding.piece, int) and not pointer:
                start = finding.piece
            else:
                start += _piece(loaded.text[start:end], place.text, finding.piece)
            line, column = loaded.place(start)
        elif loaded.positions is not None:
            extra = finding.piece if isinstance(finding.piece, int) else 0
            line, column = loaded.place(place.offset + extra)
        settings = self.project.settings.severities
        severity = settings.get(rule.name) or finding.severity or rule.severity or Severity.INFO
        return Problem(
            path=loaded.path,
            line=line,
            column=column,
            severity=severity,
            rule=rule.name,
            message=hidden(finding.message),
            panel=place.panel,
            pointer=pointer,
            fix=finding.fix if loaded.outside is None else None,
        )


@contextmanager
def uncollected() -> Iterator[None]:
    """Leave the collector off for a run, and for the processes that it starts.

    What is read stays until the end, and looking through it costs a fifth of a run.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def set_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with those that say the same of the same place left out."""
    return list({problem.order: problem for problem in problems}.values())


def _named(problem: Problem, names: Mapping[Pointer, str]) -> Problem:
    """Give a problem of a whole file the name of the panel or rule that it points into."""
    pointer = problem.pointer
    ends = range(len(pointer), 0, -1)
    name = next((names[pointer[:end]] for end in ends if pointer[:end] in names), "")
    return replace(problem, panel=name) if name else problem


def _piece(written: str, text: str, piece: str | int | None) -> int:
    """Return how far into a value, as the file writes it, a piece of it stands."""
    if piece is None or piece == 0:
        return 0
    if isinstance(piece, int):
        return within(written, text, piece)
    return within(written, text, text.find(piece)) if piece in text else max(0, written.find(piece))


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


_forked: Run | None = None


def _slice(numbers: list[int]) -> list[Problem]:
    return _forked.some(numbers) if _forked is not None else []


def _leave_signals() -> None:
    """Leave Ctrl-C to the first process: it ends the others, and no one of them says what it was doing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _in_processes(run: Run, slices: list[list[int]]) -> list[Problem]:
    """Hand the files to forked processes: they inherit what is read, so only problems travel."""
    global _forked  # noqa: PLW0603 what a forked process finds where it starts
    _forked = run
    gc.freeze()
    try:
        with multiprocessing.get_context("fork").Pool(len(slices), initializer=_leave_signals) as pool:
            found = pool.map(_slice, slices, chunksize=1)
            pool.close()
            pool.join()  # let go, and not ended by the signal that leaving the pool sends
        return [problem for some in found for problem in some]
    finally:
        gc.unfreeze()
        _forked = None

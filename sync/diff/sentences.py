"""Changes in sentences: the one wording that every format for people shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sync.diff.values import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.change import Change, Difference, Item

NOISE = {
    "ids": ("id", "ids"),
    "order": ("change of order", "changes of order"),
    "defaults": ("default", "defaults"),
    "migrations": ("migration", "migrations"),
    "layout": ("panel that only made room", "panels that only made room"),
    "formatting": ("query or duration spelled otherwise", "queries or durations spelled otherwise"),
}
KINDS = {"dashboard": "dashboard", "rules": "rule file", "file": "other file"}
SHARED_BY = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line in parts: "subject verb", then values before and after, then details; `panels` is how many share it."""

    head: str
    before: str | None
    after: str | None
    details: tuple[str, ...]
    line: int
    op: str
    query: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences under one heading: "" for the dashboard itself, else the panel, row, variable or rule."""

    heading: str
    sentences: tuple[Sentence, ...]
    shared_by: tuple[str, ...] = ()


def groups(item: Item) -> list[Group]:
    """Return an item's changes grouped by what they are of; what three or more panels share is said once."""
    shared, rest = _shared(item.changes)
    found: dict[str, list[Sentence]] = defaultdict(list)
    for change in rest:
        found[change.where[0] if change.where else ""].append(sentence(change))
    together = [Group(f"{len(names)} panels", (sentence(change),), tuple(names)) for change, names in shared]
    return [*(Group(heading, tuple(lines)) for heading, lines in found.items() if not heading), *together,
            *(Group(heading, tuple(lines)) for heading, lines in found.items() if heading)]  # fmt: skip


def _shared(changes: Sequence[Change]) -> tuple[list[tuple[Change, list[str]]], list[Change]]:
    alike: dict[tuple[object, ...], list[Change]] = defaultdict(list)
    for change in changes:
        if change.where and change.where[0].startswith("panel ") and change.what != "title":
            alike[_likeness(change)].append(change)
    shared = {key: found for key, found in alike.items() if len({one.where[0] for one in found}) >= SHARED_BY}
    rest = [change for change in changes if not change.where or _likeness(change) not in shared]
    return [
        (replace(found[0], where=("", *found[0].where[1:])), [one.where[0] for one in found])
        for found in shared.values()
    ], rest


def _likeness(change: Change) -> tuple[object, ...]:
    return (change.where[1:], change.what, change.op, change.before, change.after, change.details)


def alike(items: Sequence[Item]) -> list[list[int]]:
    """Return the positions of items, those of three or more together that changed in just the same way."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        same = (item.kind, item.status, *((change.where, *_likeness(change)) for change in item.changes))
        found[same if item.changes else (index,)].append(index)
    together = [group if len(group) >= SHARED_BY else [index] for group in found.values() for index in group[:1]]
    rest = [[index] for group in found.values() if len(group) < SHARED_BY for index in group[1:]]
    return sorted(together + rest)


def sentence(change: Change) -> Sentence:
    """Return a change in words."""
    inner = " ".join([*change.where[1:], change.what])
    query = change.what == "query"
    if query:
        inner = change.where[-1] if len(change.where) > 1 else "query"
    match change.op:
        case "added" | "removed" | "moved":
            head = f"{inner} {change.op}"
        case _:
            head = inner
    return Sentence(head, change.before, change.after, change.details, change.line, change.op, query)


def counts(difference: Difference) -> str:
    """Return the whole difference in a phrase: "2 dashboards changed, 1 added, 1 rule file changed"."""
    parts = []
    for kind, noun in KINDS.items():
        found = Counter(item.status for item in difference.of(kind))
        for index, status in enumerate(status for status in ("changed", "added", "removed", "moved") if found[status]):
            parts.append(f"{plural(found[status], noun)} {status}" if index == 0 else f"{found[status]} {status}")
    if difference.problems:
        parts.append(f"{plural(len({problem.file for problem in difference.problems}), 'file')} not compared")
    return ", ".join(parts) or "no change"


def gist(item: Item) -> str:
    """Return an item's changes in a phrase for a table: "3 panels changed, 1 added; 2 variables"."""
    if item.status in {"added", "removed"}:
        return item.summary
    subjects: dict[str, set[str]] = defaultdict(set)
    own = []
    for change in item.changes:
        name = change.where[0] if change.where else change.what
        kind = next((noun for noun in NOUNS if name.startswith(noun + " ") or f" {noun} " in f" {name} "), "")
        if not kind or (not change.where and change.op not in {"added", "removed", "moved"}):
            own.append("time range" if change.what.startswith("time range ") else change.what)
            continue
        subjects[f"{kind} {'changed' if change.where else change.op}"].add(name)
    phrases = [
        f"{plural(len(names), subject.partition(' ')[0])} {subject.partition(' ')[2]}"
        for subject, names in subjects.items()
    ]
    return ", ".join([*dict.fromkeys(own), *phrases])


NOUNS = ("panel", "row", "tab", "variable", "annotation", "link", "alert", "record", "group")


def noise(hidden: dict[str, int]) -> str:
    """Return what was left out, counted: "12 defaults, 3 ids"."""
    return ", ".join(f"{hidden[name]} {words[hidden[name] > 1]}" for name, words in NOISE.items() if hidden.get(name))


def value(text: str | None) -> str:
    """Return a value to show, absent ones as a dash."""
    return "–" if text is None else text

"""Two sets of files into their difference: equal files are never opened, what can't be read is named and left out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sync.diff import build, dashboards, read, rules
from sync.diff.assign import pair
from sync.diff.change import Change, Difference, Item, Problem, Side, total
from sync.diff.lines import located
from sync.diff.panels import panel_summary
from sync.diff.tree import leaves, likeness

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.diff.filesets import Files
    from sync.diff.model import Dashboard

RULES = {".yaml", ".yml"}


@dataclass
class _Opened:
    """A file of one side that may differ, with what it turned out to be."""

    path: str
    content: bytes
    dashboard: Dashboard | None = None
    library: read.LibraryPanel | None = None
    rule_file: rules.RuleFile | None = None

    @property
    def folder(self) -> str:
        """Return the folder in Grafana: the directories below dashboards/ or library/."""
        path = PurePosixPath(self.path.removeprefix("dashboards/" if self.library is None else "library/"))
        return path.parent.as_posix().removeprefix(".")

    def side(self) -> Side:
        if self.dashboard is None:
            return Side(file=self.path)
        return Side(self.path, self.folder, self.dashboard.title, self.dashboard.uid)


@dataclass
class Comparer:
    """Compares two sets; `select` says which dashboards count, by uid and place."""

    before: Files
    after: Files
    select: Callable[[str, str], bool] = lambda _uid, _place: True
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    unchanged: int = 0
    same: list[str] = field(default_factory=list)
    hidden: list[dict[str, int]] = field(default_factory=list)

    def difference(self) -> Difference:
        """Return what is not alike."""
        old, new = self._differing()
        sides = [self._open(self.before, old, "before"), self._without_copies(self._open(self.after, new, "after"))]
        # The other side of a file that can't be read is neither new nor gone.
        sides = [[one for one in side if one.path not in self.unreadable] for side in sides]
        items = [*self._dashboards(*sides), *self._rule_files(*sides), *self._others(*sides)]
        order = {"dashboard": 0, "rules": 1, "file": 2}
        items.sort(key=lambda item: (order[item.kind], item.side.folder, item.side.file))
        return Difference(
            self.before.label, self.after.label, tuple(items), tuple(self.problems), self.unchanged, total(self.hidden)
        )

    def _differing(self) -> tuple[list[str], list[str]]:
        """Return the paths of each side whose content isn't the same on the other."""
        old, new = dict(self.before.sizes), dict(self.after.sizes)
        for path in [path for path, size in old.items() if new.get(path) == size]:
            if self.before.blob(path) == self.after.blob(path):
                self.unchanged += 1
                self.same.append(path)
                del old[path], new[path]
        return list(old), list(new)

    def _open(self, files: Files, paths: list[str], side: str) -> list[_Opened]:
        opened = []
        for path, content in files.read(paths).items():
            found = _Opened(path, content)
            try:
                if path.endswith(".json"):
                    data = read.parse(content)
                    found.library = None if path.startswith("dashboards/") else read.library_panel(data)
                    found.dashboard = None if found.library else build.build(read.document(data))
                elif PurePosixPath(path).suffix in RULES:
                    found.rule_file = rules.parse(content)
            except read.NoDashboardError as problem:
                if path.startswith("dashboards/") or len(files.sizes) == 1:
                    self._problem(side, files, path, problem.what)
                    continue
            except read.UnreadableError as problem:
                self._problem(side, files, path, problem.what, line=problem.line, column=problem.column)
                continue
            except rules.NoRulesError:
                pass
            if found.dashboard is None or self.select(
                found.dashboard.uid, path.removeprefix("dashboards/").removesuffix(".json")
            ):
                opened.append(found)
        return opened

    def _problem(self, side: str, files: Files, path: str, what: str, *, line: int = 0, column: int = 0) -> None:
        self.unreadable.add(path)
        self.problems.append(Problem(side, _shown(files, path), what, line, column))

    def _without_copies(self, opened: list[_Opened]) -> list[_Opened]:
        """Leave out, and name, the new files whose uid another file has: Grafana could hold one of them only."""
        by_uid: dict[str, list[_Opened]] = defaultdict(list)
        for one in opened:
            if one.dashboard is not None and one.dashboard.uid:
                by_uid[one.dashboard.uid].append(one)
        new = {one.path for one in opened if one.path not in self.before.sizes}
        holders = self._unchanged({uid for uid, ones in by_uid.items() if any(one.path in new for one in ones)})
        copies = set()
        for uid, ones in by_uid.items():
            ones.sort(key=lambda one: one.path in new)
            holder = holders.get(uid) or ones.pop(0).path
            for one in ones:
                what = f"its uid {uid!r} is that of {holder} too"
                self.problems.append(Problem("after", _shown(self.after, one.path), what))
            copies |= {one.path for one in ones} & new
        return [one for one in opened if one.path not in copies]

    def _unchanged(self, uids: set[str]) -> dict[str, str]:
        """Return which of the files that are the same on both sides holds each of these uids."""
        paths = [path for path in self.same if path.endswith(".json")] if uids else []
        sought = {json.dumps(uid).encode(): uid for uid in uids}
        found: dict[str, str] = {}
        for path, content in self.after.read(paths).items():
            for quoted in [quoted for quoted in sought if quoted in content]:
                try:
                    uid = read.document(read.parse(content)).uid
                except (read.NoDashboardError, read.UnreadableError):
                    continue
                if uid == sought[quoted]:
                    found.setdefault(uid, path)
        return found

    def _dashboards(self, before: list[_Opened], after: list[_Opened]) -> list[Item]:
        old = [one for one in before if one.dashboard is not None]
        new = [one for one in after if one.dashboard is not None]
        pairs = _paired(old, new)
        lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
        items = [self._gone_or_new(one, None) for index, one in enumerate(old) if index not in lefts]
        items += [self._gone_or_new(None, one) for index, one in enumerate(new) if index not in rights]
        for left, right in pairs:
            item = self._dashboard(old[left], new[right])
            if item is not None:
                items.append(item)
        return items

    def _gone_or_new(self, old: _Opened | None, new: _Opened | None) -> Item:
        one = new or old
        assert one is not None  # noqa: S101 (one of them is given)
        if one.dashboard is not None:
            kind, summary = "dashboard", dashboards.summary(one.dashboard)
        elif one.rule_file is not None:
            kind, summary = "rules", rules.summary(one.rule_file)
        elif one.library is not None:
            (panel,) = build.library_file(one.library).library.values()
            kind, summary = "file", panel_summary(panel)
        else:
            kind, summary = "file", ""
        return Item(
            kind,
            "added" if new else "removed",
            old.side() if old else None,
            new.side() if new else None,
            summary=summary,
        )

    def _dashboard(self, old: _Opened, new: _Opened) -> Item | None:
        assert old.dashboard is not None  # noqa: S101 (the caller chose dashboards)
        assert new.dashboard is not None  # noqa: S101
        found = dashboards.compare(old.dashboard, new.dashboard)
        changes = [*self._moves(old, new), *found.changes]
        self.hidden.append(dict(found.hidden))
        if not changes:
            self.unchanged += 1
            return None
        changes = located(changes, before=old.content, after=new.content)
        status = "moved" if all(change.what == "folder" for change in changes) else "changed"
        return Item("dashboard", status, old.side(), new.side(), tuple(changes), dict(found.hidden))

    def _moves(self, old: _Opened, new: _Opened) -> list[Change]:
        found = []
        if old.folder != new.folder:
            found.append(Change((), "folder", "moved", old.folder or "the root", new.folder or "the root"))
        names = PurePosixPath(old.path).name, PurePosixPath(new.path).name
        if names[0] != names[1] and self.before.shown and self.after.shown:
            found.append(Change((), "file", "renamed", names[0], names[1]))
        return found

    def _rule_files(self, before: list[_Opened], after: list[_Opened]) -> list[Item]:
        old = {one.path: one for one in before if one.rule_file is not None}
        new = {one.path: one for one in after if one.rule_file is not None}
        items = []
        for path in dict.fromkeys([*old, *new]):
            left, right = old.get(path), new.get(path)
            if left is None or right is None or left.rule_file is None or right.rule_file is None:
                items.append(self._gone_or_new(left, right))
                continue
            found = rules.compare(left.rule_file, right.rule_file)
            self.hidden.append(dict(found.hidden))
            if found.changes:
                changes = located(found.changes, before=left.content, after=right.content, yaml=True)
                items.append(Item("rules", "changed", left.side(), right.side(), tuple(changes), dict(found.hidden)))
            else:
                self.unchanged += 1
        return items

    def _others(self, before: list[_Opened], after: list[_Opened]) -> list[Item]:
        plain = [
            {one.path: one for one in side if one.dashboard is None and one.rule_file is None}
            for side in (before, after)
        ]
        # A panel of the library may have moved to another file: its uid says so.
        gone = {one.library.uid: path for path, one in plain[0].items() if one.library and path not in plain[1]}
        for path, one in plain[1].items():
            if one.library and path not in plain[0] and one.library.uid in gone:
                plain[0][path] = plain[0].pop(gone.pop(one.library.uid))
        items = []
        for path in dict.fromkeys([*plain[0], *plain[1]]):
            left, right = plain[0].get(path), plain[1].get(path)
            if left is None or right is None:
                items.append(self._gone_or_new(left, right))
            elif left.library is None or right.library is None:
                items.append(Item("file", "changed", left.side(), right.side()))
            elif item := self._library(left, right, left.library, right.library):
                items.append(item)
        return items

    def _library(self, old: _Opened, new: _Opened, before: read.LibraryPanel, after: read.LibraryPanel) -> Item | None:
        found = dashboards.compare(build.library_file(before), build.library_file(after))
        self.hidden.append(dict(found.hidden))
        changes = [*self._moves(old, new), *found.changes]
        if before.name != after.name:
            changes = [Change((), "name", "renamed", before.name, after.name, path=("name",)), *changes]
        if not changes:
            self.unchanged += 1
            return None
        changes = located(changes, before=old.content, after=new.content)
        status = "moved" if all(change.what == "folder" for change in changes) else "changed"
        return Item("file", status, old.side(), new.side(), tuple(changes), dict(found.hidden))


def _shown(files: Files, path: str) -> str:
    """Return a file as the user would name it."""
    return files.shown + path if files.shown.endswith("/") or not files.shown else files.shown


def _paired(old: list[_Opened], new: list[_Opened]) -> list[tuple[int, int]]:
    """Return which dashboard is which: by uid, by file, by title, by content."""
    pairs: list[tuple[int, int]] = []
    lefts, rights = set(range(len(old))), set(range(len(new)))

    def take(key: Callable[[_Opened], object]) -> None:
        known: dict[object, int] = {}
        for right in sorted(rights, reverse=True):
            known[key(new[right])] = right
        for left in sorted(lefts):
            value = key(old[left])
            if value and value in known:
                right = known.pop(value)
                pairs.append((left, right))
                lefts.discard(left)
                rights.discard(right)

    take(lambda one: one.dashboard and one.dashboard.uid and (one.dashboard.uid, one.path))
    take(lambda one: one.dashboard and one.dashboard.uid)
    take(lambda one: one.path)
    take(lambda one: one.dashboard and one.dashboard.title and (one.dashboard.title, one.folder))
    if len(lefts) * len(rights) <= 2500:
        pairs += _by_content(old, new, lefts, rights)
    return pairs


def _by_content(old: list[_Opened], new: list[_Opened], lefts: set[int], rights: set[int]) -> list[tuple[int, int]]:
    said: dict[tuple[str, int], Counter[tuple[str, str]]] = {}
    for side, ones, indices in (("old", old, lefts), ("new", new, rights)):
        for index in indices:
            dashboard = ones[index].dashboard
            panels = dashboard.panels if dashboard else ()
            said[side, index] = leaves(
                [{"title": panel.title, "queries": [query.text for query in panel.queries]} for panel in panels]
            )
    values = ((left, right, likeness(said["old", left], said["new", right])) for left in lefts for right in rights)
    return pair((left, right, value) for left, right, value in values if value >= 0.6 and said["old", left])


def compare(before: Files, after: Files, *, select: Callable[[str, str], bool] | None = None) -> Difference:
    """Return the difference of two sets of files."""
    return (Comparer(before, after, select) if select is not None else Comparer(before, after)).difference()

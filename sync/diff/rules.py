"""Two rule files into the changes between their alerts and recording rules."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.diff import managed, promql, words
from sync.diff.change import Change
from sync.diff.read import DEEPEST, UnreadableError
from sync.diff.strip import strip
from sync.diff.tree import Name, aligned, edits
from sync.diff.values import Json, listing, mapping, plural, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.diff.read import Path
    from sync.diff.tree import Edit

WORDS = {"for": "for", "keep_firing_for": "keeps firing for", "expr": "query", "interval": "evaluated every"}
DURATIONS = frozenset({"for", "keep_firing_for", "interval", "query_offset"})
NOT_AT_ALL = frozenset({"for", "keep_firing_for"})
"""The durations that are none where they aren't written."""
LISTS = frozenset({"data"})
"""What of a rule holds entries with names of their own: the steps of one that Grafana evaluates."""


class NoRulesError(Exception):
    """A YAML file that holds no rule groups."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert or a recording rule, its group, and where it stands; `asks` is the way from there to its query."""

    kind: str
    name: str
    group: str
    query: str
    tree: Json
    path: Path
    asks: Path = ("expr",)

    @property
    def called(self) -> str:
        """Return what people call it."""
        return f"{self.kind} {words.quoted(self.name)}"


@dataclass
class RuleFile:
    """The groups of a rule file, and its rules in order."""

    groups: dict[str, Json] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)


def parse(content: bytes) -> RuleFile:
    """Return the rules of a Prometheus rule file or a PrometheusRule; NoRulesError where it is another YAML file."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(content, Loader=loader)  # noqa: S506 (both are safe loaders)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise UnreadableError(f"it is not YAML: {error.problem}", line=line, column=column) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableError(f"it is not YAML: {error}") from None
    data = _with_text_keys(data)
    root: Path = ()
    if isinstance(mapping(data).get("spec"), dict):
        data, root = data["spec"], ("spec",)
    if not isinstance(mapping(data).get("groups"), list):
        raise NoRulesError
    return _rule_file(data["groups"], root=(*root, "groups"))


def _with_text_keys(data: Any, depth: int = 0) -> Any:
    """Return YAML as JSON has it: keys are text, and nothing holds itself, which an alias in YAML can."""
    if depth > DEEPEST:
        raise UnreadableError(f"it is nested deeper than {DEEPEST} levels, or holds itself")
    if isinstance(data, dict):
        return {str(key): _with_text_keys(value, depth + 1) for key, value in data.items()}
    return [_with_text_keys(value, depth + 1) for value in data] if isinstance(data, list) else data


def _rule_file(groups: list[Any], *, root: Path) -> RuleFile:
    found = RuleFile()
    for position, group in enumerate(groups):
        if not isinstance(group, dict):
            continue
        name = text(group.get("name")) or str(position + 1)
        found.groups[name] = {key: value for key, value in group.items() if key not in {"name", "rules"}}
        for index, rule in enumerate(listing(group.get("rules"))):
            if isinstance(rule, dict):
                found.rules.append(_rule(rule, group=name, path=(*root, position, "rules", index)))
    return found


def _rule(rule: Json, *, group: str, path: Path) -> Rule:
    kind = "record" if text(rule.get("record")) else "alert"
    query, asks, rule = managed.asked(rule) if "data" in rule else (text(rule.get("expr")), ("expr",), rule)
    # Grafana's own alert rules have a title, and their queries in `data`.
    name = text(rule.get(kind)) or text(rule.get("title"))
    tree = strip(
        {key: value for key, value in rule.items() if key not in {"alert", "record", "title", "expr"}}, {}, dropped=[]
    )
    return Rule(kind, name, group, query, tree, path, asks)


@dataclass
class RuleComparison:
    """The changes between two rule files, and what was spelling only."""

    changes: list[Change]
    hidden: Counter[str]


def compare(before: RuleFile, after: RuleFile) -> RuleComparison:
    """Return what differs between two rule files; rules are paired by what they are, not by position."""
    hidden: Counter[str] = Counter()
    renamed = _renamed_groups(before, after)
    changes = list(_group_changes(before, after, renamed, hidden))
    pairs = aligned([_identity(rule) for rule in before.rules], [_identity(rule) for rule in after.rules])
    lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
    changes += [
        Change((), rule.called, "removed", details=(words.clipped(_flat(rule.query), 160),), path=rule.path)
        for index, rule in enumerate(before.rules)
        if index not in lefts
    ]
    for left, right in sorted(pairs, key=lambda item: item[1]):
        old, new = before.rules[left], after.rules[right]
        if renamed.get(old.group, old.group) != new.group:
            changes.append(
                Change((), new.called, "moved", details=(f"to group {words.quoted(new.group)}",), path=new.path)
            )
        changes += _rule_changes(old, new, hidden)
    changes += [
        Change((), rule.called, "added", details=(words.clipped(_flat(rule.query), 160),), path=rule.path)
        for index, rule in enumerate(after.rules)
        if index not in rights
    ]
    return RuleComparison(changes, hidden)


def _identity(rule: Rule) -> Json:
    """Return what a rule is recognised by: name, query, and the labels that tell rules of one name apart."""
    return {
        "name": f"{rule.kind} {rule.name}",
        "query": rule.query,
        "labels": rule.tree.get("labels"),
        "group": rule.group,
    } | {key: value for key, value in rule.tree.items() if key != "labels"}


def _renamed_groups(before: RuleFile, after: RuleFile) -> dict[str, str]:
    """Return the new name of each group whose rules stand in a group of another name now."""
    found: dict[str, str] = {}
    rules = [
        {name: [(rule.name, rule.query) for rule in one.rules if rule.group == name] for name in one.groups}
        for one in (before, after)
    ]
    for name in before.groups:
        if name not in after.groups:
            free = (other for other in after.groups if other not in before.groups and other not in found.values())
            same = next((other for other in free if rules[0][name] == rules[1][other]), None)
            if same is not None:
                found[name] = same
    return found


def _group_changes(
    before: RuleFile, after: RuleFile, renamed: dict[str, str], hidden: Counter[str]
) -> Iterator[Change]:
    for name in before.groups:
        if name in renamed:
            yield Change((), "group", "renamed", name, renamed[name])
        elif name not in after.groups:
            count = sum(rule.group == name for rule in before.rules)
            yield Change((), f"group {words.quoted(name)}", "removed", details=(plural(count, "rule"),))
    for name in after.groups:
        if name not in before.groups and name not in renamed.values():
            yield Change((), f"group {words.quoted(name)}", "added")
    for name, tree in after.groups.items():
        for edit in edits(before.groups.get(name, tree), tree):
            if _same_duration(edit, hidden):
                continue
            key = str(edit.path[-1])
            shown = words.value(edit.before), words.value(edit.after)
            yield Change((f"group {words.quoted(name)}",), WORDS.get(key, words.phrase(edit.path)), "changed", *shown)


def _rule_changes(old: Rule, new: Rule, hidden: Counter[str]) -> Iterator[Change]:
    where = (new.called,)
    if old.name != new.name:
        yield Change(where, "name", "renamed", old.name, new.name, path=new.path)
    if old.kind != new.kind:
        yield Change(where, "kind", "changed", old.kind, new.kind, path=new.path)
    if old.query != new.query:
        details = promql.explain(old.query, new.query)
        if details == [] or (details is None and _flat(old.query) == _flat(new.query)):
            hidden["formatting"] += 1
        else:
            shown = words.excerpt(_flat(old.query), _flat(new.query), length=400)
            yield Change(where, "query", "changed", *shown, details=tuple(details or ()), path=(*new.path, *new.asks))
    for edit in edits(old.tree, new.tree):
        if _same_duration(edit, hidden):
            continue
        keys = tuple(step.text if isinstance(step, Name) else step for step in edit.path)
        before, after = words.excerpt(_said(edit.before), _said(edit.after))
        what = WORDS.get(keys[0]) or (
            words.phrase(edit.path) if keys[0] in LISTS else f"{words.singular(keys[0])} {'.'.join(keys[1:])}".strip()
        )
        op = (
            "changed"
            if edit.before is not None and edit.after is not None
            else "added"
            if edit.before is None
            else "removed"
        )
        yield Change(where, what, op, before or None, after or None, path=(*new.path, *keys))


def _same_duration(edit: Edit, hidden: Counter[str]) -> bool:
    """Whether an edit writes a duration otherwise, 5m as 300s; then it is counted."""
    if len(edit.path) != 1 or edit.path[0] not in DURATIONS:
        return False
    from sync.lint.rule_file import seconds

    sides = [edit.before, edit.after]
    if edit.path[0] in NOT_AT_ALL:
        sides = [0 if side is None else side for side in sides]
    lengths = [seconds(side) for side in sides]
    same = lengths[0] is not None and lengths[0] == lengths[1]
    if same:
        hidden["defaults" if None in {edit.before, edit.after} else "formatting"] += 1
    return same


def _said(value: Any) -> str:
    return "" if value is None else _flat(words.value(value))


def _flat(query: str) -> str:
    return re.sub(r"\s+", " ", query).strip()


def summary(found: RuleFile) -> str:
    """Return what a rule file holds, for one that is new or gone."""
    kinds = Counter(rule.kind for rule in found.rules)
    return (
        ", ".join(
            plural(kinds[kind], noun)
            for kind, noun in (("alert", "alert"), ("record", "recording rule"))
            if kinds[kind]
        )
        or "no rules"
    )

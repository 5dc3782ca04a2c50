"""A file of recording and alerting rules, of Prometheus, Loki's ruler or the Prometheus operator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from sync.lint.dashboard import looks_like_logql
from sync.lint.lexical import unbalanced
from sync.lint.logql import is_arithmetic
from sync.lint.problem import Pointer
from sync.lint.query import Language, Queries, Query, Use
from sync.lint.shape import as_list, as_plain_texts, as_text

_DURATION = re.compile(r"^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$")
_NAMELESS = re.compile(r"(?:^|[(,*/+-])\s*\{")
"""A selector without a name: Prometheus reads it too, and hardly anybody writes it for Prometheus."""
OWNERS = frozenset({"owner", "team", "squad"})
_SIZES = (31_536_000, 604_800, 86_400, 3_600, 60, 1, 0.001)


def seconds(value: Any) -> float | None:
    """Read a duration as Prometheus writes them (5m, 1d12h), in seconds; None where it is none."""
    text = as_text(value)
    if text == "0" or value == 0:
        return 0.0
    found = _DURATION.match(text) if text else None
    if found is None:
        return None
    return sum(int(count) * size for count, size in zip(found.groups(), _SIZES, strict=True) if count)


def mostly_owned(rules: Iterable[Rule]) -> bool:
    """Whether half of the alerts or more say who mends them."""
    owned = [rule.has_owner for rule in rules if rule.alert]
    return any(owned) and sum(owned) * 2 >= len(owned)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """An alerting or recording rule; `alert` or `record` is its name, the other ''."""

    raw: dict[str, Any]
    pointer: Pointer
    group: Group
    alert: str
    record: str
    query: Query

    @property
    def name(self) -> str:
        """The alert's or the recorded series' name."""
        return self.alert or self.record

    @property
    def labels(self) -> dict[str, str]:
        """The labels that it sets."""
        return as_plain_texts(self.raw.get("labels"))

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of an alert."""
        return as_plain_texts(self.raw.get("annotations"))

    @property
    def texts(self) -> dict[str, str]:
        """Its annotations and labels, those of its group included."""
        return {**self.annotations, **as_plain_texts(self.group.raw.get("labels")), **self.labels}

    @property
    def has_owner(self) -> bool:
        """Whether it says who mends it."""
        return any(name in OWNERS and text.strip() for name, text in self.texts.items())


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A group of rules that are evaluated together."""

    raw: dict[str, Any]
    pointer: Pointer
    file: RuleFile
    name: str
    rules: list[Rule] = field(default_factory=list)


class Form(Enum):
    """What stands at the base of a document of rules: `groups:`, or, as values of charts want them, a list alone."""

    FILE = auto()
    GROUPS = auto()
    RULES = auto()


class RuleFile:
    """The groups of one document; `base` is where they stand (("spec",) in a PrometheusRule), `dialect` whose they are.

    The dialect is Prometheus' where it is None, unless an expression or the path tells another. Whatever the form,
    `raw` has groups.
    """

    def __init__(
        self,
        path: str,
        raw: dict[str, Any],
        text: str,
        *,
        queries: Queries,
        base: Pointer = (),
        dialect: str | None = None,
        form: Form = Form.FILE,
    ) -> None:
        self.path, self.raw, self.text, self.base = path, raw, text, base
        self._queries, self._dialect, self.form = queries, dialect, form
        self.groups = list(self._groups())

    @property
    def rules(self) -> Iterator[Rule]:
        """Every rule of every group."""
        return (rule for group in self.groups for rule in group.rules)

    @cached_property
    def is_owned(self) -> bool:
        """Whether most of its alerts say who mends them."""
        return mostly_owned(self.rules)

    @cached_property
    def places(self) -> list[tuple[Query, Pointer, str]]:
        """Every query with its place, and the rule that it stands in."""
        return [(rule.query, (*rule.pointer, "expr"), rule.name) for rule in self.rules]

    def place(self, group: int, rule: int | None = None) -> Pointer:
        """Return where a group, or a rule of it, stands below the base."""
        if self.form is Form.RULES:
            return () if rule is None else (rule,)
        place: Pointer = ("groups", group) if self.form is Form.FILE else (group,)
        return place if rule is None else (*place, "rules", rule)

    def _groups(self) -> Iterator[Group]:
        for number, raw in enumerate(as_list(self.raw.get("groups"))):
            if not isinstance(raw, dict):
                continue
            pointer = (*self.base, *self.place(number))
            group = Group(raw, pointer, self, as_text(raw.get("name")))
            for index, rule in enumerate(as_list(raw.get("rules"))):
                if isinstance(rule, dict):
                    group.rules.append(self._rule(rule, (*self.base, *self.place(number, index)), group))
            yield group

    def _rule(self, raw: dict[str, Any], pointer: Pointer, group: Group) -> Rule:
        value = raw.get("expr")
        text = as_text(value) if not isinstance(value, (int, float)) or isinstance(value, bool) else str(value)
        alert, record = as_text(raw.get("alert")), as_text(raw.get("record"))
        use = Use.RECORDING if record and not alert else Use.ALERT
        query = self._queries.query(text, language=Language.LOGQL if self._is_logql(text) else Language.PROMQL, use=use)
        if self._dialect == "victoriametrics" and self._is_foreign(query, group):
            query = self._queries.query(text, language=Language.OTHER, use=use)
        return Rule(raw, pointer, group, alert, "" if alert else record, query)

    def _is_logql(self, text: str) -> bool:
        """Tell LogQL; what Prometheus would read as well is what the file's other expressions or its path tell.

        That are numbers alone, as Loki takes `1 > 0`, and selectors without a name.
        """
        if self._dialect is not None:
            return self._dialect == "loki"
        if is_arithmetic(text) or (_NAMELESS.search(text) and "__name__" not in text):
            return "loki" in self.path.lower() or looks_like_logql(self.text)
        return looks_like_logql(text)

    @staticmethod
    def _is_foreign(query: Query, group: Group) -> bool:
        """Whether a rule of VictoriaMetrics is in no language that lint reads: MetricsQL beyond PromQL, or LogsQL."""
        is_metrics = group.raw.get("type") in {None, "", "prometheus"}
        return not is_metrics or (query.error is not None and unbalanced(query.text) is None)

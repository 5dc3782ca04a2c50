"""Alert rules that Grafana evaluates: their groups, and their queries with what they are compared with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sync.lint.dashboard import looks_like_logql
from sync.lint.problem import Pointer
from sync.lint.promql.tree import Binary
from sync.lint.query import Language, Queries, Query, Use
from sync.lint.rule_file import Group, Rule, RuleFile
from sync.lint.shape import as_dict, as_list, as_number, as_plain_texts, as_text

EXPRESSIONS = ("__expr__", "-100")
"""What a step is asked of that reckons with other steps; the number is what it was called at first."""
_COMPARISONS = {"gt": ">", "lt": "<", "gte": ">=", "lte": "<=", "eq": "==", "ne": "!="}
SHOWN = re.compile(r"\$values\.(\w+)|\$values\s+\"(\w+)\"")
"""How a text names the value of a step, or of a condition in it."""
_NAMED = re.compile(r"\$(?:\{([^}]+)\}|(\w+))")
_MATH = re.compile(r"\s*\$\{?(\w+)\}?\s*(>=?|<=?|==|!=)\s*(-?\d+(?:\.\d+)?)\s*")
_KEEP_THE_SCALE = ("last", "mean", "median", "min", "max")
"""Reducers whose result is in the unit and range of what they reduce."""
_OF_STREAMS = re.compile(r"\b(?:count_over_time|rate|bytes_rate|bytes_over_time)\(\s*\{")
"""A query of streams, which have no name; a query of Loki says its type, where one of Prometheus says instant."""
_LANGUAGES = {"prometheus": Language.PROMQL, "loki": Language.LOGQL}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the queries and expressions of a rule."""

    raw: dict[str, Any]
    pointer: Pointer

    @property
    def name(self) -> str:
        """Its refId."""
        return as_text(self.raw.get("refId"))

    def begins(self, name: str) -> bool:
        """Whether a text means it by a name: that of a step with conditions is followed by their number."""
        return bool(self.name) and re.fullmatch(rf"{re.escape(self.name)}\d*", name) is not None

    @property
    def model(self) -> dict[str, Any]:
        """What is asked, in the words of its data source."""
        return as_dict(self.raw.get("model"))

    @property
    def is_expression(self) -> bool:
        """Whether it reckons with other steps."""
        return as_text(self.raw.get("datasourceUid")) in EXPRESSIONS

    @property
    def language(self) -> Language:
        """What its `expr` is written in, as the data source's kind or name says, or else the expression."""
        kind = as_text(as_dict(self.model.get("datasource")).get("type"))
        if kind:
            return _LANGUAGES.get(kind, Language.OTHER)
        is_logs = "loki" in as_text(self.raw.get("datasourceUid")).lower() or looks_like_logql(self.text)
        return Language.LOGQL if is_logs else Language.PROMQL

    @property
    def text(self) -> str:
        """The query."""
        return as_text(self.model.get("expr"))

    @property
    def kind(self) -> str:
        """The kind of an expression; '' of a query."""
        return as_text(self.model.get("type")) if self.is_expression else ""

    @property
    def asked(self) -> list[str]:
        """The names of the steps that an expression reckons with."""
        expression = as_text(self.model.get("expression"))
        if self.kind == "math":
            return [found[1] or found[2] for found in _NAMED.finditer(expression)]
        if self.kind == "classic_conditions":
            queries = (as_dict(as_dict(each).get("query")) for each in as_list(self.model.get("conditions")))
            return [as_text(name) for query in queries for name in as_list(query.get("params"))[:1]]
        return [expression.lstrip("$")] if self.kind in {"threshold", "reduce", "resample"} and expression else []

    @property
    def looks_like_an_expression(self) -> bool:
        """Whether it is a query that asks nothing, and reckons as an expression does."""
        is_one = as_text(self.model.get("type")) in {"threshold", "reduce", "math", "classic_conditions", "resample"}
        return is_one and not self.is_expression and not self.text and bool(as_text(self.raw.get("datasourceUid")))

    @property
    def is_sent_to_another(self) -> bool:
        """Whether it is a query of logs for a data source that is called after Prometheus or its like."""
        named = as_text(self.raw.get("datasourceUid")).lower()
        is_metrics = any(word in named for word in ("prometheus", "mimir", "thanos", "victoriametrics", "cortex"))
        is_of_streams = "queryType" in self.model and _OF_STREAMS.search(self.text) is not None
        return is_metrics and "loki" not in named and (is_of_streams or looks_like_logql(self.text))

    @property
    def is_series(self) -> bool:
        """Whether it is a query that gives numbers over time: Prometheus is asked so unless it says instant."""
        if self.is_expression or not self.text:
            return False
        if self.language is Language.PROMQL:
            return self.model.get("instant") is not True
        return self.language is Language.LOGQL and self.model.get("queryType") == "range"


@dataclass(frozen=True, slots=True)
class ManagedRule:
    """A rule, where it stands, and its steps."""

    raw: dict[str, Any]
    pointer: Pointer
    steps: tuple[Step, ...]

    @property
    def title(self) -> str:
        """What people call it."""
        return as_text(self.raw.get("title"))

    @property
    def labels(self) -> dict[str, str]:
        """The labels that it sets."""
        return as_plain_texts(self.raw.get("labels"))

    @property
    def receiver(self) -> str:
        """The contact point that it names itself, past all policies; '' for none."""
        return as_text(as_dict(self.raw.get("notification_settings")).get("receiver"))

    @property
    def alone(self) -> Step | None:
        """The query whose own result is the condition: it is alerted on where that isn't 0."""
        by_name = {each.name: each for each in self.steps}
        step = by_name.get(as_text(self.raw.get("condition")))
        if step is not None and step.kind == "reduce" and step.model.get("reducer") in _KEEP_THE_SCALE:
            step = by_name.get(step.asked[0]) if step.asked else None
        return step if step is not None and not step.is_expression and step.text else None

    @property
    def unreduced(self) -> list[Step]:
        """The queries that give series over time, and reach the condition so."""
        by_name = {each.name: each for each in self.steps}
        found: list[Step] = []
        names = [as_text(self.raw.get("condition"))]
        for name in names:  # grows by what each step asks for
            step = by_name.get(name)
            if step is not None and step.is_series:
                found.append(step)
            elif step is not None and step.kind in {"math", "threshold"}:
                names += [each for each in step.asked if each not in names]
        return found

    @property
    def idle(self) -> list[Step]:
        """The steps that the condition doesn't reckon with, and whose values no text shows."""
        by_name = {each.name: each for each in self.steps}
        names = [as_text(self.raw.get("condition"))]
        for name in names if names[0] in by_name else ():  # grows by what each step asks for
            names += [each for each in by_name[name].asked if each in by_name and each not in names]
        texts = " ".join([*as_plain_texts(self.raw.get("annotations")).values(), *self.labels.values()])
        if len(names) < 2 or re.search(r"\$value", SHOWN.sub("", texts)):
            return []
        shown = tuple(found[1] or found[2] for found in SHOWN.finditer(texts))
        return [step for step in self.steps if step.name not in names and not any(map(step.begins, shown))]

    @property
    def is_one_number(self) -> bool:
        """Whether it asks one data source once, for a number, which Grafana then takes for the alert's value."""
        queries = [step for step in self.steps if not step.is_expression]
        condition = next((each for each in self.steps if each.name == self.raw.get("condition")), None)
        is_classic = condition is not None and condition.kind == "classic_conditions"
        return len(queries) == 1 and not queries[0].is_series and not is_classic

    def limit(self, step: Step) -> str:
        """Return the comparison that the condition makes with a query, as PromQL writes it; '' where it is none."""
        by_name = {each.name: each for each in self.steps}
        condition = by_name.get(as_text(self.raw.get("condition")))
        if condition is None or not condition.is_expression:
            return ""
        compared, limit = _comparison(condition.model)
        reduced = by_name.get(compared)
        if reduced is not None and reduced.is_expression and reduced.model.get("type") == "reduce":
            kept = reduced.model.get("reducer") in _KEEP_THE_SCALE
            compared = as_text(reduced.model.get("expression")).lstrip("$") if kept else ""
        return limit if compared == step.name else ""


@dataclass(frozen=True, slots=True)
class ManagedGroup:
    """A group of rules, where it stands, and its rules."""

    raw: dict[str, Any]
    pointer: Pointer
    is_provisioned: bool = True
    """Whether it is read from a file, in which `$x` is a variable of the environment."""

    @property
    def rules(self) -> Iterator[ManagedRule]:
        """Every rule of the group."""
        for number, raw in enumerate(as_list(self.raw.get("rules"))):
            rule, place = as_dict(raw), (*self.pointer, "rules", number)
            data = enumerate(as_list(rule.get("data")))
            yield ManagedRule(rule, place, tuple(Step(as_dict(each), (*place, "data", index)) for index, each in data))


class ManagedRules:
    """The groups of a provisioning file, or the one of an operator's resource."""

    def __init__(self, groups: list[ManagedGroup], queries: Queries) -> None:
        self.groups, self._queries = groups, queries

    @cached_property
    def places(self) -> list[tuple[Query, Pointer, str]]:
        """Every query with its place, and the rule that it stands in."""
        return [
            (query, (*step.pointer, "model", "expr"), rule.title)
            for group in self.groups
            for rule in group.rules
            for step in rule.steps
            if step.text.strip() and not step.is_expression
            for query in (self._query(step, rule.limit(step)),)
        ]

    @cached_property
    def alerts(self) -> list[tuple[Rule, Callable[[Pointer], Pointer]]]:
        """The rules that compare one query with a limit, as Prometheus' alerts, with what places their parts here."""
        file = RuleFile("", {}, "", queries=self._queries)
        found: list[tuple[Rule, Callable[[Pointer], Pointer]]] = []
        for group in self.groups:
            whole = Group(group.raw, group.pointer, file, as_text(group.raw.get("name")))
            for rule in group.rules:
                compared = [(step, limit) for step in rule.steps if step.text and (limit := rule.limit(step))]
                if len(compared) == 1 and len([step for step in rule.steps if not step.is_expression]) == 1:
                    step, limit = compared[0]
                    query = self._query(step, limit)
                    if query.text == step.text:
                        continue  # it is a condition already, and the limit is on something else
                    found.append((Rule(rule.raw, rule.pointer, whole, rule.title, "", query), _placed(rule, step)))
        return found

    def _query(self, step: Step, limit: str) -> Query:
        """Read a query together with its limit, as an alert of Prometheus has it, or as a part of a condition."""
        plain = self._queries.query(step.text, language=step.language, use=Use.MANAGED)
        tree = plain.as_promql.tree
        is_set = isinstance(tree, Binary) and tree.operator in {"and", "or", "unless"}
        if not limit or tree is None or is_set:
            return plain
        return self._queries.query(f"{step.text.rstrip()} {limit}", language=step.language, use=Use.MANAGED)


def number_of(value: Any) -> float | None:
    """Return a parameter as Grafana reads it: `5e+06` is a number to YAML in Go, and a text to that in Python."""
    return float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else as_number(value)


_EXPONENT = re.compile(r"[-+]?(?:\.\d{1,15}|\d{1,15}(?:\.\d{0,15})?)[eE][-+]?\d{1,2}")


def _placed(rule: ManagedRule, step: Step) -> Callable[[Pointer], Pointer]:
    """Return what tells where a part of Prometheus' alert stands in one of Grafana's."""
    parts: dict[Pointer, Pointer] = {("expr",): (*step.pointer, "model", "expr"), ("alert",): (*rule.pointer, "title")}
    return lambda pointer: parts.get(pointer, (*rule.pointer, *pointer))


def _comparison(model: dict[str, Any]) -> tuple[str, str]:
    """Return the refId that an expression compares, and with what: ("A", "> 5")."""
    if model.get("type") == "math":
        found = _MATH.fullmatch(as_text(model.get("expression")))
        return (found[1], f"{found[2]} {found[3]}") if found else ("", "")
    conditions = as_list(model.get("conditions"))
    if model.get("type") not in {"threshold", "classic_conditions"} or len(conditions) != 1:
        return "", ""
    condition = as_dict(conditions[0])
    evaluator = as_dict(condition.get("evaluator"))
    parameters = as_list(evaluator.get("params"))
    operator = _COMPARISONS.get(as_text(evaluator.get("type")))
    number = number_of(parameters[0]) if parameters else None
    if operator is None or number is None:
        return "", ""
    compared = as_text(model.get("expression")).lstrip("$")
    if model["type"] == "classic_conditions":
        asked = as_list(as_dict(condition.get("query")).get("params"))
        is_kept = as_dict(condition.get("reducer")).get("type") in {*_KEEP_THE_SCALE, "avg"}
        compared = as_text(asked[0]) if asked and is_kept else ""
    return compared, f"{operator} {number:.15g}"

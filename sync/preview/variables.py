"""What Grafana puts in for variables and macros before it sends a query."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.diff.values import Json, listing, mapping, text
from sync.preview import look, ranges

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.preview.data import Source, Span

_USE = re.compile(r"\$(\w+)|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}|\[\[(\w+?)(?::(\w+))?\]\]")
_LABEL_VALUES = re.compile(r"\s*label_values\s*\(\s*(?:(.*)\s*,)?\s*([\w.:\-]+)\s*\)\s*", re.DOTALL)
_ALL = ("$__all", "All")
_MOST_VALUES = 500


@dataclass(frozen=True)
class Variable:
    """A variable with its chosen values; `patterned`: several may be chosen, so values go into regular expressions."""

    name: str
    label: str
    values: tuple[str, ...]
    shown: str
    patterned: bool = False
    hidden: bool = False
    raw: str | None = None  # what is put in as it stands: the dashboard's own text for All


@dataclass(frozen=True)
class Scope:
    """The variables of a page; `scrape` is how often its Prometheus scrapes, in seconds."""

    variables: dict[str, Variable] = field(default_factory=dict)
    scrape: float = 15.0

    def query(self, source: str, span: Span, *, least: float = 0) -> str:
        """Return a query's text as it goes to the data source."""
        macros = self._macros(span, least)

        def put(found: re.Match[str]) -> str:
            name = found[1] or found[2] or found[5]
            if name in macros:
                return macros[name]
            variable = self.variables.get(name)
            return found[0] if variable is None else _formatted(variable, found[4] or found[6] or "")

        # A variable's value may name another, and a macro.
        for _ in range(3):
            changed = _USE.sub(put, source)
            if changed == source:
                break
            source = changed
        return source

    def title(self, source: str) -> str:
        """Return a title or text with the variables' shown values in it."""

        def put(found: re.Match[str]) -> str:
            variable = self.variables.get(found[1] or found[2] or found[5])
            return found[0] if variable is None else variable.shown

        return _USE.sub(put, source) if "$" in source or "[[" in source else source

    def _macros(self, span: Span, least: float) -> dict[str, str]:
        step = max(span.step, round(least * 1000))
        rate = max(step + self.scrape * 1000, 4 * self.scrape * 1000)
        whole = round(span.seconds)
        return {
            "__interval": ranges.written(step), "__interval_ms": str(step), "__rate_interval": ranges.written(rate),
            "__rate_interval_ms": str(round(rate)), "__range": f"{whole}s", "__range_s": str(whole),
            "__range_ms": str(whole * 1000), "__from": str(span.start), "__to": str(span.end), "__auto": "auto",
            "__dashboard": "",
        }  # fmt: skip


def _formatted(variable: Variable, form: str) -> str:
    if variable.raw is not None and form in {"", "regex", "pipe", "glob"}:
        return variable.raw
    write = _FORMATS.get(form.partition(":")[0])
    return _for_prometheus(variable) if write is None else write(variable.values)


def _for_prometheus(variable: Variable) -> str:
    """Return the values as Grafana's Prometheus data source writes them: escaped, several as alternatives."""
    if not variable.patterned:
        return variable.values[0].replace("\\", "\\\\").replace('"', '\\"') if variable.values else ""
    escaped = [re.sub(r"([\\^$*+?.()|{}\[\]/])", r"\\\\\1", value) for value in variable.values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


_FORMATS: dict[str, Callable[[tuple[str, ...]], str]] = {
    "raw": ",".join, "text": ",".join, "csv": ",".join, "pipe": "|".join,
    "glob": lambda values: values[0] if len(values) == 1 else "{" + ",".join(values) + "}",
    "doublequote": lambda values: ",".join(f'"{value}"' for value in values),
    "singlequote": lambda values: ",".join(f"'{value}'" for value in values),
    "sqlstring": lambda values: ",".join(f"'{value}'" for value in values),
    "percentencode": lambda values: quote(",".join(values), safe=""),
    "json": lambda values: json.dumps(list(values)),
}  # fmt: skip


def scope(listed: list[Json], source: Source, span: Span, *, scrape: float, given: dict[str, str]) -> Scope:
    """Return the variables with their values: those `given`, else the dashboard's choice, else the first there is."""
    found = Scope({}, scrape)
    for item in listed:
        name = text(item.get("name"))
        if name:
            found.variables[name] = _variable(item, found, source, span, given.get(name))
    return found


def _variable(item: Json, known: Scope, source: Source, span: Span, given: str | None) -> Variable:
    kind = text(item.get("type"))
    name = text(item.get("name"))
    label = text(item.get("label")) or name
    hidden = item.get("hide") in {2, True} or kind == "constant"
    patterned = bool(item.get("multi")) or bool(item.get("includeAll"))
    values = [given] if given is not None else _chosen(item, kind)
    if kind == "datasource":
        return Variable(name, label, tuple(values or ["default"]), ", ".join(values or ["default"]), hidden=hidden)
    if kind == "interval" and values and values[0].startswith("$__auto"):
        auto = ranges.written(ranges.spaced(span.start, span.end, points=30).step)
        return Variable(name, label, (auto,), "auto", hidden=hidden)
    if values and values[0] in _ALL:
        return _all(item, known, source, span, Variable(name, label, (), "All", patterned=True, hidden=hidden))
    if not values and kind in {"query", "custom"}:
        options = _options(item, kind, known, source, span)
        if item.get("includeAll"):
            return _all(item, known, source, span, Variable(name, label, (), "All", patterned=True, hidden=hidden))
        values = options[:1] or ([f"{name}-1"] if source.invents else [])
    return Variable(name, label, tuple(values), ", ".join(values), patterned=patterned, hidden=hidden)


def _chosen(item: Json, kind: str) -> list[str]:
    current = mapping(item.get("current")).get("value")
    values = [text(value) for value in (current if isinstance(current, list) else [current])]
    values = [value for value in values if value]
    if not values and kind in {"constant", "textbox", "interval", "custom"}:
        values = [text(item.get("query")).split(",")[0].strip()]
    return [value for value in values if value]


def _all(item: Json, known: Scope, source: Source, span: Span, found: Variable) -> Variable:
    whole = text(item.get("allValue"))
    if whole:
        return Variable(found.name, found.label, (whole,), "All", patterned=True, hidden=found.hidden, raw=whole)
    options = _options(item, text(item.get("type")), known, source, span)
    if not options:
        return Variable(found.name, found.label, (".*",), "All", patterned=True, hidden=found.hidden, raw=".*")
    return Variable(found.name, found.label, tuple(options), "All", patterned=True, hidden=found.hidden)


def _options(item: Json, kind: str, known: Scope, source: Source, span: Span) -> list[str]:
    if kind == "custom":
        parts = [part.strip().replace("\\,", ",") for part in re.split(r"(?<!\\),", text(item.get("query")))]
        return [part.partition(" : ")[2] or part for part in parts if part]
    listed = [text(mapping(option).get("value")) for option in listing(item.get("options"))]
    asked = item.get("query")
    query = text(mapping(asked).get("query")) if isinstance(asked, dict) else text(asked)
    found = _LABEL_VALUES.fullmatch(known.query(query or text(item.get("definition")), span))
    if found is None:
        return [option for option in listed if option and option not in _ALL]
    values = source.label_values(found[2], (found[1] or "").strip())[:_MOST_VALUES]
    pattern = look.compiled(text(item.get("regex"))) if item.get("regex") else None
    if pattern is None:
        return values
    matches = [pattern.search(value) for value in values]
    kept = [match[1] if match.groups() and match[1] else match[0] for match in matches if match]
    return list(dict.fromkeys(kept))

"""How Grafana turns a dashboard into questions to Prometheus: variables, macros, panels and their targets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.stack.prometheus_api import PrometheusApi, Series

SCRAPE_INTERVAL = 15

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_VARIABLE = re.compile(r"\$\{(?P<braced>\w+)(?::(?P<format>\w+))?\}|\[\[(?P<old>\w+)\]\]|\$(?P<bare>\w+)")
_LABEL_VALUES = re.compile(r"label_values\(\s*(?:(?P<selector>.*)\s*,)?\s*(?P<label>\w+)\s*\)", re.DOTALL)
_QUERY_RESULT = re.compile(r"query_result\((?P<expr>.*)\)\s*", re.DOTALL)
_REGEX_SPECIAL = re.compile(r"[\\^$.*+?()|\[\]{}]")


@dataclass(frozen=True)
class TimeRange:
    """What the time picker shows, in Unix seconds; `scrape` is the data source's scrape interval."""

    start: float
    end: float
    scrape: int = SCRAPE_INTERVAL

    @property
    def step(self) -> int:
        """The interval of a panel of about a thousand pixels, never below the scrape interval."""
        return max(self.scrape, int((self.end - self.start) / 1000))

    @property
    def macros(self) -> dict[str, str]:
        """Grafana's own variables."""
        length = int(self.end - self.start)
        rate = max(4 * self.scrape, self.step + self.scrape)
        return {
            "__interval": f"{self.step}s",
            "__interval_ms": str(self.step * 1000),
            "__rate_interval": f"{rate}s",
            "__rate_interval_ms": str(rate * 1000),
            "__range": f"{length}s",
            "__range_s": str(length),
            "__range_ms": str(length * 1000),
            "__from": str(int(self.start * 1000)),
            "__to": str(int(self.end * 1000)),
        }


@dataclass(frozen=True)
class Target:
    """A query of a panel."""

    panel: str
    ref: str
    expr: str
    instant: bool


@dataclass(frozen=True)
class Page:
    """A dashboard opened in Grafana."""

    path: Path
    model: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Page:
        """Read a dashboard file."""
        return cls(path, json.loads(path.read_text(encoding="utf-8")))

    @property
    def uid(self) -> str:
        """The dashboard's uid."""
        return self.model["uid"]

    @cached_property
    def panels(self) -> list[dict[str, Any]]:
        """Every panel that isn't a row, those of collapsed rows too."""
        return [inner for panel in self.model.get("panels", []) for inner in _unfolded(panel)]

    def targets(self) -> Iterator[Target]:
        """Every PromQL query that the page sends for its panels."""
        for panel in self.panels:
            for target in panel.get("targets", []):
                if target.get("expr") and _is_prometheus(target, panel) and not target.get("hide"):
                    yield Target(self._name(panel), target["refId"], target["expr"], bool(target.get("instant")))

    def _name(self, panel: dict[str, Any]) -> str:
        """Return the panel's title, with its kind where another has the same."""
        title = panel.get("title", "")
        twins = [other for other in self.panels if other.get("title", "") == title]
        return title if len(twins) == 1 else f"{title} ({panel['type']})"

    def time(self, now: float) -> TimeRange:
        """Return the page's default range, with `now` as the present."""
        length = re.fullmatch(r"now-(\d+)([smhdw])", self.model["time"]["from"])
        assert length, self.model["time"]
        assert self.model["time"]["to"] == "now"
        return TimeRange(now - int(length[1]) * _SECONDS[length[2]], now)

    def annotations(self) -> list[dict[str, Any]]:
        """Return the annotation queries that ask Prometheus."""
        return [each for each in self.model.get("annotations", {}).get("list", []) if each.get("expr")]

    def variables(self) -> list[dict[str, Any]]:
        """The template variables, in order."""
        return self.model.get("templating", {}).get("list", [])


def _unfolded(panel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if panel.get("type") == "row":
        for inner in panel.get("panels", []):
            yield from _unfolded(inner)
    else:
        yield panel


def _is_prometheus(target: dict[str, Any], panel: dict[str, Any]) -> bool:
    source = target.get("datasource") or panel.get("datasource") or {}
    return isinstance(source, str) or source.get("type", "prometheus") == "prometheus"


@dataclass(frozen=True)
class Session:
    """Someone looks at pages of `prometheus` for a range of time, with every variable at All or its first value."""

    prometheus: PrometheusApi
    time: TimeRange

    def values(self, page: Page) -> dict[str, str]:
        """Return what each variable stands for in a query, once all are loaded in their order."""
        known: dict[str, str] = {}
        for variable in page.variables():
            known[variable["name"]] = self._chosen(variable, known)
        return known

    def options(self, variable: dict[str, Any], known: dict[str, str]) -> list[str]:
        """Return the values that a query variable offers, given those before it."""
        query = variable["query"]
        text = self.substitute(query if isinstance(query, str) else query["query"], known)
        found = self._ask(text)
        if pattern := variable.get("regex", "").strip("/"):
            matches = [re.search(pattern, value) for value in found]
            found = [match[1] if match.groups() else match[0] for match in matches if match]
        return sorted(dict.fromkeys(found))

    def run(self, target: Target, known: dict[str, str]) -> list[Series]:
        """Answer a target as its panel would get it."""
        expr = self.substitute(target.expr, known)
        if target.instant:
            return self.prometheus.instant(expr, at=self.time.end)
        step = self.time.step
        return self.prometheus.range(expr, start=self.time.start // step * step, end=self.time.end, step=step)

    def substitute(self, text: str, known: dict[str, str]) -> str:
        """Replace variables and macros; what isn't known stays, for Prometheus to complain about."""
        everything = {**self.time.macros, **known}

        def replaced(found: re.Match[str]) -> str:
            name = found["braced"] or found["old"] or found["bare"]
            return everything.get(name, found[0])

        return _VARIABLE.sub(replaced, text)

    def _ask(self, text: str) -> list[str]:
        if match := _LABEL_VALUES.fullmatch(text.strip()):
            selector = (match["selector"] or "").strip()
            return self.prometheus.label_values(
                match["label"], match=selector, start=self.time.start, end=self.time.end
            )
        if match := _QUERY_RESULT.fullmatch(text.strip()):
            return [_as_text(series) for series in self.prometheus.instant(match["expr"], at=self.time.end)]
        raise AssertionError(f"a variable asks {text!r}, which is neither label_values() nor query_result()")

    def _chosen(self, variable: dict[str, Any], known: dict[str, str]) -> str:
        if variable["type"] in {"datasource", "constant", "textbox", "adhoc"}:
            return str(variable.get("query", "")) if variable["type"] != "datasource" else "prometheus"
        if variable.get("includeAll") and variable.get("allValue"):
            return str(variable["allValue"])
        options = self.options(variable, known) if variable["type"] == "query" else _listed(variable)
        assert options, f"variable ${variable['name']} has no values"
        escaped = [_REGEX_SPECIAL.sub(r"\\\\\g<0>", option) for option in options]
        if variable.get("includeAll"):
            return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"
        return escaped[0] if variable.get("multi") else options[0]


def _listed(variable: dict[str, Any]) -> list[str]:
    return [value.split(" : ")[-1].strip() for value in str(variable["query"]).split(",")]


def _as_text(series: Series) -> str:
    labels = dict(series.labels)
    name = labels.pop("__name__", "")
    inner = ",".join(f'{label}="{value}"' for label, value in labels.items())
    time, value = series.samples[-1]
    return f"{name}{{{inner}}} {value:g} {time * 1000:.0f}"

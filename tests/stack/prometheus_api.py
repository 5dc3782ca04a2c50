"""The few questions that tests ask a Prometheus."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Labels = frozenset[tuple[str, str]]


class QueryError(AssertionError):
    """Prometheus refused a query: the query and Prometheus's words."""


@dataclass(frozen=True)
class Series:
    """A series of an answer: its labels and (time, value) pairs, oldest first."""

    labels: dict[str, str]
    samples: list[tuple[float, float]]

    @property
    def values(self) -> list[float]:
        """The values that are numbers, oldest first."""
        return [value for _, value in self.samples if value == value]  # noqa: PLR0124 - NaN is the value that isn't itself

    @property
    def last(self) -> float:
        """The newest value."""
        return self.samples[-1][1]


@dataclass(frozen=True)
class PrometheusApi:
    """Prometheus at `url`."""

    url: str

    def instant(self, expr: str, *, at: float | None = None) -> list[Series]:
        """Answer an instant query as series of one sample."""
        result = self.get("query", query=expr, **({} if at is None else {"time": at}))
        if result["resultType"] == "scalar":
            return [Series({}, [_sample(result["result"])])]
        return [Series(each["metric"], [_sample(each["value"])]) for each in result["result"]]

    def range(self, expr: str, *, start: float, end: float, step: float) -> list[Series]:
        """Answer a range query."""
        result = self.get("query_range", query=expr, start=start, end=end, step=step)
        return [Series(each["metric"], [*map(_sample, each["values"])]) for each in result["result"]]

    def label_values(self, label: str, *, match: str = "", start: float, end: float) -> list[str]:
        """List the values of a label on the series that `match` selects (all without one)."""
        return self.get(f"label/{label}/values", start=start, end=end, **({"match[]": match} if match else {}))

    def value(self, expr: str, *, at: float | None = None) -> float:
        """Answer an instant query that has exactly one series."""
        [series] = self.instant(expr, at=at)
        return series.last

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the `data` of an answer; raise QueryError with Prometheus's words if it refused."""
        request = urllib.request.Request(f"{self.url}/api/v1/{path}?{urlencode(parameters)}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refusal:
            said = json.load(refusal).get("error", "")
            raise QueryError(f"{said}\n  in {parameters.get('query', path)}") from refusal


def _sample(pair: list[Any]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])

"""What all queries together ask of metrics: the labels that they match, and the values of those; none is parsed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

from sync.lint.misspelling import is_slip
from sync.lint.words import asked


class Asked:
    """Counts of texts: those that match a label of a metric, and those that ask one for a value."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.values: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.values_of: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._often: dict[str, list[str]] = {}
        self._bare: dict[str, defaultdict[str, list[str]]] = {}
        found = [asked(text) for text in texts]
        for name, label in chain.from_iterable({(name, label) for name, label, _ in seen} for seen in found):
            self.labels[name][label] += 1
        for label, value in chain.from_iterable({(label, value) for _, label, value in seen} for seen in found):
            if value:
                self.values[label][value] += 1
        for name, label, value in chain.from_iterable(found):
            if value:
                self.values_of[name, label][value] += 1

    def value_meant(self, metric: str, label: str, value: str) -> str:
        """Return the value that one which a single query asks for is a slip of; '' for none."""
        if len(value) < _SHORTEST or not value[0].isalpha() or self.values[label][value] != 1:
            return ""
        if near := next((other for other in self._frequent(label) if is_slip(value, other)), ""):
            return near
        for other in self._alike(label)[_bare(value)]:
            if other.lower() != value.lower() and self.values[label][other] > _SEVERAL:
                return other
        of_metric = self.values_of[metric, label]
        otherwise = (each for each in of_metric if each.lower() == value.lower() and of_metric[each] > _SEVERAL)
        if near := next(otherwise, ""):
            return near
        if value.isupper() and len(of_metric) > _SEVERAL and sum(map(str.islower, of_metric)) == len(of_metric) - 1:
            return value.lower()
        cut = (value[:-1] if value[-1] in "dD" else "", f"{value}d", f"{value}D")  # COMPLETE and COMPLETED
        return next((other for other in cut if len(other) > _SHORTEST and other in of_metric), "")

    def _frequent(self, label: str) -> list[str]:
        """Return the values of a label that several queries ask for; of hundreds one is near another by chance."""
        if label not in self._often:
            found = [value for value, uses in self.values[label].items() if uses > _SEVERAL]
            self._often[label] = found if len(found) < _TOO_MANY else []
        return self._often[label]

    def _alike(self, label: str) -> defaultdict[str, list[str]]:
        """Return the values of a label by their letters and digits."""
        if label not in self._bare:
            self._bare[label] = defaultdict(list)
            for value in self.values[label]:
                self._bare[label][_bare(value)].append(value)
        return self._bare[label]

    def label_meant(self, metric: str, label: str) -> str:
        """Return the other word for a label by which other queries ask the metric, or its like; '' for none."""
        like = next((labels for labels in _ALIKE if label in labels), None)
        if like is None or self.labels[metric][label] != 1 or metric.startswith(_OF_ANYBODY):
            return ""
        return next((other for other in sorted(like - {label}) if self.labels[metric][other]), "")


def _bare(value: str) -> str:
    return re.sub(r"[-_. ]", "", value.lower())


_SHORTEST = 5
"""Letters of a value of which a slip is seen."""
_SEVERAL = 2
"""Queries that ask for a value that is no slip: more than these."""
_TOO_MANY = 300
_OF_ANYBODY = ("http_", "requests_", "grpc_")
"""How metrics begin that many programs have, each with labels of its own."""
_ALIKE = (
    frozenset({"status", "code", "status_code", "http_code", "http_status", "http_status_code", "response_code"}),
    frozenset({"path", "route", "uri", "url", "endpoint", "handler"}),
    frozenset({"persistentvolumeclaim", "pvc"}),
)
"""Labels that are words for one thing, of which an exporter has one."""

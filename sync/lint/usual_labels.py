"""The labels by which public projects ask for the metrics of widespread exporters, and the values that they ask for.

`labels` are those that three projects or more have; `of` a metric those that tell its series apart by a state, a mode
or a reason, and `values` the words that two projects or more ask such a label for.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TypedDict

from sync.lint.misspelling import is_slip


class _Usual(TypedDict):
    labels: list[str]
    of: dict[str, list[str]]
    values: dict[str, list[str]]


@cache
def _read() -> _Usual:
    found: _Usual = json.loads((Path(__file__).parent / "usual_labels.json").read_text(encoding="utf-8"))
    return found


@cache
def usual_labels() -> frozenset[str]:
    """Return the labels that many projects have."""
    return frozenset(_read()["labels"])


_OF_STATES = frozenset({"status", "state", "color", "phase", "mode", "condition"})
"""Labels of one sort: a metric has one of them."""


def label_meant(metric: str, label: str) -> str:
    """Return the label of a metric that another one of the same sort is meant to be: color of a status; '' for none."""
    asked = _read()["of"].get(metric, []) if label in _OF_STATES else []
    return asked[0] if len(asked) == 1 and label != asked[0] and asked[0] in _OF_STATES else ""


def values_asked(metric: str, label: str) -> list[str]:
    """Return the values that public projects ask a metric's label for; none where they differ."""
    return _read()["values"].get(f"{metric} {label}", [])


def words_asked() -> set[str]:
    """Return the values of all those labels."""
    return {value for values in _read()["values"].values() for value in values}


def value_meant(metric: str, label: str, value: str) -> str:
    """Return the value that one is a slip of, or which is written otherwise; '' for none."""
    asked = values_asked(metric, label)
    if not asked or value in asked:
        return ""
    return next((each for each in asked if _bare(each) == _bare(value) or is_slip(value, each)), "")


def _bare(value: str) -> str:
    return re.sub(r"[-_. ]", "", value.lower())

"""Whether a text asks for metrics, which have names, or for logs, whose streams have none."""

from __future__ import annotations

import re

from sync.lint.lexical import masked

_METRIC = re.compile(r"(?<![\w$])[A-Za-z_:][\w:]*(?:\{|\[(?!\[))|^\s*[a-z_:][\w:]*\s*$")
"""A name right before a brace or bracket, or alone: no LogQL has that."""
_UNWRAPPED = re.compile(r"\bunwrap\s+(?:\w+\s*\(\s*)?[\w.]+")
"""The label that LogQL takes numbers from; its range may follow it at once."""


def names_metrics(text: str) -> bool:
    """Whether it is a query of metrics, by a name right before a selector: no stream has one."""
    return _METRIC.search(_UNWRAPPED.sub("", masked(text))) is not None

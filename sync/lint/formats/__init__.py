"""The ways in which problems are written: for people, programs, code hosts and test reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sync.lint.formats import as_github, as_json, as_junit, as_sarif, as_text
from sync.lint.problem import Problem

FORMATS: dict[str, Callable[[Sequence[Problem], Sequence[str]], str]] = {
    "text": as_text.write,
    "json": as_json.write,
    "sarif": as_sarif.write,
    "junit": as_junit.write,
    "github": as_github.write,
}
"""Each takes the problems and the paths that were checked, and returns what stands on stdout."""

"""A file of no kind that lint knows; it was not checked.

FAIL file package.json:
    {"name": "a", "version": "1"}

PASS file dashboard.json:
    {"title": "A", "panels": []}
"""

from __future__ import annotations

from sync.lint.problem import Severity
from sync.lint.rule import Rule

RULE = Rule(__name__, Severity.INFO)

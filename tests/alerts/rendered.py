"""What `alerts.render()` makes, read back: rule files, their groups, the alerts in them."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

import alerts


@cache
def files() -> dict[str, bytes]:
    """Every file, by its path in rendered/."""
    return alerts.render()


@cache
def rule_files() -> dict[str, Any]:
    """Rule files by name."""
    return _read("rules/")


@cache
def trial_files() -> dict[str, Any]:
    """The rule files' promtool tests by name."""
    return _read("rules/tests/")


def groups() -> list[dict[str, Any]]:
    return [group for file in rule_files().values() for group in file["groups"]]


def alerting_rules() -> list[dict[str, Any]]:
    return [rule for group in groups() for rule in group["rules"] if "alert" in rule]


def _read(folder: str) -> dict[str, Any]:
    return {
        path.removeprefix(folder): yaml.load(content, yaml.CSafeLoader)
        for path, content in files().items()
        if path.startswith(folder) and "/" not in path.removeprefix(folder)
    }

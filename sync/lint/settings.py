"""A team's choices for lint, from dash-sync-lint.yaml, and what holds without them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.errors import FileProblem
from sync.lint.problem import Severity
from sync.lint.rule_file import seconds
from sync.lint.shape import as_dict, as_list

NAME = "dash-sync-lint.yaml"


class LintConfigError(FileProblem):
    """dash-sync-lint.yaml is no YAML, or says something that it can't say."""

    remedy = "The keys are described in docs/lint.md."


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Findings that are not shown: which, why, and until when (the last day included)."""

    rule: str
    reason: str
    until: dt.date
    files: str = "*"
    panel: str = "*"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen; durations in seconds. `severities` maps a rule's name to its severity, None for off."""

    path: str = ""
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    exclusions: tuple[Exclusion, ...] = ()
    expositions: tuple[str, ...] = ()
    scrape_interval: float = 15
    retention: float | None = None
    queries_in_dashboard: int = 150
    rules_in_group: int = 20
    alert_severities: tuple[str, ...] = ()
    alert_labels: tuple[str, ...] = ()
    alert_annotations: tuple[str, ...] = ()
    selector_labels: tuple[str, ...] = ()
    keep_labels: tuple[str, ...] = ()
    forbidden_labels: tuple[str, ...] = ()
    minimum_for: float = 0


def find(start: Path) -> Path | None:
    """Return the settings in `start` or the nearest folder above it."""
    return next((folder / NAME for folder in (start, *start.parents) if (folder / NAME).is_file()), None)


def load(path: Path, *, rules: frozenset[str]) -> Settings:
    """Read and check the settings; raises LintConfigError with the line of what is wrong.

    `rules` are the names of all rules, so that a misspelt one is found.
    """
    from sync.yamlfile import Document, YamlError

    try:
        document = Document(path.read_text(encoding="utf-8"))
        if document.data is None:
            return Settings(path=str(path))
        _dates_as_text(document.data)
        document.check(json.loads((Path(__file__).parent / "settings.schema.json").read_text(encoding="utf-8")))
        return _settings(path, document, rules)
    except OSError as error:
        raise LintConfigError(f"it can't be read: {error.strerror}", path=str(path)) from None
    except UnicodeDecodeError:
        raise LintConfigError("it is not UTF-8 text", path=str(path)) from None
    except YamlError as problem:
        raise LintConfigError(problem.what, path=str(path), line=problem.line, column=problem.column) from None


def _dates_as_text(data: Any) -> None:
    """Write the days of exclusions as the file does: YAML reads them as dates."""
    for each in as_list(as_dict(data).get("exclude")):
        if isinstance(as_dict(each).get("until"), dt.date):
            each["until"] = each["until"].isoformat()


def _settings(path: Path, document: Any, rules: frozenset[str]) -> Settings:
    data = document.data
    exclusions = []
    for number, raw in enumerate(data.get("exclude", [])):
        line = document.line(["exclude", number])
        _known_rule(raw["rule"], rules, path, line)
        exclusions.append(_exclusion(raw, path, line))
    severities = {}
    for rule, severity in data.get("severities", {}).items():
        _known_rule(rule, rules, path, document.line(["severities"], key=rule))
        severities[rule] = None if severity == "off" else Severity(severity)
    chosen: dict[str, Any] = {"path": str(path), "severities": severities, "exclusions": tuple(exclusions)}
    for key, value in data.items():
        if key not in {"severities", "exclude"}:
            chosen[key.replace("-", "_")] = _choice(key, value)
    return Settings(**chosen)


def _choice(key: str, value: Any) -> Any:
    if key in {"scrape-interval", "retention", "minimum-for"}:
        return seconds(value)
    return tuple(value) if isinstance(value, list) else value


def _exclusion(raw: dict[str, Any], path: Path, line: int) -> Exclusion:
    try:
        until = dt.date.fromisoformat(str(raw["until"]))
    except ValueError:
        raise LintConfigError(f"until: {raw['until']} is no day", path=str(path), line=line) from None
    return Exclusion(raw["rule"], raw["reason"], until, raw.get("files", "*"), raw.get("panel", "*"), line)


def _known_rule(name: str, rules: frozenset[str], path: Path, line: int) -> None:
    if name not in rules:
        from sync.lint.known import nearest

        raise LintConfigError(f"there is no rule {name!r}{nearest(name, rules)}", path=str(path), line=line)

"""The examples in the docstrings of rules, read and made into files."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from sync.lint import Settings, check
from sync.lint.problem import Problem, Severity
from sync.lint.rule import Rule
from sync.lint.settings import load

BLOCK = re.compile(r"^(PASS|FAIL|WITH) ([^\n]+?):\n((?:    [^\n]*\n|\n)+)", re.MULTILINE)
PATHS = {"rules": "own-rules.yaml", "alertmanager": "alertmanager.yaml", "runbook": "runbooks/own.md"}
"""Kinds of examples that are files as they stand."""
UIDS = {"PROMQL": "prometheus", "LOGQL": "loki", "TRACEQL": "tempo"}


@dataclass(frozen=True)
class Example:
    """One PASS or FAIL of a rule, with the files that its docstring gives along."""

    rule: Rule
    fails: bool
    kind: str
    body: str
    settings: str = ""
    beside: tuple[tuple[str, str], ...] = field(default=())

    def problems(self, folder: Path, *, own: bool = True) -> list[Problem]:
        """Lint the example; only what its own rule says, or all."""
        path, content = self.file()
        contents = {**{name: text.encode() for name, text in self.beside}, path: content.encode()}
        settings = Settings()
        if self.settings:
            key, _, value = self.settings.partition(" ")
            config = folder / "dash-sync-lint.yaml"
            config.write_text(
                f"{key}: {value if key.endswith(('dashboard', 'group', 'for')) else f'[{value}]'}\n", encoding="utf-8"
            )
            settings = load(config, rules=frozenset())
        if self.rule.severity is None:
            settings = replace(settings, severities={self.rule.name: Severity.INFO})
        found = check(contents, settings=settings)
        return [problem for problem in found if problem.path == path and (problem.rule == self.rule.name or not own)]

    def file(self) -> tuple[str, str]:  # noqa: PLR0911 one return a kind
        """Give the path and text of the file that the example becomes."""
        kind, body = self.kind, self.body
        if kind.startswith("file "):
            return kind.removeprefix("file "), body
        if kind in {"promql", "instant", "logql", "traceql"}:
            key = "query" if kind == "traceql" else "expr"
            source = {"logql": "loki", "traceql": "tempo"}.get(kind, "prometheus")
            target = {key: body.strip(), "refId": "A", "instant": kind == "instant", "range": kind != "instant"}
            return dashboard(
                panels=[{"type": "timeseries", "datasource": {"type": source, "uid": "${ds}"}, "targets": [target]}]
            )
        if kind in {"alert-expr", "record-expr"}:
            rule = {"alert": "A"} if kind == "alert-expr" else {"record": "job:a:b"}
            return "own-rules.yaml", yaml.safe_dump(
                {"groups": [{"name": "own", "rules": [{**rule, "expr": body.strip()}]}]}
            )
        if kind == "alert":
            return "own-rules.yaml", yaml.safe_dump({"groups": [{"name": "own", "rules": [yaml.safe_load(body)]}]})
        if kind in PATHS:
            return PATHS[kind], body
        if kind == "managed":
            return "alerting.yaml", managed(yaml.safe_load(body.replace("ABOVE", ABOVE)))
        if kind == "target":
            return dashboard(panels=[{"type": "timeseries", "targets": [yaml.safe_load(body)]}])
        if kind == "panel":
            return dashboard(panels=[yaml.safe_load(body)])
        assert kind == "dashboard", f"{self.rule.name}: no such kind of example: {kind}"
        return dashboard(**yaml.safe_load(body))


ABOVE = "{type: threshold, expression: A, conditions: [{evaluator: {type: gt, params: [0]}}]}"


def managed(rule: dict[str, Any]) -> str:
    """Return a provisioning file of Grafana's with a rule, whose steps are called A and B unless they say otherwise."""
    steps = []
    for name, step in zip("ABCD", rule["data"], strict=False):
        source = "prometheus" if "expr" in step["model"] else "__expr__"
        window = {"from": 600, "to": 0}
        steps.append({"refId": name, "datasourceUid": source, "relativeTimeRange": window, **step})
    whole = {"uid": "own", "title": "Own", "condition": "B", **rule, "data": steps}
    group = {"name": "own", "folder": "Own", "interval": "1m", "rules": [whole]}
    return yaml.safe_dump({"apiVersion": 1, "groups": [group]})


def dashboard(**own: object) -> tuple[str, str]:
    raw = {"title": "Example", "uid": "example", "schemaVersion": 42, "editable": False, "panels": [], **own}
    return "example.json", json.dumps(raw, indent=2)


def of_rule(rule: Rule) -> Iterator[Example]:
    """Yield the examples in a rule's documentation."""
    beside: list[tuple[str, str]] = []
    for found in BLOCK.finditer(rule.documentation + "\n"):
        word, kind, body = found[1], found[2], textwrap.dedent(found[3])
        if word == "WITH":
            beside.append((kind, body))
            continue
        kind, _, settings = kind.partition(" with ")
        yield Example(rule, word == "FAIL", kind, body, settings, tuple(beside))

"""A rule file and its promtool tests, against which mutants of its rules are tried."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from stack.tools import tool
from tests.mutation.mutants import Mutant

Rule = dict[str, Any]
Test = dict[str, Any]

FAVOURITES = 3
"""How many tests, those first that killed other mutants of the rule, are tried one by one before all others at once."""

_NAME = re.compile(r"[a-zA-Z_:][\w:]*")
_ALERTS = re.compile(r"ALERTS\{([^}]*)\}")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


class Subject:
    """A rule file with its test files; remembers which tests killed a rule's mutants, and tries those first."""

    def __init__(self, name: str, rules: bytes, tests: Iterable[bytes]) -> None:
        self.name = name
        self.rules: list[Rule] = [rule for group in _load(rules)["groups"] for rule in group["rules"]]
        self._tests: list[tuple[str, Test]] = [
            (file["evaluation_interval"], test) for file in map(_load, tests) for test in file["tests"]
        ]
        self._needs = [{id(rule) for rule in self._needed(test)} for _, test in self._tests]
        self._killers: dict[int, list[int]] = {}

    def killer(self, rule: Rule, mutant: Mutant) -> str | None:
        """Return the name of a test that fails with the mutant in the rule's place, None if all hold."""
        known = self._killers.setdefault(id(rule), [])
        concerned = [place for place, needs in enumerate(self._needs) if id(rule) in needs]
        ordered = [*dict.fromkeys((*known, *concerned))]
        favourites, others = ordered[:FAVOURITES], ordered[FAVOURITES:]
        for batch in (*([place] for place in favourites), others):
            killed = self._first_failing(rule, mutant, batch)
            if killed is not None:
                self._killers[id(rule)] = [killed, *(place for place in known if place != killed)]
                return str(self._tests[killed][1]["name"])
        return None

    def _first_failing(self, rule: Rule, mutant: Mutant, places: list[int]) -> int | None:
        """Run tests, in this order, with the mutant in the rule's place."""
        if not places:
            return None
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            for place in places:
                every, test = self._tests[place]
                rules = [mutant.rule if each is rule else each for each in self.rules if id(each) in self._needs[place]]
                content = {"rule_files": [f"{place}.rules"], "evaluation_interval": every, "tests": [test]}
                # JSON is YAML, and faster written.
                _write(folder, f"{place}.rules", {"groups": [{"name": "mutant", "rules": rules}]})
                _write(folder, f"{place}.test", content)
            files = [f"{place}.test" for place in places]
            command = [tool("promtool"), "test", "rules", *files]
            run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        _, *verdicts = run.stdout.split("Unit Testing:")
        return next((place for place, said in zip(places, verdicts, strict=True) if "SUCCESS" not in said), None)

    def _needed(self, test: Test) -> list[Rule]:
        """Return the rules that a test asks for and what they are made of, in their order."""
        found: dict[int, Rule] = {}
        asked = [rule for outcome in test["promql_expr_test"] for rule in self._asked(outcome["expr"])]
        while asked:
            rule = asked.pop()
            if id(rule) not in found:
                found[id(rule)] = rule
                asked += self._asked(rule["expr"])
        return [rule for rule in self.rules if id(rule) in found]

    def _asked(self, expr: str) -> Iterator[Rule]:
        """Yield the rules whose series or alerts an expression reads."""
        names = {*_NAME.findall(expr)}
        for labels in map(dict, map(_LABEL.findall, _ALERTS.findall(expr))):
            wanted = {label: value for label, value in labels.items() if label not in {"alertname", "alertstate"}}
            for rule in self.rules:
                own = rule["labels"]
                if rule.get("alert") == labels["alertname"] and all(
                    own[label] == value for label, value in wanted.items() if label in own
                ):
                    yield rule
        yield from (rule for rule in self.rules if rule.get("record") in names)


def _load(content: bytes) -> Any:
    return yaml.load(content, yaml.CSafeLoader)


def _write(folder: str, name: str, content: Any) -> None:
    Path(folder, name).write_text(json.dumps(content), encoding="utf-8")

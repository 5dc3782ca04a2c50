"""Exclusions hide what they name until their day; settings are checked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sync.lint import Settings, check
from sync.lint.problem import Severity
from sync.lint.registry import BY_NAME
from sync.lint.settings import LintConfigError, load
from tests.sync.lint.examples import dashboard

PATH, TEXT = dashboard(panels=[{"type": "graph", "title": "Old one"}, {"type": "graph", "title": "Another"}])
CONTENTS = {"boards/" + PATH: TEXT.encode()}


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "dash-sync-lint.yaml"
    file.write_text(text)
    return load(file, rules=frozenset(BY_NAME))


def rules(tmp_path: Path, text: str, *, day: str = "2026-06-01") -> list[tuple[str, str]]:
    problems = check(CONTENTS, settings=settings(tmp_path, text), today=dt.date.fromisoformat(day))
    shown = [problem for problem in problems if problem.rule.startswith(("dead-panel-kind", "exclusion"))]
    return [(problem.rule, problem.panel) for problem in shown]


EXCLUSION = """\
exclude:
  - {rule: dead-panel-kind, files: 'boards/*', panel: 'Old*', reason: being rewritten, until: 2026-06-30}
"""


def test_an_exclusion_hides_the_panel_that_it_names(tmp_path: Path) -> None:
    assert rules(tmp_path, EXCLUSION) == [("dead-panel-kind", "Another")]


def test_an_exclusion_ends_after_its_day(tmp_path: Path) -> None:
    assert rules(tmp_path, EXCLUSION, day="2026-06-30") == [("dead-panel-kind", "Another")]
    assert rules(tmp_path, EXCLUSION, day="2026-07-01") == [
        ("dead-panel-kind", "Old one"),
        ("dead-panel-kind", "Another"),
        ("exclusion-ended", ""),
    ]


def test_an_exclusion_that_covers_nothing_is_named(tmp_path: Path) -> None:
    assert ("exclusion-unused", "") in rules(tmp_path, EXCLUSION.replace("Old*", "New*"))


def test_an_exclusion_of_other_files_is_left_alone(tmp_path: Path) -> None:
    assert ("exclusion-unused", "") not in rules(tmp_path, EXCLUSION.replace("boards/*", "elsewhere/*"))


def test_a_severity_can_be_chosen(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "severities: {dead-panel-kind: error, old-schema: 'off', uneditable-dashboard: info}\n")
    contents = {
        "a.json": dashboard(panels=[{"type": "graph", "title": "A"}], schemaVersion=1, editable=True)[1].encode()
    }
    found = {problem.rule: problem.severity for problem in check(contents, settings=chosen)}
    assert found["dead-panel-kind"] is Severity.ERROR
    assert found["uneditable-dashboard"] is Severity.INFO
    assert "old-schema" not in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exclud: []\n", "did you mean 'exclude'?"),
        ("exclude:\n  - {rule: dead-panel-kind, reason: a}\n", "lacks 'until'"),
        ("exclude:\n  - {rule: dead-panel-kinds, reason: a, until: 2026-06-30}\n", "did you mean dead-panel-kind?"),
        ("exclude:\n  - {rule: dead-panel-kind, reason: a, until: '2026-06-31'}\n", "is no day"),
        ("severities: {dead-panel-kind: grave}\n", "must be one of"),
        ("severities: {none-such: error}\n", "there is no rule"),
        ("scrape-interval: 15 seconds\n", "must look like"),
        ("a: [\n", "not YAML"),
    ],
)
def test_what_is_wrong_with_settings_is_said_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(LintConfigError, match=r"dash-sync-lint.yaml:\d") as problem:
        settings(tmp_path, text)
    assert words in str(problem.value)

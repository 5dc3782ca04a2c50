"""Every format is what its readers expect, whatever stands in a title."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from sync.lint.formats import FORMATS
from sync.lint.problem import Problem, Severity

NASTY = 'Größe, "100%": <a>\n\x1b[31m\x00'
PROBLEMS = [
    Problem("a b.json", 3, 7, Severity.WARNING, "rate-of-sum", "a rate", panel=NASTY),
    Problem("a b.json", 5, 1, Severity.INFO, "panel-description", "no description", panel="B"),
    Problem("c.yaml", 9, 2, Severity.ERROR, "query-syntax", NASTY),
]
PATHS = ["a b.json", "c.yaml", "d.json"]


def written(name: str) -> str:
    return FORMATS[name](PROBLEMS, PATHS)


def test_text_has_a_line_a_problem_and_steers_no_terminal() -> None:
    lines = written("text").replace("\x1b[", "").splitlines()
    assert len(lines) == 4
    assert "a b.json:3:7" in lines[0]
    assert "[rate-of-sum]" in lines[0]
    assert "Größe" in lines[0]
    assert lines[-1] == "1 error, 1 warning, 1 hint in 3 files"
    assert "\x00" not in written("text")


def test_json_is_the_object_that_all_verbs_print() -> None:
    document = json.loads(written("json"))
    assert (document["kind"], document["summary"]) == ("lint", {"files": 3, "errors": 1, "warnings": 1, "infos": 1})
    assert document["rows"][0]["panel"] == NASTY
    assert [row["severity"] for row in document["rows"]] == ["warning", "info", "error"]


def test_sarif_names_its_rules_and_places() -> None:
    [run] = json.loads(written("sarif"))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for problem, result in zip(PROBLEMS, run["results"], strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert rules[result["ruleIndex"]] == result["ruleId"] == problem.rule
        assert place["region"] == {"startLine": problem.line, "startColumn": problem.column}
        assert " " not in place["artifactLocation"]["uri"]
    assert [result["level"] for result in run["results"]] == ["warning", "note", "error"]


def test_junit_has_a_suite_a_file_and_counts_its_failures() -> None:
    root = ET.fromstring(written("junit"))  # noqa: S314 our own
    suites = {suite.get("name"): suite for suite in root}
    assert [suites[path].get("failures") for path in PATHS] == ["1", "1", "0"]
    assert suites["a b.json"].find("system-out").text.startswith("5:1 no description")
    assert len(suites["d.json"].findall("testcase")) == 1


def test_annotations_escape_what_ends_them() -> None:
    lines = written("github").splitlines()
    assert len(lines) == 3
    assert lines[0].startswith('::error file=c.yaml,line=9,col=2,title=query-syntax::Größe, "100%25": <a>%0A')
    assert lines[1].startswith("::warning file=a b.json,line=3")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_say_is_well_formed(name: str) -> None:
    text = FORMATS[name]([], ["a.json"])
    if name in {"json", "sarif"}:
        assert json.loads(text)
    elif name == "junit":
        assert ET.fromstring(text).find("testsuite") is not None  # noqa: S314 our own
    else:
        assert text in {"", "nothing to say about 1 file"}

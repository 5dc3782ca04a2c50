"""JUnit's XML, which build servers show as tests: a suite a file, a failure an error or warning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from sync.lint.problem import Problem, Severity

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(problems: Sequence[Problem], paths: Sequence[str]) -> str:
    """Return the report; hints are output of their suite, not failures."""
    root = ET.Element("testsuites", name="dash-sync lint")
    by_path: dict[str, list[Problem]] = {path: [] for path in paths}
    for problem in problems:
        by_path.setdefault(problem.path, []).append(problem)
    for path, found in by_path.items():
        root.append(_suite(path, found))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _suite(path: str, problems: Sequence[Problem]) -> ET.Element:
    failures = [problem for problem in problems if problem.severity is not Severity.INFO]
    hints = [problem for problem in problems if problem.severity is Severity.INFO]
    tests = max(1, len(failures))
    suite = ET.Element("testsuite", name=_text(path), tests=str(tests), failures=str(len(failures)))
    if not failures:
        ET.SubElement(suite, "testcase", classname=_text(path), name="lint")
    for problem in failures:
        name = f"{problem.rule} {problem.line}:{problem.column}" + (f" {problem.panel}" if problem.panel else "")
        case = ET.SubElement(
            suite, "testcase", classname=_text(path), name=_text(name), file=_text(path), line=str(problem.line)
        )
        ET.SubElement(case, "failure", type=problem.severity, message=_text(problem.message))
    if hints:
        lines = [f"{problem.line}:{problem.column} {problem.message} [{problem.rule}]" for problem in hints]
        ET.SubElement(suite, "system-out").text = _text("\n".join(lines))
    return suite


def _text(text: str) -> str:
    return _FORBIDDEN.sub("�", text)

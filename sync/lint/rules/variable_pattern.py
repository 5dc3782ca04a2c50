"""A pattern of a variable that none of its values can pass, or for All that isn't one.

label_values() gives values as they are, and query_result() whole series: `/instance="(.+)"/` takes a label out of these
and out of nothing else, and out of a series that still has it. Without slashes a pattern is the whole value.

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: "label_values(up, instance)", regex: '/instance="([^"]+)"/'}]}

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: "query_result(sum by (job) (up))", regex: '/.*node="(.*?)".*/'}]}

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: "label_values(up, job)", regex: "shop-"}]}

FAIL dashboard:
    templating:
      list:
        - {type: query, name: a, datasource: {type: loki, uid: $ds}, query: "label_values(job)", allValue: "*"}

PASS dashboard:
    templating:
      list:
        - {type: query, name: a, query: "query_result(up == 0)", regex: '/instance="([^"]+)"/'}
        - {type: query, name: b, query: "label_values(up, job)", regex: "/shop-/"}
        - {type: query, name: c, query: "label_values(up, job)", regex: shop-.*}
        - {type: query, name: d, query: "label_values(up, job)", regex: '/job="?([^"]+)/'}
        - {type: query, name: e, query: "label_values(up, job)", regex: '/job="(?<value>.+)"|(.+)/'}
        - {type: query, name: f, query: "label_values(jmx_up, bean)", regex: '/type="([^"]+)"/'}

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(mysql_up, job)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'mysql_up{instance=~"$instance"}'}]}]

PASS dashboard:
    templating: {list: [{type: query, name: node, query: "label_values(mysql_up, instance)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'mysql_up{instance=~"$node"}'}]}]
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Variable
from sync.lint.known import TARGET_LABELS
from sync.lint.matching import pattern_problem
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.recorded_labels import never_has
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text

_TAKES_LABEL = re.compile(r"([a-z_]\w*)=\\?\"(?![?*])")
"""What a pattern has that takes a label's value out of a series as it is written."""
_PART = re.compile(r"\w[\w -]*[-_]|[-_][\w -]*\w")
"""What is no whole value: the beginning of several words, or their end."""


def check(variable: Variable, project: Project) -> Findings:
    """Look at the pattern that takes the choices apart, and at the one that stands for All."""
    every = as_text(variable.raw.get("allValue"))
    is_pattern = variable.kind == "query" and variable.datasource.kind in {"prometheus", "loki"}
    if is_pattern and (problem := pattern_problem(every) if every and "$" not in every else ""):
        yield Finding(f"All is {every}, which is no pattern: {problem}", pointer=("allValue",))
    elif is_pattern and re.fullmatch(r"[\w-]+[-_]\*", every):
        message = f"All is {every}, which repeats the letter before *: write {every[:-1]}.*"
        yield Finding(message, pointer=("allValue",), severity=Severity.WARNING)
    yield from _choices(variable, project)
    yield from _of_another_label(variable, project)


def _of_another_label(variable: Variable, project: Project) -> Findings:
    """Look for a variable named after a label, and compared with it, that offers the values of another one."""
    listed = _LISTED.search(variable.text) if variable.kind == "query" and not variable.raw.get("regex") else None
    if listed is None or listed[1] == variable.name:
        return
    name, label = variable.name, listed[1]
    compares = re.compile(rf"\b(\w+)\s*(?:=~|=|!=|!~)\s*[\"'](?:\$\{{?|\[\[){re.escape(name)}(?!\w)")
    compared = {found for text in project.texts if name in text for found in compares.findall(text)}
    told, words = min(compared, default=""), set(name.split("_"))
    is_named = told == name or (words & set(told.split("_")) and not words & set(label.split("_")))
    if len(compared) == 1 and told != label and is_named:
        message = f"{name} offers the values of {label}, and queries compare them with {told}"
        yield Finding(message, pointer=("query",), severity=Severity.WARNING)


_LISTED = re.compile(r"^\s*label_values\(.*?,\s*([A-Za-z_]\w*)\s*\)\s*$", re.DOTALL)


def _choices(variable: Variable, project: Project) -> Findings:
    regex, text = as_text(variable.raw.get("regex")), variable.text.lstrip()
    if variable.kind != "query" or not regex or variable.datasource.kind not in {"prometheus", "loki", ""}:
        return
    label = _TAKES_LABEL.search(regex) if "|" not in regex else None  # else another branch may take the value
    tree = variable.query.tree if variable.query else None
    if label is not None and _is_given_alone(label[1], text):
        message = f"label_values() gives values alone, which have no {label[0]}: {variable.name} has no choices"
        yield Finding(message, pointer=("regex",))
    elif label is not None and tree is not None and never_has(tree, label[1], project):
        message = f"the series that {variable.name} is taken from have no {label[1]}: it has no choices"
        yield Finding(message, pointer=("regex",))
    elif _PART.fullmatch(regex):
        message = f"without slashes {regex} is the whole value, and a part of one as /{regex}/"
        yield Finding(message, pointer=("regex",), severity=Severity.WARNING)


def _is_given_alone(label: str, text: str) -> bool:
    """Whether a query gives a label's values, and they hold no such label: names of Java's beans have others' in them.

    `type="Cache",name="x"` may be the value of a label.
    """
    is_asked = re.search(rf"\b{label}\s*\)", text) is not None
    return text.startswith("label_values(") and (is_asked or label in TARGET_LABELS)


RULE = Rule(__name__, Severity.ERROR, variable=check)

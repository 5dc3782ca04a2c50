"""The values that the alerts of a run have for their labels, to hold what routes ask for against."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sync.lint.alertmanager import AlertmanagerConfig, Match
from sync.lint.known import COMMON_LABELS
from sync.lint.misspelling import is_a_letter_apart, is_plural, slips
from sync.lint.project import Project, once_a_project
from sync.lint.shape import as_plain, as_plain_texts

_PLAIN = re.compile(r"[\w-]+(?:\|[\w-]+)*")


@dataclass(slots=True)
class LabelValues:
    """The values of one label, how often each is set, by how many alerts, and whether a template makes one."""

    values: Counter[str] = field(default_factory=Counter)
    templated: bool = False
    count: int = 0


@once_a_project
def label_values(project: Project) -> Mapping[str, LabelValues]:
    """Return what the rules and groups set, the alerts' own names, and what a Prometheus adds to all."""
    found = _counted(
        {**as_plain_texts(rule.group.raw.get("labels")), **rule.labels, "alertname": rule.alert}
        for rule in project.rules
        if rule.alert
    )
    for label, value in project.external_labels.items():
        if label in found:
            found[label].values[as_plain(value)] += 1
    return found


@once_a_project
def _managed(project: Project) -> Mapping[str, LabelValues]:
    """Return what the alert rules that Grafana evaluates set, their names, and their folders' names."""
    rules = [
        (rule, as_plain(group.raw.get("folder")))
        for document in project.managed
        for group in document.groups
        for rule in group.rules
    ]
    return _counted({**rule.labels, "alertname": rule.title, "grafana_folder": folder} for rule, folder in rules)


def _counted(alerts: Iterable[Mapping[str, str]]) -> dict[str, LabelValues]:
    found: dict[str, LabelValues] = {}
    for labels in alerts:
        for label, value in labels.items():
            of_label = found.setdefault(label, LabelValues())
            of_label.values[value] += 1
            of_label.count += 1
            of_label.templated |= "{{" in value or value.startswith("$")
    return found


def values_sent(config: AlertmanagerConfig, project: Project) -> Mapping[str, LabelValues]:
    """Return what the alerts have that are sent to an Alertmanager: Grafana's own gets those that Grafana evaluates."""
    return _managed(project) if config.is_provisioned else label_values(project)


def label_meant(label: str, project: Project) -> str:
    """Return the label that one is a slip of, where no rule sets it and no query has it; '' for none."""
    known = COMMON_LABELS | project.labels_set | {"alertname", "grafana_folder"}
    if label in known or not label.isidentifier():
        return ""
    swapped = next((each for each in slips(label) if each in known and len(each) > 3), "")
    other = swapped or next((each for each in sorted(known) if len(each) > 5 and _is_slip(label, each)), "")
    if other and not is_plural(label, other):
        word = re.compile(rf"\b{label}\b")
        return "" if any(word.search(query.text) for query in project.queries) else other
    return ""


def wanted(match: Match) -> list[str]:
    """Return the values that a matcher names one by one; none where it is a pattern."""
    return match.value.split("|") if match.operator and _PLAIN.fullmatch(match.value) else []


def meant(value: str, known: Collection[str]) -> str:
    """Return the one of the known values that a word of the value is a slip of, or ''."""
    return next((each for each in sorted(known) if _is_slip(value, each)), "") if value not in known else ""


def _is_slip(value: str, other: str) -> bool:
    """Whether one word differs by one letter after the first; short words and numbers tell things apart."""
    words, others = re.split(r"[\W_]+", value), re.split(r"[\W_]+", other)
    differing = [(one, two) for one, two in zip(words, others, strict=False) if one != two]
    if len(words) != len(others) or len(differing) != 1:
        return False
    one, two = differing[0]
    is_word = one.isalpha() and two.isalpha() and min(len(one), len(two)) > 3
    return is_word and one[0].lower() == two[0].lower() and is_a_letter_apart(one, two)

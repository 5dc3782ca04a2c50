"""The labels of series: those that scraping gives them, and of a recorded one those that its rules keep and set."""

from __future__ import annotations

import re
from functools import lru_cache, partial, reduce

from sync.lint.exported_labels import exported
from sync.lint.known import OUTER_LABELS, TARGET_LABELS
from sync.lint.project import Project
from sync.lint.promql.labels import NOTHING, UNKNOWN, Labels, matched, result_labels
from sync.lint.promql.tree import Node, Selector
from sync.lint.rule_file import Rule
from sync.lint.shape import as_dict

_SCRAPED = frozenset({"job", "instance"})
_NOT_SCRAPED = re.compile(r":|xvar\d|^ALERTS(?:_FOR_STATE)?$|^(?:log_|traces_|grafanacloud_)")
"""Names of series that rules make, Tempo, or Loki, or that a variable may be."""


def labels_of(tree: Node, project: Project) -> Labels:
    """Return the labels of an expression's result by all that is known of its series."""
    return result_labels(tree, partial(_of_selector, project=project))


def recorded_labels(name: str, project: Project) -> Labels:
    """Return the labels of a recorded series, other recorded series followed to the rules that make them."""
    if name not in project.labels_of_recorded:
        project.labels_of_recorded[name] = UNKNOWN  # a series recorded from itself has no answer
        try:
            found = [_of_rule(rule, project) for rule in project.recorded.get(name, [])]
        except RecursionError:  # a chain longer than any that people write
            found = []
        project.labels_of_recorded[name] = reduce(Labels.either, found) if found else UNKNOWN
    return project.labels_of_recorded[name]


def lacks(tree: Node, label: str, project: Project) -> bool:
    """Whether no series of the result can have the label."""
    return labels_of(tree, project).lacks(label)


def never_has(tree: Node, label: str, project: Project) -> bool:
    """Whether no series of the result can have the label by what a catalogue or an exposition says, too.

    What an exposition doesn't show may come by scraping: the usual labels of targets, and those asked of many metrics.
    """
    if not project.known.metrics:
        return lacks(tree, label, project)
    labels = result_labels(tree, partial(_of_known, project=project))
    return labels.lacks(label) and (label not in project.shared_labels or lacks(tree, label, project))


def _of_known(selector: Selector, project: Project) -> Labels:
    metric = project.known.find(selector.name) if selector.name else None
    if metric is None or metric.labels is None or selector.name in project.recorded:
        return _of_selector(selector, project)
    parts = {"histogram": {"le"}, "summary": {"quantile"}}.get(metric.kind, set()) | {"__name__"}
    asked = {matcher.label for matcher in selector.matchers}
    names = metric.labels - matched(selector).gone
    others = (frozenset(parts | asked) if metric.exact else TARGET_LABELS | parts | asked) - names
    return Labels(names, exact=True, maybe=others)


def _of_selector(selector: Selector, project: Project) -> Labels:
    asked = matched(selector)
    if selector.name in project.recorded:
        kept = recorded_labels(selector.name, project).without(asked.gone)
        for label in asked.names:
            kept = kept if kept.lacks(label) else kept.including(label)
        return kept
    if not _is_scraped(selector.name):
        return asked
    own = exported(selector.name)
    names = asked.names | ((_SCRAPED | own.names) - asked.gone)
    return Labels(names, gone=asked.gone | (own.gone - _asked(selector)) if own.gone else asked.gone)


def _asked(selector: Selector) -> frozenset[str]:
    """Return the labels that any matcher asks for: who does so has the label, whatever the exporter says."""
    return frozenset(matcher.label for matcher in selector.matchers)


@lru_cache(maxsize=4096)
def _is_scraped(name: str) -> bool:
    return bool(name) and not _NOT_SCRAPED.search(name)


def _of_rule(rule: Rule, project: Project) -> Labels:
    """Return what a rule keeps; what it sets is the same for all of its series, and may be set elsewhere too."""
    if rule.query.tree is None:
        return UNKNOWN
    kept = labels_of(rule.query.tree, project)
    added = OUTER_LABELS | rule.labels.keys() | as_dict(rule.group.raw.get("labels")).keys()
    return Labels(
        kept.names, kept.exact, kept.gone - added, (kept.maybe | added) - kept.names if kept.exact else NOTHING
    )

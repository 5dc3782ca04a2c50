"""The labels of a recorded series: those that its rules keep and set, through other recorded series too."""

from __future__ import annotations

from dataclasses import replace

from sync.lint.known import OUTER_LABELS
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.promql.tree import Aggregation, Binary, Call, Negative, Node, Selector, Subquery
from sync.lint.rule_file import Rule
from sync.lint.shape import as_dict


def recorded_labels(name: str, project: Project) -> frozenset[str] | None:
    """Return the labels of a recorded series; None where no rule records it, or a rule doesn't say which it keeps."""
    if name not in project.labels_of_recorded:
        project.labels_of_recorded[name] = None  # a series recorded from itself has no answer
        found = [_of_rule(rule, project) for rule in project.recorded.get(name, [])]
        told = [labels for labels in found if labels is not None]
        if found and len(told) == len(found):
            project.labels_of_recorded[name] = frozenset().union(*told)
    return project.labels_of_recorded[name]


def lacks(tree: Node, label: str, project: Project) -> bool:
    """Whether no series of the result can have the label, recorded series followed to the rules that make them."""
    if result_labels(tree).lacks(label):
        return True
    return bool(project.recorded) and label not in OUTER_LABELS and result_labels(_grouped(tree, project)).lacks(label)


def _of_rule(rule: Rule, project: Project) -> frozenset[str] | None:
    if rule.query.tree is None:
        return None
    kept = result_labels(_grouped(rule.query.tree, project))
    return kept.names | rule.labels.keys() | as_dict(rule.group.raw.get("labels")).keys() if kept.exact else None


def _grouped(node: Node, project: Project) -> Node:
    """Return the expression with each recorded series grouped by the labels that it has."""
    match node:
        case Selector():
            labels = recorded_labels(node.name, project) if node.name in project.recorded else None
            return node if labels is None else Aggregation("sum", node, labels=tuple(sorted(labels)))
        case Call():
            return replace(node, arguments=tuple(_grouped(each, project) for each in node.arguments))
        case Aggregation() | Negative() | Subquery():
            return replace(node, body=_grouped(node.body, project))
        case Binary():
            return replace(node, left=_grouped(node.left, project), right=_grouped(node.right, project))
        case _:
            return node

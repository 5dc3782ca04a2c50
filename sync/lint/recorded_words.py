"""What the name of a recorded series says, level:metric:operations, and the expression doesn't do.

Houses differ: an external label stands for a level, an operation may be one before. Only what no reading makes true is
told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sync.lint.known_units import units
from sync.lint.problem import Severity
from sync.lint.project import Project
from sync.lint.promql.dimensions import dimension
from sync.lint.promql.factors import unscaled
from sync.lint.promql.measures import BYTES, MILLISECONDS, SECONDS
from sync.lint.promql.percentages import is_share
from sync.lint.promql.tree import Aggregation, Call, Node, Selector, walk
from sync.lint.recorded_labels import labels_of
from sync.lint.rule_file import Rule

_LEVELS = frozenset({"job", "instance", "namespace", "pod", "container", "device", "handler", "mountpoint"})
_ALSO = frozenset({"method", "route", "path", "code", "status", "verb", "endpoint", "topic", "queue", "mode"})
"""Labels that a level names only beside others; alone they are words."""
_COARSE = frozenset({"job", "namespace", "cluster", "service", "region"})
_FINE = frozenset({"instance", "pod"})
_TOPS = frozenset({"sum", "avg", "min", "max"})
_SHARES = re.compile(
    r"ratio|percent|share|utili|usage|saturation|fraction|availability|idle|busy|seconds|cpu|time|_up$|^up$"
)
_UNITS = {"bytes": BYTES, "seconds": SECONDS, "milliseconds": MILLISECONDS}
_MULTIPLES = dict.fromkeys(("kilobytes", "kb", "kib", "megabytes", "mb", "mib", "gigabytes", "gb", "gib"), BYTES)
_MULTIPLES |= dict.fromkeys(("minutes", "hours", "days"), SECONDS)
"""Units of names with what they are multiples of, which the expression must not be in."""


def told_wrongly(rule: Rule, project: Project) -> Iterator[tuple[str, Severity]]:
    """Yield what is wrong with a name of two colons or more; levels are hints, for some houses name them freely."""
    tree, parts = rule.query.tree, rule.record.split(":")
    if tree is None or len(parts) < 3 or rule.query.error is not None:
        return
    level, metric, operations = parts[0], parts[1], "_".join(parts[2:])
    words = re.split("_", re.sub(r"\d+[smhdwy]$|(?<=rate|ease)\d+\w*", "", operations))
    nodes = [node for node, _ in walk(tree)]
    names = [node.name for node in nodes if isinstance(node, Selector)]
    for said in _level(set(level.split("_")), rule, tree, project):
        yield said, Severity.INFO
    wrong = (*_rates(words, nodes, names), *_top(words, tree, nodes, names), *_share(words, rule, tree, names))
    for said in (*wrong, *_unit(metric, words, tree, project)):
        yield said, Severity.WARNING


def _level(level: set[str], rule: Rule, tree: Node, project: Project) -> Iterator[str]:
    labels = labels_of(tree, project)
    known = _LEVELS | _ALSO if labels.exact and level & labels.names else _LEVELS
    for label in sorted(level & known - rule.texts.keys()):
        if labels.lacks(label) and f"{label}_name" not in rule.record:
            yield f"the name says {label}, which the expression drops"
            return
    finer = sorted(labels.names & _FINE) if labels.exact and level and level <= _COARSE else []
    if finer:
        yield f"the name says {'_'.join(sorted(level))}, the expression keeps {finer[0]} too"


def _rates(words: list[str], nodes: list[Node], names: list[str]) -> Iterator[str]:
    taken = {node.name for node in nodes if isinstance(node, Call)} & {"rate", "irate", "increase"}
    said = {"rate", "irate", "increase"}.intersection(words)
    is_nested = any(":" in name for name in names)
    if len(taken) == len(said) == 1 and taken != said and "ratio" not in words and not is_nested:
        yield f"the name says {said.pop()}, the expression takes {taken.pop()}"


def _top(words: list[str], tree: Node, nodes: list[Node], names: list[str]) -> Iterator[str]:
    said = next((word for word in (words[0], words[-1]) if word in _TOPS), "")
    if not isinstance(tree, Aggregation) or tree.name not in _TOPS or not said or tree.name == said:
        return
    done = {node.name for node in nodes if isinstance(node, (Aggregation, Call))}
    if not any(said in each for each in (*done, *names)) and tree.name not in words:
        yield f"the name says {said}, the expression takes {tree.name}"


def _share(words: list[str], rule: Rule, tree: Node, names: list[str]) -> Iterator[str]:
    inner, factor = unscaled(tree)
    if "ratio" in words and factor == 100 and is_share(inner):
        yield "the name says ratio, the expression is in percent"
    elif {"percent", "percentage"}.intersection(words) and is_share(tree):
        yield "the name says percent, the expression is a share: multiply by 100"
    elif "ratio" in words and "/" not in rule.query.text and isinstance(tree, Aggregation) and tree.name == "sum":
        yield from _NOTHING_DIVIDED if all(map(_counts, names)) else ()


_NOTHING_DIVIDED = ("the name says ratio, the expression divides nothing",)


def _counts(name: str) -> bool:
    return name.endswith("_total") and not _SHARES.search(name)


def _unit(metric: str, words: list[str], tree: Node, project: Project) -> Iterator[str]:
    said = metric.rpartition("_")[2]
    done = {"rate", "irate", "increase", "ratio", "percent", "count", "count_over_time"}
    if said not in _UNITS | _MULTIPLES or done.intersection(words):
        return
    unit = dimension(tree, units(project))
    if unit is None or unit.seconds < 0 or not (unit.bytes or unit.seconds):
        return
    if unit.is_near(_MULTIPLES[said]) if said in _MULTIPLES else not unit.is_near(_UNITS[said]):
        yield f"the name says {said}, the expression is in {unit.words}"

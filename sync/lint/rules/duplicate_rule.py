"""The same rule twice, or two recording rules that make the same series.

Two rules that record one name with the same labels write over each other: where the result has no labels, or where
both keep the same labels of the same series. Other series may come of other targets, and filters may share them out.
The same alert twice is told twice, whatever its name, or how long it waits; where only its severity differs, the lesser
one says nothing that the graver one doesn't. A group that stands in a PrometheusRule too, or did before an edit, is one
for two ways to load it.

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "job:up:sum", expr: sum by (job) (up)}
          - {record: "job:up:sum", expr: sum by (job) (up)}

FAIL rules:
    groups:
      - {name: a, rules: [{alert: A, expr: up == 0, labels: {severity: page}}]}
      - {name: b, rules: [{alert: A, expr: "up==0", labels: {severity: page}}]}

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: queue > 10, for: 5m}, {alert: A, expr: queue > 20, for: 5m}]}]

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "all:up:sum", expr: sum(up)}
          - {record: "all:up:sum", expr: sum(node_load1)}

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "job:a:99quantile", expr: "histogram_quantile(0.99, sum by (job, le) (rate(a_bucket[5m])))"}
          - {record: "job:a:99quantile", expr: "histogram_quantile(0.5, sum by (job, le) (rate(a_bucket[5m])))"}

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "redis:keyspace_hits:rate5m", expr: 'rate(redis_keyspace_hits_total[5m])'}
          - {record: "redis:keyspace_hits:rate5m", expr: 'rate(redis_keyspace_misses_total[5m])'}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: load > 90, labels: {severity: warning}}
          - {alert: A, expr: load > 70, labels: {severity: critical}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "redis:up:avg1h", expr: 'avg_over_time(up{job="postgres"}[1h])'}
          - {record: "postgres:up:avg1h", expr: 'avg_over_time(up{job="postgres"}[1h])'}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: High, expr: load > 90, labels: {severity: warning}}
          - {alert: Critical, expr: load > 70, labels: {severity: critical}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: ":failed:per_unary", expr: 'sum by (job) (rate(handled_total{type="unary"}[5m]))'}
          - {record: ":failed:per_unary", expr: 'sum by (job) (rate(handled_total{type="stream"}[5m]))'}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: 'up{a="b", job="c"} == 0', for: 5m, labels: {severity: page}}
          - {alert: B, expr: '0 == up{job="c", a="b"}', for: 5m, labels: {severity: page}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: 'sum by (a, b) (up) == 0', for: 5m}
          - {alert: A, expr: 'sum(up) by (b, a) == 0', for: 10m}

WITH other.yaml:
    groups: [{name: b, rules: [{record: "job:down:sum", expr: "sum by (job, env) (down)"}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:down:sum", expr: "sum by (job) (down)"}]}]

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, for: 5m, labels: {severity: page}}
          - {alert: B, expr: up == 0, for: 1h, labels: {severity: ticket}}

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: load > 70, labels: {severity: warning}}
          - {alert: A, expr: load > 90, labels: {severity: critical}}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "pod:work:sum", expr: "sum by (pod) (idle > 0)"}
          - {record: "pod:work:sum", expr: "sum by (pod) (idle == 0)"}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "job:errors:rate5m", expr: "sum by (job) (rate(http_errors_total[5m]))"}
          - {record: "job:errors:rate5m", expr: "sum by (job) (rate(grpc_errors_total[5m]))"}

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {severity: page, team: a}}
          - {alert: A, expr: up == 0, labels: {severity: ticket, team: b}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: load > 70, labels: {severity: warning}}
          - {alert: A, expr: load > 70, labels: {severity: critical}}

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: load > 70, for: 5m, labels: {severity: warning}}
          - {alert: A, expr: load > 70, for: 1h, labels: {severity: critical}}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "job:up:sum", expr: 'sum by (job) (up{env="a"})', labels: {env: a}}
          - {record: "job:up:sum", expr: 'sum by (job) (up{env="b"})', labels: {env: b}}
"""

from __future__ import annotations

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.labels import result_labels
from sync.lint.promql.tree import CHOOSING, SETS, Aggregation, Binary, Call, Matcher, ordered, turned
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Group
from sync.lint.rule_file import Rule as FileRule
from sync.lint.shape import as_list

_SEVERITIES = frozenset({"severity", "level", "priority"})


def check(rule: FileRule, project: Project) -> Findings:
    """Look for an earlier rule that is the same."""
    others = (project.alerts if rule.alert else project.recorded).get(rule.name, [])
    yield from _of_another_name(rule, project)
    for other in others:
        if other is rule:
            return
        if found := _differing(other, rule):
            yield found
            return
        if rule.alert and other.group.file is rule.group.file and (found := _beside(other, rule)):
            yield found
            return
        if other.labels != rule.labels or _is_copy(other.group, rule.group):
            continue
        where = ", group ".join(filter(None, (other.group.file.path, other.group.name)))
        if _same(other, rule):
            yield Finding(
                f"{rule.name} stands already in {where}, with the same expression and labels",
                pointer=("alert" if rule.alert else "record",),
            )
            return
        if rule.record and other.group.file is rule.group.file and _make_the_same(other, rule):
            message = f"{rule.name} is recorded already in {where}, of something else: each overwrites the other"
            yield Finding(message, pointer=("record",))
            return
        if rule.record and other.group is rule.group and _is_named_after(other, rule):
            message = f"{rule.name} is recorded already in {where}, of the metric that its name says"
            yield Finding(message, pointer=("record",))
            return


def _beside(other: FileRule, rule: FileRule) -> Finding | None:
    """Return what is to say of two alerts of one name and file, of two severities or with two limits."""
    if _same(other, rule) and _is_graver_copy(other, rule):
        message = f"{rule.name} always fires with the one of another severity: expression and `for` are the same"
        return Finding(message, pointer=("alert",))
    if _is_reversed(other, rule):
        return Finding(f"{rule.name}: the critical limit is reached before that of the warning", pointer=("expr",))
    if other.group is rule.group and other.labels == rule.labels and _is_beyond(other, rule):
        message = f"{rule.name} stands already in this group with another limit: the wider one fires for both"
        return Finding(message, pointer=("expr",))
    return None


def _differing(other: FileRule, rule: FileRule) -> Finding | None:
    """Return what is to say of two rules of one name that differ in `for`, or in the labels of what they record."""
    is_of_file = other.group.file is rule.group.file
    if rule.alert and is_of_file and _differs_in_for(other, rule):
        said = f"{rule.name} stands already in group {other.group.name} with another `for`: the shorter tells all"
        return Finding(said, pointer=("for",) if "for" in rule.raw else ("alert",))
    if rule.record and not is_of_file and _has_other_labels(other, rule):
        said = f"{rule.name} is recorded in {other.group.file.path} too, with other labels: sums of it count twice"
        return Finding(said, pointer=("record",))
    return None


def _of_another_name(rule: FileRule, project: Project) -> Findings:
    """Look for an earlier alert of the file with another name and the same expression, `for` and labels."""
    if rule.query.tree is None:
        return
    first = _by_expression(project).get(_key(rule))
    if first is not None and first is not rule and first.name != rule.name:
        said = f"{rule.name} always fires with {first.name}: expression, `for` and labels are the same"
        if rule.alert:
            yield Finding(said, pointer=("alert",))
        elif rule.query.selectors:
            said = f"{rule.name} records the same as {first.name}"
            yield Finding(said, pointer=("expr",), severity=Severity.INFO)
    if not rule.alert:
        return
    for other in _by_value(project).get(_compares(rule), ()):
        if other.name != rule.name and rule.labels.get("severity") == "critical" and _is_reversed(other, rule):
            said = f"{rule.name}: the critical limit is reached before that of the warning {other.name}"
            yield Finding(said, pointer=("expr",))


def _compares(rule: FileRule) -> tuple[int, str]:
    """Return the file of an alert, and what it compares and how, in one order; '' where it compares nothing."""
    tree = rule.query.as_promql.tree
    if not rule.alert or not isinstance(tree, Binary) or constant(tree.right) is None:
        return id(rule.group.file), ""
    try:
        return id(rule.group.file), f"{ordered(tree.left)!r} {tree.operator}"
    except RecursionError:  # a tree that is just not too deep to be read
        return id(rule.group.file), ""


@once_a_project
def _by_value(project: Project) -> dict[tuple[int, str], list[FileRule]]:
    """Return the alerts of each file that compare the same in the same direction."""
    found: dict[tuple[int, str], list[FileRule]] = {}
    for rule in project.rules:
        if (key := _compares(rule))[1]:
            found.setdefault(key, []).append(rule)
    return found


_Key = tuple[int, bool, str, str, str]


@once_a_project
def _by_expression(project: Project) -> dict[_Key, FileRule]:
    """Return the first alert, and the first recording rule, of each file that has an expression."""
    found: dict[_Key, FileRule] = {}
    for rule in project.rules:
        if rule.query.tree is not None:
            found.setdefault(_key(rule), rule)
    return found


def _key(rule: FileRule) -> _Key:
    return (
        id(rule.group.file),
        bool(rule.alert),
        _ordered(rule),
        str(rule.raw.get("for")),
        str(sorted(rule.labels.items())),
    )


def _ordered(rule: FileRule) -> str:
    """Return the expression in one order, whatever order its matchers, groupings and sides were written in."""
    try:
        return repr(ordered(rule.query.tree)) if rule.query.tree is not None else rule.query.text
    except RecursionError:  # a tree that is just not too deep to be read
        return rule.query.text


def _differs_in_for(one: FileRule, other: FileRule) -> bool:
    same = one.labels == other.labels and not _is_copy(one.group, other.group)
    return same and one.raw.get("for") != other.raw.get("for") and _ordered(one) == _ordered(other)


def _has_other_labels(one: FileRule, other: FileRule) -> bool:
    """Whether two rules record the same series of the same metrics by other labels."""
    if one.query.tree is None or other.query.tree is None or one.labels != other.labels:
        return False
    labels, others = result_labels(one.query.tree), result_labels(other.query.tree)
    both = labels.exact and others.exact and labels.possible and others.possible
    return bool(both) and labels != others and _read(one.query) == _read(other.query)


def _same(one: FileRule, other: FileRule) -> bool:
    if one.query.text == other.query.text:
        return one.raw.get("for") == other.raw.get("for")
    if one.query.tree is None or one.raw.get("for") != other.raw.get("for"):
        return False
    return _ordered(one) == _ordered(other)


def _is_graver_copy(one: FileRule, other: FileRule) -> bool:
    """Whether two alerts differ in nothing that routes them but their severity."""
    differing = {label for label, _ in one.labels.items() ^ other.labels.items()}
    return bool(differing) and differing <= _SEVERITIES


def _is_reversed(one: FileRule, other: FileRule) -> bool:
    """Whether a critical alert fires sooner than the warning on the same value."""
    by_severity = {each.labels.get("severity"): each.query.as_promql.tree for each in (one, other)}
    lesser, graver = by_severity.get("warning"), by_severity.get("critical")
    if not isinstance(lesser, Binary) or not isinstance(graver, Binary) or not _is_graver_copy(one, other):
        return False
    low, high = constant(lesser.right), constant(graver.right)
    if lesser.left != graver.left or lesser.operator != graver.operator or low is None or high is None:
        return False
    return (lesser.operator[0] == ">" and high < low) or (lesser.operator[0] == "<" and high > low)


def _is_beyond(one: FileRule, other: FileRule) -> bool:
    """Whether two alerts that are one to everybody compare the same value with two limits."""
    trees = [each.query.as_promql.tree for each in (one, other)]
    first, second = (turned(each) if isinstance(each, Binary) and each.filters else None for each in trees)
    if first is None or second is None or first.operator in {"==", "!="} or one.raw.get("for") != other.raw.get("for"):
        return False
    limits = constant(first.right), constant(second.right)
    return (
        None not in limits and limits[0] != limits[1] and (first.left, first.operator) == (second.left, second.operator)
    )


def _make_the_same(one: FileRule, other: FileRule) -> bool:
    """Whether two expressions give series of the same labels: none at all, or the same ones of the same series."""
    if (
        one.query.tree is None
        or other.query.tree is None
        or one.group.raw.get("labels") != other.group.raw.get("labels")
    ):
        return False
    labels, others = result_labels(one.query.tree), result_labels(other.query.tree)
    if not labels.exact or labels != others or _chooses(one.query) or _chooses(other.query):
        return False
    if not labels.possible or _read(one.query) == _read(other.query):
        return True
    return _reads_apart(one.query, other.query, labels.possible)


def _reads_apart(one: Query, other: Query, kept: frozenset[str]) -> bool:
    """Whether two queries read other series of the same metrics, which differ in labels that are gone afterwards."""
    read, others = _read(one), _read(other)
    asked, other_asked = ({matcher for _, each in reads for matcher in each} for reads in (read, others))
    differing = {matcher.label for matcher in asked ^ other_asked}
    return {name for name, _ in read} == {name for name, _ in others} and not differing & kept


def _is_named_after(one: FileRule, other: FileRule) -> bool:
    """Whether two expressions differ in a metric's name alone, and the recorded name is that of the first: a copy."""
    if one.query.tree is None or other.query.tree is None or _chooses(one.query):
        return False
    names = [{selector.name for selector, _ in rule.query.selectors} for rule in (one, other)]
    if len(names[0]) != 1 or len(names[1]) != 1 or names[0] == names[1]:
        return False
    first, second = names[0].pop(), names[1].pop()
    same = str(one.query.tree).replace(first, second) == str(other.query.tree)
    return same and _says(other.name, first) > _says(other.name, second)


def _says(recorded: str, metric: str) -> int:
    """Return how many words of a metric stand in a recorded name."""
    return len(set(metric.split("_")) & set(recorded.replace(":", "_").split("_")))


def _chooses(query: Query) -> bool:
    """Whether values decide which series there are, or labels are made."""
    return (
        any(node.filters or node.operator in SETS for node, _ in query.each(Binary))
        or any(node.name in CHOOSING | {"count_values"} for node, _ in query.each(Aggregation))
        or any(node.name in {"label_replace", "label_join"} for node, _ in query.each(Call))
    )


def _read(query: Query) -> set[tuple[str, frozenset[Matcher]]]:
    return {(selector.name, frozenset(selector.matchers)) for selector, _ in query.selectors}


def _is_copy(one: Group, other: Group) -> bool:
    """Whether one group stands in a rule file and the other, or what it was before an edit, in a manifest."""
    if one.file.base == other.file.base or one.raw.get("name") != other.raw.get("name"):
        return False
    rules, others = as_list(one.raw.get("rules")), as_list(other.raw.get("rules"))
    return 2 * sum(rule in others for rule in rules) >= max(len(rules), len(others))


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "rule/duplicate"}, rule=check)

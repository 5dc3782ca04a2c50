"""What a value of JSON or YAML is: a dashboard, rules, a configuration, or something that holds such things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from sync.lint import dashboard_v2
from sync.lint.alertmanager import AlertmanagerConfig, Written
from sync.lint.dashboard import Dashboard
from sync.lint.embedded import Entry, dashboards, files, holds_files
from sync.lint.managed import ManagedGroup, ManagedRules
from sync.lint.managed_routing import is_provisioned
from sync.lint.problem import Pointer
from sync.lint.query import Queries
from sync.lint.rule_file import Form, RuleFile
from sync.lint.runbook import Runbook
from sync.lint.shape import as_dict, as_list, as_text


@dataclass(slots=True)
class Catalogue:
    """The signals of a catalogue.json."""

    raw: dict[str, Any]


@dataclass(slots=True)
class Exposition:
    """What an exporter answered once."""

    text: str


@dataclass(slots=True)
class Prometheus:
    """Prometheus' own configuration: lint takes its intervals and external labels."""

    raw: dict[str, Any]


@dataclass(slots=True)
class RuleTests:
    """promtool's tests of rules, which promtool runs."""


@dataclass(slots=True)
class DataSources:
    """Grafana's provisioning file of data sources, of which only secrets are a matter for lint."""

    raw: dict[str, Any]
    base: Pointer = ()


@dataclass(slots=True)
class Secrets:
    """A Secret of Kubernetes, which shouldn't lie about; the files that it holds are read for themselves."""

    raw: dict[str, Any]
    base: Pointer = ()


Judged: TypeAlias = Dashboard | RuleFile | AlertmanagerConfig | Runbook | ManagedRules
Document: TypeAlias = Judged | Catalogue | Exposition | Prometheus | RuleTests | DataSources | Secrets


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a value was read from."""

    path: str
    text: str
    queries: Queries

    def rules(
        self, raw: dict[str, Any], base: Pointer, *, form: Form = Form.FILE, dialect: str | None = None
    ) -> RuleFile:
        """Read groups of rules."""
        return RuleFile(self.path, raw, self.text, queries=self.queries, base=base, dialect=dialect, form=form)

    def routing(
        self, raw: dict[str, Any], base: Pointer, form: Written = Written.FILE, policy: int = 0
    ) -> AlertmanagerConfig:
        """Read Alertmanager's configuration."""
        return AlertmanagerConfig(self.path, raw, self.text, base=base, form=form, policy=policy)

    def dashboard(self, raw: dict[str, Any], base: Pointer) -> Dashboard:
        """Read a dashboard, of v1 or v2."""
        read = dashboard_v2.dashboard if _is_v2(raw) else Dashboard
        return read(self.path, raw, self.text, queries=self.queries, base=base)

    def managed(self, groups: list[ManagedGroup]) -> ManagedRules:
        """Read alert rules of Grafana's."""
        return ManagedRules(groups, self.queries)


def documents(source: Source, value: Any, base: Pointer) -> Iterator[Document | Entry]:
    """Tell what a value is and take it apart; a list of Kubernetes, a config map or a chart's values hold several."""
    if not isinstance(value, dict):
        yield from _held(source, value, base)
        return
    if (resources := _resources(value)) is not None:
        for resource, pointer in resources:
            yield from documents(source, resource, (*base, *pointer))
        return
    if value.get("kind") == "Secret" and holds_files(value):
        yield Secrets(value, base)
    if entries := [*(files(value, base) if holds_files(value) else ()), *dashboards(value, base)]:
        yield from entries
    elif found := _found(source, value, base):
        yield from found
    elif value.get("kind") not in _LEFT_ALONE:
        yield from _held(source, value, base)


_LEFT_ALONE = ("Secret", "VMAlertmanagerConfig")
"""What holds nothing more that could be read: the last is of another form than Alertmanager's and its operator's."""


def _resources(value: dict[str, Any]) -> list[tuple[Any, Pointer]] | None:
    """Return the resources that one is made of: a list's, and what Grafana's operator hands on; None for another."""
    kind, template = as_text(value.get("kind")), as_dict(value.get("spec")).get("template")
    if kind.endswith("List") and isinstance(value.get("items"), list):
        return [(item, ("items", number)) for number, item in enumerate(value["items"])]
    return [(template, ("spec", "template"))] if kind == "GrafanaManifest" and isinstance(template, dict) else None


def _found(source: Source, value: dict[str, Any], base: Pointer) -> list[Document]:
    """Read what a value is by itself: one thing, but that Grafana's provisioning may have routing beside rules."""
    document = _document(source, value, base)
    policies = range(max(1, len(as_list(value.get("policies"))))) if is_provisioned(value) else ()
    found: list[Document] = [source.routing(value, base, Written.PROVISIONED, policy) for policy in policies]
    return found if document is None else [*found, document]


def _document(source: Source, value: dict[str, Any], base: Pointer) -> Document | None:
    spec = value.get("spec")
    if isinstance(spec, dict) and "kind" in value:
        return _resource(source, value, spec, (*base, "spec"))
    manifest = "kind" in value and "apiVersion" in value
    if "groups" in value and not manifest and (isinstance(value["groups"], (list, type(None))) or len(value) == 1):
        return _groups(source, value, base)
    if _routes_alerts(value):
        return source.routing(value, base)
    inner = value.get("dashboard")
    if isinstance(inner, dict) and "panels" in inner:
        return source.dashboard(inner, (*base, "dashboard"))
    return source.dashboard(value, base) if is_dashboard(value) else _knowledge(value, base)


def _groups(source: Source, value: dict[str, Any], base: Pointer) -> RuleFile | ManagedRules:
    """Read groups: Grafana's stand in folders and have their queries in `data`, those of Prometheus don't."""
    groups = list(enumerate(as_list(value["groups"])))
    rules = [rule for _, group in groups for rule in as_list(as_dict(group).get("rules"))]
    if any("data" in as_dict(rule) for rule in rules) or any("folder" in as_dict(group) for _, group in groups):
        return source.managed([ManagedGroup(as_dict(each), (*base, "groups", number)) for number, each in groups])
    return source.rules(value, base)


def _resource(source: Source, value: dict[str, Any], spec: dict[str, Any], base: Pointer) -> Document | None:
    """Read a document with kind and spec: operators' own, Grafana's dashboards of v1 and v2."""
    kind, name = as_text(value["kind"]), as_text(as_dict(value.get("metadata")).get("name"))
    if kind == "AlertmanagerConfig":
        return source.routing(spec, base, Written.RESOURCE)
    if kind in _DIALECTS and "groups" in spec:
        is_openshifts = as_text(value.get("apiVersion")).startswith("monitoring.openshift.io")
        return source.rules(spec, base, dialect=None if is_openshifts else _DIALECTS[kind])
    if kind == "GrafanaAlertRuleGroup":
        folder = spec.get("folderUID") or spec.get("folderRef") or spec.get("folderSelector")
        group = ManagedGroup({"name": name, "folder": folder, **spec}, base, is_provisioned=False)
        return source.managed([group])
    # Perses' dashboards have panels by name
    if kind != "Dashboard" or (isinstance(spec.get("panels"), dict) and "elements" not in spec):
        return None
    read = dashboard_v2.dashboard if "elements" in spec else Dashboard
    document = read(source.path, spec, source.text, queries=source.queries, base=base)
    document.uid = name or document.uid  # in a resource the name is the uid
    return document


_DIALECTS = {
    "PrometheusRule": None,
    "Rules": None,
    "ClusterRules": None,
    "GlobalRules": None,
    "VMRule": "victoriametrics",
    "AlertingRule": "loki",
    "RecordingRule": "loki",
}
"""Whose groups of rules the resources hold that operators take: Prometheus' (and Google's managed one's),
VictoriaMetrics', and Loki's, of which OpenShift has one kind too, for Prometheus."""


def _routes_alerts(value: dict[str, Any]) -> bool:
    """Whether it is Alertmanager's configuration: the routes and receivers of other programs have other keys."""
    if "route" not in value or "receivers" not in value:
        return False
    keys = {key for each in as_list(value["receivers"]) for key in as_dict(each)}
    has_theirs = all(key == "name" or "config" in key for key in keys)
    return "receiver" in as_dict(value["route"]) or ("name" in keys and has_theirs)


_DEEPEST = 8
"""Keys down to which something else holds a configuration: a chart's values, a release's, a playbook's."""
_SPEAK_OF = ("groups:", "expr:", "receivers:", '"panels"', "panels:")
"""What a text that is a file in itself has in it."""


def _held(source: Source, value: Any, base: Pointer, depth: int = 0) -> Iterator[Document | Entry]:
    """Yield what the values of a chart, a release or a playbook hold, however deep they want it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if any(word in value for word in _SPEAK_OF):
            suffix = "json" if value.lstrip().startswith("{") else "yaml"
            yield Entry(f"held.{suffix}", value.encode(errors="replace"), base)
    elif isinstance(value, list):
        yield from _listed(source, value, base, depth)
    elif isinstance(value, dict):
        yield from _valued(source, value, base, depth)


def _valued(source: Source, value: dict[str, Any], base: Pointer, depth: int) -> Iterator[Document | Entry]:
    groups = value.get("groups")
    if _routes_alerts(value):
        yield source.routing(value, base, Written.VALUES)
    elif is_provisioned(value):  # a chart's values for Grafana have files in them
        yield from _found(source, value, base)
    elif isinstance(groups, list) and any("rules" in as_dict(group) for group in groups):
        yield _groups(source, value, base)
    elif depth and "kind" in value and "apiVersion" in value:
        yield from documents(source, value, base)
    else:
        for key, each in value.items():
            yield from _held(source, each, (*base, key), depth + 1)


def _listed(source: Source, value: list[Any], base: Pointer, depth: int) -> Iterator[Document | Entry]:
    """Read a list of groups or of rules, as a chart's values want them, or of anything."""
    each = [as_dict(item) for item in value]
    if value and all(_is_group(item) for item in each):
        yield source.rules({"groups": value}, base, form=Form.GROUPS)
    elif value and all(_is_rule(item) for item in each):
        yield source.rules({"groups": [{"rules": value}]}, base, form=Form.RULES)
    else:
        for number, item in enumerate(value):
            yield from _held(source, item, (*base, number), depth + 1)


def _knowledge(value: dict[str, Any], base: Pointer) -> Document | None:
    """Read what isn't judged, and helps to judge others."""
    if "global" in value and ("scrape_configs" in value or "rule_files" in value):
        return Prometheus(value)
    if "signals" in value and "indicators" in value:
        return Catalogue(value)
    if "apiVersion" in value and isinstance(value.get("datasources"), list):
        return DataSources(value, base)
    return RuleTests() if "tests" in value and "rule_files" in value else None


def _is_group(value: dict[str, Any]) -> bool:
    """Whether it is a group of rules of Prometheus: clusters' roles and Grafana's API have rules too."""
    return any(_is_rule(as_dict(rule)) for rule in as_list(value.get("rules")))


def _is_rule(value: dict[str, Any]) -> bool:
    """Whether it is a rule of Prometheus, by more keys of one than of anything else."""
    return "expr" in value and ("alert" in value or "record" in value) and len(value.keys() - _OF_A_RULE) <= 1


_OF_A_RULE = frozenset({"alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"})


_MARKS = frozenset(
    {"panels", "rows", "templating", "schemaVersion", "annotations", "time", "timepicker", "uid", "refresh"}
)


def _is_v2(value: dict[str, Any]) -> bool:
    return "elements" in value and "layout" in value


def is_dashboard(value: dict[str, Any]) -> bool:
    """Tell a dashboard by its panels, or by its title beside two more of what every dashboard has."""
    if "panels" in value or _is_v2(value) or ("rows" in value and "title" in value):
        return True
    return "title" in value and len(_MARKS & value.keys()) >= 2

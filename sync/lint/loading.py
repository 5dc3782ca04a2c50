"""From a file's bytes to what it holds: dashboards, rules, a configuration, a runbook, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from sync.lint import dashboard_v2, known
from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.dashboard import Dashboard
from sync.lint.embedded import Entry, Outside, dashboards, files, holds_files
from sync.lint.positions import JsonPositions, LineIndex, YamlPositions
from sync.lint.problem import Finding, Pointer
from sync.lint.query import Queries
from sync.lint.rule_file import DIALECTS, RuleFile
from sync.lint.runbook import Runbook
from sync.lint.shape import as_dict, as_list, as_text
from sync.lint.templating import filled_in_by_helm, makes_json, makes_yaml, unescaped


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
class ManagedRules:
    """Alert rules that Grafana evaluates, in the form of its provisioning files."""

    raw: dict[str, Any]
    base: Pointer = ()


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


@dataclass(slots=True)
class Loaded:
    """A file: its documents, findings of its form as (rule, finding, offset), and the means to place others.

    `inside` are the files that it holds as texts; each has its own positions, and the place of itself in `outside`.
    """

    path: str
    text: str = ""
    documents: list[Document] = field(default_factory=list)
    findings: list[tuple[str, Finding, int]] = field(default_factory=list)
    value: Any = None
    positions: LineIndex | JsonPositions | YamlPositions | None = None
    inside: list[Loaded] = field(default_factory=list)
    outside: Outside | None = None
    _entries: list[Entry] = field(default_factory=list)

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column of an offset in the text, in the file that a person opens."""
        if self.outside is not None:
            return self.outside.place(offset)
        return self.positions.place(offset) if self.positions is not None else (1, 1)


def load(path: str, content: bytes, queries: Queries) -> Loaded:
    """Read one file, and those inside of it; never raises for what is in it."""
    loaded = _load(path, path, content, queries)
    loaded.inside = [inside for entry in loaded._entries if (inside := _inside(loaded, entry, queries)) is not None]
    if loaded._entries and not loaded.inside and not loaded.documents:
        _unknown(loaded)
    return loaded


def _inside(around: Loaded, entry: Entry, queries: Queries) -> Loaded | None:
    """Read an entry of a manifest; None where it is nothing that lint knows, which other programs' files may be."""
    loaded = _load(around.path, entry.name, entry.content, queries)
    found = loaded.documents or (entry.certain and loaded.findings)
    if not found or not isinstance(around.positions, (JsonPositions, YamlPositions)):
        return None
    for document in loaded.documents:
        if isinstance(document, Dashboard):
            document.uid = document.uid or entry.uid
    span = around.positions.span(entry.pointer)
    loaded.outside = Outside(around.positions, span, loaded.text, entry.is_text)
    return loaded


def _load(path: str, name: str, content: bytes, queries: Queries) -> Loaded:
    """Read what has a name, of which the ending says the form, and stands in the file at a path."""
    loaded = Loaded(path)
    try:
        loaded.text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _say(loaded, "unreadable-file", f"byte {error.start} is no UTF-8 text", 0)
        return loaded
    suffix = name.rpartition(".")[2].lower()
    is_document = suffix in {"json", "yaml", "yml", "rules"}
    loaded.text, escaped = unescaped(loaded.text) if is_document else (loaded.text, None)
    loaded.positions = LineIndex(loaded.text)
    if suffix in {"md", "markdown"}:
        loaded.documents.append(Runbook(path, loaded.text, queries=queries))
    elif is_document and (place := filled_in_by_helm(loaded.text)) is not None:
        _templated(loaded, place)
    elif suffix == "json" or (suffix not in {"yaml", "yml"} and loaded.text.lstrip()[:1] == "{"):
        _load_json(loaded, queries)
    elif suffix in {"prom", "metrics", "txt"} and known.looks_like_exposition(loaded.text):
        loaded.documents.append(Exposition(loaded.text))
    elif suffix in {"yaml", "yml", "rules"}:
        _load_yaml(loaded, queries)
    else:
        _unknown(loaded)
    if escaped is not None and any(rule == "unreadable-file" for rule, _, _ in loaded.findings):
        loaded.findings.clear()
        _templated(loaded, escaped)
    return loaded


def _say(loaded: Loaded, rule: str, message: str, offset: int) -> None:
    loaded.findings.append((rule, Finding(message), offset))


def _templated(loaded: Loaded, offset: int) -> None:
    _say(loaded, "templated-file", "a template (Helm, Jinja), not a finished file: lint what it renders to", offset)


def _unknown(loaded: Loaded) -> None:
    _say(
        loaded,
        "unknown-document",
        "not a dashboard, rule file, Alertmanager configuration, catalogue or runbook; it was not checked",
        0,
    )


def _load_json(loaded: Loaded, queries: Queries) -> None:
    try:
        value = orjson.loads(loaded.text)
    except orjson.JSONDecodeError as error:
        try:
            value = json.loads(loaded.text)
        except json.JSONDecodeError as problem:
            if makes_json(loaded.text):
                _templated(loaded, problem.pos)
                return
            _say(loaded, "unreadable-file", f"not JSON: {problem.msg}", problem.pos)
            return
        except (RecursionError, ValueError):
            _say(loaded, "unreadable-file", f"not JSON: {error.msg}", 0)
            return
        _say(loaded, "unreadable-file", f"not JSON for Grafana: {error.msg}", error.pos)
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError as problem:
        if "ecursion" in str(problem):  # deeper than 254 levels: no dashboard is
            _say(loaded, "unreadable-file", "it nests too deep", 0)
            return
        written = b""  # a number beyond 64 bits, half a surrogate pair
    as_many_quotes = loaded.text.count('"') == written.count(b'"') and "\\u0022" not in loaded.text
    loaded.positions = JsonPositions(loaded.text, unique=as_many_quotes)
    loaded.value = value
    _documents(loaded, value, (), queries)


def _load_yaml(loaded: Loaded, queries: Queries) -> None:
    import yaml

    from sync.lint.yaml_reader import TooDeepError, documents

    try:
        found = documents(loaded.text)
    except TooDeepError:
        _say(loaded, "unreadable-file", "it nests too deep, or its aliases stand for too much", 0)
        return
    except RecursionError:
        _say(loaded, "unreadable-file", "it nests too deep", 0)
        return
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        words = getattr(error, "problem", None) or str(error)
        offset = mark.index if mark else 0
        if makes_yaml(loaded.text):
            _templated(loaded, offset)
        else:
            _say(loaded, "unreadable-file", f"not YAML: {words}", offset)
        return
    spans: dict[Pointer, tuple[int, int]] = {}
    for number, document in enumerate(found):
        base: Pointer = (number,) if len(found) > 1 else ()
        spans |= {(*base, *pointer): span for pointer, span in document.spans.items()} if base else document.spans
        for pointer in document.duplicates:
            start = document.spans[pointer][0]
            _say(loaded, "duplicate-key", f"`{pointer[-1]}` stands twice here; only one of them counts", start)
        if document.value is not None:
            _documents(loaded, document.value, base, queries)
    loaded.positions = YamlPositions(loaded.text, spans)
    values = [document.value for document in found]
    loaded.value = values if len(values) > 1 else next(iter(values), None)


def _documents(loaded: Loaded, value: Any, base: Pointer, queries: Queries) -> None:
    """Tell what a value is and take it apart; a Kubernetes list or config map holds several."""
    if value in ({}, []):
        return
    if not isinstance(value, dict):
        _groups_alone(loaded, value, base, queries)
        return
    if (held := _resources(value)) is not None:
        for resource, pointer in held:
            _documents(loaded, resource, (*base, *pointer), queries)
        return
    if value.get("kind") == "Secret" and holds_files(value):
        loaded.documents.append(Secrets(value, base))
    if entries := [*(files(value, base) if holds_files(value) else ()), *dashboards(value, base)]:
        loaded._entries += entries
        return
    document = _document(loaded, value, base, queries)
    if document is not None:
        loaded.documents.append(document)
    elif as_text(value.get("kind")) in _WITH_VALUES and (inner := list(_in_values(loaded, value, base, queries))):
        loaded.documents += inner
    elif value.get("kind") != "Secret":
        _unknown(loaded)


def _resources(value: dict[str, Any]) -> list[tuple[Any, Pointer]] | None:
    """Return the resources that one is made of: a list's, and what Grafana's operator hands on; None for another."""
    kind, template = as_text(value.get("kind")), as_dict(value.get("spec")).get("template")
    if kind.endswith("List") and isinstance(value.get("items"), list):
        return [(item, ("items", number)) for number, item in enumerate(value["items"])]
    return [(template, ("spec", "template"))] if kind == "GrafanaManifest" and isinstance(template, dict) else None


def _groups_alone(loaded: Loaded, value: Any, base: Pointer, queries: Queries) -> None:
    """Read a list of groups of rules, as a chart's values or a template want it."""
    if isinstance(value, list) and all(isinstance(as_dict(each).get("rules"), list) for each in value):
        groups = {"groups": value}
        loaded.documents.append(RuleFile(loaded.path, groups, loaded.text, queries=queries, base=base, is_bare=True))
    else:
        _unknown(loaded)


def _in_values(loaded: Loaded, value: Any, base: Pointer, queries: Queries) -> Iterator[RuleFile | AlertmanagerConfig]:
    """Yield the configurations and rules that the values of a chart hold, however deep the chart wants them."""
    if not isinstance(value, dict) or len(base) > _DEEPEST:
        return
    groups = value.get("groups")
    if _routes_alerts(value):
        yield AlertmanagerConfig(loaded.path, value, loaded.text, base=base, is_values=True)
    elif isinstance(groups, list) and any("rules" in as_dict(group) for group in groups) and not _managed(value):
        yield RuleFile(loaded.path, value, loaded.text, queries=queries, base=base)
    else:
        for key, each in value.items():
            yield from _in_values(loaded, each, (*base, key), queries)


def _routes_alerts(value: dict[str, Any]) -> bool:
    """Whether it is Alertmanager's configuration: other programs have routes and receivers, which have no names."""
    route, receivers = value.get("route"), value.get("receivers")
    if not isinstance(route, dict) or not isinstance(receivers, list):
        return False
    return "receiver" in route or any("name" in as_dict(each) for each in receivers)


_WITH_VALUES = frozenset({"", "HelmRelease", "HelmChart", "HelmChartConfig", "Application"})
"""Files of values, which say no kind, and the resources that hold such values."""
_DEEPEST = 8
"""Keys down to which a chart's values, or a release's, hold a configuration."""


def _document(loaded: Loaded, value: dict[str, Any], base: Pointer, queries: Queries) -> Document | None:
    path, text = loaded.path, loaded.text
    spec = value.get("spec")
    if isinstance(spec, dict) and "kind" in value:
        document = _resource(loaded, value["kind"], spec, (*base, "spec"), queries)
        if isinstance(document, Dashboard):  # in a resource the name is the uid
            document.uid = as_text(as_dict(value.get("metadata")).get("name")) or document.uid
        return document
    manifest = "kind" in value and "apiVersion" in value
    if "groups" in value and not manifest and (isinstance(value["groups"], (list, type(None))) or len(value) == 1):
        is_managed = _managed(value)
        return ManagedRules(value, base) if is_managed else RuleFile(path, value, text, queries=queries, base=base)
    if "route" in value and "receivers" in value:
        return AlertmanagerConfig(path, value, text, base=base)
    inner = value.get("dashboard")
    if isinstance(inner, dict) and "panels" in inner:
        return Dashboard(path, inner, text, queries=queries, base=(*base, "dashboard"))
    return _own_dashboard(loaded, value, base, queries) if is_dashboard(value) else _knowledge(value, base)


def _own_dashboard(loaded: Loaded, value: dict[str, Any], base: Pointer, queries: Queries) -> Dashboard:
    """Read a dashboard that stands alone, of v1 or v2."""
    read = dashboard_v2.dashboard if _is_v2(value) else Dashboard
    return read(loaded.path, value, loaded.text, queries=queries, base=base)


def _resource(
    loaded: Loaded, kind: Any, spec: dict[str, Any], base: Pointer, queries: Queries
) -> Dashboard | RuleFile | AlertmanagerConfig | None:
    """Read a document with apiVersion, kind and spec: operators' own, Grafana's dashboards of v1 and v2."""
    kind = as_text(kind)
    if kind == "AlertmanagerConfig":
        return AlertmanagerConfig(loaded.path, spec, loaded.text, base=base, is_resource=True)
    if kind in {"PrometheusRule", *DIALECTS} and "groups" in spec:
        return RuleFile(loaded.path, spec, loaded.text, queries=queries, base=base, dialect=DIALECTS.get(kind))
    if kind == "Dashboard" and "elements" in spec:
        return dashboard_v2.dashboard(loaded.path, spec, loaded.text, queries=queries, base=base)
    grafanas = kind == "Dashboard" and not isinstance(spec.get("panels"), dict)  # Perses has panels by name
    return Dashboard(loaded.path, spec, loaded.text, queries=queries, base=base) if grafanas else None


def _managed(value: dict[str, Any]) -> bool:
    """Tell Grafana's alert rules, whose queries stand in `data`, from those of Prometheus."""
    rules = [rule for group in as_list(value["groups"]) for rule in as_list(as_dict(group).get("rules"))]
    return any("data" in as_dict(rule) for rule in rules)


def _knowledge(value: dict[str, Any], base: Pointer) -> Document | None:
    """Read what isn't judged, and helps to judge others."""
    if "global" in value and ("scrape_configs" in value or "rule_files" in value):
        return Prometheus(value)
    if "signals" in value and "indicators" in value:
        return Catalogue(value)
    if "apiVersion" in value and isinstance(value.get("datasources"), list):
        return DataSources(value, base)
    return RuleTests() if "tests" in value and "rule_files" in value else None


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

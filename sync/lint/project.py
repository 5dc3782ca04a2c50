"""What all files of a run say together: the ground on which a rule judges one of them."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from sync.lint import logql
from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.asked import Asked
from sync.lint.dashboard import Dashboard
from sync.lint.documents import Catalogue, Document, Exposition, Prometheus
from sync.lint.kinds import kind
from sync.lint.known import Known, catalogue, exposition
from sync.lint.linked import Linked
from sync.lint.loading import Loaded
from sync.lint.managed import ManagedRule, ManagedRules
from sync.lint.managed_routing import DEFINED
from sync.lint.near_names import NearNames, stem
from sync.lint.promql.labels import Labels
from sync.lint.query import Language, Query
from sync.lint.rule_file import Rule, RuleFile, mostly_owned, seconds
from sync.lint.runbook import ADDRESS, Runbook
from sync.lint.settings import Settings
from sync.lint.shape import as_dict, as_list, as_text
from sync.lint.words import labels, metric_names, rated

Thing = TypeVar("Thing")
_PARTS = frozenset({"used", "free", "available", "remaining"})
_NOT_SHOWN = r"\b(?:i?rate|increase|delta|deriv|changes|resets|absent|count|present_over_time|count_over_time)|\}"
"""What stands before the parenthesis around a metric whose value isn't what is shown."""
_SCRAPED_EVERY = re.compile(r'^prometheus_target_interval_length_seconds\{[^}\n]*?interval="(\w+)"', re.MULTILINE)
"""How Prometheus itself tells of its scrape intervals."""


@dataclass
class Project:
    """Every document of a run, the metrics that are known, and a team's settings."""

    settings: Settings = field(default_factory=Settings)
    known: Known = field(default_factory=Known)
    dashboards: list[Dashboard] = field(default_factory=list)
    rule_files: list[RuleFile] = field(default_factory=list)
    alertmanagers: list[AlertmanagerConfig] = field(default_factory=list)
    managed: list[ManagedRules] = field(default_factory=list)
    runbooks: dict[str, Runbook] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    external_labels: dict[str, Any] = field(default_factory=dict)
    scrape_intervals: set[float] = field(default_factory=set)
    labels_of_recorded: dict[str, Labels] = field(default_factory=dict)
    made: dict[Callable[[Project], Any], Any] = field(default_factory=dict)
    _rated_alone: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known.is_rated = self._is_rated
        self.known.has_parts = self._has_parts

    def add(self, loaded: Loaded) -> None:
        """Take what a file holds, and the files inside of it."""
        self.paths.add(loaded.path)
        for inside in loaded.inside:
            self.add(inside)
        for document in loaded.documents:
            match document:
                case Dashboard():
                    self.dashboards.append(document)
                case RuleFile():
                    self.rule_files.append(document)
                    self.known.recorded.update(rule.record for rule in document.rules if rule.record)
                case AlertmanagerConfig():
                    self.alertmanagers.append(document)
                case ManagedRules():
                    self.managed.append(document)
                case Runbook():
                    self.runbooks[document.path] = document
                case _:
                    self._learn(document, loaded.path)

    def _learn(self, document: Document, path: str) -> None:
        """Take what isn't judged itself, and tells of what is."""
        match document:
            case Catalogue():
                catalogue(document.raw, self.known, source=path)
            case Exposition():
                exposition(document.text, self.known, source=path)
                self.scrape_intervals |= set(filter(None, map(seconds, _SCRAPED_EVERY.findall(document.text))))
            case Prometheus():
                self._configured(as_dict(document.raw.get("global")))
            case _:
                pass

    def _configured(self, settings: dict[str, Any]) -> None:
        self.external_labels |= as_dict(settings.get("external_labels"))
        interval = seconds(settings.get("scrape_interval"))
        if interval:
            self.scrape_intervals.add(interval)

    def _is_rated(self, name: str) -> bool:
        return self._rated[name] > 0

    def _has_parts(self, name: str) -> bool:
        """Whether queries ask what is used or left of it, too."""
        return name in self._wholes

    @cached_property
    def _wholes(self) -> frozenset[str]:
        parts = (name.replace("_in_use", "_used").rpartition("_") for name in self.near_names.uses)
        return frozenset(f"{base}_total" for base, _, part in parts if part in _PARTS)

    @cached_property
    def _rated(self) -> Counter[str]:
        """In how many more queries each _total is rated than shown as it is."""
        found: Counter[str] = Counter()
        for text in (text for text in self.texts if "_total" in text):
            of_rates = rated(text)
            for name in metric_names(text):
                if name.endswith("_total"):
                    found[name] += 1 if name in of_rates else -1
        return found

    def asking(self, name: str) -> list[str]:
        """Return the queries' texts that name a metric."""
        asks = re.compile(rf"(?<![\w:]){re.escape(name)}(?![\w:])")
        return [text for text in self.texts if name in text and asks.search(text)]

    def is_rated_elsewhere(self, name: str) -> bool:
        """Whether three queries or more take a metric's rate, and at most one shows it as it is."""
        if name not in self._rated_alone:
            texts = self.asking(name) if self.rates[name] > 2 else []
            bare = sum(name not in rated(text) for text in texts)
            self._rated_alone[name] = bool(texts) and bare < 2
        return self._rated_alone[name]

    def is_shown_elsewhere(self, name: str) -> bool:
        """Whether three queries or more show a metric as it is, and one alone takes its rate."""
        if self.rates[name] != 1 or self.shows[name] < 4:
            return False
        counted = re.compile(rf"(?:{_NOT_SHOWN})\s*\(\s*{re.escape(name)}(?![\w:])")
        return sum(not counted.search(text) for text in self.asking(name)) > 2

    @cached_property
    def rates(self) -> Counter[str]:
        """In how many queries the rate of each name is taken."""
        return Counter(chain.from_iterable(map(rated, self.texts)))

    def names(self) -> set[str]:
        """Return the names of all series that some query selects."""
        return {selector.name for query in self.queries for selector, _ in query.selectors if selector.name}

    @cached_property
    def queries(self) -> frozenset[Query]:
        """Every query of the dashboards and rule files."""
        documents: list[Dashboard | RuleFile] = [*self.dashboards, *self.rule_files]
        return frozenset(query for document in documents for query, _, _ in document.places)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The queries' texts, in which words are counted without parsing them."""
        return frozenset(query.text for query in self.queries)

    @cached_property
    def asked(self) -> Asked:
        """The labels and values that queries ask of metrics."""
        return Asked(self.texts)

    @cached_property
    def shared_labels(self) -> frozenset[str]:
        """The labels that queries ask of two families (`node_…`, `redis_…`) or more: scraping gives them to all."""
        families: dict[str, set[str]] = {}
        for name, asked in self.asked.labels.items():
            for label in asked:
                families.setdefault(label, set()).add(name.partition("_")[0])
        return frozenset(label for label, found in families.items() if len(found) > 1)

    @cached_property
    def near_names(self) -> NearNames:
        """The names that are known or used often, by which misspelt ones are told; no query is parsed for it."""
        uses = Counter(name for text in self.texts for name in set(map(stem, metric_names(text))))
        return NearNames(uses, [*self.known.metrics, *self.known.recorded])

    @cached_property
    def _labels(self) -> tuple[Counter[str], Counter[str]]:
        found = [labels(text) for text in self.texts]
        every = Counter(chain.from_iterable(each for each, _ in found))
        return every, Counter(chain.from_iterable(grouped for _, grouped in found))

    @property
    def label_uses(self) -> Counter[str]:
        """In how many queries each label stands."""
        return self._labels[0]

    @property
    def groupings(self) -> Counter[str]:
        """In how many queries each label is grouped by."""
        return self._labels[1]

    @cached_property
    def stream_labels(self) -> frozenset[str]:
        """The labels by which queries select streams of logs."""
        texts = (query.text for query in self.queries if query.language is Language.LOGQL)
        streams = (stream for text in texts for stream in logql.streams(text))
        return frozenset(matcher.label for stream in streams for matcher in stream.matchers)

    @cached_property
    def labels_set(self) -> set[str]:
        """The labels that rules set, and those that a Prometheus adds to all it sends on."""
        of_rules = {label for rule in self.rules for label in rule.labels}
        return of_rules | {label for rule in self.managed_rules for label in rule.labels} | set(self.external_labels)

    @cached_property
    def shows(self) -> Counter[str]:
        """In how many queries of panels each name stands."""
        texts = (target.query.text for dashboard in self.dashboards for target in dashboard.targets if target.query)
        return Counter(name for text in texts for name in metric_names(text))

    @property
    def scrape_interval(self) -> float:
        """Seconds between two samples of a series: of the one Prometheus configuration among the files, else set."""
        return self.scrape_intervals.copy().pop() if len(self.scrape_intervals) == 1 else self.settings.scrape_interval

    @cached_property
    def uids(self) -> dict[str, list[Dashboard]]:
        """The dashboards by their uid."""
        found: dict[str, list[Dashboard]] = {}
        for dashboard in self.dashboards:
            if dashboard.uid:
                found.setdefault(dashboard.uid, []).append(dashboard)
        return found

    @cached_property
    def linked(self) -> Linked:
        """The links to dashboards in all files."""
        found, own = Linked(self.uids), dict[str, set[str]]()
        for dashboard in self.dashboards:
            own.setdefault(dashboard.path, set()).add(dashboard.uid)
        documents: list[Dashboard | RuleFile | Runbook] = [*self.dashboards, *self.rule_files, *self.runbooks.values()]
        for path, text in {document.path: document.text for document in documents}.items():
            found.add(text, own.get(path, ()))
        return found

    @cached_property
    def runbook_names(self) -> dict[str, list[Runbook]]:
        """The runbooks by their file's name in small letters, without its suffix."""
        found: dict[str, list[Runbook]] = {}
        for path, book in self.runbooks.items():
            found.setdefault(posixpath.basename(path).rpartition(".")[0].lower(), []).append(book)
        return found

    def named(self, address: str) -> list[Runbook]:
        """Return the runbooks that an address ends with: by file and folder, or by a name like runbook.md alone."""
        parts = tuple(address.split("/"))
        name = parts[-1].rpartition(".")[0].lower()
        books = self.runbook_names.get(name, [])
        needed = 3 if name in {"readme", "index"} else 2
        same = [book for book in books if Path(book.path).absolute().parts[-needed:] == parts[-needed:]]
        return same or (books if "runbook" in name and len(books) == 1 else [])

    @cached_property
    def headings_asked(self) -> dict[str, set[str]]:
        """The headings that alerts lead to, in small letters, by the address of the file."""
        found: dict[str, set[str]] = {}
        for text in (text for rule in self.rules for text in rule.annotations.values() if ".md#" in text):
            address, _, heading = text.strip().partition("#")
            found.setdefault(address.partition("?")[0], set()).add(heading.lower())
        return found

    @cached_property
    def runbook_homes(self) -> set[str]:
        """Where the runbooks are published, by the addresses in alerts that lead to them."""
        texts = (text for rule in self.rules for text in rule.annotations.values() if "/" in text)
        found = [each for text in texts if (each := ADDRESS.search(text)) is not None]
        return {each.string[: each.start(1) - 1] for each in found if each[1].lower() in self.runbook_names}

    @cached_property
    def rules(self) -> list[Rule]:
        """Every rule of every rule file."""
        return [rule for file in self.rule_files for rule in file.rules]

    @cached_property
    def is_owned(self) -> bool:
        """Whether most of its alerts say who mends them."""
        return mostly_owned(self.rules)

    @cached_property
    def recorded(self) -> dict[str, list[Rule]]:
        """The recording rules by the series that they make."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if rule.record:
                found.setdefault(rule.record, []).append(rule)
        return found

    @cached_property
    def recorded_counters(self) -> frozenset[Query]:
        """The queries that are recorded under a counter's name: what they give is to be rated later."""
        rules = [rule for rule in self.rules if rule.record and ":" not in rule.record]
        return frozenset(rule.query for rule in rules if kind(rule.record, self.known) == "counter")

    @cached_property
    def recorded_families(self) -> frozenset[str]:
        """The families of the recorded series."""
        return frozenset(family_of_recorded(name) for name in self.recorded) - {""}

    @cached_property
    def managed_rules(self) -> list[ManagedRule]:
        """Every alert rule that Grafana evaluates."""
        return [rule for document in self.managed for group in document.groups for rule in group.rules]

    @cached_property
    def provisioned(self) -> list[AlertmanagerConfig]:
        """The parts of the configuration of Grafana's own Alertmanager."""
        return [each for each in self.alertmanagers if each.is_provisioned]

    @cached_property
    def time_intervals(self) -> frozenset[str]:
        """The names of Grafana's mute timings in all files."""
        named = (each for config in self.provisioned for each in as_list(config.raw.get("time_intervals")))
        return frozenset(as_text(as_dict(each).get("name")) for each in named)

    @cached_property
    def message_templates(self) -> frozenset[str]:
        """The names of the templates of Grafana's notifications that files define."""
        parts = (as_list(config.raw.get("message_templates")) for config in self.provisioned)
        written = [as_text(as_dict(each).get("template")) for part in parts for each in part]
        return frozenset(name for text in written for name in DEFINED.findall(text))

    @cached_property
    def contact_points(self) -> frozenset[str]:
        """The names of Grafana's contact points in all files."""
        return frozenset(name for config in self.provisioned for name in config.receivers)

    @cached_property
    def alerts(self) -> dict[str, list[Rule]]:
        """The alerting rules by their name."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if rule.alert:
                found.setdefault(rule.alert, []).append(rule)
        return found


def family_of_recorded(name: str) -> str:
    """Return the level and the metric's first word, `job:http` of job:http_requests:rate5m; '' without a level."""
    level, _, metric = name.partition(":")
    return f"{level}:{re.split('[_:]', metric)[0]}" if level and metric else ""


def once_a_project(make: Callable[[Project], Thing]) -> Callable[[Project], Thing]:
    """Make a thing of a whole project once, however many rules ask for it."""

    @wraps(make)
    def made(project: Project) -> Thing:
        if make not in project.made:
            project.made[make] = make(project)
        return project.made[make]  # type: ignore[no-any-return]  # what `make` gave

    return made

"""Which kind a metric is, by what is known of it, and else by the words of its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sync.lint.known import MADE_BY_PROMETHEUS, Known
from sync.lint.promql.states import is_state
from sync.lint.untyped import untyped_kind

_SIZE = re.compile(
    r"(?:^|_)(?:(?:memory|mem|heap)_(?:(?!alloc|read|writ|swap|[a-z]+ed_)[a-z]+_)*"
    r"|(?:disk|filesystem|volume|ram|account|account_stats)_)bytes_total$|(?:size|memory)_bytes_total$"
)
"""Names of bytes that are there, not of bytes that went by."""
_DONE = re.compile(
    r"(?!appl|associ|recommend|loc|organ|destin|replic|integr|st|rel|configur|publ|reserv|annot|simul|popul|implement|corpor|combin|no)"
    r"[a-z]+(?:ations|utions)|[a-z]{3,}ed|[a-z]+(?:sent|received)|seen|(?:messages|bytes)(?:in|out)"
)
"""Words of what is done again and again: regenerations, invalidations, executions, opened, bytessent."""
_CAMEL = re.compile(r"[a-z](?:Requests?|Errors?|Failures?|Calls|Events|Messages|Invocations)(?:__count)?_total$")
_LEVEL = re.compile(
    r"^kube_(?!\w*_(?:total|bucket|count|sum)$)|^container_memory_(?!fail)|^container_spec_|^machine_\w+|^node_memory_\w+_bytes$"
    r"|(?:_info|_ratio|_celsius|_start_time_seconds|_limit_bytes|_resident_memory_bytes|_max_bytes"
    r"|_used_bytes|_committed_bytes|_capacity_bytes|_usage_bytes|_queue_(?:size|length|depth)|_(?:open|max)_fds"
    r"|_(?:users|sessions|items|jobs|connections|clients|workers|threads|messages|tasks)_(?:current|active|pending|idle|max)"
    r"|_current_(?:connections|items|sessions|users|clients|queue)|_pool_(?:size|max|min|active|idle)|_seconds_max"
    r"|_(?:database|index|table|binlog|segment|db|actual|disk|volume|file|snapshot|cache|log|wal|heap|store)_size_bytes|_last_(?:\w+_)?timestamp_seconds"
    r"|_(?:success|completion|completed)_timestamp(?:_seconds)?"
    r"|_temperature_\w+|_(?:workers|threads|nodes|shards|documents|docs|connections|segments|tasks)_number|_goroutines|_in_?flight(?:_requests)?|_lag_seconds|_age_seconds|_utili[sz]ation"
    r"|_(?:open|active|idle)_connections|_connections_(?:active|open|idle)|_queue_messages(?:_ready|_unacked|_unacknowledged)?"
    r"|_total_size_in_bytes|_threads_(?:current|daemon|peak|live|connected|running)|_consumer_?group_lag|_head_series"
    r"|_(?:queue|buffer|stack|backlog)_?depth|queue_depth|^(?:probe|scrape)_duration_seconds|_stat_activity_count|_cache_entries"
    r"|_bytes_(?:used|max|committed|free|limit|available)|_inodes(?:_used|_free)?"
    r"|_(?:replicas|members|tenants|shards|pools|capacity|allocatable|limits|lag|price|pressure|ready|enabled|paused)"
    r"|(?<!_by)_state|_version|_per_(?:second|minute)|_in_(?:progress|use)|_in_use_(?:\w+)|_(?:active|idle|pending|current)_(?:[a-z]+_)?(?:connections|requests|sessions|threads|workers|endpoints|users|clients|jobs|tasks|hosts|nodes|calls)|(?<!highest)_timestamp"
    r"|_working_set_bytes|_memory_usage_bytes|_usage_percent|_percent|_percentage|_available_bytes|_free_bytes|_avail_bytes)$"
)
"""Names that only a gauge can have."""
_LIKE_A_LEVEL = re.compile(
    r"^(?!.*(?:[a-z]{2,}ed_|[a-z]ion_|request|response|message|packet|record|batch|total|err|fail|sent|_by_|log_))\w+"
    r"_(?:size|length|objects|entries|series|chunks|streams|volumes|partitions|channels|queues|members)$"
    r"|^(?!.*(?:quer(?:y|ies)|score|lsn|xid|cpu|energy|data|detect|new|by)_)\w+_(?:usage|limit|current|running|min|max|avg|mean|clients|pods|(?<!file_)number|nodes"
    r"|quota|waiting|rules|remaining|open|endpoints|phase|free|instances|condition|peers|hash|users|role|watermark|len|level|alerts|speed|servers|online"
    r"|inactive|rss|load|devices|health|dirty|indexes|cores|temperature|backlog|used|active|idle|pending|threads|workers"
    r"|available|(?<!http_)(?<!requests_)(?<!response_)status)$"
)
"""Names that mostly gauges have; what is done with such things is counted under the same words.

Of 15,000 metrics whose exporters say their kind, two in a hundred with one of the last words are counters.
"""
_ENDS_AS_COUNTED = re.compile(
    r"(?!\w*(?:aws|azure|lambda|stackdriver|cloudwatch|gcp|last_|active_|current_|pending|open_|balance|value|ready|quality))\w*(?:(?<!lag)(?<!offset)(?<!pending)_sum|_(?:duration|latency|delay|elapsed|times?)_count"
    r"|_(?:dropped|evictions|rejected|discarded|successes|faults|bytes_(?:written|read)|cache_(?:hits|miss(?:es)?)))$"
)
"""How the names of counters end that aren't called _total: of those metrics one in a hundred is a gauge."""


def kind(name: str, known: Known) -> str:
    """Return counter, gauge, histogram (a `_bucket`), or '' where nothing is certain.

    What is known comes first; then the suffixes that the exposition formats reserve.
    """
    if name not in known.kinds:
        known.kinds[name] = "" if _is_missing(name, known) else _kind(name, known)
    return known.kinds[name]


def looks_like_a_level(name: str) -> bool:
    """Whether a metric that nothing tells the kind of is a gauge, as far as its words or its uses elsewhere say."""
    return _LIKE_A_LEVEL.search(name) is not None or _exporters().get(name) == "shown"


def _is_missing(name: str, known: Known) -> bool:
    """Whether all of its family are known, and this one isn't: what it would be is anybody's guess."""
    return bool(known.metrics) and known.find(name) is None and known.judges(name) and name not in well_known()


def _kind(name: str, known: Known) -> str:
    metric = known.find(name)
    if metric is not None and metric.kind:
        return metric.kind if metric.name == name else "counter"
    told = told_by_exporters(name) or ("gauge" if name in MADE_BY_PROMETHEUS else untyped_kind(name))
    if told:
        return told
    if name.endswith("_total"):
        return "counter" if _counts_events(name, known) else ""
    return "" if name in known.recorded else _kind_by_words(name)


def _kind_by_words(name: str) -> str:
    """Return the kind of a metric that only its name tells."""
    base = name.removesuffix("_count").removesuffix("_sum")
    observed = base != name and (told_by_exporters(base) in {"histogram", "summary"} or base.endswith(_TIMES))
    if observed or name.endswith("_bucket"):
        return "counter"
    if ":" in name:
        return ""
    if _LEVEL.search(name) or is_state(name):
        return "gauge"
    return "counter" if _ENDS_AS_COUNTED.match(name) else ""


_TIMES = ("_seconds", "_milliseconds", "_microseconds", "_nanoseconds", "_ms")
"""What histograms and summaries mostly observe."""


def _counts_events(name: str, known: Known) -> bool:
    """Whether a _total is a counter, as it should be: many exporters have amounts of that name.

    Where its words don't tell, it is one if more queries take its rate than show it as it is. What is all of something
    has parts beside it: hdfs_bytes_total and hdfs_bytes_used.
    """
    words = _words()
    *before, last = name.removesuffix("_total").split("_")
    if "with" in before:
        return known.is_rated(name)  # groups_with_errors: how many there are
    levels = words["levels"].intersection(before)
    is_spent = last in {"seconds", "joules"} and not levels & {"up", "uptime"}
    if is_spent or _CAMEL.search(name) or (last in words["certain"] and not levels):
        return True
    if words["happened before"].intersection(before):
        return True
    if words["states"].intersection({*before, last}):
        return known.is_rated(name)
    if levels or last in words["amounts"] | words["levels"]:
        return False
    happens = last in words["happened"] or "duration" in before or bool(_DONE.fullmatch(last))
    return (happens or known.is_rated(name)) and not _SIZE.search(name) and not known.has_parts(name)


@cache
def well_known() -> dict[str, str]:
    """Return the kind of each metric that everybody's exporters have, as their own expositions name it."""
    return {name: kind for kind, names in _read("well_known.json").items() for name in names}


@cache
def usual_names() -> frozenset[str]:
    """Return the metrics of other exporters for which three public projects or more ask; histograms by their stem."""
    found: list[str] = json.loads((Path(__file__).parent / "usual_names.json").read_text(encoding="utf-8"))
    return frozenset(found)


def names_of_exporters() -> Iterable[str]:
    """Return the names of the metrics whose exporters say a kind that their words don't."""
    return _exporters()


def told_by_exporters(name: str) -> str:
    """Return the kind of a metric whose exporter says it, or which dashboards everywhere take the rate of; else ''."""
    told = well_known().get(name) or _exporters().get(name, "")
    return "" if told == "shown" else told


@cache
def _exporters() -> dict[str, str]:
    """Return the kinds of metrics whose words don't tell it, of the exporters that public dashboards show.

    Counters, gauges, histograms and summaries are so called by expositions, documentation and sources; or no public
    dashboard has ever taken anything but the rate. `shown` are those that were never seen within one.
    """
    return {name: kind for kind, names in _read("exporters.json").items() for name in names}


@cache
def _words() -> dict[str, frozenset[str]]:
    """Return the words by which a _total is told for a count of events, or for an amount."""
    return {what: frozenset(words) for what, words in _read("metric_words.json").items()}


def _read(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return found

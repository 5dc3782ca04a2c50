"""The unit that a metric's name says, where it says one."""

from __future__ import annotations

import re
from functools import lru_cache

from sync.lint.promql.measures import (
    BYTES,
    EVENTS,
    GIGABYTES,
    KILOBYTES,
    MEGABYTES,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    PERCENT,
    SECONDS,
    SHARE,
    Dimension,
)

_WORDS: dict[str, Dimension] = {
    **dict.fromkeys(["bytes", "byte", "octets"], BYTES),
    **dict.fromkeys(["kb", "kbytes", "kib", "kibibytes", "kilobytes"], KILOBYTES),
    **dict.fromkeys(["mb", "mbytes", "mib", "mebibytes", "megabytes"], MEGABYTES),
    **dict.fromkeys(["gb", "gbytes", "gib", "gibibytes", "gigabytes"], GIGABYTES),
    **dict.fromkeys(["seconds", "secs"], SECONDS),
    **dict.fromkeys(["milliseconds", "millis", "msec", "ms"], MILLISECONDS),
    **dict.fromkeys(["microseconds", "micros", "usec"], MICROSECONDS),
    **dict.fromkeys(["nanoseconds", "nanos"], NANOSECONDS),
    **dict.fromkeys(["percent", "percentage", "pct"], PERCENT),
    "ratio": SHARE,
}
"""The last word of a name, but for those that say which of several numbers it is."""
_SHORT = {"us": MICROSECONDS, "ns": NANOSECONDS}
_TIMED = re.compile(r"(?:^|_)(?:latency|duration|time|delay|elapsed|took)(?:_\w+)?$")
"""Before these the short words are units; elsewhere they are countries and namespaces."""
_WHICH = re.compile(
    r"_(?:total|sum|max|maximum|min|minimum|avg|average|mean|median|p\d{2,4}|used|usage|free|available|limit|committed"
    r"|init|reserved|in|out|received|sent|transmitted|read|written|current)$"
)
_BIT_RATE = re.compile(r"_(kilo|mega|giga|)bits_per_second$")
_OCTETS = re.compile(r"(?:^|_)(?:if)?(?:HC)?(?:In|Out)Octets$")
"""What SNMP and the network's counters of Linux call bytes."""
_ALSO_RATES = re.compile(r"_(?:ingress|egress|received|sent|transmitted)_bytes$")
"""Names that without _total may be an amount, or a rate that the exporter has taken."""
_COMPOUND = re.compile(r"_(?:per|speed|rate|throughput|bandwidth)(?:_|$)|persec|_(?:kbytes|mbytes|milli|micro|nano)_")
"""Names of quotients, whose unit isn't their last word."""
_MISNAMED = re.compile(r"_chunk_range_seconds(?:_bucket|_sum)?$|^kafka_\w*idle_?percent|^http_requests$")
"""Names that tell another unit than theirs.

Ranges of chunks are in milliseconds, Kafka's idle percentages are shares, Jenkins' requests the seconds that they took.
"""
_MOMENT = re.compile(
    r"timestamp|(?:start|boot|end|stop|creation|finish|completion|update|change|modification|expiry|expiration)_time_"
    r"|^(?:node|system)_time_|expir|created|last_|not_after|not_before"
)
"""Words of points in time: seconds since 1970, which are no durations."""
_SPENT = re.compile(r"(?:^|_)(?:latency|duration|delay|elapsed)(?:_\w+)?$")
"""Words that make it a duration all the same: last_scrape_duration_seconds."""
_IN_PERCENT = re.compile(
    r"_(?:used|usage|full|free|busy|util|utilization|cpu|memory|mem|disk|du_used)_(?:pct|percent|percentage)_(?!total|days|norm|towards)[a-z]+$"
)
"""Names of percentages of several things: used_pct_coordinator."""
_COUNTED = re.compile(
    r"_(?:requests?|errors?|failures?|queries|operations|messages|events|packets|commands|calls|hits|misses"
    r"|(?!padded|transferred|received|sent|used|allocated)[a-z]{3,}ed)_total$"
)
_PHYSICAL = re.compile(
    r"byte|octet|(?:^|_)bits?(?:_|$)|second|(?:^|_)sec(?:_|$)|(?<!run)time(?!out|d_out|d_total)|duration|latency|_ms(?:_|$)|milli|micro|nano|cpu"
    r"|(?:^|_)[kmg]i?b(?:_|$)|joule|watt|volt|celsius|percent|(?:^|_)ratio(?:_|$)|pages?(?:_|$)|sector|usage|(?:^|_)load(?:_|$)"
    r"|size|memory|energy|power|wait|delay"
)
"""Words that may say that a counter is of something else than events."""
_THINGS = re.compile(r"[a-z]{2,}(?:s|ed)_total$")
"""Counters of things, or of what was done with them, by the last word: spans, dropped."""
_OF_SIZES = re.compile(
    r"bandwidth|traffic|throughput|_data_|volume|distance|mileage|(?:^|_)(?:sales|costs|earnings|fees|expenses|units|steps)_"
    r"|(?:padded|throttled|downloaded|uploaded|imported|exported|consumed|travelled|received|transferred|generated)_total$"
)
"""Words of counters that may be of bytes, money, energy or length though they don't say so."""
_NOUNS = re.compile(
    r"_(?:(?<!resource_)(?<!storage_)(?<!pod_)(?<!cpu_)(?<!container_)requests|alerts|attempts|blocks|calls|channels|chunks|clients|clusters|collections"
    r"|commands|compactions|connections|consumers|containers|cursors|databases|deadlocks|deployments|descriptors|docs|documents"
    r"|drops|endpoints|entries|errors|events|evictions|failures|fds|files|flushes|goroutines|hits|instances|items|jobs|keys"
    r"|leaders|leases|locks|lookups|members|messages|misses|namespaces|nodes|objects|operations|packets|partitions|peers|pods"
    r"|policies|producers|queries|queues|records|rejections|reloads|replicas|responses|restarts|retries|rollbacks|routes|rows|rules"
    r"|samples|segments|series|servers|services|sessions|shards|slots|snapshots|spans|sstables|streams|subscriptions|switches"
    r"|tables|targets|tasks|tenants|threads|timeouts|topics|transactions|users|validators|volumes|votes|workers)"
    r"(?:_(?:total|current|active|max|idle|open|pending|running|failed|count|number))*$"
)
"""Words of what is counted, at the end of a name: public dashboards show one in a hundred of these in another unit."""
_LEVELS = re.compile(
    r"^(?:node_load(?:1|5|15)|node_filesystem_files(?:_free)?|node_procs_\w+|go_goroutines|go_threads|process_(?:open|max)_fds"
    r"|redis_(?:connected|blocked)_clients|redis_db_keys|prometheus_tsdb_head_(?:series|chunks)|ALERTS"
    r"|scrape_(?:samples|series)_\w+|kube_\w+_replicas(?:_\w+)?|kube_pod_container_status_restarts_total"
    r"|haproxy_\w+_current_(?:sessions|queue|rate)|pg_stat_activity_count|mysql_global_status_threads_\w+)$"
)
"""What everybody's exporters count that is there: neither bytes nor seconds."""
_OBSERVED: dict[str, Dimension] = {"traces_spanmetrics_latency": SECONDS, "traces_spanmetrics_size_total": BYTES}
"""Histograms whose unit their exporter tells, and their name doesn't."""
_AS_IT_IS = re.compile(r"(?:sum|avg|max|min|mean|total|p\d+)(?:\d+[smhd])?$")
_PART = re.compile(r"(?:^|(?<!net)_)(?:utili[sz]ation|availability)(?:\d+[dhw])?$")
"""Recorded shares of kubernetes-mixin's and its like."""
_RATED = re.compile(r"(?:sum_|avg_)?i?rate(?:\d+[smhd])?$")
"""The last part of a recorded name, which says what was done with the metric in its middle."""


@lru_cache(maxsize=4096)
def of_name(name: str, *, rated: bool = False) -> Dimension | None:  # noqa: PLR0911 one return a kind of name
    """Return the unit of a series, by its name; `rated` where its rate is taken, so that it surely is a counter."""
    if "xvar" in name or _MISNAMED.search(name):
        return None
    if ":" in name:
        return _recorded(name)
    if re.search(r"_(?:bucket|count)$", name):
        if re.search(r"_seconds_(?:bucket|count)$|_bytes_bucket$", name):
            return EVENTS
        return EVENTS if rated and not _PHYSICAL.search(name) else None
    if name == "node_network_speed_bytes":
        return BYTES.times(SECONDS.inverse())
    if bits := _BIT_RATE.search(name):
        return Dimension(bytes=1, seconds=-1, factor=8 / {"kilo": 1e3, "mega": 1e6, "giga": 1e9}.get(bits[1], 1))
    if not rated and _ALSO_RATES.search(name):
        return None
    if (told := _by_last_word(name)) is not None:
        return told
    if _IN_PERCENT.search(name):
        return PERCENT
    is_counter = _COUNTED.search(name) or (rated and _THINGS.search(name) and not _OF_SIZES.search(name))
    is_counted = is_counter or _NOUNS.search(name)
    return EVENTS if _LEVELS.search(name) or (is_counted and not _PHYSICAL.search(name)) else None


def observed_by(name: str) -> Dimension | None:
    """Return the unit of what a histogram observed, whose name is given with or without _bucket."""
    if _MISNAMED.search(name):
        return None
    level, _, rest = name.partition(":")
    stem = (rest.split(":")[0] if rest else level).removesuffix("_bucket")
    by_labels = re.sub(r"_by_[a-z_]+$", "", stem)  # requests_latency_seconds_by_view_method
    return _OBSERVED.get(stem) or _by_last_word(by_labels)


def _by_last_word(name: str) -> Dimension | None:
    stem = name
    while shorter := _WHICH.search(stem):
        stem = stem[: shorter.start()]
    if _COMPOUND.search(stem):
        return None
    if _OCTETS.search(stem):
        return BYTES
    before, _, last = stem.rpartition("_")
    found = _WORDS.get(last) if before else None
    if last in _SHORT and _TIMED.search(before):
        found = _SHORT[last]
    is_time = found is not None and found.seconds == 1
    is_moment = stem == name and _MOMENT.search(stem) and not _SPENT.search(before)
    return None if is_time and is_moment else found


def _recorded(name: str) -> Dimension | None:
    """Return the unit of a recorded series of the form level:metric:operations."""
    _, metric, *rest = name.split(":")
    if any(re.search(r"(?:^|_)(?:percent|percentage|pct)(?:_|\d|$)", each) for each in rest[-2:] or [metric]):
        return PERCENT
    if any(_PART.search(each) for each in (metric, *rest)):
        return SHARE
    if name.endswith("_bytes") and not _ALSO_RATES.search(name):
        return BYTES
    last = rest[-1] if rest else ""
    if re.search(r"quantile|^p\d+$", last):
        return observed_by(metric)
    if _RATED.fullmatch(last) and (inner := of_name(metric, rated=True)) is not None:
        return inner.times(SECONDS.inverse())
    return of_name(metric) if _AS_IT_IS.fullmatch(last) else None

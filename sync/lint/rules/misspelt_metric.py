"""A name that differs by a letter or two from one that everybody's exporters have, or from one that is used often.

Checked where neither a catalogue nor an exposition says which metrics there are. A name that only one query has, of the
linted files, is compared with those that three have or more, with recorded ones, and with those of expositions: it is
called misspelt where one word of it differs by a letter, and that word stands in no other name (`mongos` beside
`mongod` is a word of its own) or only lacks its plural. Letters that are swapped, doubled or left out are also seen in
words that many metrics have (`reqeusts`, `durration`).

FAIL promql:
    node_memory_MemAvailble_bytes

FAIL promql:
    rate(node_cpu_second_total[5m])

FAIL promql:
    node_filesystem_available_bytes / node_filesystem_size_bytes

FAIL promql:
    node_memory_memavailable_bytes

FAIL promql:
    rate(kube_pod_container_status_restart_total[5m])

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: node_memory_MemAvailable, refId: A}]}
      - {type: stat, title: B, targets: [{expr: node_memory_MemAvailable_bytes, refId: A}]}

PASS dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: node_filesystem_avail, refId: A}]}
      - type: stat
        title: B
        targets: [{expr: node_memory_MemAvailable or node_memory_MemAvailable_bytes, refId: A}]

PASS promql:
    node_memory_MemAvailable_bytes or node_memory_active_bytes

PASS promql:
    node_netstat_Tcp6_InSegs

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: 'rate(shop_payment_total[5m])', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'rate(shop_payments_total[5m])', refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'rate(shop_payments_total[1h])', refId: A}]}
      - {type: stat, title: D, targets: [{expr: 'increase(shop_payments_total[1d])', refId: A}]}

PASS dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: 'mongodb_mongos_up', refId: A}, {expr: 'mongodb_mongos_ok', refId: B}]}
      - {type: stat, title: B, targets: [{expr: 'mongodb_mongod_up', refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'mongodb_mongod_up == 0', refId: A}]}
      - {type: stat, title: D, targets: [{expr: 'sum(mongodb_mongod_up)', refId: A}]}

FAIL promql:
    rate(container_network_receive_errors[5m])

FAIL promql:
    rate(node_cpu_seconds{mode="idle"}[5m])

FAIL promql:
    kube_opd_info

FAIL promql:
    rate(coredns_dns_reqeusts_total[5m])

FAIL promql:
    sum(rate(coredns_dns_requests[5m]))

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: 'rate(shop_orders[5m])', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'rate(shop_mails_total[5m])', refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'rate(shop_visits_total[5m])', refId: A}]}

PASS promql:
    rate(node_network_receive_bytes[5m]) + rate(mysql_global_status_queries[5m]) + rate(shop_orders[5m])

WITH queue.prom:
    # TYPE workqueue_depth_items gauge
    workqueue_depth_items 1

FAIL promql:
    workqeue_depth_items

FAIL promql:
    rate(shop_conections_closed_total[5m])

FAIL promql:
    rate(shop_orders_ottal[5m])

FAIL promql:
    shop_queue_ltaency_seconds

FAIL promql:
    redis_block_clients

FAIL promql:
    redis_memory_fragmentation_ratio and redis_connected_clients

FAIL promql:
    kube_statefulset_replicas_ready

FAIL promql:
    rate(shop_suer_logins_total[5m]) / rate(shop_user_logins_total[5m])

FAIL alert-expr:
    increase(prometheus_rule_evaluations_failed_total[5m]) > 0

FAIL promql:
    kube_horizontalpodautoscaler_status_current_replicas == kube_hpa_spec_max_replicas

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: node_time_seconds - node_boot_time, refId: A}]}
      - {type: stat, title: B, targets: [{expr: node_memory_MemFree_bytes + node_memory_Cached_bytes, refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'rate(node_network_receive_bytes_total[5m])', refId: A}]}

PASS promql:
    shop_tracing_backed_up

PASS promql:
    webqueue_depth_items
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from sync.lint.kinds import kind, names_of_exporters, told_by_exporters, usual_names, well_known
from sync.lint.misspelling import is_slip
from sync.lint.near_names import is_doubtful, misspelt_word, stem
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.tree import Call
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.words import metric_names


def check(query: Query, project: Project) -> Findings:
    """Compare names that nothing tells of with those that exist."""
    for name in dict.fromkeys(selector.name for selector, _ in query.selectors if not selector.has_variable_name):
        if len(name) <= _SHORTEST or _is_told(name, project):
            continue
        now = _old_name(name) if ":" not in name else ""
        if now and _is_the_last(name, now, project):
            yield Finding(f"{name} is called {now} today, as other queries have it", piece=name)
        elif meant := _of_all(name) if ":" not in name else _word_of_recorded(name):
            yield Finding(f"{name} looks like a misspelt {meant}", piece=name)
        elif meant := _of_project(name, project):
            yield Finding(f"only this query has {name}; did you mean {meant}?", piece=name)
        elif _is_rated(name, query) and f"{name}_total" in usual_names() and not _is_named_anywhere(name):
            yield Finding(f"{name} is mostly called {name}_total", piece=name, severity=Severity.INFO)
        elif (sibling := _called_total(project).get(name)) and _is_rated(name, query):
            said = f"the other counters here end with _total, as {sibling}: is it {name}_total?"
            yield Finding(said, piece=name, severity=Severity.INFO)


_SHORTEST = 9


def _of_all(name: str) -> str:
    """Return the name of everybody's exporters that one is meant for; '' for none."""
    return _without_total(name) or _meant(name) or _ending(name) or _usual(name)


def _of_project(name: str, project: Project) -> str:
    """Return the name of other queries that one is meant for; '' for none."""
    if len(name) <= _SHORTEST + 3 or ":" in name:
        return ""
    return project.near_names.meant(name) or project.near_names.slip(name)


def _word_of_recorded(name: str) -> str:
    """Return a recorded name with the one word put right that is misspelt; '' for none."""
    parts = name.split(":")
    right = [misspelt_word(part) or part for part in parts]
    return ":".join(right) if sum(one != two for one, two in zip(right, parts, strict=True)) == 1 else ""


@cache
def _usual(name: str) -> str:
    """Return the name that everybody asks for from which one is a slip of the hand away; '' for none."""
    base, known = stem(name), _asked_everywhere()
    words = base.split("_")
    if words[0] not in _known_families() and not any(map(is_doubtful, words)):
        return ""
    length, letters = len(base), _sum(base)
    own = known.get((length, letters), ())
    if base in own or told_by_exporters(name) or told_by_exporters(base):
        return ""
    lost = ((length + 1, letters + letter) for letter in _LETTERS)
    doubled = ((length - 1, letters - letter) for letter in {*base.encode()})
    near = (each for key in (*lost, *doubled) for each in known.get(key, ()))
    return next((each + name[length:] for each in (*own, *near) if is_slip(base, each)), "")


@cache
def _asked_everywhere() -> Mapping[tuple[int, int], list[str]]:
    """Return the names that everybody asks for by their number of letters and its sum: swapped letters keep both."""
    found: dict[tuple[int, int], list[str]] = {}
    for name in usual_names().union(map(stem, (*well_known(), *names_of_exporters()))):
        found.setdefault((len(name), _sum(name)), []).append(name)
    return found


def _sum(name: str) -> int:
    return sum(name.encode())


_LETTERS = b"abcdefghijklmnopqrstuvwxyz_"


def _is_rated(name: str, query: Query) -> bool:
    above = (above[-1] for selector, above in query.selectors if selector.name == name and above)
    return any(isinstance(node, Call) and node.name in {"rate", "irate", "increase"} for node in above)


def _is_named_anywhere(name: str) -> bool:
    return name in usual_names() or bool(told_by_exporters(name))


def _without_total(name: str) -> str:
    """Return a well-known counter by its whole name, where _total is missing; '' otherwise."""
    whole = f"{name}_total"
    may_be_older = name.startswith("node_") and not name.endswith("_seconds")
    return whole if whole in well_known() and name not in well_known() and not may_be_older else ""


@once_a_project
def _called_total(project: Project) -> dict[str, str]:
    """Return the names rated without _total, alone among their exporter's or all, each with one that has it."""
    families: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for name, uses in project.rates.items():
        if not name.endswith(_OF_HISTOGRAMS):
            for family in (name.partition("_")[0], ""):
                families.setdefault(family, (Counter(), Counter()))[name.endswith("_total")][name] += uses
    return {
        name: min(whole)
        for bare, whole in families.values()
        if len(whole) >= _FEW and len(bare) == 1
        for name, uses in bare.items()
        if uses <= _COPIED and "_" in name and not kind(name, project.known) and not told_by_exporters(name)
    }


_FEW = 2
_OF_HISTOGRAMS = ("_count", "_sum", "_bucket")
_COPIED = 2
"""Queries in which a slip of the hand stands, copied once."""


@cache
def _old_name(name: str) -> str:
    """Return what a metric is called since node_exporter 0.16 or kube-state-metrics 2; '' for those of today."""
    if found := _OF_KUBERNETES_1.fullmatch(name):
        return f"{found[1]}_{found[2]}"
    if name.startswith("kube_hpa_"):
        return name.replace("kube_hpa_", "kube_horizontalpodautoscaler_", 1)
    names = well_known()
    if name in names or not name.startswith("node_"):
        return ""
    return next((new for ending in _ENDINGS_OF_TODAY if (new := name + ending) in names), "")


def _is_the_last(name: str, now: str, project: Project) -> bool:
    """Whether one query alone has the old name, and others that of today; a dashboard of before has many."""
    old, new = project.asking(name), project.asking(now)
    if name.startswith("kube_hpa_"):
        is_of_today = any("kube_horizontalpodautoscaler_" in text for text in project.texts)
    elif new or not name.startswith("node_"):
        is_of_today = bool(new) and old[0] not in new
    else:
        is_of_today = _is_of_today(project)
    return len(old) == 1 and is_of_today and _old_names(project) < _MANY


@once_a_project
def _is_of_today(project: Project) -> bool:
    """Whether queries ask for several metrics of node_exporter by names that they have only today."""
    names = {name for name in set().union(*map(metric_names, project.texts)) if name.startswith("node_")}
    return sum(name in well_known() and name.endswith(_ENDINGS_OF_TODAY) for name in names) >= _MANY


_MANY = 4


@once_a_project
def _old_names(project: Project) -> int:
    """Count the metrics that are asked for by their old names."""
    return sum(bool(_old_name(name)) for name in set().union(*map(metric_names, project.texts)))


_ENDINGS_OF_TODAY = ("_bytes", "_total", "_seconds_total", "_seconds", "_bytes_total", "_celsius")
_OF_KUBERNETES_1 = re.compile(
    r"(kube_(?:pod_(?:init_)?container_resource|node_status))_(requests|limits|allocatable|capacity)"
    r"_(?:cpu_cores|memory_bytes|pods|storage_bytes|ephemeral_storage_bytes)"
)


def _is_told(name: str, project: Project) -> bool:
    known = project.known
    return known.find(name) is not None or name in known.recorded or known.judges(name)


@cache
def _families() -> dict[str, tuple[str, ...]]:
    families: dict[str, list[str]] = {}
    for name in well_known():
        families.setdefault(name.partition("_")[0], []).append(name)
    return {family: tuple(names) for family, names in families.items()}


_OF_OTHER_SYSTEMS = frozenset(
    {
        "node_memory_active_bytes",
        "node_memory_inactive_bytes",
        "node_memory_swap_total_bytes",
        "node_memory_swap_free_bytes",
    }
)
"""What node_exporter calls on BSD and macOS what Linux writes in capitals."""


def _ending(name: str) -> str:
    """Return the name with its last word put right, where letters of a usual one have changed places; '' otherwise."""
    stem, _, last = name.rpartition("_")
    meant = _swapped().get(last)
    return f"{stem}_{meant}" if meant else ""


@cache
def _swapped() -> dict[str, str]:
    """Return the usual last words by what a hand in a hurry makes of them."""
    found: dict[str, str] = {}
    for word in ("total", "seconds", "bytes", "bucket"):
        for place in range(len(word) - 1):
            found[word[:place] + word[place + 1 :]] = word
            if word[place] != word[place + 1]:
                found[word[:place] + word[place + 1] + word[place] + word[place + 2 :]] = word
    return found


def _bare(name: str) -> str:
    """Return a name without what people forget of it: capital letters, underscores, and how it shortens a word."""
    return name.lower().replace("_available", "_avail").replace("_", "")


@cache
def _alike() -> dict[str, str]:
    """Return the well-known names that nothing else is like when case and underscores are left out."""
    found: dict[str, list[str]] = {}
    for name in well_known():
        found.setdefault(_bare(name), []).append(name)
    return {bare: names[0] for bare, names in found.items() if len(names) == 1}


@cache
def _meant(name: str) -> str:
    """Return the well-known name that differs by a dropped, doubled, swapped or wrong letter of the lower case."""
    if (alike := _alike().get(_bare(name))) and name != alike and name not in _OF_OTHER_SYSTEMS:
        return alike
    names = _families().get(name.partition("_")[0], ())
    if not names:
        return _inflected(name, ())
    if name in names or any(name == known + suffix for known in names for suffix in ("_bucket", "_count", "_sum")):
        return ""
    for known in difflib.get_close_matches(name, names, n=2, cutoff=0.93 if len(name) > _SHORT else 0.88):
        if abs(len(known) - len(name)) <= 1 and _letters(name, known):
            return known
    return _inflected(name, names)


def _inflected(name: str, names: tuple[str, ...]) -> str:
    """Return the well-known name whose words end otherwise, or are written out: block_clients, mem_fragmentation."""
    if name.partition("_")[0] not in _known_families() or told_by_exporters(name):
        return ""
    if same := _stems().get(_stem(name)) or _singulars().get(_singular(name)):
        return "" if name in same or len(same) > 1 else same[0]
    words = name.split("_")
    for known in names:
        differing = [(one, two) for one, two in zip(words, known.split("_"), strict=False) if one != two]
        if known.count("_") == name.count("_") > 1 and len(differing) == 1:
            short, long = sorted(differing[0], key=len)
            rest = long.removeprefix(short)
            if len(short) > _ABBREVIATED and rest != long and len(rest) > 1 and rest.isalpha() and rest.islower():
                return known
    near = [known for known in names if _lacks_a_word(words, known.split("_"))]
    return near[0] if len(near) == 1 else ""


def _lacks_a_word(words: list[str], known: list[str]) -> bool:
    """Whether a name is a known one without a word in its middle: kube_statefulset_replicas_ready."""
    if len(words) < _ENOUGH or len(known) != len(words) + 1 or known[:2] != words[:2]:
        return False
    return any(known[:place] + known[place + 1 :] == words for place in range(2, len(words)))


_ENOUGH = 4
"""Words of a name that are its own without one of them."""


_SHORT = 20
"""Letters of a name up to which two letters are a larger part of it."""
_ABBREVIATED = 2
"""Letters that aren't enough for a word that is cut short: mem."""
_INFLECTION = re.compile(r"(?<=[a-z]{4})(?:ures?|ations?|ions?|ings?|ed|es|s|e)$")
_PLURAL = re.compile(r"(?<=[a-z]{3}[a-rt-z])s(?=_)")


def _stem(name: str) -> str:
    """Return a name without the endings of its words, and so without plurals and participles."""
    return "_".join(_INFLECTION.sub("", word) for word in name.split("_"))


def _singular(name: str) -> str:
    """Return a name without plurals but the last word's."""
    return _PLURAL.sub("", name)


@cache
def _known_families() -> frozenset[str]:
    """Return the first words of all names that are known."""
    return frozenset(name.partition("_")[0] for name in (*well_known(), *names_of_exporters(), *usual_names()))


@cache
def _stems() -> dict[str, list[str]]:
    """Return the well-known names by their stems: of their exporters there are no others."""
    found: dict[str, list[str]] = {}
    for name in well_known():
        found.setdefault(_stem(name), []).append(name)
    return found


@cache
def _singulars() -> dict[str, list[str]]:
    """Return the names of exporters of which not all are known, without plurals: open and opened may both be there."""
    found: dict[str, list[str]] = {}
    for name in names_of_exporters():
        found.setdefault(_singular(name), []).append(name)
    return found


def _letters(one: str, other: str) -> bool:
    changed = [
        (one[a:b], other[c:d])
        for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other).get_opcodes()
        if tag != "equal"
    ]
    pieces = [piece for pair in changed for piece in pair]
    return 0 < len(changed) <= 2 and all(len(piece) <= 1 and (not piece or piece.islower()) for piece in pieces)


RULE = Rule(__name__, Severity.WARNING, query=check)

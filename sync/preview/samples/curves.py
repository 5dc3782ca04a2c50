"""Values over time of each kind of metric, as functions of the time alone: the same whatever else is asked."""

from __future__ import annotations

import math
import random
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from sync.preview.samples.facts import Metric

_random = random.Random(20)  # noqa: S311 (a table of noise, the same everywhere)
_NOISE = tuple(_random.gauss(0, 1) for _ in range(1024))
_FAILURE = re.compile(
    r"fail|error|drop|reject|evict|missed|oom|retr|invalid|corrupt|refus|timeout|abort|denied|lost|throttl",
    re.IGNORECASE,
)
_YES = re.compile(r"(?:1|one) (?:if|for|while|when)\b", re.IGNORECASE)
_BAD_STATE = re.compile(
    r"down|maint|drain|nolb|unhealthy|degraded|failed|dead|offline|pending|error|lost|unknown|suppressed", re.IGNORECASE
)
_BACKLOG = re.compile(r"pending|queue|waiting|backlog|firing|silence|lag|restart", re.IGNORECASE)
# A day's mean of events per second, and levels of gauges, by unit.
_RATES = {"bytes": 2.4e6, "core-seconds": 0.45, "s": 0.3, "requests": 42.0, "tasks": 6.0, "operations": 9.0,
          "lookups": 80.0, "commands": 120.0, "samples": 1800.0}  # fmt: skip
_LEVELS = {"bytes": 6.4e8, "s": 0.12, "%": 38.0, "share": 0.42, "cores": 2.0, "files": 180.0, "series": 24_000.0}
_LIMITS = {"bytes": 2**31, "cores": 2.0, "files": 65_536.0}
_WITHOUT_LIMIT = 1000.0
# What is left of a whole, as shares of it: together less than one, whichever a query subtracts.
_LEFT = (
    (re.compile(r"avail", re.IGNORECASE), 0.45),
    (re.compile(r"free|unused", re.IGNORECASE), 0.4),
    (re.compile(r"cached", re.IGNORECASE), 0.15),
    (re.compile(r"buffers", re.IGNORECASE), 0.04),
)
# How the time of a processor is spent on a usual day, idle but for that; together one.
_MODES = {"user": 0.16, "system": 0.06, "iowait": 0.02, "softirq": 0.01, "nice": 0.003, "irq": 0.002, "steal": 0.001}


def seeded(*parts: str) -> int:
    """Return a number that is the same for the same words everywhere."""
    return crc32("\x00".join(parts).encode())


def share_of(seed: int) -> float:
    """Return a number from 0 to 1 that a seed stands for."""
    return (seed * 2654435761 % 2**32) / 2**32


def rhythm(times: tuple[int, ...]) -> list[float]:
    """Return how busy a day is at each time, about 1 on average: low at 3, high in the afternoon."""
    return _rhythm(times)


@lru_cache(maxsize=64)
def _rhythm(times: tuple[int, ...]) -> list[float]:
    day = 2 * math.pi / 86_400_000
    return [1 + 0.45 * math.sin(moment * day - 2.2) + 0.08 * math.sin(moment * day * 3 + 1) for moment in times]


def noisy(times: tuple[int, ...], seed: int, amount: float) -> list[float]:
    """Return factors around 1 that wander a little, by the time and a seed."""
    if not times:
        return []
    step = max(1000, times[1] - times[0]) if len(times) > 1 else 60_000
    first = times[0] // step + seed
    slow = 2 * math.pi / (step * 37)
    return [
        1 + amount * (0.55 * _NOISE[(first + index) & 1023] + math.sin(moment * slow + seed))
        for index, moment in enumerate(times)
    ]


def is_failure(metric: Metric) -> bool:
    """Whether a metric counts what should not happen."""
    return bool(_FAILURE.search(metric.name))


def weight(label: str, value: str, index: int) -> float:
    """Return how much of a metric's events have a label's value: statuses of failures few, first values most."""
    if label in {"status", "code", "status_code", "http_status", "grpc_code"} or value in {
        "5xx",
        "4xx",
        "2xx",
        "3xx",
        "1xx",
    }:
        return {"5": 0.0003, "4": 0.012, "3": 0.03, "1": 0.001}.get(value[:1], 1.0)
    if _FAILURE.search(value):
        return 0.02
    return 1 / (1 + 0.55 * index)


def rate(metric: Metric, labels: dict[str, str], share: float, times: tuple[int, ...]) -> list[float]:
    """Return events per second of one series that has a share of its metric's."""
    base = _RATES.get(metric.unit, 5.0)
    if is_failure(metric):
        base *= 0.004
    elif "miss" in metric.name:
        base *= 0.07
    if metric.unit in {"core-seconds", "bytes"}:
        share = 0.6 + 0.5 * share_of(seeded(metric.name, *labels.values()))
    if "mode" in labels and "cpu" in metric.name:
        return _of_processor(labels["mode"], times)
    seed = seeded(metric.unit, labels.get("job", ""), *sorted(labels.values()))
    together = noisy(times, seeded(metric.unit, labels.get("job", "")), 0.03)
    return [
        base * share * busy * common * own
        for busy, common, own in zip(rhythm(times), together, noisy(times, seed, 0.05), strict=True)
    ]


def _of_processor(mode: str, times: tuple[int, ...]) -> list[float]:
    """Return the share of time that a processor is in a mode: all of its modes together are one."""
    busy = rhythm(times)
    if mode == "idle":
        return [1 - sum(_MODES.values()) * now for now in busy]
    return [_MODES.get(mode, 0.0) * now for now in busy]


def level(metric: Metric, labels: dict[str, str], times: tuple[int, ...], *, is_limit: bool) -> list[float]:
    """Return the values of a gauge."""
    seed = seeded(metric.name, *sorted(labels.values()))
    part = share_of(seed)
    constant = _constant(metric, labels, part, times, is_limit=is_limit)
    if constant is not None:
        return [constant] * len(times)
    wander = [
        max(0.0, 0.75 + 0.25 * busy) * own for busy, own in zip(rhythm(times), noisy(times, seed, 0.025), strict=True)
    ]
    base = _base(metric, part)
    top = 1.0 if metric.unit == "share" else 100.0 if metric.unit == "%" else math.inf
    if metric.unit == "share" and metric.falling:
        return [min(1.0, 1 - (1 - base) * value) for value in wander]
    if metric.unit in {"bytes", "%", "share", "s", ""} or base != int(base):
        return [min(top, base * value) for value in wander]
    return [float(round(base * value)) for value in wander]


def _constant(
    metric: Metric, labels: dict[str, str], part: float, times: tuple[int, ...], *, is_limit: bool
) -> float | None:
    """Return the value of what doesn't change on a quiet day, None for what does."""
    if is_limit:
        return _LIMITS.get(metric.unit, _WITHOUT_LIMIT)
    if any(_out_of_order(label, value) for label, value in labels.items()):
        return 0.0
    if metric.unit == "timestamp" and times:
        return round(times[-1] / 86_400_000) * 86_400.0 - 86_400.0 * (1 + int(part * 9))
    if metric.unit == "replicas":  # what follows a master is there, or isn't; the first server is the master
        counted = "connected" in metric.name and "instance" in labels
        return (2.0 if "-1:" in labels["instance"] else 0.0) if counted else 1.0
    if _YES.match(metric.help) or metric.name == "up":
        bad = (metric.warning is not None and not metric.falling) or _FAILURE.search(metric.name)
        return 0.0 if bad else 1.0
    return None


def _out_of_order(label: str, value: str) -> bool:
    """Whether a gauge counts things in a state that nothing is in on a good day."""
    return label in {"state", "status", "health", "condition"} and bool(_BAD_STATE.fullmatch(value))


def _base(metric: Metric, part: float) -> float:
    if metric.limit and metric.unit in _LIMITS:
        return _LIMITS[metric.unit] * (0.35 + 0.3 * part) * (0.01 if metric.unit == "files" else 1)
    left = next((share for words, share in _LEFT if words.search(metric.name)), None)
    if left is not None and not metric.warning and metric.unit not in {"share", "%"}:
        return _LIMITS.get(metric.unit, _WITHOUT_LIMIT) * left * (0.7 + 0.3 * part)
    if metric.warning and not metric.falling:
        return metric.warning * (0.35 + 0.25 * part)
    if metric.falling and metric.warning:
        return (
            min(0.995, metric.warning + (1 - metric.warning) * 0.8) if metric.unit == "share" else metric.warning * 1.5
        )
    if _FAILURE.search(metric.name) or _BACKLOG.search(metric.name):
        return 0.0 if part < 0.6 else 1.0
    return _LEVELS.get(metric.unit, 8.0) * (0.6 + 0.8 * part)


def state(states: tuple[str, ...], entity: dict[str, str], times: tuple[int, ...]) -> list[str]:
    """Return the state that an entity is in at each time: the first; one in four leaves it for a while."""
    seed = seeded(*sorted(entity.values()))
    if seed % 4 or not times or len(states) < 2:
        return [states[0]] * len(times)
    begin = times[0] + (times[-1] - times[0]) * (0.2 + 0.4 * share_of(seed))
    end = begin + (times[-1] - times[0]) * 0.12
    other = states[1 + seed // 4 % (len(states) - 1)]
    return [other if begin <= moment < end else states[0] for moment in times]


def distribution(metric: Metric, labels: dict[str, str], times: tuple[int, ...]) -> list[list[float]]:
    """Return the share of observations up to each bound, a list a time: a lognormal that moves a little."""
    low, high = math.log(metric.buckets[0]), math.log(metric.buckets[-1])
    where = 0.3 + 0.08 * share_of(seeded(*sorted(labels.values())))
    centre, spread = low + (high - low) * where, max(0.35, (high - low) * 0.115)
    bounds = [math.log(bound) for bound in metric.buckets]
    seed = seeded(metric.name, labels.get("route", ""))
    return [
        [
            0.5 * (1 + math.erf((bound - centre - 0.3 * (move - 1) / 0.2 - 0.15 * (busy - 1)) / (spread * 1.4142)))
            for bound in bounds
        ]
        for move, busy in zip(noisy(times, seed, 0.02), rhythm(times), strict=True)
    ]


def mean_of(metric: Metric) -> float:
    """Return about what an observation of a histogram measures."""
    low, high = math.log(metric.buckets[0]), math.log(metric.buckets[-1])
    return math.exp(low + (high - low) * 0.34) * 1.3

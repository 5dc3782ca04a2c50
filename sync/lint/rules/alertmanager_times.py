"""A time in Alertmanager's configuration that it refuses, or that does nothing.

`group_wait: 30` is no duration, and a time of day can't end before it begins: what lasts past midnight is two ranges.
An alert isn't sent again before the next `group_interval`, whatever a shorter `repeat_interval` says; a route has
those of its parent where it sets none. An interval that no route names does nothing.

FAIL alertmanager:
    route: {receiver: a, group_wait: 30}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: ['team="web"'], repeat_interval: 4 hours}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, group_interval: 5m, repeat_interval: 1m}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, mute_time_intervals: [night]}
    receivers: [{name: a}]
    time_intervals: [{name: night, time_intervals: [{times: [{start_time: "22:00", end_time: "06:00"}]}]}]

FAIL alertmanager:
    route: {receiver: a, mute_time_intervals: [off]}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{weekdays: ["saturday:sundy"]}]}]

FAIL alertmanager:
    route: {receiver: a, mute_time_intervals: [off]}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{weekdays: ["friday:monday"]}]}]

FAIL alertmanager:
    route: {receiver: a, mute_time_intervals: [off]}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{days_of_month: ["0:5"], months: [jan]}]}]

FAIL alertmanager:
    route: {receiver: a, mute_time_intervals: [off]}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{weekday: [monday]}]}]

FAIL alertmanager:
    route: {receiver: a, group_interval: 0s}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: [team="a"], mute_time_intervals: [off]}]}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{weekdays: [sunday], location: Europe/Zurch}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{weekdays: [sunday]}]}]

FAIL alertmanager:
    route: {receiver: a, repeat_interval: 4h, routes: [{receiver: a, matchers: [team="a"], group_interval: 8h}]}
    receivers: [{name: a}]

FAIL file mute.yaml:
    apiVersion: 1
    muteTimes: [{orgId: 1, name: night, time_intervals: [{times: [{start_time: "22:00", end_time: "06:00"}]}]}]

FAIL alertmanager:
    route: {receiver: a, mute_time_intervals: [off]}
    receivers: [{name: a}]
    time_intervals: [{name: off, time_intervals: [{times: [{start_time: "22:00", end_time: "24:30"}]}]}]

PASS file policies.yaml:
    apiVersion: 1
    policies: [{receiver: a, group_wait: $WAIT, group_by: ["$BY"], routes: [{receiver: a, continue: $GO}]}]

PASS alertmanager:
    route: {receiver: a, mute_time_intervals: [off]}
    receivers: [{name: a}]
    time_intervals:
      - name: off
        time_intervals: [{days_of_month: ["-3:-1", "1", "5:-2"], months: ["may:august", "12"], years: ["2025:2026"]}]

PASS alertmanager:
    route: {receiver: a, group_wait: 30s, group_interval: 5m, repeat_interval: 1h30m, mute_time_intervals: [night]}
    receivers: [{name: a}]
    time_intervals:
      - name: night
        time_intervals:
          - {times: [{start_time: "22:00", end_time: "24:00"}, {start_time: "00:00", end_time: "06:00"}]}
          - {weekdays: ["monday:friday", sunday]}

FAIL alertmanager:
    route: {receiver: a, group_wait: 30h}
    receivers: [{name: a}]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from sync.lint.alertmanager import AlertmanagerConfig, Route
from sync.lint.alertmanager_keys import unknown_keys
from sync.lint.known import nearest
from sync.lint.managed_routing import is_filled_in
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import seconds
from sync.lint.shape import as_dict, as_list, as_text

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_KEYS = frozenset({"times", "weekdays", "days_of_month", "months", "years", "location"})
_LONGEST_WAIT = 3600
_GROUPED_FOR = 300
"""Seconds of group_interval where a configuration says none."""


def check(config: AlertmanagerConfig, project: Project) -> Findings:
    """Read the durations of routes, and the ranges of time intervals."""
    base = len(config.base)
    yield from _durations(config.root, base, {"group_interval": _GROUPED_FOR})
    names: set[str] = set()
    routes = [route for part in (project.provisioned if config.is_provisioned else [config]) for route in part.routes]
    used = {str(name) for route in routes for key in _USES for name in as_list(route.raw.get(key))}
    for key in ("time_intervals", "mute_time_intervals"):
        for number, named in enumerate(as_list(config.raw.get(key))):
            yield from unknown_keys(config, _NAMED, (key, number))
            name, pointer = str(as_dict(named).get("name", "")), (key, number, "name")
            if not name:
                yield Finding("a time interval has to have a name", pointer=(key, number))
            elif name in names:
                yield Finding(f"two time intervals are called {name}", pointer=pointer)
            elif name not in used:
                said = f"no route names the time interval {name}, which does nothing"
                yield Finding(said, pointer=pointer, severity=Severity.WARNING)
            names.add(name)
            for index, raw in enumerate(as_list(as_dict(named).get("time_intervals"))):
                yield from _interval(config, as_dict(raw), (key, number, "time_intervals", index))


_NAMED = frozenset({"name", "time_intervals", "orgId"})
_USES = ("mute_time_intervals", "active_time_intervals")


def _durations(route: Route, base: int, above: Mapping[str, float | None]) -> Findings:
    pointer = route.pointer[base:]
    for key in ("group_wait", "group_interval", "repeat_interval"):
        value = route.raw.get(key)
        if value is not None and seconds(value) is None and not is_filled_in(value):
            yield Finding(f"{key}: {value} is no duration: write 30s, 5m, 4h", pointer=(*pointer, key))
        elif key == "group_wait" and (seconds(value) or 0) > _LONGEST_WAIT:
            said = f"group_wait: {value}: so long nobody is told of a new group of alerts"
            yield Finding(said, pointer=(*pointer, key), severity=Severity.WARNING)
        elif key != "group_wait" and seconds(value) == 0:
            yield Finding(f"{key} can't be zero: Alertmanager refuses it", pointer=(*pointer, key))
    both = ("group_interval", "repeat_interval")
    own: dict[str, float | None] = {key: seconds(route.raw[key]) for key in both if key in route.raw}
    held = {**above, **own}
    repeated, grouped = held.get("repeat_interval"), held.get("group_interval")
    if own and repeated and grouped and repeated < grouped:
        said = "repeat_interval is shorter than group_interval, and nothing is sent between two of those"
        where = "repeat_interval" if "repeat_interval" in own else "group_interval"
        yield Finding(said, pointer=(*pointer, where), severity=Severity.WARNING)
    for child in route.routes:
        yield from _durations(child, base, held)


def _interval(config: AlertmanagerConfig, raw: dict[str, object], pointer: Pointer) -> Findings:
    yield from _times(raw, pointer)
    yield from unknown_keys(config, _KEYS, pointer)
    location = raw.get("location")
    if location is not None and _zones() and as_text(location) not in {*_zones(), "UTC", "Local"}:
        yield Finding(f"{location} is no time zone{nearest(str(location), _zones())}", pointer=(*pointer, "location"))
    for key, what in _RANGES.items():
        value = raw.get(key)
        if isinstance(value, str):
            yield Finding(f"{key} is a list: write [{value}]", pointer=(*pointer, key))
        for number, said in enumerate(as_list(value)):
            if wrong := _wrong(key, str(said).lower(), what):
                yield Finding(wrong, pointer=(*pointer, key, number))


def _times(raw: dict[str, object], pointer: Pointer) -> Findings:
    for number, times in enumerate(as_list(raw.get("times"))):
        start, end = (as_text(as_dict(times).get(key)) for key in ("start_time", "end_time"))
        wrong = next((each for each in (start, end) if each and not _CLOCK.fullmatch(each)), "")
        if wrong:
            yield Finding(f"{wrong} is no time of day like 09:00", pointer=(*pointer, "times", number))
        elif not {"start_time", "end_time"} <= as_dict(times).keys():
            said = "a time needs a start_time and an end_time"
            yield Finding(said, pointer=(*pointer, "times", number))
        elif start and end and start >= end:
            said = f"{start} to {end} ends before it begins: write two ranges, to 24:00 and from 00:00"
            yield Finding(said, pointer=(*pointer, "times", number))
    if raw.get("times") is not None and not isinstance(raw["times"], list):
        yield Finding("times has to be a list: begin it with a dash", pointer=(*pointer, "times"))


@cache
def _zones() -> frozenset[str]:
    """Return the names of all zones; none where the system has no list of them."""
    return frozenset(available_timezones())


_RANGES = {"weekdays": "day of the week", "days_of_month": "day of a month", "months": "month", "years": "year"}


def _wrong(key: str, said: str, what: str) -> str:
    """Say why Alertmanager refuses a range, or a day, month or year alone; '' where it doesn't."""
    numbers = []
    for part in said.split(":"):
        number = _number(key, part.strip())
        if number is None:
            return f"{part} is no {what}"
        numbers.append(number)
    first, last = numbers[0], numbers[-1]
    turned = first > last and not (key == "days_of_month" and first > 0 > last)
    return f"{said} ends before it begins: write two, to the end and from the beginning" if turned else ""


def _number(key: str, part: str) -> int | None:
    names = {"weekdays": _DAYS, "months": _MONTHS}.get(key, [])
    if part in names:
        return names.index(part) + 1
    if key == "weekdays" or not re.fullmatch(r"-?\d{1,4}", part):
        return None
    number = int(part)
    return number if key == "years" or (number and abs(number) <= {"months": 12}.get(key, 31)) else None


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)

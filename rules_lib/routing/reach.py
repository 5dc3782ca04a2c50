"""Where alerts go: which route takes which kind, and which routes no alert that exists can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rules_lib import schema
from rules_lib.label_values import takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rules_lib.alert_kind import AlertKind
    from rules_lib.document import Location
    from rules_lib.errors import Problem
    from rules_lib.routing.table import Route, RoutingTable
    from signals_lib.matcher import Matcher

Verdict = Literal["yes", "no", "perhaps"]

SHOWN = 3
"""Alerts that a message names before it says "and others"."""


def verdict(when: Mapping[str, Matcher], kind: AlertKind) -> Verdict:
    """Say whether matchers take alerts of a kind; "perhaps" where it hangs on a value that only Prometheus knows."""
    told = {_matches(matcher, label, kind) for label, matcher in when.items()}
    return "no" if "no" in told else "perhaps" if "perhaps" in told else "yes"


def _matches(matcher: Matcher, label: str, kind: AlertKind) -> Verdict:
    value = kind.labels.get(label, "")  # to Alertmanager a label that isn't there is empty
    if value is not None:
        return "yes" if takes(matcher, value) else "no"
    if matcher.operator == "=~" and matcher.value in {".+", ".*"}:
        return "yes"
    return "perhaps"


def routes_of(table: RoutingTable, kind: AlertKind) -> tuple[Route, ...]:
    """Return the routes that can take alerts of a kind: one, or several where it hangs on unknown values."""
    found = []
    for route in table.routes:
        told = verdict(route.when, kind)
        if told != "no":
            found.append(route)
        if told == "yes":
            break
    return tuple(found)


def channels_of(table: RoutingTable, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the channels that are told of an alert with these labels."""
    for route in table.routes:
        if all(takes(matcher, labels.get(label, "")) for label, matcher in route.when.items()):
            return route.to
    return ()


def problems(table: RoutingTable, kinds: Sequence[AlertKind]) -> Iterator[Problem]:
    """Yield what is wrong with the routes, given every alert that exists."""
    reached = {id(route) for kind in kinds for route in routes_of(table, kind)}
    for index, route in enumerate(table.routes):
        at: Location = ("routes", index)
        unknown = [*unknown_labels(table, (*at, "when"), route.when, kinds)]
        yield from unknown
        for place, label in enumerate(route.timing.get("group_by", ())):
            if label not in names(kinds):
                what = f"no alert has a label {label!r} to group by"
                yield table.source.problem((*at, "grouping", "by", place), what, schema.nearest(label, names(kinds)))
        if route.when and id(route) not in reached and not unknown:
            yield table.source.problem((*at, "when"), *_unreached(table, route, kinds))


def names(kinds: Sequence[AlertKind]) -> list[str]:
    """Every label that some alert has, in alphabetical order."""
    return sorted({label for kind in kinds for label in kind.labels})


def unknown_labels(
    table: RoutingTable, at: Location, when: Mapping[str, Matcher], kinds: Sequence[AlertKind]
) -> Iterator[Problem]:
    """Yield labels and values that no alert has."""
    known = names(kinds)
    for label, matcher in when.items():
        if label not in known:
            yield table.source.problem((*at, label), f"no alert has a label {label!r}", schema.nearest(label, known))
            continue
        values = {kind.labels[label] for kind in kinds if label in kind.labels}
        said = sorted(value for value in values if value is not None)
        for literal in matcher.literals:
            if None not in values and literal not in values:
                what = f"no alert has the value {literal!r} of {label}"
                yield table.source.problem((*at, label), what, schema.nearest(literal, said))


def _unreached(table: RoutingTable, route: Route, kinds: Sequence[AlertKind]) -> tuple[str, str]:
    meant = [kind for kind in kinds if verdict(route.when, kind) != "no"]
    if not meant:
        return "no alert that exists is matched by all of this", "drop the route, or widen its `when`"
    takers = sorted({taker.line or 0 for kind in meant for taker in routes_of(table, kind)})
    lines = ", ".join(map(str, takers))
    what = f"no alert reaches this route: {listed(meant)} {'are' if len(meant) > 1 else 'is'} taken before"
    return f"{what}, on line {lines}", "move it up, or narrow the route that takes them"


def listed(kinds: Sequence[AlertKind]) -> str:
    """Name a few alerts."""
    words = [*dict.fromkeys(map(str, kinds))]
    return ", ".join(words[:SHOWN]) + (" and others" if len(words) > SHOWN else "")

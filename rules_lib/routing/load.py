"""routing.yaml as a table, or every mistake in it with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib import document, schema
from rules_lib.errors import ContentError
from rules_lib.label_values import matcher
from rules_lib.routing.table import Channel, Inhibition, Route, RoutingTable
from signals_lib.errors import SignalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rules_lib.document import Document, Location
    from rules_lib.errors import Problem
    from signals_lib.matcher import Matcher

SCHEMA = "routing.schema.json"
TIMING = {"by": "group_by", "wait": "group_wait", "interval": "group_interval", "repeat": "repeat_interval"}


def load_routing(path: Path, *, shown_as: str | None = None) -> RoutingTable:
    """Read a routing table. Raises ContentError with all that is wrong with the table by itself."""
    return routing_of(document.read(path, shown_as=shown_as))


def routing_of(source: Document) -> RoutingTable:
    """Return the table of a document that was read. Raises ContentError as `load_routing` does."""
    if problems := [*schema.problems(source, SCHEMA)]:
        raise ContentError(problems)
    data = source.data
    if problems := [*_routes(source)] or [*_channels(source)]:
        raise ContentError(problems)
    return RoutingTable(
        channels={name: Channel(name, *next(iter(entry.items()))) for name, entry in data["channels"].items()},
        routes=tuple(_route(source, index, entry) for index, entry in enumerate(data["routes"])),
        inhibitions=tuple(_inhibition(source, index, entry) for index, entry in enumerate(_inhibitions(source))),
        timing=_timing(data["grouping"]),
        secrets=data["secrets"].rstrip("/"),
        smtp=data.get("smtp", {}),
        source=source,
    )


def _routes(source: Document) -> Iterator[Problem]:
    routes, channels = source.data["routes"], source.data["channels"]
    for index, route in enumerate(routes):
        at: Location = ("routes", index)
        for place, name in enumerate(route["to"]):
            if name not in channels:
                what = f"there is no channel {name!r}"
                yield source.problem((*at, "to", place), what, schema.nearest(name, [*channels]))
        if "when" not in route and index < len(routes) - 1:
            what = "a route without `when` takes every alert, so that no later one is reached"
            yield source.problem(at, what, "say `when`, or move it to the end")
    if "when" in routes[-1]:
        what = "the last route has a `when`: an alert that no route matches would have nowhere to go"
        yield source.problem(("routes", len(routes) - 1), what, "add a route with `to` alone at the end")


def _channels(source: Document) -> Iterator[Problem]:
    used = {name for route in source.data["routes"] for name in route["to"]}
    for name, entry in source.data["channels"].items():
        at: Location = ("channels", name)
        if name not in used:
            yield source.problem(at, f"no route leads to the channel {name!r}", "name it in a route's `to`, or drop it")
        if "email" in entry and "smtp" not in source.data:
            yield source.problem(at, "email needs a server to send it", "add `smtp: {host: …, from: …}`")


def _route(source: Document, index: int, entry: dict[str, Any]) -> Route:
    at: Location = ("routes", index)
    when = _matchers(source, (*at, "when"), entry.get("when", {}))
    return Route(when, tuple(entry["to"]), _timing(entry.get("grouping", {})), source.line(at))


def _inhibitions(source: Document) -> list[dict[str, Any]]:
    return list(source.data.get("inhibitions", ()))


def _inhibition(source: Document, index: int, entry: dict[str, Any]) -> Inhibition:
    at: Location = ("inhibitions", index)
    cause, symptom = (_matchers(source, (*at, side), entry[side]) for side in ("cause", "symptom"))
    return Inhibition(cause, symptom, tuple(entry["same"]))


def _timing(entry: dict[str, Any]) -> dict[str, Any]:
    return {TIMING[key]: entry[key] for key in TIMING if key in entry}


def _matchers(source: Document, at: Location, values: dict[str, Any]) -> dict[str, Matcher]:
    matchers = {}
    for label, value in values.items():
        try:
            matchers[label] = matcher(value)
        except SignalError as error:
            raise ContentError([source.problem((*at, label), str(error))]) from error
    return matchers

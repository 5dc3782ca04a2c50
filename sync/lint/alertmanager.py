"""Alertmanager's configuration, in each form that it is written in: the tree of routes, with where each stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sync.lint import alertmanager_resource, managed_routing
from sync.lint.matching import admits
from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_list, as_plain, as_text

_MATCHER = re.compile(
    r"""^\s*(?P<label>"(?:[^"\\]|\\.)+"|[^\s"'`{}!=~,\\]+)\s*(?P<operator>=~|!~|!=|=)\s*"""
    r"""(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^"{},]*))\s*$""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Match:
    """One matcher of a route; `operator` '' where it can't be read."""

    label: str
    operator: str
    value: str
    pointer: Pointer

    def __str__(self) -> str:
        """Return it as a person writes it."""
        return f'{self.label}{self.operator}"{self.value}"' if self.operator else self.label

    def admits(self, value: str) -> bool | None:
        """Say whether a label's value passes; None where the pattern can't be read."""
        return admits(self, value)


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A route, what it matches by itself, and its children."""

    raw: dict[str, Any]
    pointer: Pointer
    matches: tuple[Match, ...]
    routes: list[Route] = field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        """Whether its later siblings are tried too."""
        return self.raw.get("continue") is True


class Written(Enum):
    """What a configuration is written as: all but a file of its own are put together with more."""

    FILE = "Alertmanager's own file"
    RESOURCE = "the operator's AlertmanagerConfig"
    VALUES = "a chart's values"
    PROVISIONED = "the notification policies and contact points of Grafana's own Alertmanager"


class AlertmanagerConfig:
    """The configuration of one Alertmanager, or a part of it; `policy` is the number of Grafana's, one for each org."""

    def __init__(
        self,
        path: str,
        raw: dict[str, Any],
        text: str,
        *,
        base: Pointer = (),
        form: Written = Written.FILE,
        policy: int = 0,
    ) -> None:
        self.path, self.text, self.base = path, text, base
        self.written, self.form, self.policy = raw, form, policy
        if self.is_resource:
            raw = alertmanager_resource.plain(raw)
        elif self.is_provisioned:
            raw = managed_routing.plain(raw, policy)
        self.raw = raw
        self.root = _route(as_dict(raw.get("route")), (*base, "route"))
        self.receivers = [as_text(as_dict(each).get("name")) for each in as_list(raw.get("receivers"))]

    @property
    def is_resource(self) -> bool:
        """Whether it is the operator's."""
        return self.form is Written.RESOURCE

    @property
    def is_provisioned(self) -> bool:
        """Whether it is Grafana's own."""
        return self.form is Written.PROVISIONED

    @property
    def is_whole(self) -> bool:
        """Whether nothing is put beside it."""
        return self.form is Written.FILE

    @property
    def reader(self) -> str:
        """Who reads it."""
        return "Grafana" if self.is_provisioned else "Alertmanager"

    def spelt(self, key: str) -> str:
        """Return a key as this file writes it."""
        return alertmanager_resource.spelt(key) if self.is_resource else key

    def is_spelt(self, key: str, known: Collection[str]) -> bool:
        """Whether a key of a resource is a known one, with URL and ID in small letters too: the operator has both."""
        return self.is_resource and "_" not in key and alertmanager_resource.snake(key) in known

    def keys(self, pointer: Pointer) -> dict[str, Any]:
        """Return the object at a pointer into `raw`, with the keys that the file has."""
        value: Any = self.written
        try:
            for step in self.place(pointer)[len(self.base) :]:
                value = value[step]
        except (LookupError, TypeError):
            return {}
        return as_dict(value)

    def place(self, pointer: Pointer) -> Pointer:
        """Return where in the file stands what is at a pointer into `raw`."""
        value: Any = self.written
        found = list(self.base)
        for step in managed_routing.original(pointer, self.policy) if self.is_provisioned else pointer:
            found.append(alertmanager_resource.original(value, step) if self.is_resource else step)
            try:
                value = value[found[-1]]
            except (LookupError, TypeError):
                break
        return tuple(found)

    @property
    def matches(self) -> Iterator[Match]:
        """Every matcher of every route and inhibition."""
        for route in self.routes:
            yield from route.matches
        for number, raw in enumerate(as_list(self.raw.get("inhibit_rules"))):
            for side in ("source_", "target_"):
                yield from matchers(as_dict(raw), (*self.base, "inhibit_rules", number), side)

    @property
    def routes(self) -> Iterator[Route]:
        """Every route, the root first."""
        waiting = [self.root]
        while waiting:
            route = waiting.pop()
            yield route
            waiting.extend(route.routes)


def _route(raw: dict[str, Any], pointer: Pointer) -> Route:
    route = Route(raw, pointer, tuple(matchers(raw, pointer)))
    for number, child in enumerate(as_list(raw.get("routes"))):
        if len(pointer) < 60:
            route.routes.append(_route(as_dict(child), (*pointer, "routes", number)))
    return route


def matchers(raw: dict[str, Any], pointer: Pointer, side: str = "") -> Iterator[Match]:
    """Yield the matchers of a route, or of one side of an inhibition."""
    for key, operator in ((f"{side}match", "="), (f"{side}match_re", "=~")):
        for label, value in as_dict(raw.get(key)).items():
            yield Match(label, operator, str(value), (*pointer, key, label))
    for number, parts in enumerate(as_list(raw.get("object_matchers")) if not side else []):
        where = (*pointer, "object_matchers", number)
        three = [as_plain(part) for part in as_list(parts)]
        is_one = len(three) == 3 and three[1] in _OPERATORS
        yield Match(three[0], three[1], three[2], where) if is_one else Match(str(parts), "", "", where)
    for number, text in enumerate(as_list(raw.get(f"{side}matchers"))):
        where = (*pointer, f"{side}matchers", number)
        pieces = _PIECE.findall(text.strip().removeprefix("{").removesuffix("}")) if isinstance(text, str) else []
        yield from (_matcher(piece, where) for piece in pieces or [str(text)])


_OPERATORS = frozenset({"=", "!=", "=~", "!~"})
_PIECE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
"""One of several matchers in a text: `{team="db", severity="page"}`."""


def _matcher(text: str, pointer: Pointer) -> Match:
    """Read a matcher as Alertmanager writes them: `severity=~"page|ticket"`."""
    found = _MATCHER.match(text)
    if found is None:
        return Match(text, "", "", pointer)
    value = found["bare"].strip() if found["quoted"] is None else re.sub(r"\\(.)", r"\1", found["quoted"])
    return Match(found["label"].strip('"'), found["operator"], value, pointer)

"""The routing table as data: channels, routes tried in their order, and what silences what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.document import Document
    from signals_lib.matcher import Matcher

ChannelKind = Literal["slack", "pagerduty", "email"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach people; `settings` are those of its kind in routing.schema.json."""

    name: str
    kind: ChannelKind
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """Alerts that `when` matches (all of it) go to all channels of `to`, unless an earlier route took them.

    `timing` are Alertmanager's group_by, group_wait, group_interval and repeat_interval where they differ from the
    table's. `line` is where the table has it.
    """

    when: Mapping[str, Matcher]
    to: tuple[str, ...]
    timing: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert of `cause` fires, alerts of `symptom` with the same values of the labels `same` tell nobody."""

    cause: Mapping[str, Matcher]
    symptom: Mapping[str, Matcher]
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """All of it. The last route has no `when`: it is told of what no other takes. `secrets` is a folder of files."""

    channels: Mapping[str, Channel]
    routes: tuple[Route, ...]
    inhibitions: tuple[Inhibition, ...]
    timing: Mapping[str, Any]
    secrets: str
    smtp: Mapping[str, str]
    source: Document = field(repr=False, compare=False)

    @property
    def default(self) -> Route:
        """The route of what no other takes."""
        return self.routes[-1]

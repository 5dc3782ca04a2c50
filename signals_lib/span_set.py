"""Span sets: the spans that services make, as Tempo keeps them: names, resource and span attributes, ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from signals_lib.cardinality import is_id
from signals_lib.errors import CardinalityError, DefinitionError, LabelError, LabelValueError, choices
from signals_lib.matcher import Matcher, Where, matcher, quote, unknown_value

SERVICE, NAME, STATUS, KIND = "service", "name", "status", "kind"
STATUSES = ("error", "ok", "unset")
KINDS = ("server", "client", "internal", "producer", "consumer", "unspecified")
_KEYWORDS = (STATUS, KIND)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of spans or of their resource under a name of ours; `key` is the one of OpenTelemetry."""

    name: str
    key: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpanSet:
    """The spans of some services.

    `resource` and `attributes` have few values each; `ids` are span attributes that any number of values may have:
    they are searched for, never grouped by.
    """

    name: str
    services: tuple[str, ...]
    spans: tuple[str, ...]
    help: str
    title: str
    resource: tuple[Attribute, ...]
    attributes: tuple[Attribute, ...]
    ids: tuple[str, ...]

    kind = "span set"

    def __init__(
        self,
        name: str,
        *,
        services: Sequence[str],
        spans: Sequence[str],
        help: str,  # noqa: A002 - the help of a signal is called help
        title: str = "",
        resource: Sequence[str | Attribute] = (),
        attributes: Sequence[Attribute] = (),
        ids: Sequence[str] = (),
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "services", tuple(services))
        object.__setattr__(self, "spans", tuple(spans))
        object.__setattr__(self, "help", help)
        object.__setattr__(self, "title", title or name)
        origin = tuple(Attribute(each, each) if isinstance(each, str) else each for each in resource)
        object.__setattr__(self, "resource", origin)
        object.__setattr__(self, "attributes", tuple(attributes))
        object.__setattr__(self, "ids", tuple(ids))
        if not services or not spans or not help.strip():
            raise DefinitionError(
                f"the span set {name!r} needs services, names of spans, and help that says what it is"
            )
        few = [attribute.name for attribute in (*self.resource, *self.attributes)]
        for wrong in filter(is_id, few):
            raise CardinalityError(f"{wrong!r} of {self} has a value for each request: declare it among ids")

    def __str__(self) -> str:
        return f"the spans of {self.title}"

    @property
    def fields(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """What can be asked of a span, by our name: how TraceQL writes it, and the values that it can have."""
        return {
            SERVICE: ("resource.service.name", self.services),
            NAME: ("name", self.spans),
            STATUS: ("status", STATUSES),
            KIND: ("kind", KINDS),
            **{each.name: (f"resource.{each.key}", each.values) for each in self.resource},
            **{each.name: (f"span.{each.key}", each.values) for each in self.attributes},
            **{name: (f"span.{name}", ()) for name in self.ids},
        }

    def written(self, name: str) -> str:
        """Return how TraceQL writes a field; raise LabelError if spans have no such field."""
        return self._field(name)[0]

    def grouping(self, by: Iterable[str]) -> tuple[str, ...]:
        """Check fields to group by, and return them in the order given, each once."""
        names = tuple(dict.fromkeys((by,) if isinstance(by, str) else by))
        for name in names:
            self._field(name)
            if name in self.ids:
                raise CardinalityError(
                    f"{name!r} is an id: grouped by it {self} make a series for each value. Search for it instead: "
                    f"where={{{name!r}: …}}"
                )
        return names

    def conditions(self, where: Mapping[str, Where] | None) -> tuple[tuple[str, Matcher], ...]:
        """Check what to search by; the services are always named, so that no other team's spans are found."""
        given = {name: matcher(value) for name, value in (where or {}).items()}
        for name, wanted in given.items():
            known = self._field(name)[1]
            if (wrong := unknown_value(known, wanted)) is not None:
                raise LabelValueError(f"{name!r} of {self} is never {wrong!r}; {choices(known, wrong=wrong)}")
        every = () if SERVICE in given else ((SERVICE, Matcher.one_of(*self.services)),)
        order = list(self.fields)
        return (*every, *sorted(given.items(), key=lambda pair: order.index(pair[0])))

    def condition(self, name: str, wanted: Matcher) -> str:
        """Write a condition; status and kind are keywords of TraceQL, one of several is an alternative."""
        field = self.written(name)
        if name not in _KEYWORDS:
            return f"{field} {wanted.operator} {quote(wanted.value)}"
        either, operator = (" || ", "=") if wanted.operator in {"=", "=~"} else (" && ", "!=")
        parts = [f"{field} {operator} {value}" for value in wanted.literals]
        if not parts:
            raise LabelValueError(
                f"{name!r} of {self} is a keyword, so name its values; {choices(self.fields[name][1])}"
            )
        return parts[0] if len(parts) == 1 else f"({either.join(parts)})"

    def _field(self, name: str) -> tuple[str, tuple[str, ...]]:
        found = self.fields.get(name)
        if found is None:
            raise LabelError(f"{self} have no field {name!r}; {choices(self.fields, wrong=name)}")
        return found

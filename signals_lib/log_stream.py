"""Log streams: what services write, as Loki keeps it: a few labels in the index, ids beside the line, JSON in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from signals_lib.cardinality import is_id
from signals_lib.errors import CardinalityError, DefinitionError, LabelError, LabelValueError, choices
from signals_lib.label import Label
from signals_lib.matcher import Matcher, Where, matcher, unknown_value

SERVICE = "service_name"


@dataclass(frozen=True)
class LogStream:
    """The lines of some services.

    `labels` are in Loki's index, so each has few values; `ids` are structured metadata, which any number of values may
    have and which is filtered after the selector; `fields` are keys of the JSON line.
    """

    name: str
    services: tuple[str, ...]
    help: str
    title: str
    labels: tuple[Label, ...]
    ids: tuple[str, ...]
    fields: tuple[str, ...]

    kind = "log stream"

    def __init__(
        self,
        name: str,
        *,
        services: Sequence[str],
        help: str,  # noqa: A002 - the help of a signal is called help
        title: str = "",
        labels: Sequence[str | Label] = (),
        ids: Sequence[str] = (),
        fields: Sequence[str] = (),
    ) -> None:
        own = tuple(Label(label) if isinstance(label, str) else label for label in labels)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "services", tuple(services))
        object.__setattr__(self, "help", help)
        object.__setattr__(self, "title", title or name)
        object.__setattr__(self, "labels", (Label(SERVICE, tuple(services)), *own))
        object.__setattr__(self, "ids", tuple(ids))
        object.__setattr__(self, "fields", tuple(fields))
        if not services or not help.strip():
            raise DefinitionError(f"the log stream {name!r} needs at least one service, and help that says what it is")
        for label in own:
            if is_id(label.name) or label.name in self.ids:
                raise CardinalityError(
                    f"{label.name!r} can't be a label of {self}: each of its values would be a stream of its own. "
                    "Declare it among ids"
                )

    def __str__(self) -> str:
        return f"the logs of {self.title}"

    def label(self, name: str) -> Label:
        """Return a label of the index; raise CardinalityError for an id, LabelError for what isn't there."""
        for label in self.labels:
            if label.name == name:
                return label
        if name in self.ids:
            raise CardinalityError(
                f"{name!r} is an id, not a label of {self}: in a selector it finds nothing, and grouped by it there "
                f"is a series for each value. Filter lines by it: having={{{name!r}: …}}"
            )
        raise LabelError(f"{self} have no label {name!r}; {choices([each.name for each in self.labels], wrong=name)}")

    def grouping(self, by: Iterable[str]) -> tuple[str, ...]:
        """Check labels to group by, and return them in the order given, each once."""
        return tuple(dict.fromkeys(self.label(name).name for name in ((by,) if isinstance(by, str) else by)))

    def matchers(self, where: Mapping[str, Where] | None) -> tuple[tuple[str, Matcher], ...]:
        """Check what to select by, and return it in the order of the labels, the services first.

        Loki refuses a selector that could match everything, so the services are always named.
        """
        given = {name: matcher(value) for name, value in (where or {}).items()}
        for name, wanted in given.items():
            label = self.label(name)
            if (wrong := unknown_value(label.values, wanted)) is not None:
                raise LabelValueError(
                    f"label {name!r} of {self} never has the value {wrong!r}; {choices(label.values, wrong=wrong)}"
                )
        named = SERVICE in given and not given[SERVICE].is_open
        every = () if named else ((SERVICE, Matcher.one_of(*self.services)),)
        return (*every, *((label.name, given[label.name]) for label in self.labels if label.name in given))

    def filters(self, having: Mapping[str, Where] | None) -> tuple[str, ...]:
        """Check ids to filter by, and return the stages that do; raise LabelError for what is no id."""
        stages = []
        for name, value in (having or {}).items():
            if name not in self.ids:
                raise LabelError(f"{self} have no id {name!r}; {choices(self.ids, wrong=name)}")
            stages.append(matcher(value).render(name))
        return tuple(stages)

    def field(self, name: str) -> str:
        """Check a key of the JSON line; raise LabelError if lines have no such key."""
        if name not in self.fields:
            raise LabelError(f"lines of {self} have no field {name!r}; {choices(self.fields, wrong=name)}")
        return name

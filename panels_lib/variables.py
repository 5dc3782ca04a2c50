"""Variables: data sources, the labels that scope a page, and the smaller kinds.

A variable that stands for a label (`label` is set) scopes every query of the page whose signal has that label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from panels_lib.panel import Json, JsonObject, Source
from signals_lib.asked import Asked
from signals_lib.matcher import Matcher
from signals_lib.signal import Signal

Kind = Literal["query", "datasource", "custom", "interval", "textbox", "constant"]
NAMES: dict[Source, str] = {"prometheus": "datasource", "loki": "loki", "tempo": "tempo"}
ALL = "$__all"


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable as data; `scopes` is the label that it chooses, if it does.

    With a `job` it narrows the queries of that job, and those of signals that every job has.
    """

    kind: Kind
    name: str
    title: str
    scopes: str | None = None
    job: str | None = None
    multi: bool = False
    settings: Mapping[str, Json] = field(default_factory=dict)

    @property
    def matcher(self) -> Matcher:
        """What a query compares the label with: a pattern where several values or All can be chosen."""
        several = self.multi or self.settings.get("includeAll")
        return Matcher.regex(f"${self.name}") if several else Matcher.equal(f"${self.name}")

    def narrows(self, query: Asked) -> bool:
        """Whether the query is among those that the variable is for."""
        return self.scopes is not None and (self.job is None or bool(query.jobs & {self.job, None}))


def data_source(source: Source = "prometheus", *, title: str | None = None, regex: str = "") -> Variable:
    """Choose the data source that the page reads: $datasource (Prometheus), $loki, $tempo."""
    return Variable(
        kind="datasource",
        name=NAMES[source],
        title=title or {"prometheus": "Data source", "loki": "Logs from", "tempo": "Traces from"}[source],
        settings={"query": source, "regex": regex, "refresh": 1, "includeAll": False, "current": chosen("default")},
    )


def label_values(
    signal: Signal | str,
    label: str,
    *,
    title: str | None = None,
    within: Sequence[Variable] = (),
    multi: bool = True,
    include_all: bool = True,
    all_value: str | None = ".*",
    name: str | None = None,
    own: bool = False,
    sort: int = 1,
    description: str = "",
) -> Variable:
    """Choose values of a label of a signal (or of a whole selector given as text), narrowed by the variables `within`.

    `own` leaves queries of other jobs alone: another job's instances have other names.
    `all_value` is what All stands for: `.*` also matches series without the label, `.+` only those that have it; None
    lists every value, which a query with thousands of values can't carry.
    """
    where = {outer.scopes: outer.matcher for outer in within if outer.scopes}
    selector = signal if isinstance(signal, str) else signal.selector(where)
    text = f"label_values({selector}, {label})"
    settings: dict[str, Json] = {
        "query": {"qryType": 1, "query": text, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": 2,
        "regex": "",
        "sort": sort,
        "includeAll": include_all,
        "description": description,
        "current": chosen(ALL if include_all else "", multi=multi, text="All" if include_all else ""),
    }
    if include_all and all_value is not None:
        settings["allValue"] = all_value
    return Variable(
        kind="query",
        name=name or label,
        title=title or label.replace("_", " ").capitalize(),
        scopes=label,
        job=signal.component.job if own and isinstance(signal, Signal) else None,
        multi=multi,
        settings=settings,
    )


def chosen(value: str, *, multi: bool = False, text: str | None = None) -> JsonObject:
    """Return what is selected when the page opens."""
    shown = value if text is None else text
    return {"text": [shown], "value": [value]} if multi and value else {"text": shown, "value": value}


def custom(
    name: str,
    values: Sequence[str] | Mapping[str, str],
    *,
    title: str | None = None,
    default: str | None = None,
    multi: bool = False,
    include_all: bool = False,
    all_value: str | None = None,
    scopes: str | None = None,
) -> Variable:
    """Choose among fixed values; a mapping gives shown text to value."""
    pairs = dict(values) if isinstance(values, Mapping) else {value: value for value in values}
    texts = {value: text for text, value in pairs.items()}
    first = ALL if include_all and default is None else default or next(iter(texts))
    options = [{"selected": first == ALL, "text": "All", "value": ALL}] if include_all else []
    options += [{"selected": value == first, "text": text, "value": value} for text, value in pairs.items()]
    query = ",".join(
        escaped(value) if text == value else f"{escaped(text)} : {escaped(value)}" for text, value in pairs.items()
    )
    settings: dict[str, Json] = {
        "query": query,
        "options": options,
        "includeAll": include_all,
        "current": chosen(first, multi=multi, text="All" if first == ALL else texts[first]),
    }
    if all_value is not None:
        settings["allValue"] = all_value
    return Variable(
        kind="custom", name=name, title=title or name.capitalize(), scopes=scopes, multi=multi, settings=settings
    )


def escaped(text: str) -> str:
    """Escape a comma inside a choice."""
    return text.replace(",", r"\,")


def interval(name: str, *steps: str, title: str | None = None, default: str | None = None) -> Variable:
    """Choose a duration, such as the window of a rate."""
    first = default or steps[0]
    return Variable(
        kind="interval",
        name=name,
        title=title or name.capitalize(),
        settings={
            "query": ",".join(steps),
            "refresh": 2,
            "options": [{"selected": step == first, "text": step, "value": step} for step in steps],
            "current": chosen(first),
        },
    )


def textbox(name: str, *, title: str | None = None, default: str = "", scopes: str | None = None) -> Variable:
    """Free text, such as an id to search for."""
    current = chosen(default)
    return Variable(
        kind="textbox",
        name=name,
        title=title or name.capitalize(),
        scopes=scopes,
        settings={"query": default, "current": current, "options": [{"selected": True, **current}]},
    )


def constant(name: str, value: str, *, title: str | None = None) -> Variable:
    """Hold a value that the reader doesn't see."""
    return Variable(
        kind="constant",
        name=name,
        title=title or name.capitalize(),
        settings={"query": value, "current": chosen(value), "hide": 2},
    )

"""What every kind shares: the settings that a builder takes, and the panel they make with what the queries say."""

from collections.abc import Callable, Sequence
from typing import TypedDict

from panels_lib.mappings import indexed, no_data
from panels_lib.panel import JsonObject, Panel, PanelSource, Size, Target
from panels_lib.targets import Said, said
from panels_lib.thresholds import steps
from panels_lib.units import grafana_unit
from signals_lib.thresholds import Thresholds

NO_DATA = "no data"


class Settings(TypedDict, total=False):
    """What every builder takes. Title, description, unit and thresholds come from the first query that says them.

    `thresholds=False` draws none. `low` and `high` are in the query's own unit; None is open. `empty` is the word for
    no data. `links` sit in the panel's corner, `data_links` on its values. `key` keeps the panel's id when its title
    changes.
    """

    title: str
    description: str
    unit: str
    thresholds: Thresholds | bool
    decimals: int
    low: float | None
    high: float | None
    mappings: Sequence[JsonObject]
    display_name: str
    empty: str
    overrides: Sequence[JsonObject]
    transformations: Sequence[JsonObject]
    links: Sequence[JsonObject]
    data_links: Sequence[JsonObject]
    width: int
    height: int
    key: str
    repeat: str
    interval: str
    time_from: str
    max_data_points: int
    transparent: bool


def meaning_of(targets: Sequence[Target], settings: Settings) -> Said:
    """Return title, description, unit and thresholds: given, or else said by the queries."""
    return said(
        targets,
        title=settings.get("title"),
        description=settings.get("description"),
        unit=settings.get("unit"),
        thresholds=settings.get("thresholds"),
    )


def drawn(
    kind: str,
    targets: Sequence[Target],
    settings: Settings,
    *,
    size: Size,
    options: JsonObject,
    custom: JsonObject | None = None,
    fields: JsonObject | None = None,
    bands: Callable[[Thresholds | None], JsonObject] = steps,
    overrides: Sequence[JsonObject] = (),
    transformations: Sequence[JsonObject] = (),
) -> Panel:
    """Return the panel of a kind; the kind's own fields, overrides and transformations come before the caller's.

    Raises ValueError when neither the caller nor a query says a title.
    """
    meant = meaning_of(targets, settings)
    if not meant.title and "title" not in settings:
        raise ValueError(f"a {kind} of {targets[0].expr!r} has no title: give it one, or name its query")
    return Panel(
        kind=kind,
        title=meant.title,
        description=meant.description,
        targets=tuple(targets),
        source=source_of(targets),
        options=options,
        defaults={**(fields or {}), **field_defaults(meant, settings, bands)},
        custom=custom or {},
        overrides=(*overrides, *settings.get("overrides", ())),
        transformations=(*transformations, *settings.get("transformations", ())),
        links=tuple(settings.get("links", ())),
        size=Size(settings.get("width", size.width), settings.get("height", size.height)),
        key=settings.get("key"),
        repeat=settings.get("repeat"),
        interval=settings.get("interval"),
        time_from=settings.get("time_from"),
        max_data_points=settings.get("max_data_points"),
        transparent=settings.get("transparent", False),
    )


def field_defaults(meant: Said, settings: Settings, bands: Callable[[Thresholds | None], JsonObject]) -> JsonObject:
    """Return `fieldConfig.defaults`; missing values are a word of their own, never green and never zero."""
    empty = settings.get("empty", NO_DATA)
    given = settings.get("mappings", ())
    words = [*given, *([] if any(one["type"] == "special" for one in given) else [no_data(empty)])]
    found: JsonObject = {
        "unit": None if meant.unit is None else grafana_unit(meant.unit),
        "decimals": settings.get("decimals"),
        "min": settings.get("low"),
        "max": settings.get("high"),
        "thresholds": bands(meant.thresholds),
        "mappings": indexed(words),
        "displayName": settings.get("display_name"),
        "noValue": empty,
        "links": list(settings.get("data_links", ())) or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def source_of(targets: Sequence[Target]) -> PanelSource | None:
    """Return the data source that all queries share, Grafana's Mixed where they differ, None where nothing is asked."""
    sources = {target.source for target in targets}
    return "mixed" if len(sources) > 1 else next(iter(sources), None)


def reduced(calculation: str) -> JsonObject:
    """Return how a series becomes one number (last*, mean, max, …)."""
    return {"calcs": [calculation], "fields": "", "values": False}

"""What a panel is before anything of grafanalib: frozen data that a builder fills and the last step draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from signals_lib.asked import Asked

Json = Any
JsonObject = dict[str, Any]
Source = Literal["prometheus", "loki", "tempo"]
PanelSource = Literal["prometheus", "loki", "tempo", "mixed"]
Format = Literal["time_series", "table", "heatmap"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """One query of a panel. `query` is that of a signal, a log stream or a span set, or the text of one without these.

    `legend` None lets the result's labels name the series. `settings` are fields of the data source's own query model.
    """

    query: Asked | str
    legend: str | None = None
    source: Source = "prometheus"
    format: Format = "time_series"
    instant: bool = False
    exemplars: bool = False
    hide: bool = False
    colour: str | None = None
    unit: str | None = None
    interval: str | None = None
    settings: Mapping[str, Json] = field(default_factory=dict)

    @property
    def expr(self) -> str:
        """The query's text."""
        return self.query if isinstance(self.query, str) else self.query.expr


@dataclass(frozen=True)
class Size:
    """In Grafana's grid: a page is 24 wide, a unit of height is 30 pixels."""

    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A panel as data. `options`, `custom` hold what the builder decided; modern.py adds the kind's own defaults.

    `key` names the panel for its id instead of its title, so that it can be retitled and keep its id.
    """

    kind: str
    title: str
    description: str = ""
    targets: tuple[Target, ...] = ()
    source: PanelSource | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    defaults: Mapping[str, Json] = field(default_factory=dict)
    custom: Mapping[str, Json] = field(default_factory=dict)
    overrides: tuple[JsonObject, ...] = ()
    transformations: tuple[JsonObject, ...] = ()
    links: tuple[JsonObject, ...] = ()
    size: Size = Size(12, 8)
    key: str | None = None
    repeat: str | None = None
    transparent: bool = False
    time_from: str | None = None
    interval: str | None = None
    max_data_points: int | None = None
    library: tuple[str, str] | None = None


Queries = Asked | str | Target | Sequence[Asked | str | Target]

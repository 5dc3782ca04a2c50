"""Which kind of data source a panel or query names: by its type, its variable, or the input of an export."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sync.lint.shape import as_dict, as_list, as_text

_REFERENCE = re.compile(r"^\$\{?(\w+)(?::\w+)?\}?$|^\[\[(\w+)\]\]$")
BUILT_IN = frozenset(
    {"grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --", "__expr__", "-100", "-- Public --", "default"}
)


@dataclass(frozen=True, slots=True)
class DataSource:
    """A reference to a data source: `kind` ('' unknown), `uid` as written, `variable` when the uid is one."""

    kind: str = ""
    uid: str = ""
    variable: str = ""
    written: bool = False

    @property
    def built_in(self) -> bool:
        """Whether it is one of Grafana's own, which no variable chooses."""
        return self.uid in BUILT_IN or self.kind in {"__expr__", "datasource", "grafana"}


class DataSources:
    """The data sources that a dashboard's variables and inputs name."""

    def __init__(self, dashboard: dict[str, Any]) -> None:
        self.kinds: dict[str, str] = {}
        self._read: dict[tuple[str, str, bool], DataSource] = {}
        for variable in as_list(as_dict(dashboard.get("templating")).get("list")):
            if as_dict(variable).get("type") == "datasource":
                self.kinds[as_text(variable.get("name"))] = as_text(variable.get("query"))
        for source in as_list(dashboard.get("__inputs")):
            if as_dict(source).get("type") == "datasource":
                self.kinds.setdefault(as_text(source.get("name")), as_text(source.get("pluginId")))

    def read(self, value: Any) -> DataSource:
        """Read a `datasource` property of any age: an object, a name, a variable, or null."""
        written = value is not None
        kind, uid = "", as_text(value)
        if isinstance(value, dict):
            kind, uid = as_text(value.get("type")), as_text(value.get("uid"))
        key = (kind, uid, written)  # most panels of a dashboard name the same
        if key not in self._read:
            reference = _REFERENCE.match(uid)
            name = (reference[1] or reference[2]) if reference else ""
            self._read[key] = DataSource(kind or self.kinds.get(name, ""), uid, name, written)
        return self._read[key]

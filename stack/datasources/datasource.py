"""A data source and what leads from it, as data; and as Grafana's provisioning files write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """A link from a field of one data source's results to a query of another, shown in Explore.

    `pattern` is a regular expression; its group, the whole field unless given, is the value of `variable` in the query.
    """

    target: str
    label: str
    description: str
    field: str
    query: Mapping[str, Any]
    variable: str
    pattern: str = "(.+)"

    def plain(self) -> dict[str, Any]:
        """Return it as Grafana keeps it."""
        found = {"type": "regex", "expression": self.pattern, "mapValue": self.variable}
        config = {"field": self.field, "target": dict(self.query), "transformations": [{**found, "field": self.field}]}
        facts = {"targetUID": self.target, "label": self.label, "description": self.description}
        return {**facts, "type": "query", "config": config}


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """A data source: its uid, Grafana's name for its kind, and its settings in Grafana's own words.

    `settings` hold no secret; `secrets` names the variable of the environment that holds one, by Grafana's key for it.
    """

    uid: str
    kind: str
    name: str
    settings: Mapping[str, Any]
    correlations: Sequence[Correlation] = ()
    is_default: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return what stands for the address: a variable of the environment."""
        return f"${{{self.uid.upper().replace('-', '_')}_URL}}"

    def provisioned(self) -> dict[str, Any]:
        """Return it as a provisioning file has it; the UI can't change what such a file says."""
        secrets = {key: f"${name}" for key, name in self.secrets.items()}
        return {
            "name": self.name,
            "uid": self.uid,
            "type": self.kind,
            "access": "proxy",
            "url": self.url,
            "isDefault": self.is_default,
            "editable": False,
            "jsonData": literal(dict(self.settings)),
            **({"secureJsonData": secrets} if secrets else {}),
            **({"correlations": [literal(each.plain()) for each in self.correlations]} if self.correlations else {}),
        }


def literal(value: Any) -> Any:
    """Return a value whose dollars are not the environment's: Grafana's own variables survive provisioning."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: literal(item) for key, item in value.items()}
    return [literal(item) for item in value] if isinstance(value, list) else value

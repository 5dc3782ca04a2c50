"""Where queries depart from the query model of their data source; Grafana's dashboard types leave queries open."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

from tests.grafana_types.departures import against, every_panel

SCHEMA = json.loads(Path(__file__).with_name("queries.schema.json").read_text())


@cache
def validator(source: str) -> Draft7Validator:
    return Draft7Validator({**SCHEMA, "$ref": f"#/definitions/{source}"})


def query_departures(dashboard: dict) -> list[tuple[str, str, str]]:
    """(panel's title, path, message) of each departure, of refIds used twice too."""
    found = []
    for panel in every_panel(dashboard):
        targets = panel.get("targets", [])
        for target in targets:
            source = target.get("datasource")
            kind = source.get("type") if isinstance(source, dict) else None
            if kind not in SCHEMA["definitions"]:
                found.append(
                    (panel["title"], "datasource", f"{source!r} is no data source that has a query model here")
                )
            else:
                found += against(panel["title"], validator(kind), target)
        refs = [target.get("refId") for target in targets]
        found += [(panel["title"], "refId", f"{ref} is used twice") for ref in sorted(set(refs)) if refs.count(ref) > 1]
    return found

"""The schemas, derived from npm's @grafana/schema into .tools, and again when the pins or the generator change."""

import json
from functools import cache
from pathlib import Path

from tests.npm import installed, run

HERE = Path(__file__).parent
FILES_BY_KIND = {"dashlist": "dashboardlist", "annolist": "annotationslist"}  # others: the kind without dashes


def derive() -> Path:
    """Return the folder of schemas, made first where it is missing or older than the pins."""
    return installed("grafana-types", HERE, more=["generate.mjs"], then=make) / "schemas"


def make(folder: Path) -> None:
    run(folder, "node", str(HERE / "generate.mjs"), str(folder))


@cache
def schema(name: str) -> dict | None:
    path = derive() / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def definition(name: str, root: str) -> dict | None:
    """One type of a file as a schema of its own, or None where Grafana has no such type."""
    whole = schema(name)
    if whole is None or root not in whole["definitions"]:
        return None
    return {**whole, "$ref": f"#/definitions/{root}"}

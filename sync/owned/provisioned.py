"""provisioning/datasources.yaml read: what each context makes of it, with what the environment holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.errors import DashboardFileError
from sync.owned.environment import MissingError, expanded, is_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.config import Context

FILE = "provisioning/datasources.yaml"
SCHEMA = Path(__file__).with_name("datasources.schema.json")
NAMES = frozenset({"datasourceUid", "alertmanagerUid", "targetUID"})
"""Keys under which a data source names another."""


def sources(files: Mapping[str, bytes], context: Context) -> list[dict[str, Any]]:
    """Return the data sources of the file as this context has them; none where there is no file.

    Raises DashboardFileError with the line of what is wrong: a secret in the file, a variable that isn't set.
    """
    if FILE not in files:
        return []
    from sync.yamlfile import Document, YamlError

    try:
        document = Document(files[FILE].decode())
        document.check(json.loads(SCHEMA.read_text(encoding="utf-8")))
    except UnicodeDecodeError:
        raise DashboardFileError("it is not UTF-8 text", path=FILE) from None
    except YamlError as error:
        raise DashboardFileError(error.what, path=FILE, line=error.line, column=error.column) from None
    found = []
    for number, source in enumerate(document.data["datasources"]):
        line = document.line(["datasources", number])
        _require_references(source, document.line(["datasources", number], key="secureJsonData"))
        try:
            found.append(_renamed(expanded(source), context.datasources))
        except MissingError as error:
            what = f"data source {source['name']}: {error}"
            raise DashboardFileError(what, path=FILE, line=line, remedy="Set it for this push; see the file.") from None
    return found


def _require_references(source: Mapping[str, Any], line: int) -> None:
    for key, value in (source.get("secureJsonData") or {}).items():
        if not is_reference(value):
            what = f"data source {source['name']}: secureJsonData.{key} is written out; a secret stays out of files"
            remedy = "Name the variable that holds it, as $NAME, and revoke what stood there."
            raise DashboardFileError(what, path=FILE, line=line, remedy=remedy)


def _renamed(source: dict[str, Any], uids: Mapping[str, str]) -> dict[str, Any]:
    return {**_with_names(source, uids), "uid": uids.get(source["uid"], source["uid"])}


def _with_names(value: Any, uids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_names(item, uids) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: uids.get(item, item) if key in NAMES and isinstance(item, str) else _with_names(item, uids)
        for key, item in value.items()
    }

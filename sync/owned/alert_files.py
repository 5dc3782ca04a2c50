"""alerting/*.yaml read: groups of rules, checked with their lines; and the dashboards beside them, by uid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sync import identity
from sync.errors import DashboardFileError
from sync.yamlfile import Document, YamlError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = Path(__file__).with_name("alerting.schema.json")


def groups(path: str, text: bytes) -> list[dict[str, Any]]:
    """Return the groups of one file; raises DashboardFileError with the line of what is wrong."""
    try:
        document = Document(text.decode())
        document.check(json.loads(SCHEMA.read_text(encoding="utf-8")))
    except UnicodeDecodeError:
        raise DashboardFileError("it is not UTF-8 text", path=path) from None
    except YamlError as error:
        raise DashboardFileError(error.what, path=path, line=error.line, column=error.column) from None
    found: list[dict[str, Any]] = document.data["groups"]
    return found


class Dashboards:
    """The dashboards among files, by uid, parsed when they are asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {path: text for path, text in files.items() if path.startswith("dashboards/")}
        self._known: dict[str, Mapping[str, Any] | None] = {}

    def __call__(self, uid: str) -> Mapping[str, Any] | None:
        """Return the dashboard of this uid, None where there is none."""
        if uid not in self._known:
            self._known[uid] = self._found(uid)
        return self._known[uid]

    def _found(self, uid: str) -> Mapping[str, Any] | None:
        quoted = orjson.dumps(uid)
        for path, text in self._files.items():
            if path.endswith(".json") and quoted in text:
                document = orjson.loads(text)
                if identity.name_of(document) == uid:
                    spec: Mapping[str, Any] = identity.spec_of(document)
                    return spec
        return None

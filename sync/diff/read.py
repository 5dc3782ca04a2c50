"""Any dashboard file into its dashboard: plain, wrapped by an API, exported by the UI, or a v2 document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from sync.diff.values import Json, mapping, objects, text

Path: TypeAlias = tuple[str | int, ...]

LIMIT = 64 * 1024 * 1024
DEEPEST = 200
DASHBOARD_KEYS = ("panels", "rows", "templating", "schemaVersion", "timepicker")


class UnreadableError(Exception):
    """A file that is no JSON, with the line and column where reading stopped (0 where not known)."""

    def __init__(self, what: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


class NoDashboardError(Exception):
    """A file that is JSON, but no dashboard."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Document:
    """The dashboard in a file; `root` is the path to it; `inputs` are the `__inputs` of a UI export by name."""

    spec: Json
    uid: str
    v2: bool = False
    folder: str | None = None
    root: Path = ()
    inputs: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LibraryPanel:
    """A file for a panel of the library: `{uid, name, model}`."""

    uid: str
    name: str
    model: Json


def parse(content: bytes) -> Any:
    """Return the JSON in a file; UnreadableError says where it is broken."""
    if len(content) > LIMIT:
        raise UnreadableError(f"it has {len(content) // 2**20} MiB; dash-sync reads files up to {LIMIT // 2**20} MiB")
    try:
        data = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg:
            raise _too_deep() from None
        what = error.msg.partition(":")[0] if error.pos or error.lineno > 1 else error.msg
        raise UnreadableError(f"it is not JSON: {what}", line=error.lineno, column=error.colno) from None
    if isinstance(data, dict | list):
        _refuse_depth(data)
    return data


def _refuse_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [
            part
            for value in level
            for part in (value.values() if isinstance(value, dict) else value)
            if isinstance(part, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> UnreadableError:
    return UnreadableError(f"it is nested deeper than {DEEPEST} levels, which no dashboard is")


def document(data: Any) -> Document:
    """Return the dashboard in parsed JSON of any of the forms that Grafana and its tools write."""
    if not isinstance(data, dict):
        raise NoDashboardError(f"it is JSON, but no dashboard: it holds {_kind(data)}, not an object")
    if isinstance(data.get("spec"), dict) and ("apiVersion" in data or "metadata" in data):
        return _resource(data)
    inner = data.get("dashboard")
    if isinstance(inner, dict) and _looks_like_dashboard(inner):
        folder = data.get("folderUid") or mapping(data.get("meta")).get("folderUid")
        return _classic(inner, root=("dashboard",), folder=text(folder) or None)
    if isinstance(data.get("elements"), dict) and isinstance(data.get("layout"), dict):
        return Document(data, uid="", v2=True)
    if _looks_like_dashboard(data):
        return _classic(data)
    raise NoDashboardError("it is JSON, but no dashboard: it has neither panels, rows nor elements")


def library_panel(data: Any) -> LibraryPanel | None:
    """Return the panel for the library in parsed JSON, None where it is something else."""
    if not isinstance(data, dict) or not isinstance(data.get("model"), dict) or _looks_like_dashboard(data):
        return None
    uid, name = text(data.get("uid")), text(data.get("name"))
    return LibraryPanel(uid, name, data["model"]) if uid and name else None


def _resource(data: Json) -> Document:
    kind = text(data.get("kind")) or "Dashboard"
    if not kind.startswith("Dashboard"):
        raise NoDashboardError(f"it is of the kind {kind}, no Dashboard")
    metadata = mapping(data.get("metadata"))
    folder = text(mapping(metadata.get("annotations")).get("grafana.app/folder")) or None
    spec = data["spec"]
    name = text(metadata.get("name"))
    if isinstance(spec.get("elements"), dict) or isinstance(spec.get("layout"), dict):
        return Document(spec, uid=name, v2=True, folder=folder, root=("spec",))
    if not (_looks_like_dashboard(spec) or text(data.get("apiVersion")).startswith("dashboard.grafana.app/")):
        raise NoDashboardError("its spec has neither panels, rows nor elements")
    return _classic(spec, uid=name, root=("spec",), folder=folder)


def _classic(spec: Json, *, uid: str = "", root: Path = (), folder: str | None = None) -> Document:
    inputs = {text(item.get("name")): item for item in objects(spec.get("__inputs"))}
    return Document(spec, uid=uid or text(spec.get("uid")), folder=folder, root=root, inputs=inputs)


def _looks_like_dashboard(data: Json) -> bool:
    if any(isinstance(data.get(key), list) for key in ("panels", "rows")):
        return True
    return isinstance(data.get("title"), str) and any(key in data for key in (*DASHBOARD_KEYS, "uid", "time"))


def _kind(data: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(data), "null")

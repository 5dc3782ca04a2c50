"""What is exported: folders, dashboards, library panels and rules, as one context would have them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
import yaml

from sync import identity
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sync.config import Context
    from sync.files import Folder, Rendered

FORM = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
NAME_LENGTH = 63
"""What Kubernetes takes as the name of most things (RFC 1123)."""


@dataclass(frozen=True)
class Dashboard:
    """A dashboard: plain JSON as `version` "v1", else that version's spec. `place` is its directory, "" the root."""

    uid: str
    title: str
    spec: dict[str, Any]
    version: str = "v1"
    folder: str = ""
    place: str = ""

    def json(self) -> bytes:
        """Return it as a file of its own: plain JSON, or the document of its version."""
        if self.version == "v1":
            return orjson.dumps({**self.spec, "uid": self.uid}, option=FORM)
        return orjson.dumps(self.document(self.version), option=FORM)

    def document(self, version: str) -> dict[str, Any]:
        """Return the document of a version, without a folder."""
        spec = {key: value for key, value in self.spec.items() if key not in {"id", "uid", "version"}}
        head = {"apiVersion": f"dashboard.grafana.app/{version}", "kind": "Dashboard"}
        return {**head, "metadata": {"name": self.uid}, "spec": spec}


@dataclass(frozen=True)
class Panel:
    """A library panel."""

    uid: str
    name: str
    model: dict[str, Any]
    folder: str = ""


@dataclass(frozen=True)
class Source:
    """All that is exported; rules are the groups of each rule file, by the file's name without its ending."""

    project: str
    folders: Mapping[str, Folder] = field(default_factory=dict)
    dashboards: Sequence[Dashboard] = ()
    library: Sequence[Panel] = ()
    rules: Mapping[str, list[Any]] = field(default_factory=dict)


def source(project: str, rendered: Rendered, directory: Path, context: Context | None) -> Source:
    """Gather what is exported; with a context, its data sources and variables are put in."""

    def put_in(spec: dict[str, Any]) -> dict[str, Any]:
        return substituted(spec, context) if context is not None else spec

    def place(uid: str) -> str:
        return rendered.folders[uid].path if uid else ""

    return Source(
        project,
        rendered.folders,
        [
            Dashboard(file.uid, file.title, put_in(file.spec()), file.version, file.folder, place(file.folder))
            for file in rendered.dashboards.values()
        ],
        [Panel(file.uid, file.name, put_in(file.model()), file.folder) for file in rendered.library.values()],
        {file.stem: _groups(file) for file in sorted((directory / "rules").glob("*.yaml"))},
    )


def _groups(file: Path) -> list[Any]:
    from sync.errors import FileProblem

    try:
        groups = yaml.safe_load(file.read_bytes())["groups"]
    except (yaml.YAMLError, KeyError, TypeError):
        raise FileProblem("it is no rule file", path=str(file), remedy="Render it again.") from None
    return list(groups or [])


def kubernetes_name(*parts: str) -> str:
    """Return a name that Kubernetes takes; hashed where two would become one, or one too long."""
    text = "-".join(part for part in parts if part)
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if name == text and len(name) <= NAME_LENGTH:
        return name
    digest = sha256(text.encode()).hexdigest()[:8]
    return f"{name[: NAME_LENGTH - 9].rstrip('-')}-{digest}".lstrip("-")


def yaml_text(*documents: Any) -> bytes:
    """Return documents as YAML, texts of several lines as blocks, keys in their order."""
    return yaml.dump_all(documents, Dumper=_Blocks, sort_keys=False, allow_unicode=True, width=10**9).encode()


def slug(text: str) -> str:
    """Return a text as the name of a file or resource."""
    return identity.slug(text)


class _Blocks(yaml.SafeDumper):
    """A dumper that writes texts of several lines as blocks, which a reviewer can read."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _block)

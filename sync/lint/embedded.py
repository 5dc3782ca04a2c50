"""Files inside of a file: the entries of Kubernetes' config maps and secrets, and operators' dashboards."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.lint.positions import LineIndex, within
from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_text

_KINDS = ("ConfigMap", "Secret")
_SUFFIXES = (".json", ".yaml", ".yml", ".rules")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a manifest: its name, its bytes, where it stands, and whether it stands there as text.

    Of a `certain` one it is known what it has to be: a broken one is named. `uid` is what its resource calls it.
    """

    name: str
    content: bytes
    pointer: Pointer
    is_text: bool = True
    certain: bool = False
    uid: str = ""


def holds_files(value: dict[str, Any]) -> bool:
    """Whether it is a manifest of a kind that holds files."""
    return value.get("kind") in _KINDS and "apiVersion" in value


def files(value: dict[str, Any], base: Pointer) -> Iterator[Entry]:
    """Yield the entries that may be linted."""
    return (entry for entry in entries(value, base) if entry.name.endswith(_SUFFIXES))


def entries(value: dict[str, Any], base: Pointer) -> Iterator[Entry]:
    """Yield everything that it holds; `data` of a secret is base64."""
    for key in ("data", "stringData"):
        encoded = key == "data" and value["kind"] == "Secret"
        for name, text in as_dict(value.get(key)).items():
            content = (
                None if not isinstance(text, str) else _decoded(text) if encoded else text.encode(errors="replace")
            )
            if content is not None:
                yield Entry(name, content, (*base, key, name), not encoded)


_DASHBOARDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "GrafanaDashboard": (("spec", "json"), ("spec", "gzipJson")),
    "Dashboard": (("spec", "forProvider", "configJson"),),
}
"""Where resources hold a dashboard as a text: those of Grafana's operator, and of Crossplane's provider."""
_LARGEST = 50_000_000
"""Bytes that a packed dashboard may unpack to."""


def dashboards(value: dict[str, Any], base: Pointer) -> Iterator[Entry]:
    """Yield the dashboards that an operator's resource holds as texts."""
    spec, name = as_dict(value.get("spec")), as_text(as_dict(value.get("metadata")).get("name"))
    for pointer in _DASHBOARDS.get(as_text(value.get("kind")), ()):
        holder: Any = value
        for key in pointer:
            holder = as_dict(holder).get(key)
        packed = pointer[-1] == "gzipJson"
        content = None if not as_text(holder) else _unpacked(holder) if packed else holder.encode(errors="replace")
        if content:
            uid = as_text(spec.get("uid")) or name
            yield Entry("dashboard.json", content, (*base, *pointer), not packed, certain=True, uid=uid)


def _unpacked(text: str) -> bytes | None:
    try:
        return zlib.decompressobj(wbits=31).decompress(_decoded(text) or b"", _LARGEST)
    except zlib.error:
        return None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Outside:
    """Where the characters of an entry stand in the file around it."""

    index: LineIndex
    span: tuple[int, int]
    text: str
    is_text: bool

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column, in the file around it; of what is encoded, where that begins."""
        start, end = self.span
        inside = within(self.index.text[start:end], self.text, offset) if self.is_text else 0
        return self.index.place(start + inside)

"""YAML into plain values and the place of each; what PyYAML's loader drops (duplicate keys, marks) is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from sync.lint.problem import Pointer
from sync.lint.shape import FilledIn

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML without libyaml: slower, the same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

DEPTH = 200
"""Deeper nesting than this is no configuration that a person wrote."""
MOST = 100_000
"""More values than these, and than the text has room for, are aliases of aliases: few lines can stand for millions."""


_OF_AN_ALERT = re.compile(r"\{\{-?\s*\$")
"""What Prometheus itself fills in, and takes as a text alone: without quotes it is a mistake."""


class TooDeepError(ValueError):
    """The document nests deeper than DEPTH, or its aliases stand for more than there is to read."""


@dataclass(slots=True)
class YamlDocument:
    """One document of a YAML file: plain values, the span of each, keys that stand twice, and what is to be filled in.

    `{{ a }}` is a mapping with a mapping for its key: nobody means that. It is a text here, and its place in `braces`.
    """

    value: Any = None
    spans: dict[Pointer, tuple[int, int]] = field(default_factory=dict)
    duplicates: list[Pointer] = field(default_factory=list)
    braces: list[int] = field(default_factory=list)
    text: str = ""
    most: int = MOST


def documents(text: str) -> list[YamlDocument]:
    """Read every document of a YAML text.

    Raises yaml.YAMLError with its mark where the text is no YAML, and TooDeepError.
    """
    loader = _Loader(text)
    found = []
    try:
        while loader.check_node():
            document = YamlDocument(most=MOST + 2 * len(text), text=text)
            node = loader.get_node()
            document.value = _value(node, (), document, loader) if node is not None else None
            found.append(document)
    finally:
        loader.dispose()
    return found


def _value(node: yaml.Node, pointer: Pointer, document: YamlDocument, loader: Any) -> Any:
    if len(pointer) > DEPTH or len(document.spans) > document.most:
        raise TooDeepError
    document.spans[pointer] = (node.start_mark.index, node.end_mark.index)
    if isinstance(node, yaml.MappingNode) and any(isinstance(key, yaml.MappingNode) for key, _ in node.value[:1]):
        written = document.text[node.start_mark.index : node.end_mark.index]
        if not _OF_AN_ALERT.match(written):
            document.braces.append(node.start_mark.index)
            return FilledIn(written)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, pointer, document, loader)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*pointer, index), document, loader) for index, item in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError):  # a tag of its own (!vault), a date like 2026-99-99
        return node.value


def _mapping(node: yaml.MappingNode, pointer: Pointer, document: YamlDocument, loader: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        value = _value(value_node, (*pointer, key), document, loader)
        if key == "<<":
            for each in value if isinstance(value, list) else [value]:
                merged = {**each, **merged} if isinstance(each, dict) else merged
            continue
        if key in values:
            document.duplicates.append((*pointer, key))
        values[key] = value
    return {**merged, **values}

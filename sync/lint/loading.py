"""From a file's bytes to what it holds: dashboards, rules, a configuration, a runbook, or what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import orjson

from sync.lint import known
from sync.lint.dashboard import Dashboard
from sync.lint.documents import Document, Exposition, Source, documents
from sync.lint.embedded import Entry, Outside
from sync.lint.positions import JsonPositions, LineIndex, YamlPositions
from sync.lint.problem import Finding, Pointer
from sync.lint.query import Queries
from sync.lint.rule_file import RuleFile
from sync.lint.runbook import Runbook
from sync.lint.templating import filled_in_by_helm, makes_json, makes_yaml, unescaped


@dataclass(slots=True)
class Loaded:
    """A file: its documents, findings of its form as (rule, finding, offset), and the means to place others.

    `inside` are the files that it holds as texts; each has its own positions, and the place of itself in `outside`.
    """

    path: str
    text: str = ""
    documents: list[Document] = field(default_factory=list)
    findings: list[tuple[str, Finding, int]] = field(default_factory=list)
    value: Any = None
    positions: LineIndex | JsonPositions | YamlPositions | None = None
    inside: list[Loaded] = field(default_factory=list)
    outside: Outside | None = None
    _entries: list[Entry] = field(default_factory=list)

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column of an offset in the text, in the file that a person opens."""
        if self.outside is not None:
            return self.outside.place(offset)
        return self.positions.place(offset) if self.positions is not None else (1, 1)


def load(path: str, content: bytes, queries: Queries) -> Loaded:
    """Read one file, and those inside of it; never raises for what is in it."""
    loaded = _load(path, path, content, queries)
    loaded.inside = [inside for entry in loaded._entries if (inside := _inside(loaded, entry, queries)) is not None]
    if loaded._entries and not loaded.inside and not loaded.documents:
        _unknown(loaded)
    return loaded


def _inside(around: Loaded, entry: Entry, queries: Queries) -> Loaded | None:
    """Read an entry of a manifest; None where it is nothing that lint knows, which other programs' files may be."""
    loaded = _load(around.path, entry.name, entry.content, queries)
    found = loaded.documents or (entry.certain and loaded.findings)
    if not found or not isinstance(around.positions, (JsonPositions, YamlPositions)):
        return None
    for document in loaded.documents:
        if isinstance(document, Dashboard):
            document.uid = document.uid or entry.uid
    span = around.positions.span(entry.pointer)
    loaded.outside = Outside(around.positions, span, loaded.text, entry.is_text)
    return loaded


def _load(path: str, name: str, content: bytes, queries: Queries) -> Loaded:
    """Read what has a name, of which the ending says the form, and stands in the file at a path."""
    loaded = Loaded(path)
    try:
        loaded.text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _say(loaded, "unreadable-file", f"byte {error.start} is no UTF-8 text", 0)
        return loaded
    suffix = name.rpartition(".")[2].lower()
    is_document = suffix in {"json", "yaml", "yml", "rules"}
    loaded.text, escaped = unescaped(loaded.text) if is_document else (loaded.text, None)
    loaded.positions = LineIndex(loaded.text)
    if suffix in {"md", "markdown"}:
        loaded.documents.append(Runbook(path, loaded.text, queries=queries))
    elif is_document and (place := filled_in_by_helm(loaded.text)) is not None:
        _templated(loaded, place)
    elif suffix == "json" or (suffix not in {"yaml", "yml"} and loaded.text.lstrip()[:1] == "{"):
        _load_json(loaded, queries)
    elif suffix in {"prom", "metrics", "txt"} and known.looks_like_exposition(loaded.text):
        loaded.documents.append(Exposition(loaded.text))
    elif suffix in {"yaml", "yml", "rules"}:
        _load_yaml(loaded, queries)
    else:
        _unknown(loaded)
    if escaped is not None and any(rule == "unreadable-file" for rule, _, _ in loaded.findings):
        loaded.findings.clear()
        _templated(loaded, escaped)
    return loaded


def _say(loaded: Loaded, rule: str, message: str, offset: int) -> None:
    loaded.findings.append((rule, Finding(message), offset))


def _templated(loaded: Loaded, offset: int) -> None:
    _say(loaded, "templated-file", "a template (Helm, Jinja), not a finished file: lint what it renders to", offset)


def _unknown(loaded: Loaded) -> None:
    _say(
        loaded,
        "unknown-document",
        "not a dashboard, rule file, Alertmanager configuration, catalogue or runbook; it was not checked",
        0,
    )


def _load_json(loaded: Loaded, queries: Queries) -> None:
    try:
        value = orjson.loads(loaded.text)
    except orjson.JSONDecodeError as error:
        try:
            value = json.loads(loaded.text)
        except json.JSONDecodeError as problem:
            if makes_json(loaded.text):
                _templated(loaded, problem.pos)
                return
            _say(loaded, "unreadable-file", f"not JSON: {problem.msg}", problem.pos)
            return
        except (RecursionError, ValueError):
            _say(loaded, "unreadable-file", f"not JSON: {error.msg}", 0)
            return
        _say(loaded, "unreadable-file", f"not JSON for Grafana: {error.msg}", error.pos)
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError as problem:
        if "ecursion" in str(problem):  # deeper than 254 levels: no dashboard is
            _say(loaded, "unreadable-file", "it nests too deep", 0)
            return
        written = b""  # a number beyond 64 bits, half a surrogate pair
    as_many_quotes = loaded.text.count('"') == written.count(b'"') and "\\u0022" not in loaded.text
    loaded.positions = JsonPositions(loaded.text, unique=as_many_quotes)
    loaded.value = value
    _documents(loaded, value, (), queries)


def _load_yaml(loaded: Loaded, queries: Queries) -> None:
    import yaml

    from sync.lint import yaml_reader

    try:
        found = yaml_reader.documents(loaded.text)
    except yaml_reader.TooDeepError:
        _say(loaded, "unreadable-file", "it nests too deep, or its aliases stand for too much", 0)
        return
    except RecursionError:
        _say(loaded, "unreadable-file", "it nests too deep", 0)
        return
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        words = getattr(error, "problem", None) or str(error)
        offset = mark.index if mark else 0
        if makes_yaml(loaded.text):
            _templated(loaded, offset)
        else:
            _say(loaded, "unreadable-file", f"not YAML: {words}", offset)
        return
    spans: dict[Pointer, tuple[int, int]] = {}
    for number, document in enumerate(found):
        base: Pointer = (number,) if len(found) > 1 else ()
        spans |= {(*base, *pointer): span for pointer, span in document.spans.items()} if base else document.spans
        for pointer in document.duplicates:
            start = document.spans[pointer][0]
            said = f"`{pointer[-1]}` stands twice here: programs in Go refuse such a file, and others keep one of them"
            _say(loaded, "duplicate-key", said, start)
        if document.value is not None:
            _documents(loaded, document.value, base, queries)
    loaded.positions = YamlPositions(loaded.text, spans)
    if filled := [place for document in found for place in document.braces]:
        _templated(loaded, filled[0])
        loaded.documents = [each for each in loaded.documents if isinstance(each, RuleFile)]
    values = [document.value for document in found]
    loaded.value = values if len(values) > 1 else next(iter(values), None)


def _documents(loaded: Loaded, value: Any, base: Pointer, queries: Queries) -> None:
    """Take apart what a value holds, and say so where it is nothing that lint knows."""
    found = list(documents(Source(loaded.path, loaded.text, queries), value, base))
    loaded.documents += [each for each in found if not isinstance(each, Entry)]
    loaded._entries += [each for each in found if isinstance(each, Entry)]
    if not found and value not in ({}, []):
        _unknown(loaded)

"""Go templates in alerts: what can't be filled in. Actions are read word by word, not run."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_FUNCTIONS = frozenset(
    [
        "and",
        "or",
        "not",
        "len",
        "index",
        "slice",
        "print",
        "printf",
        "println",
        "html",
        "js",
        "urlquery",
        "call",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "query",
        "first",
        "value",
        "label",
        "sortByLabel",
        "strvalue",
        "title",
        "toUpper",
        "toLower",
        "graphLink",
        "tableLink",
        "match",
        "reReplaceAll",
        "externalURL",
        "pathPrefix",
        "humanize",
        "humanize1024",
        "humanizeDuration",
        "humanizePercentage",
        "humanizeTimestamp",
        "parseDuration",
        "parseDurationTime",
        "toTime",
        "toDuration",
        "now",
        "stripPort",
        "stripDomain",
        "safeHtml",
        "args",
        "tmpl",
        "join",
        "stringSlice",
        "urlQueryEscape",
        "pathEscape",
        "if",
        "else",
        "end",
        "range",
        "with",
        "define",
        "template",
        "block",
        "break",
        "continue",
        "true",
        "false",
        "nil",
    ]
)
_BLOCKS = frozenset({"if", "range", "with", "define", "block"})
_VARIABLES = frozenset({"labels", "value", "externalLabels", "externalURL"})


def problems(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong and the piece of the text that shows where."""
    rest = _ACTION.sub("", text)
    if "{{" in rest or "}}" in rest:
        yield "a template action isn't closed", "{{" if "{{" in rest else "}}"
        return
    depth = 0
    declared = set(_VARIABLES)
    for found in _ACTION.finditer(text):
        action = found[1]
        if action.startswith("/*"):
            continue
        plain = _STRING.sub('""', action)
        word = re.match(r"\w+", plain)
        depth += (word is not None and word[0] in _BLOCKS) - (word is not None and word[0] == "end")
        declared |= set(re.findall(r"\$(\w+)\s*(?:,\s*\$\w+\s*)?:?=", plain)) | set(
            re.findall(r",\s*\$(\w+)\s*:=", plain)
        )
        yield from _words(plain, declared)
        if depth < 0:
            yield "{{ end }} without a beginning", found[0]
            return
    if depth > 0:
        yield "a block without its {{ end }}", "{{"


def _words(plain: str, declared: set[str]) -> Iterator[tuple[str, str]]:
    for name in re.findall(r"\$(\w+)", plain):
        if name not in declared:
            yield f"there is no ${name} in an alert's template", f"${name}"
    for name in re.findall(r"(?<![\w.$\"])([A-Za-z_]\w*)(?![\w\"])", re.sub(r"[$.][\w.]+", " ", plain)):
        if name not in _FUNCTIONS:
            yield f"there is no template function {name}", name


def labels_used(text: str) -> list[str]:
    """Return the labels of the alert that a template shows; one that a condition asks for may be there or not.

    Within `range` and `with` a dot is what those go through: `.Labels` are then of the samples of a query.
    """
    found = []
    blocks: list[str] = []
    for action in _ACTION.finditer(text):
        plain = _STRING.sub('""', action[1])
        word = (re.match(r"\w*", plain) or [""])[0]
        if word == "end":
            del blocks[-1:]
        if word not in {"if", "else", "with"}:
            dotted = "" if {"range", "with"} & set(blocks) else r"|\.Labels"
            found += re.findall(rf"(?:\$labels{dotted})\.([A-Za-z_]\w*)", plain)
        if word in _BLOCKS:
            blocks.append(word)
    return list(dict.fromkeys(found))

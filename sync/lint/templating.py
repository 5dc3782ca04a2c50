"""What tells a template, of Helm or Jinja, from a file that is finished."""

from __future__ import annotations

import re

_IN_JSON = re.compile(
    r"^\s*(?:-\s*)?\{\{[-~]?\s*(?:if|range|with|end|define|include|template|else|\.|\$|/\*|-)|^\s*\{%|\{\{-|-\}\}"
    r"|\{%-?\s*(?:if|for|end|set|raw)",
    re.MULTILINE,
)
_IN_YAML = re.compile(r"^\s*(?:-\s*)?\{[{%]|^\s*(?:-\s*)?[\w.\"'-]+:\s+\{[{%]|^[^\"'#\n]*\{%", re.MULTILINE)
"""Where a template makes lines or values of YAML; within a text it leaves YAML as it is."""
_OF_ALERTS = re.compile(r"\{\{-?\s*\$(?:labels|value|externalLabels|externalURL)\b[^}]*\}\}")
"""What Prometheus itself fills in: a line of a folded annotation may begin with it."""
_NAMES = (".Values", ".Release", ".Chart")
_FILLED_IN = re.compile(r"^([^\n]*?)(\{\{-?\s*\.(?:Values|Release|Chart)\b)(?!\.[A-Z]\d?\b)[^\n]*", re.MULTILINE)
"""A line, perhaps a comment, in which Helm alone fills in something: the file isn't yet what it will be.

`.Values.B` is the result of query B, in the notifications of Grafana."""
_ESCAPED = re.compile(
    r"""\{\{-?\s*(?:`(?P<raw>[^`]*)`|(?P<quote>["'])(?P<text>\{\{|\}\}|\{\{[^"'{}\n]*\}\})(?P=quote))\s*-?\}\}"""
)
"""What Helm and Jinja write out as it is, as the templates of alerts and legends."""
_OPENS = re.compile(r"""\{\{-?\s*["'`]""")
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
"""What Jinja leaves as it is."""


def makes_json(text: str) -> bool:
    """Whether a text that is no JSON is a template of one."""
    return _IN_JSON.search(text) is not None


def makes_yaml(text: str) -> bool:
    """Whether a text that is no YAML is a template of one."""
    return _IN_YAML.search(_OF_ALERTS.sub("", text)) is not None


def filled_in_by_helm(text: str) -> int | None:
    """Return where Helm fills something in; a comment may well speak of it in a finished file."""
    for line in _FILLED_IN.finditer(text) if any(name in text for name in _NAMES) else ():
        if not line[1].lstrip().startswith("#"):
            return line.start(2)
    return None


def unescaped(text: str) -> tuple[str, int | None]:
    """Blank Helm's and Jinja's marks around what they leave as it is, so that all keeps its place.

    Returns the text, and where the first mark was.
    """
    pattern = _ESCAPED
    if "{%" in text and _RAW.search(text):
        rest = _RAW.sub("", text)
        if "{{" in rest or "{%" in rest:  # Jinja fills in something between
            return text, None
        pattern = _RAW
    first = pattern.search(text) if pattern is _RAW or _OPENS.search(text) else None
    return (pattern.sub(_kept, text), first.start()) if first else (text, None)


def _kept(mark: re.Match[str]) -> str:
    """Return what is left of a mark, with blanks for the rest of it."""
    group = "raw" if mark["raw"] is not None else "text"
    before, after = mark.start(group) - mark.start(), mark.end() - mark.end(group)
    return " " * before + mark[group] + " " * after

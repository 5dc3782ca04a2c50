"""What stands in a pipeline of LogQL: stages that Loki has, filters that it reads, templates that name labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from sync.lint.known import nearest
from sync.lint.lexical import STRING, masked, unquoted
from sync.lint.logql_numbers import refused
from sync.lint.promql.variables import VARIABLE

_STAGES = frozenset({"json", "logfmt", "pattern", "regexp", "unpack", "line_format", "label_format"})
_STAGES |= {"decolorize", "keep", "drop", "unwrap", "distinct"}
_WORD = re.compile(rf"\s*([A-Za-z_]\w*)\s*(?:{STRING})?\s*$", re.DOTALL)
_DOTTED = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+)+)\s*(?:==|=~|!~|!=|>=|<=|=|>|<)")
_BARE = re.compile(r"\s*([A-Za-z_]\w*)\s*(==|=~|!~|!=|=)\s*(?!ip\b)([A-Za-z_]\w*|\d+\.\.)\s*$")
_QUOTED_NUMBER = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|>|<)\s*\"")
_RANGE = re.compile(r"\[([^\[\]$]*)\]")
_DURATION = re.compile(r"\s*(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w|y))+\s*(?::.*)?")
_LONE = re.compile(r"\{\{-?\s*([A-Za-z]\w*)\s*-?\}\}")
_SINGLE = re.compile(r"(?<!\{)\{\s*\.\w+\s*\}(?!\})")
_LONE_WORDS = frozenset({"end", "else", "now", "break", "continue", "nil", "true", "false"})


def stage_problem(text: str, stages: Iterable[tuple[str, int]]) -> tuple[str, int] | None:
    """Return the first thing that Loki refuses, of stages given as (text, start)."""
    plain = masked(text)
    for stage, start in stages:
        if "$" in masked(stage) or "[[" in stage:
            continue
        problem = _stage(stage) or _filters(masked(stage))
        if problem:
            return problem, start
        if re.match(r"\s*unwrap\b", stage) and "[" not in plain[start:] and "$" not in plain[start:]:
            return "unwrap stands in a range like sum_over_time(… | unwrap a [5m])", start
    if (around := refused(plain)) or (around := _addresses(text, plain)) or (around := _bare_variable(plain)):
        return around
    for found in _RANGE.finditer(plain):
        if found[1].strip() and not _DURATION.fullmatch(found[1]):
            return f"{found[1]!r} is no duration like 5m or 1h30m", found.start(1)
    return None


def _bare_variable(plain: str) -> tuple[str, int] | None:
    """Return the first pattern that is a variable without quotes, which Grafana doesn't put there."""
    found = _BARE_PATTERN.search(plain)
    return (f'{found[2]} has to be in quotes: {found[1]}"{found[2]}"', found.start(2)) if found else None


_ADDRESS = re.compile(r"(?<![=!~|<>])([=!~|<>]{1,2})\s*ip\s*\(\s*")
_LITERAL = re.compile(rf"({STRING})\s*\)", re.DOTALL)
_BARE_PATTERN = re.compile(r"(=~|!~|\|~)\s*(\$\w+|\$\{\w+(?::(?!(?:single|double)quote|json)\w+)?\})")


def _addresses(text: str, plain: str) -> tuple[str, int] | None:
    """Return the first `ip("…")` that Loki refuses: it takes an address, a network or a range, and = or !=."""
    for found in _ADDRESS.finditer(plain) if "ip" in plain else ():
        literal = _LITERAL.match(text, found.end())
        if literal is None:
            continue
        written = unquoted(literal[1])
        if found[1] not in {"=", "==", "!=", "|="}:
            return f"{found[1]} before ip(), which goes with = and != of a label, |= and != of a line", found.start()
        if not VARIABLE.search(written) and not _is_address(written):
            what = "no address, network (10.0.0.0/8) or range of addresses (10.0.0.1-10.0.0.9)"
            return f"{written!r} is {what}", literal.start(1)
    return None


def _is_address(written: str) -> bool:
    """Whether it is what Loki's ip() reads."""
    try:
        first, dash, last = written.partition("-")
        if dash:
            return ip_address(first.strip()).version == ip_address(last.strip()).version
        return bool(ip_network(written, strict=False))
    except ValueError:
        return False


def after_pipeline(rest: str) -> str:
    """Say what is wrong with what follows a pipeline; '' where it may stand there."""
    if re.match(r"\s*=\s*[\"`]", rest):
        return "a line filter is |=, != , |~ or !~"
    if re.match(r"\s*\{", rest):
        return "two stream selectors with nothing between them: write their matchers into one"
    if found := re.match(r"\s*(or|and)\s*(?:\|[=~]|!=|!~)", rest):
        also = 'the texts of one filter are joined: |= "a" or "b"' if found[1] == "or" else "filters follow each other"
        return f"{found[1]} between line filters: {also}"
    if found := re.match(r"\s*(=~|!=~|~=|!(?![=~>])|\w+)\s*(?=[\"`])", rest):
        return f"{found[1]} before a text is no line filter: those are |=, !=, |~ and !~"
    return ""


def _stage(stage: str) -> str:  # noqa: PLR0911 one return a kind of stage
    if re.match(r"\s*[\"`]", stage):
        return 'a text after | is no stage: a line filter is |= "text"'
    if re.match(r"\s*(?:!=|!~)", stage):
        return "a line filter is != or !~ without a | before it"
    if found := _DOTTED.match(stage):
        return f"a label has no dots: json makes {found[1].replace('.', '_')} of {found[1]}"
    if found := _QUOTED_NUMBER.match(stage):
        return f"{found[2]} compares numbers, durations and sizes, which stand without quotes"
    if found := _BARE.match(stage):
        return f'{found[3]} has to be in quotes: {found[1]}{found[2]}"{found[3]}"'
    word = _WORD.match(stage)
    if word is not None and word[1] not in _STAGES:
        return f"Loki has no stage {word[1]}{nearest(word[1], _STAGES)}"
    if re.match(r"\s*(?:line|label)_format\b", stage):
        return _template(stage)
    if re.match(r"\s*(?:pattern|regexp)\b", stage):
        return _captures(stage)
    if found := _NO_OPERATOR.match(stage):
        return f"{found[2]} compares no texts: {found[1]}={found[3]} is one text, {found[1]}=~{found[3]} a pattern"
    return ""


_NO_OPERATOR = re.compile(rf"\s*([A-Za-z_]\w*)\s*(==|~=)\s*({STRING})", re.DOTALL)


def _filters(plain: str) -> str:
    """Say what joins, turns or measures nothing in label filters."""
    if found := _JOINED.search(plain):
        return f"{found[1]} joins no label filters: write {'or' if found[1] in {'||', 'OR'} else 'and'}"
    if _NOT.match(plain):
        return "a label filter has no not: write != or !~"
    if found := _UNIT.search(plain):
        return f"{found[1]}{found[2]}{found[3]} is no number, duration or size that Loki reads, as 5s or 10MB"
    return ""


_JOINED = re.compile(r"[\w\"`]\s*(&&|\|\||\bAND\b|\bOR\b)\s*[A-Za-z_(]")
_NOT = re.compile(r"\s*(?:not\b|!)\s*[A-Za-z_(]")
_UNIT = re.compile(
    r"[A-Za-z_]\w*\s*(?:>=|<=|==|>|<)\s*(\d+(?:\.\d+)?)(\s*)"
    r"(secs?|seconds?|mins|minutes?|hours?|msecs?|millis|days?|bytes?|(?<=\s)(?:ns|us|ms|s|m|h|[kKMGT]i?B|B))\b"
)
_CAPTURE = re.compile(r"<(\w+)>")


def captured(stage: str) -> set[str] | None:
    """Return the labels that a stage makes of a line; None where those aren't told by the query."""
    kind, text = re.split(r"\W", stage.strip(), maxsplit=1)[0], re.search(STRING, stage, re.DOTALL)
    if kind in {"json", "logfmt"}:
        named = re.sub(rf"^\s*{kind}|--[\w-]+", "", masked(stage))
        return set(re.findall(r"(?:^|,)\s*(\w+)", named)) or None
    if kind not in {"pattern", "regexp"} or text is None or VARIABLE.search(text[0]):
        return None
    found = (
        _CAPTURE.findall(unquoted(text[0])) if kind == "pattern" else re.findall(r"\(\?P?<(\w+)>", unquoted(text[0]))
    )
    return set(found) - {"_"}


def _captures(stage: str) -> str:
    """Say what Loki refuses of a pattern, or of a regular expression's groups."""
    labels = captured(stage)
    kind, text = stage.split(maxsplit=1)[0], re.search(STRING, stage, re.DOTALL)
    if labels is not None and not labels:
        return f"{kind} takes no label out of the line: name one, as " + _EXAMPLES.get(kind, "(?P<name>…)")
    if kind == "pattern" and text is not None and re.search(r"<\w+><\w+>", text[0]):
        return "a pattern can't tell two captures apart with nothing between them"
    return ""


_EXAMPLES = {"pattern": "<name>"}


def _template(stage: str) -> str:
    if re.match(r"\s*label_format\s+(?:\"|`|\w+\s*==)", stage):
        return "label_format is given label=other or label=`template`"
    for written in re.findall(STRING, stage, re.DOTALL):
        text = unquoted(written)
        lone = _LONE.search(text)
        if lone is not None and lone[1] not in _LONE_WORDS:
            return f"{lone[1]} in a template is a function, and there is none: write {{{{.{lone[1]}}}}}"
        if _SINGLE.search(text) and "{{" not in text:
            return "a template names a label in two braces: {{.msg}}"
    return ""

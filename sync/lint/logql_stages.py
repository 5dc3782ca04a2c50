"""What stands in a pipeline of LogQL: stages that Loki has, filters that it reads, templates that name labels."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.lint.known import nearest
from sync.lint.lexical import STRING, masked, unquoted

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
        problem = _stage(stage)
        if problem:
            return problem, start
        if re.match(r"\s*unwrap\b", stage) and "[" not in plain[start:] and "$" not in plain[start:]:
            return "unwrap stands in a range like sum_over_time(… | unwrap a [5m])", start
    for found in _RANGE.finditer(plain):
        if found[1].strip() and not _DURATION.fullmatch(found[1]):
            return f"{found[1]!r} is no duration like 5m or 1h30m", found.start(1)
    return None


def after_pipeline(rest: str) -> str:
    """Say what is wrong with what follows a pipeline; '' where it may stand there."""
    if re.match(r"\s*=\s*[\"`]", rest):
        return "a line filter is |=, != , |~ or !~"
    if re.match(r"\s*\{", rest):
        return "two stream selectors with nothing between them: write their matchers into one"
    if found := re.match(r"\s*(or|and)\s*(?:\|[=~]|!=|!~)", rest):
        also = 'the texts of one filter are joined: |= "a" or "b"' if found[1] == "or" else "filters follow each other"
        return f"{found[1]} between line filters: {also}"
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
    return ""


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

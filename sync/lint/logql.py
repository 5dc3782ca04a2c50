"""LogQL, as far as it can be judged without its grammar: selectors, filters, ranges. What is unsure is let pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from sync.lint import gotemplate
from sync.lint.lexical import STRING, masked, unbalanced, unquoted
from sync.lint.logql_stages import after_pipeline, stage_problem
from sync.lint.matching import admits, pattern_problem
from sync.lint.promql.variables import VARIABLE

_MATCHER = re.compile(
    rf"\s*(?P<label>[A-Za-z_][\w]*|\$\w+)\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>{STRING}|\$\w+|\$\{{[^}}]*\}})\s*",
    re.DOTALL,
)
_LINE_FILTER = re.compile(
    rf"\s*(?P<operator>\|=|\|~|\|>|!=|!~|!>)\s*(?P<value>{STRING}|ip\s*\([^)]*\)|\$\w+|\$\{{[^}}]*\}})?(?P<more>(?:\s+or\s+(?:{STRING}))*)",
    re.DOTALL,
)
_STAGE = re.compile(
    rf"\s*\|(?![=~>])\s*(?P<stage>unwrap\s+\w+\s*\(\s*\w+\s*\)\s*|(?:json|logfmt|unpack|decolorize)\s*(?=!=|!~)"
    rf"|[^|\"`\[\]()]*(?:{STRING})\s*(?=!=|!~)|(?:{STRING}|\((?:{STRING}|[^()\"`])*\)|[^|\"`\[\])])*)",
    re.DOTALL,
)
_LABEL_FILTER = re.compile(
    rf"^(?P<label>[A-Za-z_]\w*)\s*(?P<operator>==|=~|!~|!=|>=|<=|=|>|<)\s*(?P<value>{STRING}|-?[\d.]+[a-zA-Zµ\d.]*)\s*$",
    re.DOTALL,
)
_NAMED = re.compile(r"[A-Za-z_{]")
_RANGED = re.compile(
    r"\b(rate|rate_counter|count_over_time|bytes_rate|bytes_over_time|absent_over_time|sum_over_time|avg_over_time|max_over_time"
    r"|min_over_time|quantile_over_time|first_over_time|last_over_time|stddev_over_time|stdvar_over_time)\s*\("
)
PARSER = re.compile(r"(?:json|logfmt|pattern|regexp|unpack)\b")
"""Stages that take labels out of the line."""
SET = re.compile(r"(\w+)\s*=")
"""What label_format gives a value to."""
METADATA = frozenset(
    {"level", "detected_level", "trace_id", "span_id", "traceID", "spanID", "traceid", "spanid", "service_name"}
)
"""Labels that Loki or what sends lines to it often adds to them as metadata."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One matcher, line filter or label filter; `label` is '' for the line."""

    label: str
    operator: str
    value: str
    offset: int
    either: tuple[tuple[Condition, ...], ...] = ()
    """What may hold in its place, where its operator is `or`: each is conditions that hold together."""

    def __str__(self) -> str:
        return f'{self.label}{self.operator}"{escaped(self.value)}"'

    @property
    def has_variable(self) -> bool:
        """Whether a Grafana variable is part of it."""
        return "$" in self.value or "[[" in self.value

    @property
    def is_regex(self) -> bool:
        """Whether the value is a regular expression."""
        return self.operator in {"=~", "!~", "|~"}


@dataclass(slots=True)
class Stream:
    """A stream selector and the filters of its pipeline, in order."""

    offset: int
    matchers: list[Condition] = field(default_factory=list)
    filters: list[Condition] = field(default_factory=list)
    free: bool = False
    end: int = 0
    stages: list[tuple[str, int]] = field(default_factory=list)
    """Each stage after a |, as written, and where it stands."""


def is_of_opentelemetry(stream: Stream, label: str) -> bool:
    """Whether OpenTelemetry may have sent a label as metadata of its lines, which no parser makes: an attribute."""
    is_sent_so = any(each.label == "service_name" or each.label.startswith("k8s_") for each in stream.matchers)
    return label.startswith("k8s_") or (is_sent_so and "_" in label)


def syntax_problem(text: str) -> tuple[str, int] | None:
    """Return what is certainly wrong, and where."""
    problem = unbalanced(text)
    if problem is not None:
        return problem
    plain = masked(text)
    for found in re.finditer(r"\{", plain):
        problem = _braces_problem(text, plain, found.start())
        if problem is not None:
            return problem
    for found in re.finditer(r"\|=|\|~", plain):
        rest = plain[found.end() :].lstrip()
        if not rest or (rest[0] not in '"`$i' and not rest.startswith("[[")):
            return f"{found[0]} has to be followed by a string", found.start()
    if twice := re.search(r"\|\s*\|", plain):
        return "nothing stands between | and |: label filters are joined by or", twice.start()
    if re.search(r"\|\s*$", plain):
        return "a pipeline that ends with |", len(plain.rstrip()) - 1
    return _ranges_problem(plain) or _patterns_problem(text) or _templates_problem(text) or _stages_problem(text)


def _stages_problem(text: str) -> tuple[str, int] | None:
    """Return what Loki refuses of a pipeline's stages, or of what follows one."""
    found = streams(text)
    for stream in found:
        if (words := after_pipeline(text[stream.end :])) and "$" not in text[stream.offset : stream.end]:
            return words, stream.end
    return stage_problem(text, [stage for stream in found for stage in stream.stages])


def _braces_problem(text: str, plain: str, start: int) -> tuple[str, int] | None:
    end = plain.find("}", start)
    body = plain[start + 1 : end]
    if "$" in body or "{" in body or end < 0:
        return None
    position = start + 1
    while position < end:
        found = _MATCHER.match(text, position, end)
        if found is None:
            return (
                None
                if not text[position:end].strip() and position > start + 1
                else _matcher_problem(text, position, end)
            )
        position = found.end()
        if position < end:
            if text[position] != ",":
                return "matchers have to be separated by commas", position
            position += 1
    return None


def _matcher_problem(text: str, position: int, end: int) -> tuple[str, int] | None:
    piece = text[position:end].strip()
    if not piece:
        return None
    return f'a matcher has to look like label="value", not {piece[:40]}', position


def _ranges_problem(plain: str) -> tuple[str, int] | None:
    if "$" in plain.replace("$__", ""):
        return None
    for found in _RANGED.finditer(plain):
        depth, position = 1, found.end()
        while position < len(plain) and depth:
            depth += {"(": 1, ")": -1}.get(plain[position], 0)
            position += 1
        inner = plain[found.end() : position]
        if "{" in inner and "[" not in inner:
            return f"{found[1]}() needs a range like [5m]", found.start()
    return None


_REGEXP = re.compile(rf"regexp\s*({STRING})", re.DOTALL)


def _patterns_problem(text: str) -> tuple[str, int] | None:
    """Return the first regular expression that Loki can't read: of a matcher, a filter, or a `regexp` stage."""
    if "~" not in text and "regexp" not in text:
        return None
    for stream in streams(text):
        for each in (*stream.matchers, *stream.filters):
            stage = _REGEXP.match(each.value) if each.operator == "stage" else None
            if each.has_variable or not (each.is_regex or stage):
                continue
            pattern = unquoted(stage[1]) if stage else each.value
            problem = pattern_problem(pattern)
            if problem:
                return f"{pattern!r} is no regular expression: {problem}", each.offset
    return None


def _templates_problem(text: str) -> tuple[str, int] | None:
    """Return the first template of line_format or label_format that Go can't read."""
    if "_format" not in text:
        return None
    for stream in streams(text):
        for stage in (each for each in stream.filters if each.operator == "stage" and "_format" in each.value):
            for written in re.findall(STRING, stage.value, re.DOTALL):
                template = unquoted(written)
                try:
                    if "{{" in template and not VARIABLE.search(template):
                        gotemplate.parse(template)
                except gotemplate.BrokenTemplateError as error:
                    return f"{template!r} is no template: {error}", stage.offset
    return None


_COMMENT = re.compile(rf"({STRING})|#[^\n]*", re.DOTALL)


def streams(text: str) -> list[Stream]:
    """Return the stream selectors of a query with the filters after each."""
    plain = masked(text)
    if "#" in text:
        text = _COMMENT.sub(lambda found: found[1] or " " * len(found[0]), text)
    found, position = [], 0
    while (start := plain.find("{", position)) >= 0:
        end = plain.find("}", start)
        if end < 0:
            break
        stream = Stream(start, free="$" in plain[start:end])
        for matcher in _MATCHER.finditer(text, start + 1, end):
            stream.matchers.append(
                _condition(matcher["label"], matcher["operator"], matcher["value"], matcher.start("label"))
            )
        stream.end = position = _pipeline(text, end + 1, stream)
        found.append(stream)
    return found


def _pipeline(text: str, position: int, stream: Stream) -> int:
    while True:
        line = _LINE_FILTER.match(text, position)
        if line is not None:
            if line["value"] and line["value"][0] in '"`':
                stream.filters += _line_filters(line)
            position = max(line.end(), position + 1)
            continue
        stage = _STAGE.match(text, position)
        if stage is None:
            return position
        stream.stages.append((stage["stage"], stage.start("stage")))
        conditions = _conditions(stage["stage"])
        if conditions:
            stream.filters += [
                _condition(each["label"], each["operator"], each["value"], stage.start("stage")) for each in conditions
            ]
        elif " or " in stage["stage"] and (pattern := _alternatives(stage["stage"])):
            stream.filters.append(replace(pattern, offset=stage.start("stage")))
        elif either := _either(stage["stage"], stage.start("stage")):
            stream.filters.append(Condition("", "or", "", stage.start("stage"), either))
        elif re.match(
            r"\s*(?:line_format|label_format|decolorize|pattern|unpack|regexp|logfmt|json|keep|drop|unwrap)",
            stage["stage"],
        ):
            stream.filters.append(Condition("", "stage", stage["stage"].strip(), stage.start()))
        position = stage.end()


def _line_filters(line: re.Match[str]) -> list[Condition]:
    """Return `|= "a" or "b"` as one of two conditions, and `!= "a" or "b"` as both."""
    texts = [line["value"], *re.findall(STRING, line["more"], re.DOTALL)]
    every = [_condition("", line["operator"], text, line.start("operator")) for text in texts]
    if len(every) == 1 or line["operator"].startswith("!"):
        return every
    return [Condition("", "or", "", line.start("operator"), tuple((each,) for each in every))]


_ALTERNATIVES = 50
_PART = re.compile(rf"\s*(?:(?P<sign>and\b|or\b|,|\(|\))|(?P<filter>{_LABEL_FILTER.pattern[1:-4]}))\s*", re.DOTALL)


def _either(stage: str, offset: int) -> tuple[tuple[Condition, ...], ...]:
    """Return what may pass label filters that and, or and parentheses join; nothing for what else stands in a stage."""
    parts, position = [], 0
    while position < len(stage):
        found = _PART.match(stage, position)
        if found is None:
            return ()
        parts.append(found)
        position = found.end()
    if not parts or parts[0]["sign"] not in {None, "("}:
        return ()
    either, rest = _any_of(parts, offset)
    return () if rest or len(either) > _ALTERNATIVES else either


def _any_of(parts: list[re.Match[str]], offset: int) -> tuple[tuple[tuple[Condition, ...], ...], list[re.Match[str]]]:
    either: list[tuple[Condition, ...]] = []
    together: list[tuple[Condition, ...]] = [()]
    while parts and parts[0]["sign"] != ")":
        one, *parts = parts
        inside: tuple[tuple[Condition, ...], ...]
        if one["sign"] == "(":
            inside, parts = _any_of(parts, offset)
            parts = parts[1:]
        elif one["filter"]:
            inside = ((_condition(one["label"], one["operator"], one["value"], offset),),)
        else:
            if one["sign"] == "or":
                either += together
                together = [()]
            continue
        together = [(*some, *more) for some in together for more in inside][:1000]
    return tuple(either + together), parts


def _conditions(stage: str) -> list[re.Match[str]]:
    """Return the label filters of a stage, all of which have to hold; none where it is something else."""
    plain = masked(stage)
    between = [found.span() for found in re.finditer(r"\s+and\s+|,", plain)]
    ends = [*(start for start, _ in between), len(stage)]
    starts = [0, *(end for _, end in between)]
    found = [_LABEL_FILTER.match(stage[start:end].strip()) for start, end in zip(starts, ends, strict=True)]
    return [each for each in found if each] if all(found) else []


def _alternatives(stage: str) -> Condition | None:
    """Return `level="a" or level="b"` as the pattern that it is; None for what else stands in a stage."""
    found = [_LABEL_FILTER.match(each.strip()) for each in re.split(r"\s+or\s+", stage)]
    each = [one for one in found if one and one["operator"] == "=" and one["value"][0] in '"`']
    if len(each) < max(2, len(found)) or len({one["label"] for one in each}) > 1:
        return None
    values = "|".join(re.escape(unquoted(one["value"])) for one in each)
    return Condition(each[0]["label"], "=~", values, 0)


def _condition(label: str, operator: str, written: str, offset: int) -> Condition:
    value = unquoted(written) if written[:1] in '"`' else written
    return Condition(label, "=" if operator == "==" else operator, value, offset)


_OF_LABELS = frozenset({"json", "logfmt", "pattern", "regexp", "unpack", "keep"})
_OF_THE_LINE = frozenset({"line_format", "decolorize", "unpack"})


def stays(condition: Condition, stage: str, *, own: bool) -> bool:
    """Whether what a condition looks at is still the same after a stage; what is extracted may be any label.

    A stream's `own` label stays beside what is extracted, which is called …_extracted then.
    """
    name, _, rest = stage.partition(" ")
    if not condition.label:
        return name not in _OF_THE_LINE
    changed = re.findall(r"[A-Za-z_]\w*", masked(rest)) if name in {"label_format", "drop", "unwrap"} else []
    return (own or name not in _OF_LABELS) and name != "keep" and condition.label not in changed


def escaped(value: str) -> str:
    """Write a value as a string between double quotes holds it."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def can_be_empty(condition: Condition) -> bool:
    """Whether a matcher or a label filter also holds where the label is missing; no number is compared with none."""
    return condition.operator not in {">", ">=", "<", "<="} and admits(condition, "") is True


def is_arithmetic(text: str) -> bool:
    """Whether it holds numbers and no series, as `1 > 0`: LogQL takes that for an expression."""
    return bool(text) and not _NAMED.search(text)

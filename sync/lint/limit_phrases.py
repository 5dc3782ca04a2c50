"""The numbers that a text calls limits: "above 85%", "more than 20 messages", "threshold of 5"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SHORT = {"millisecond": "ms", "second": "s", "sec": "s", "minute": "m", "min": "m", "hour": "h", "hr": "h"} | {
    "day": "d",
    "week": "w",
}
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_UNIT = (
    r"(?P<unit>\s?(?:%|percent|milliseconds?|[mnuµ]s|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w"
    r"|[KMGTP]?i?B(?:/s|ps)?|[kKMGTP]i?|x)(?!\w|\.\d))?"
)
_END = r"(?!\w|[.,:/]\d|-\w|\.\.)"
_LIMIT = re.compile(
    r"(?:\b(?:(?:at\s+or\s+)?(?:above|below|over|under|beyond)"
    r"|(?:more|less|fewer|greater|higher|lower|larger|smaller|longer|older)(?:\s+or\s+equal)?\s+(?:than|to)(?:\s+or\s+equal\s+to)?"
    r"|at\s+(?:least|most)|exceed(?:s|ed|ing)?|(?:reach|cross|breach)(?:es|ed)|surpass(?:es|ed)|thresh?old\s*(?:of|is|:|=)?)"
    r"|(?<![-=<>])(?:>|<|≥|≤)=?)"
    r"\s*(?:(?:the|a|an|its|of|set|by|limit|thresh?old|supported|maximum|max|minimum|min|critical|warning|value)\s+){0,4}"
    r"[*`(~]?" + _NUMBER + _UNIT + _END,
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:is|are|at|only|has|have|with)\s+(?:(?:only|now|about|over|already)\s+)?"
    + _NUMBER
    + r"(?P<unit>\s?(?:%|percent))\s+(?:(?:of|the|its|disk|memory|space|storage|capacity|inodes?)\s+){0,4}"
    r"(?:is\s+|are\s+)?(?:full|used|free|left|remaining|available)\b"
    r"|\b(?:restarted|crashed|failed|flapped|rebooted|changed)\s+(?P<times>\d+)\s+times\b",
    re.IGNORECASE,
)
"""Limits without a word for them: "the disk is 90% full", "only 5% space left", "restarted 3 times"."""
_SPAN = re.compile(
    r"\b(?:for|in|over|within|during)\s+(?:(?:the|a|more|longer|than|at|over|least|last|past|previous|next|coming|about)\s+){0,4}"
    + _NUMBER
    + r"\+?(?P<unit>[\s-]?(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?!\w|\.\d))"
    + _END,
    re.IGNORECASE,
)
_UPWARDS = re.compile(r"(?:above|over|beyond|more|greater|higher|larger|longer|older|exceed|surpass|>)", re.IGNORECASE)
_DOWNWARDS = re.compile(r"(?:below|under|less|fewer|lower|smaller|<)", re.IGNORECASE)
OF_BUDGET = re.compile(r"\b(?:error )?budgets?\b|\bexhaust|\bburn", re.IGNORECASE)
"""Texts of burn rates, whose numbers say how long a budget lasts or how much of it is left."""
_NEGATED = re.compile(r"\b(?:not|no|never|isn't|doesn't|without|until|cannot|instead of|than)\b[^.,;]*$", re.IGNORECASE)
_ONE = re.compile(
    r"\b(for|in|over|within|during|than|last|past)\s+(?:an?|one)\s+(?=(?:hour|day|minute|week)\b)", re.IGNORECASE
)
_ANY = re.compile(r"(?<![\w.])" + _NUMBER + _UNIT + _END, re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{.{0,500}?\}\}|<%.{0,500}?%>|\$\{.{0,500}?\}", re.DOTALL)
_LONGEST = 4000
"""Characters of a text that are read: what is longer is a runbook."""
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S))+")
_BEFORE = re.compile(
    r"\b(?:should|recommend\w*|defaults?|normal(?:ly)?|typical(?:ly)?|ideal(?:ly)?|usual(?:ly)?|consider|could|may|might|must"
    r"|example|if|ensure|budget|burns?|burning|(?:critical|warning) (?:at|when|threshold)|version)\b|e\.g\.",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[^.,;]{0,25}\b(?:defaults?|recommended|normal|expected|ideal)\b|.*\bshould\b", re.IGNORECASE)
"""What is good, usual, advised or would be worse, or how fast a budget burns: not what the alert compares with."""


@dataclass(frozen=True, slots=True)
class Said:
    """A number in a text: the words from its phrase on, its value, and its seconds where it is a time (else NaN)."""

    words: str
    value: float
    unit: str = ""

    @property
    def is_percent(self) -> bool:
        """Whether it says that it is a percentage."""
        return self.unit == "%"

    @property
    def direction(self) -> int:
        """Whether it is a lower limit (1), an upper one (-1), or neither is said (0)."""
        return 1 if _UPWARDS.match(self.words) else -1 if _DOWNWARDS.match(self.words) else 0

    @property
    def seconds(self) -> float:
        """The duration that it says; NaN where it says none."""
        return self.value * SECONDS[self.unit] if self.unit in SECONDS else math.nan


def limits_said(text: str) -> list[Said]:
    """Return the numbers that a text says are limits, of the first sentence with any: what follows may be of others.

    Templates say none, nor do codes, years and advice.
    """
    for sentence in _SENTENCE.findall(_without_templates(text)):
        found = [
            _said(each)
            for each in (*_LIMIT.finditer(sentence), *_STATE.finditer(sentence))
            if not _BEFORE.search(sentence, 0, each.start()) and not _AFTER.match(sentence, each.end())
        ]
        if found:
            return [each for each in found if each.unit or not (each.value <= 1 or _is_code(each.value))]
    return []


def spans_said(text: str) -> list[Said]:
    """Return how long a text says that something lasted or was looked at; not what it advises."""
    sentences = _SENTENCE.findall(_ONE.sub(r"\1 1 ", _without_templates(text)))
    return [
        _said(each)
        for sentence in sentences
        for each in _SPAN.finditer(sentence)
        if not _BEFORE.search(sentence, 0, each.start()) and not _AFTER.match(sentence, each.end())
    ]


def _without_templates(text: str) -> str:
    """Return a text without what is filled in, but for durations that are written as seconds to be."""
    return _TEMPLATE.sub(" ￼ ", _SECONDS_SHOWN.sub(r"\1 seconds", text[:_LONGEST]))


_SECONDS_SHOWN = re.compile(r"""\{\{-?\s*["`]?(\d+(?:\.\d+)?)["`]?\s*\|\s*humanizeDuration\s*-?\}\}""")


def is_negated(text: str, said: Said) -> bool:
    """Whether a word before it in its sentence turns a limit round."""
    return _NEGATED.search(" ".join(text.split()).partition(said.words)[0]) is not None


def numbers_said(text: str) -> list[Said]:
    """Return every number of a text."""
    return [_said(each) for each in _ANY.finditer(_without_templates(text))]


def _said(found: re.Match[str]) -> Said:
    unit = (found["unit"] or "").strip()
    number = found["number"] or found.groupdict().get("times") or ""
    unit = unit if unit == "M" else unit.lower().replace("percent", "%")
    unit = _SHORT.get(unit.removesuffix("s"), unit)
    return Said(" ".join(found[0].split()), float(number.replace(",", "")), unit)


def _is_code(number: float) -> bool:
    """Whether a number without a unit may be a status of HTTP or a year."""
    return number in range(400, 600) or number in range(1990, 2100)

"""The functions of Prometheus' alert templates: what each wants and gives; Loki's ruler has the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value in a template is, as people call it."""

    ALERT = "the alert"
    LABELS = "labels"
    EXTERNAL = "external labels"
    SAMPLES = "the list that query returns"
    SAMPLE = "a sample"
    TEXT = "a text"
    NUMBER = "a number"
    WHOLE = "a whole number"
    TRUTH = "true or false"
    FIGURE = "a number or its digits"
    ANY = "a value"

    def takes(self, given: Kind) -> bool:
        """Whether an argument of this kind may be given that one."""
        if Kind.ANY in {self, given}:
            return True
        return given in {Kind.NUMBER, Kind.WHOLE, Kind.TEXT} if self is Kind.FIGURE else given is self


@dataclass(frozen=True, slots=True)
class Function:
    """What a function gives, and wants; `open` ones take any number of arguments more."""

    gives: Kind
    wants: tuple[Kind, ...] = ()
    open: bool = False


_OF_TEXT = Function(Kind.TEXT, (Kind.TEXT,))
_OF_FIGURE = Function(Kind.TEXT, (Kind.FIGURE,))
_COMPARISON = Function(Kind.TRUTH, (Kind.ANY, Kind.ANY))
_ANY = Function(Kind.ANY, open=True)
COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_VMALERT = (
    "pathEscape queryEscape htmlEscape jsonEscape quotesEscape crlfEscape formatTime parseDurationTime stringSlice join"
)
"""What VictoriaMetrics' vmalert adds; its files look like Prometheus'."""
FUNCTIONS = {
    "query": Function(Kind.SAMPLES, (Kind.TEXT,)),
    "first": Function(Kind.SAMPLE, (Kind.SAMPLES,)),
    "label": Function(Kind.TEXT, (Kind.TEXT, Kind.SAMPLE)),
    "value": Function(Kind.NUMBER, (Kind.SAMPLE,)),
    "strvalue": Function(Kind.TEXT, (Kind.SAMPLE,)),
    "sortByLabel": Function(Kind.SAMPLES, (Kind.TEXT, Kind.SAMPLES)),
    "args": _ANY,
    "reReplaceAll": Function(Kind.TEXT, (Kind.TEXT, Kind.TEXT, Kind.TEXT)),
    "match": Function(Kind.TRUTH, (Kind.TEXT, Kind.TEXT)),
    "safeHtml": Function(Kind.ANY, (Kind.TEXT,)),
    **dict.fromkeys(("title", "toUpper", "toLower", "graphLink", "tableLink"), _OF_TEXT),
    **dict.fromkeys(("stripPort", "stripDomain", "urlQueryEscape"), _OF_TEXT),
    **dict.fromkeys(("humanize", "humanize1024", "humanizeDuration"), _OF_FIGURE),
    **dict.fromkeys(("humanizePercentage", "humanizeTimestamp"), _OF_FIGURE),
    **dict.fromkeys(("toTime", "toDuration"), Function(Kind.ANY, (Kind.FIGURE,))),
    "now": Function(Kind.NUMBER),
    "parseDuration": Function(Kind.NUMBER, (Kind.TEXT,)),
    **dict.fromkeys(("externalURL", "pathPrefix"), Function(Kind.TEXT)),
    **dict.fromkeys(("print", "println", "html", "js", "urlquery"), Function(Kind.TEXT, open=True)),
    "printf": Function(Kind.TEXT, (Kind.TEXT,), open=True),
    **dict.fromkeys(("and", "or", "index", "slice", "call"), Function(Kind.ANY, (Kind.ANY,), open=True)),
    "not": Function(Kind.TRUTH, (Kind.ANY,)),
    "len": Function(Kind.WHOLE, (Kind.ANY,)),
    "eq": Function(Kind.TRUTH, (Kind.ANY, Kind.ANY), open=True),
    **dict.fromkeys(("ne", "lt", "le", "gt", "ge"), _COMPARISON),
    **dict.fromkeys(_VMALERT.split(), _ANY),
}

"""OpenSLO v1 as input: documents of kind SLO (and the SLI that they refer to) as what objectives.yaml would say.

Each value keeps the line that it stands on, so that whatever is wrong with the objective is told where it is written.
What has no counterpart is refused rather than left out. `service` is the owner; annotations say what OpenSLO has no
word for: `dash-sync/owner`, `dash-sync/per` (labels, by commas), `dash-sync/min-bad-events`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rules_lib import schema
from rules_lib.document import Document
from rules_lib.errors import ContentError
from rules_lib.openslo_query import QueryError, Selected, selected
from signals_lib.errors import DefinitionError
from signals_lib.exact import exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rules_lib.document import Location

SCHEMA = "openslo.schema.json"
API = "openslo/"

Key = tuple[str | None, str]


def is_openslo(document: Document) -> bool:
    """Whether a document says that it is OpenSLO's."""
    return isinstance(document.data, dict) and str(document.data.get("apiVersion", "")).startswith(API)


def objectives_file(documents: Sequence[Document], known: Iterable[Key]) -> Document:
    """Return what objectives.yaml would say, with the lines of these documents. Raises ContentError with all problems.

    `known` are the catalogue's signals, by job and name.
    """
    problems = [problem for each in documents for problem in schema.problems(each, SCHEMA)]
    if problems:
        raise ContentError(problems)
    indicators = {each.data["metadata"]["name"]: each for each in documents if each.data["kind"] == "SLI"}
    entries, lines = list[dict[str, Any]](), dict[Any, int]()
    for each in documents:
        if each.data["kind"] != "SLO":
            continue
        reading = _Reading(each, indicators, [*known])
        try:
            entry = reading.entry()
        except ContentError as error:
            problems += error.problems
            continue
        at = ("objectives", len(entries))
        lines[at] = each.line(()) or 1
        lines |= {(*at, *place): line for place, line in reading.lines.items()}
        entries.append(entry)
    if problems:
        raise ContentError(problems)
    if not entries:
        raise ContentError([documents[0].problem(("kind",), "there is no SLO among the documents", "write one")])
    return Document(documents[0].path, {"objectives": entries}, lines)


class _Reading:
    """Reads one SLO; `lines` are those of the entry's values."""

    def __init__(self, document: Document, indicators: Mapping[str, Document], known: Sequence[Key]) -> None:
        self.document = document
        self.indicators = indicators
        self.known = known
        self.lines: dict[Location, int] = {}

    def entry(self) -> dict[str, Any]:
        metadata, spec = self.document.data["metadata"], self.document.data["spec"]
        annotations = metadata.get("annotations", {})
        title = metadata.get("displayName", metadata["name"])
        entry = {
            "name": self._at(metadata["name"], "name", of=("metadata", "name")),
            "title": self._at(title, "title", of=("metadata", "displayName")),
            "description": spec.get("description") or title,
            "owner": annotations.get("dash-sync/owner") or self._needed(spec, "service"),
            "target": self._target(spec),
            "window": self._window(spec),
            "sli": self._sli(spec),
        }
        self._needed(spec, "budgetingMethod")
        if per := annotations.get("dash-sync/per"):
            entry["per"] = [label.strip() for label in per.split(",")]
            self._mark(("per",), self.document, ("metadata", "annotations", "dash-sync/per"))
        if least := annotations.get("dash-sync/min-bad-events"):
            entry["min_bad_events"] = int(least) if least.isdecimal() else least
            self._mark(("min_bad_events",), self.document, ("metadata", "annotations", "dash-sync/min-bad-events"))
        return entry

    def _target(self, spec: dict[str, Any]) -> Any:
        objectives = self._needed(spec, "objectives")
        at: Location = ("spec", "objectives", 0)
        if len(objectives) > 1:
            raise self._wrong(
                ("spec", "objectives", 1), "this SLO has more than one objective", "write an SLO for each"
            )
        (one,) = objectives
        given = [key for key in ("target", "targetPercent") if key in one]
        if len(given) != 1:
            raise self._wrong(at, "it needs one of target and targetPercent", "as targetPercent: 99.9")
        self._mark(("target",), self.document, (*at, *given))
        # Of a share a Decimal is read exactly, as 99.9 would be.
        return one["targetPercent"] if "targetPercent" in one else one["target"] * 100

    def _window(self, spec: dict[str, Any]) -> str:
        windows = self._needed(spec, "timeWindow")
        at: Location = ("spec", "timeWindow", 0)
        if len(windows) > 1:
            raise self._wrong(("spec", "timeWindow", 1), "there is more than one window", "choose one")
        (window,) = windows
        self._mark(("window",), self.document, (*at, "duration"))
        if "calendar" not in window and window.get("isRolling", False):
            if not re.fullmatch(r"[1-9]\d*[dw]", window["duration"]):
                what = f"a rolling window of {window['duration']!r} is not read"
                raise self._wrong((*at, "duration"), what, "write days or weeks, as 30d")
            return str(window["duration"])
        return self._month(window, at)

    def _month(self, window: dict[str, Any], at: Location) -> str:
        calendar = window.get("calendar")
        if window.get("isRolling") or calendar is None:
            raise self._wrong(at, "a window rolls or has a calendar", "say isRolling: true, or calendar with 1M")
        begins = re.fullmatch(r"\d{4}-\d{2}-01([ T]00:00:00)?", calendar["startTime"])
        if window["duration"] != "1M" or not begins or calendar["timeZone"] not in {"UTC", "Etc/UTC"}:
            raise self._wrong(
                at,
                "of calendars only the month is read, from its first day at 00:00:00, in UTC",
                'write duration: 1M, startTime: "2026-01-01 00:00:00", timeZone: UTC',
            )
        return "month"

    def _sli(self, spec: dict[str, Any]) -> dict[str, Any]:
        if ("indicator" in spec) == ("indicatorRef" in spec):
            raise self._wrong(("spec",), "it needs one of indicator and indicatorRef", "write the indicator in it")
        source, indicator = self.document, spec.get("indicator", {}).get("spec")
        at: Location = ("spec", "indicator", "spec")
        if "indicatorRef" in spec:
            found = self.indicators.get(spec["indicatorRef"])
            if found is None:
                remedy = schema.nearest(spec["indicatorRef"], [*self.indicators]) if self.indicators else "write an SLI"
                raise self._wrong(("spec", "indicatorRef"), f"there is no SLI {spec['indicatorRef']!r} here", remedy)
            source, at, indicator = found, ("spec",), found.data["spec"]
        kinds = [key for key in ("ratioMetric", "thresholdMetric") if key in indicator]
        if len(kinds) != 1:
            raise ContentError([source.problem(at, "it needs one of ratioMetric and thresholdMetric")])
        read = self._ratio if kinds == ["ratioMetric"] else self._threshold
        self._mark(("sli",), source, (*at, *kinds))
        return read(indicator[kinds[0]], source, (*at, *kinds))

    def _ratio(self, ratio: dict[str, Any], source: Document, at: Location) -> dict[str, Any]:
        sides = [side for side in ("good", "bad", "total", "raw") if side in ratio]
        metrics = {side: self._metric(ratio[side], source, (*at, side)) for side in sides}
        if sides == ["raw"] and "rawType" in ratio:
            self._mark(("sli", "ratio", "signal"), source, (*at, "raw"))
            return {"ratio": metrics["raw"].entry() | {"of": ratio["rawType"]}}
        if len(sides) != 2 or "raw" in sides or "rawType" in ratio:
            what = f"it has {', '.join(sides) or 'none'} of good, bad, total and raw"
            raise ContentError([source.problem(at, what, "give good and total, bad and total, or raw with rawType")])
        good, total = metrics.get("good"), metrics.get("total")
        if good and total and good.bound is not None:
            if (good.signal, good.where) != (total.signal, total.where):
                what = "good is a bucket of another histogram, or of other labels, than total"
                raise ContentError([source.problem((*at, "good"), what, "count the same observations in both")])
            return self._latency(good, good.bound, source, (*at, "good"))
        for side, metric in metrics.items():
            self._mark(("sli", "events", side), source, (*at, side))
            if metric.bound is not None:
                what = "a bucket counts what is fast: it is good, of the histogram's _count as total"
                raise ContentError([source.problem((*at, side), what, "give good and total")])
        return {"events": {side: metric.entry() for side, metric in metrics.items()}}

    def _threshold(self, metric: dict[str, Any], source: Document, at: Location) -> dict[str, Any]:
        (objective,) = self.document.data["spec"]["objectives"]
        if "op" not in objective or "value" not in objective:
            where: Location = ("spec", "objectives", 0)
            raise self._wrong(where, "a thresholdMetric needs op and value", "as op: lte and value: 0.5")
        found = self._metric(metric, source, at)
        return self._latency(found, str(objective["value"]), source, at)

    def _latency(self, found: Selected, bound: str, source: Document, at: Location) -> dict[str, Any]:
        for key in ("signal", "within"):
            self._mark(("sli", "latency", key), source, at)
        try:
            return {"latency": found.entry() | {"within": exact(bound)}}
        except DefinitionError as error:
            raise ContentError([source.problem(at, f"le={bound!r} is no bound", "write a number, as 0.5")]) from error

    def _metric(self, metric: dict[str, Any], source: Document, at: Location) -> Selected:
        place = (*at, "metricSource", "spec", "query")
        try:
            return selected(metric["metricSource"]["spec"]["query"], self.known)
        except QueryError as error:
            raise ContentError([source.problem(place, *map(str, error.args))]) from error

    def _needed(self, spec: dict[str, Any], key: str) -> Any:
        if key not in spec:
            raise self._wrong(("spec",), f"{key!r} is missing", "an SLO needs it")
        return spec[key]

    def _at(self, value: Any, key: str, *, of: Location) -> Any:
        self._mark((key,), self.document, of)
        return value

    def _mark(self, place: Location, source: Document, at: Location) -> None:
        line = source.line(at)
        if line is not None:
            self.lines[place] = line

    def _wrong(self, at: Location, what: str, remedy: str) -> ContentError:
        return ContentError([self.document.problem(at, what, remedy)])

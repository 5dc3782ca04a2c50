"""objectives.yaml as objectives, or every mistake in it with its line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rules_lib import document, schema, sli
from rules_lib.burn import MONTH, STANDARD, Period, Windows
from rules_lib.checks import objective_problems
from rules_lib.durations import seconds
from rules_lib.errors import ContentError, Problem
from rules_lib.label_values import matcher
from rules_lib.objective import Objective
from rules_lib.openslo import is_openslo, objectives_file
from signals_lib import promql
from signals_lib.errors import SignalError
from signals_lib.signal import Counter, Gauge, Histogram, Signal, StateSet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rules_lib.document import Document, Location
    from signals_lib.matcher import Where
    from signals_lib.query import Query

KINDS: dict[str, tuple[type[Signal], ...]] = {
    "events": (Counter, Histogram),
    "latency": (Histogram,),
    "ratio": (Gauge, StateSet),
}


def load_objectives(
    path: Path,
    signals: Mapping[tuple[str | None, str], Signal],
    *,
    shown_as: str | None = None,
    windows: Windows = STANDARD,
) -> tuple[Objective, ...]:
    """Read objectives of a file, in its order. `signals` are by (job, name). Raises ContentError with all problems.

    The file is in our own words, or holds documents of OpenSLO v1 (rules_lib.openslo).
    """
    documents = document.read_all(path, shown_as=shown_as)
    if any(map(is_openslo, documents)):
        return objectives_of(objectives_file(documents, signals), signals, windows=windows)
    if len(documents) > 1:
        raise ContentError([documents[1].problem((), "a second document begins here", "write one")])
    return objectives_of(documents[0], signals, windows=windows)


def objectives_of(
    source: Document, signals: Mapping[tuple[str | None, str], Signal], *, windows: Windows = STANDARD
) -> tuple[Objective, ...]:
    """Return the objectives of a document that was read. Raises ContentError with all problems."""
    problems = [*schema.problems(source, "objectives.schema.json")]
    if problems:
        raise ContentError(problems)
    objectives = []
    for index, entry in enumerate(source.data["objectives"]):
        at: Location = ("objectives", index)
        try:
            objective = _objective(_Reader(source, signals, at), entry, windows)
        except ContentError as error:
            problems.extend(error.problems)
            continue
        problems.extend(objective_problems(objective, source, at))
        objectives.append(objective)
    problems.extend(_twice(source))
    if problems:
        raise ContentError(problems)
    return tuple(objectives)


def _twice(source: Document) -> list[Problem]:
    first: dict[str, int | None] = {}
    found = []
    for index, entry in enumerate(source.data["objectives"]):
        at = ("objectives", index, "name")
        if entry["name"] in first:
            what = f"the name {entry['name']!r} is taken by the objective on line {first[entry['name']]}"
            found.append(source.problem(at, what, "give each its own: it is the value of the label slo"))
        first.setdefault(entry["name"], source.line(at))
    return found


def _objective(reader: _Reader, entry: dict[str, Any], windows: Windows) -> Objective:
    optional = {key: entry[key] for key in ("min_bad_events",) if key in entry}
    return Objective(
        name=entry["name"],
        title=entry["title"],
        description=" ".join(entry["description"].split()),
        owner=entry["owner"],
        target=Decimal(entry["target"]),
        period=MONTH if entry["window"] == "month" else Period(seconds(entry["window"])),
        sli=reader.indicator(entry["sli"], tuple(entry.get("per", ()))),
        per=tuple(entry.get("per", ())),
        burn_windows=tuple(entry.get("burn_windows", [pair.long for pair in windows.pairs])),
        windows=windows,
        line=reader.source.line(reader.at),
        **optional,
    )


class _Reader:
    """Builds the SLI of one objective; what the catalogue doesn't have becomes an error with its line."""

    def __init__(self, source: Document, signals: Mapping[tuple[str | None, str], Signal], at: Location) -> None:
        self.source = source
        self.signals = signals
        self.at = at

    def indicator(self, entry: dict[str, Any], by: tuple[str, ...]) -> sli.Sli:
        (kind, spec), *_ = entry.items()
        at: Location = (*self.at, "sli", kind)
        if kind == "events":
            return self._events(spec, by, at)
        signal = self._signal(spec, at, KINDS[kind])
        where = self._where(signal, by, spec, at)
        try:
            if isinstance(signal, Histogram):
                return sli.within(signal, spec["within"], by=by, where=where)
            assert isinstance(signal, Gauge | StateSet)  # noqa: S101 - for the type checker: KINDS says so
            return sli.share(signal, of=spec["of"], by=by, where=where)
        except SignalError as error:
            raise self._error((*at, "within" if kind == "latency" else "signal"), str(error)) from error

    def _events(self, spec: dict[str, Any], by: tuple[str, ...], at: Location) -> sli.Sli:
        rates: dict[str, Query] = {}
        for side, selected in spec.items():
            signal = self._signal(selected, (*at, side), KINDS["events"])
            where = self._where(signal, by, selected, (*at, side))
            assert isinstance(signal, Counter | Histogram)  # noqa: S101 - for the type checker: KINDS says so
            rates[side] = promql.rate(signal, by=by, where=where)
        if len({rate.expr for rate in rates.values()}) < len(rates):
            raise self._error(at, f"{' and '.join(rates)} count the same events", "narrow one of them with where")
        try:
            if "total" not in rates:
                return sli.good_and_bad(rates["good"], rates["bad"])
            build = sli.bad_of_total if "bad" in rates else sli.good_of_total
            return build(rates["bad" if "bad" in rates else "good"], rates["total"])
        except SignalError as error:
            raise self._error(at, str(error)) from error

    def _signal(self, spec: dict[str, Any], at: Location, kinds: tuple[type[Signal], ...]) -> Signal:
        job, _, name = spec["signal"].partition("/")
        signal = self.signals.get((job, name))
        if signal is None:
            known = [f"{other}/{series}" for other, series in self.signals if other is not None]
            near = schema.nearest(spec["signal"], known).partition("known are")[0].strip()
            remedy = near or "the catalogue has " + ", ".join(sorted({key.partition("/")[0] for key in known}))
            raise self._error((*at, "signal"), f"unknown signal {spec['signal']!r}", remedy)
        if not isinstance(signal, kinds):
            wanted = " or a ".join(kind.kind for kind in kinds)
            raise self._error((*at, "signal"), f"{signal} is a {signal.kind}", f"{at[-1]} needs a {wanted}")
        return signal

    def _where(self, signal: Signal, by: tuple[str, ...], spec: dict[str, Any], at: Location) -> dict[str, Where]:
        """Return matchers; the signal is asked about each label apart, so that an error stands on the label's line."""
        for place, label in enumerate(by):
            try:
                signal.grouping((label,))
            except SignalError as error:
                raise self._error((*self.at, "per", place), str(error)) from error
        where: dict[str, Where] = {}
        for label, value in spec.get("where", {}).items():
            try:
                where[label] = matcher(value)
                signal.matchers({label: where[label]})
            except SignalError as error:
                raise self._error((*at, "where", label), str(error)) from error
        return where

    def _error(self, at: Location, what: str, remedy: str = "") -> ContentError:
        return ContentError([self.source.problem(at, what, remedy)])

"""What silences what: inhibitions that can hold, that never silence each other, and never a page by what isn't one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.burn_alerts import WINDOW_LABELS
from rules_lib.label_values import matcher
from rules_lib.routing.reach import listed, names, unknown_labels, verdict
from rules_lib.routing.table import Inhibition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rules_lib.alert_kind import AlertKind
    from rules_lib.document import Location
    from rules_lib.errors import Problem
    from rules_lib.routing.table import RoutingTable
    from signals_lib.matcher import Matcher

PAGE, TICKET = "critical", "warning"


def worse_over_mild(kinds: Sequence[AlertKind]) -> Inhibition:
    """Return the inhibition of an alert by its own page: same alert, same labels, but for severity and burn windows.

    So the page of an objective silences its ticket. A label that both lack counts as the same.
    """
    telling = [label for label in names(kinds) if label not in {"severity", "alertname", *WINDOW_LABELS}]
    return Inhibition({"severity": matcher(PAGE)}, {"severity": matcher(TICKET)}, ("alertname", *telling))


def problems(table: RoutingTable, kinds: Sequence[AlertKind]) -> Iterator[Problem]:
    """Yield what is wrong with the table's inhibitions, given every alert that exists."""
    silenced: dict[str, dict[str, int]] = {}
    for index, inhibition in enumerate(table.inhibitions):
        at: Location = ("inhibitions", index)
        causes, symptoms = (
            [kind for kind in kinds if verdict(when, kind) != "no"] for when in (inhibition.cause, inhibition.symptom)
        )
        unknown = [
            *_unknown(table, (*at, "cause"), inhibition.cause, kinds, found=causes),
            *_unknown(table, (*at, "symptom"), inhibition.symptom, kinds, found=symptoms),
        ]
        yield from unknown
        if unknown:
            continue
        by = [(symptom, [cause for cause in causes if silences(inhibition, cause, symptom)]) for symptom in symptoms]
        yield from _mistaken(table, index, causes, by)
        for symptom, silencing in by:
            for cause in silencing:
                silenced.setdefault(cause.name, {}).setdefault(symptom.name, index)
    yield from _circles(table, silenced)


def _unknown(
    table: RoutingTable,
    at: Location,
    when: Mapping[str, Matcher],
    kinds: Sequence[AlertKind],
    *,
    found: list[AlertKind],
) -> Iterator[Problem]:
    unknown = [*unknown_labels(table, at, when, kinds)]
    yield from unknown
    if not unknown and not found:
        yield table.source.problem(at, f"no alert that exists is such a {at[-1]}", "write labels that one has")


def _mistaken(
    table: RoutingTable, index: int, causes: Sequence[AlertKind], by: Sequence[tuple[AlertKind, Sequence[AlertKind]]]
) -> Iterator[Problem]:
    """Yield what is wrong with an inhibition; `by` are its symptoms with the causes that can silence each."""
    if never := [symptom for symptom, silencing in by if not silencing]:
        why = _why(table.inhibitions[index], causes[0], never[0])
        what = f"{listed(never)} can never be silenced by {listed(causes)}: {why}"
        yield table.source.problem(("inhibitions", index, "same"), what, "leave out the symptom, or the label")
    for symptom, silencing in by:
        mild = [cause for cause in silencing if cause.severity != PAGE]
        if mild and symptom.severity == PAGE:
            what = f"the page {symptom} would be silenced by {listed(mild)}, which wakes nobody"
            remedy = f"add `severity: {PAGE}` to the cause"
            yield table.source.problem(("inhibitions", index, "cause"), what, remedy)


def silences(inhibition: Inhibition, cause: AlertKind, symptom: AlertKind) -> bool:
    """Whether an alert of the one kind can silence one of the other, given that each matches its own side."""
    # Alertmanager: what matches both sides isn't silenced by what does so too.
    both = verdict(inhibition.symptom, cause) == "yes" and verdict(inhibition.cause, symptom) == "yes"
    return not both and not _differ(inhibition, cause, symptom)


def _why(inhibition: Inhibition, cause: AlertKind, symptom: AlertKind) -> str:
    label = _differ(inhibition, cause, symptom)
    if not label:
        return "it is a cause too"
    for one, other in ((cause, symptom), (symptom, cause)):
        if label not in one.labels:
            return f"{other.name} has a label {label}, {one.name} has none"
    return f"their {label} is never the same"


def _differ(inhibition: Inhibition, cause: AlertKind, symptom: AlertKind) -> str:
    """Return a label of `same` in which the two can't agree, "" if there is none."""
    for label in inhibition.same:
        ours, theirs = cause.labels.get(label, ""), symptom.labels.get(label, "")
        if ours != theirs and (None not in {ours, theirs} or "" in {ours, theirs}):
            return label
    return ""


def _circles(table: RoutingTable, silenced: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    """Find alerts that would silence each other; `silenced` are symptoms and their entry's index, by cause."""
    for cause in silenced:
        for symptom, index in silenced[cause].items():
            if cause in _reached(silenced, symptom):
                what = f"{cause} silences {symptom}, which in turn silences {cause}: nobody would be told"
                yield table.source.problem(("inhibitions", index), what, "drop one direction")


def _reached(silenced: Mapping[str, Mapping[str, int]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = {start}
    while ahead:
        found |= ahead
        ahead = {symptom for cause in ahead for symptom in silenced.get(cause, ())} - found
    return found

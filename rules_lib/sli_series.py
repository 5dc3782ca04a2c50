"""Series that make an SLI see given good and bad events: what the trials of an objective put in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib.trial import Given, counted, given
from signals_lib.expression import selectors
from signals_lib.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules_lib.sli import Sli
    from signals_lib.expression import Selector
    from signals_lib.matcher import Matcher
    from signals_lib.query import Query


def events(
    sli: Sli, good: Sequence[int], bad: Sequence[int], *, late: bool = False, spelling: int = 0, **labels: str
) -> tuple[Given, ...]:
    """Return series that count these events, one number a step.

    `late`: what counts bad events alone isn't exposed before the first. `spelling` picks one of the spellings of `le`.
    """
    sources = {side: source(query) for side, query in sli.sources.items()}
    both = [each + other for each, other in zip(good, bad, strict=True)]
    match sources:
        case {"bad": wanted, "total": total}:
            rest = good if wanted.signal is total.signal else both
            named, others = (wanted, bad, late), (total, rest, False)
        case {"good": wanted, "total": total}:
            rest, alone = (bad, late) if wanted.signal is total.signal else (both, False)
            named, others = (wanted, good, False), (total, rest, alone)
        case {"good": wanted, "bad": failed}:
            return (_counter(wanted, good, labels, spelling), _counter(failed, bad, labels, spelling, late=late))
        case _:
            return (_share(sli, good, bad, labels),)
    selected, increments, is_late = named
    series = [_counter(selected, increments, labels, spelling, late=is_late)]
    rest_of, increments, is_late = others
    series.append(_counter(rest_of, increments, labels, spelling, late=is_late, unlike=selected))
    return tuple(series)


def source(query: Query) -> Selector:
    """Return the selector that a source of an SLI reads."""
    return next(selectors(query.tree))


def _share(sli: Sli, good: Sequence[int], bad: Sequence[int], labels: Mapping[str, str]) -> Given:
    (side, query), *_ = sli.sources.items()
    counts = good if side == "success" else bad
    shares = [count / (each + other) for count, each, other in zip(counts, good, bad, strict=True)]
    selector = source(query)
    return given(selector.signal, " ".join(f"{share:g}" for share in (shares[0], *shares)), **_labels(selector, labels))


def _counter(
    selector: Selector,
    increments: Sequence[int],
    labels: Mapping[str, str],
    spelling: int,
    *,
    late: bool = False,
    unlike: Selector | None = None,
) -> Given:
    return given(
        selector.signal, counted(increments, late=late), **_labels(selector, labels, unlike=unlike, spelling=spelling)
    )


def _labels(
    selector: Selector, fixed: Mapping[str, str], *, unlike: Selector | None = None, spelling: int = 0
) -> dict[str, str]:
    """Return a value for every label: what the selector takes, and the other (of the same signal) doesn't."""
    signal, wanted = selector.signal, dict(selector.matchers)
    shunned = dict(unlike.matchers) if unlike is not None and unlike.signal is signal else {}
    chosen = {}
    for label in signal.labels:
        matcher, other = wanted.get(label), shunned.get(label)
        if label in fixed:
            chosen[label] = fixed[label]
        elif label == "le" and matcher is not None:
            chosen[label] = matcher.literals[spelling % len(matcher.literals)]
        else:
            avoided = None if other == matcher else other
            chosen[label] = _value(signal, label, matcher, avoided)
    return chosen


def _value(signal: Signal, label: str, wanted: Matcher | None, avoided: Matcher | None) -> str:
    known = signal.label(label).values
    guesses = [
        guess
        for matcher in (wanted, avoided)
        if matcher is not None
        for guess in (*matcher.literals, re.sub(r"\.[*+]?", "0", matcher.value).split("|")[0])
    ]
    for value in (*known, *guesses, "one", "other"):
        if (wanted is None or takes(wanted, value)) and not (avoided is not None and takes(avoided, value)):
            return value
    raise ValueError(f"no value of label {label!r} of {signal} is known that a trial could use: declare its values")


def takes(matcher: Matcher, value: str) -> bool:
    """Whether a matcher takes series with this value."""
    return matcher.names(value) is (matcher.operator in {"=", "=~"})

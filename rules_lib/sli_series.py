"""Series that make an SLI see given good and bad events: what the trials of an objective put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.example_labels import example
from rules_lib.trial import Given, counted, given
from signals_lib.expression import selectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules_lib.sli import Sli
    from signals_lib.expression import Selector
    from signals_lib.query import Query


def events(
    sli: Sli,
    good: Sequence[int],
    bad: Sequence[int],
    *,
    labels: Mapping[str, str],
    late: bool = False,
    spelling: int = 0,
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
    return given(
        selector.signal,
        " ".join(f"{share:g}" for share in (shares[0], *shares)),
        **example(selector.signal, dict(selector.matchers), fixed=labels),
    )


def _counter(
    selector: Selector,
    increments: Sequence[int],
    labels: Mapping[str, str],
    spelling: int,
    *,
    late: bool = False,
    unlike: Selector | None = None,
) -> Given:
    signal = selector.signal
    shunned = dict(unlike.matchers) if unlike is not None and unlike.signal is signal else None
    chosen = example(signal, dict(selector.matchers), fixed=labels, shunned=shunned, spelling=spelling)
    return given(signal, counted(increments, late=late), **chosen)

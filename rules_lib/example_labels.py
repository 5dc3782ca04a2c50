"""Labels for the series of a trial: values that a selector takes, from what the catalogue knows of each label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib.label_values import takes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signals_lib.matcher import Matcher
    from signals_lib.signal import Signal


def example(
    signal: Signal,
    wanted: Mapping[str, Matcher],
    *,
    fixed: Mapping[str, str],
    shunned: Mapping[str, Matcher] | None = None,
    spelling: int = 0,
) -> dict[str, str]:
    """Return a value for every label of a signal: fixed, else one that is wanted and not shunned.

    `spelling` picks one of the literals of `le`. Raises ValueError where no value can be guessed.
    """
    shunned = shunned or {}
    chosen = {}
    for label in signal.labels:
        matcher, other = wanted.get(label), shunned.get(label)
        if label in fixed:
            chosen[label] = fixed[label]
        elif label == "le" and matcher is not None:
            chosen[label] = matcher.literals[spelling % len(matcher.literals)]
        else:
            chosen[label] = _value(signal, label, matcher, None if other == matcher else other)
    return chosen


def _value(signal: Signal, label: str, wanted: Matcher | None, avoided: Matcher | None) -> str:
    guesses = [guess for matcher in (wanted, avoided) if matcher is not None for guess in _guesses(matcher)]
    for value in (*signal.label(label).values, *guesses, f"some-{label}", f"other-{label}"):
        if (wanted is None or takes(wanted, value)) and not (avoided is not None and takes(avoided, value)):
            return value
    raise ValueError(f"no value of label {label!r} of {signal} is known that a trial could use: declare its values")


def _guesses(matcher: Matcher) -> tuple[str, ...]:
    """Values that a simple pattern describes: 5.. as 500, a|b as a."""
    return (*matcher.literals, re.sub(r"\.[*+]?", "0", matcher.value).split("|")[0])

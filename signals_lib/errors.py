"""What can be wrong with a signal or a query, as one tree.

    SignalError
    ├── DefinitionError     a signal is declared wrongly
    ├── KindError           the wrong kind of signal for this query: a rate of a gauge
    ├── LabelError          the signal has no such label
    │   ├── CardinalityError    an id is no label: every value would be a series of its own
    │   └── LabelValueError     the label never has this value
    │       └── StateError          the state set has no such state
    ├── BucketError         the histogram has no such bucket
    ├── UnitError           units that can't be combined
    ├── MatchingError       two sides whose series never meet
    └── GrammarError        Prometheus would not parse it

Every message names the signal and says what would be right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SignalError(ValueError):
    """A signal or a query that can't be right; the base of all errors of this package."""


class DefinitionError(SignalError):
    """A signal is declared wrongly."""


class KindError(SignalError):
    """A query that this kind of signal can't answer."""


class LabelError(SignalError):
    """A label that the signal doesn't have."""


class CardinalityError(LabelError):
    """An id where only a label of few values may stand."""


class LabelValueError(LabelError):
    """A value that the label never has."""


class StateError(LabelValueError):
    """A state that isn't in the state set."""


class BucketError(SignalError):
    """A bound that is no bucket of the histogram."""


class UnitError(SignalError):
    """Units that can't be combined, or no unit at all."""


class MatchingError(SignalError):
    """Two sides of an operator whose series never meet."""


class GrammarError(SignalError):
    """PromQL that Prometheus would not parse."""


def choices(known: Iterable[str], *, wrong: str = "") -> str:
    """Say what would be right: the nearest known name to `wrong`, and all of them."""
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    names = [*known]
    if not names:
        return "it has none"
    near = get_close_matches(wrong, names, n=1, cutoff=0.6)
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return (f"did you mean {near[0]!r}? " if near else "") + f"known: {listed}"

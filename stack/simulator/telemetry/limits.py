"""Where a value begins to be worth a warning: the line that panels draw and alerts watch."""

from signals_lib import Query


def warns_from(query: Query) -> float:
    """Return the warning threshold of an indicator; ValueError if it has none."""
    if query.thresholds is None or query.thresholds.warning is None:
        raise ValueError(f"{query!r} has no warning threshold")
    return float(query.thresholds.warning)

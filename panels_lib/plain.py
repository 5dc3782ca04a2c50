"""Objects with `to_json_data()` as plain dicts and lists, as deep as they go."""

from typing import Any

SCALARS = (str, int, float, bool, type(None))


def plain(value: Any) -> Any:
    """Return JSON-ready data; raises TypeError for what JSON has no form for."""
    if isinstance(value, SCALARS):
        return value
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "to_json_data"):
        return plain(value.to_json_data())
    if hasattr(value, "__float__"):  # Decimal: thresholds are exact numbers
        number = float(value)
        return int(number) if number.is_integer() else number
    raise TypeError(f"{type(value).__name__} {value!r} has no form in JSON")

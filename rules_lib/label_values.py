"""Labels' values as the files of a team write them, and whether a matcher takes a value."""

from __future__ import annotations

from signals_lib.matcher import Matcher


def matcher(value: str | list[str]) -> Matcher:
    """Read a label's value as written: text, ~regex, !text, !~regex, or a list of texts any of which will do."""
    if isinstance(value, list):
        return Matcher.one_of(*value)
    for prefix, make in (("!~", Matcher.not_regex), ("~", Matcher.regex), ("!", Matcher.not_equal)):
        if value.startswith(prefix):
            return make(value.removeprefix(prefix))
    return Matcher.equal(value)


def takes(matcher: Matcher, value: str) -> bool:
    """Whether a matcher takes series with this value."""
    return matcher.names(value) is (matcher.operator in {"=", "=~"})

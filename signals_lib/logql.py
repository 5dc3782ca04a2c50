"""The vocabulary of LogQL: what can be asked of a log stream.

Everywhere `where` selects by labels of the index and `having` filters by ids, after the selector; an id as a label is a
CardinalityError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from signals_lib.errors import DefinitionError
from signals_lib.log_query import DEFAULT_WINDOW, Counted, Grouped, Lines, LogQuery
from signals_lib.log_stream import LogStream
from signals_lib.matcher import Where, quote
from signals_lib.query import duration

Filters = Mapping[str, Where] | None


def lines(
    stream: LogStream, *, where: Filters = None, having: Filters = None, containing: str = "", matching: str = ""
) -> LogQuery:
    """Return the lines themselves: those that contain a text, or match a regular expression (RE2)."""
    return LogQuery(_selected(stream, where, having, containing, matching), "lines", (), stream.title, stream.help)


def volume(
    stream: LogStream,
    *,
    by: Iterable[str] = (),
    where: Filters = None,
    having: Filters = None,
    containing: str = "",
    window: str = DEFAULT_WINDOW,
) -> LogQuery:
    """Return how many lines there are in each window."""
    return _number("count_over_time", "lines", _selected(stream, where, having, containing), by, window)


def rate(
    stream: LogStream,
    *,
    by: Iterable[str] = (),
    where: Filters = None,
    having: Filters = None,
    containing: str = "",
    window: str = DEFAULT_WINDOW,
) -> LogQuery:
    """Return lines a second."""
    return _number("rate", "lines/s", _selected(stream, where, having, containing), by, window)


def traffic(
    stream: LogStream, *, by: Iterable[str] = (), where: Filters = None, window: str = DEFAULT_WINDOW
) -> LogQuery:
    """Return bytes of lines a second."""
    return _number("bytes_rate", "bytes/s", _selected(stream, where, None), by, window)


def top_messages(
    count: int, stream: LogStream, *, field: str = "message", by: Iterable[str] = (), where: Filters = None,
    window: str = "$__range",
) -> LogQuery:  # fmt: skip
    """Return the most frequent values of a field of the JSON line, with how many lines have each; asked once."""
    key = stream.field(field)
    parsed = _selected(stream, where, None)
    parsed = Lines(stream, parsed.matchers, (*parsed.stages, f'json {key}="{key}"', '__error__=""'))
    labels = (*stream.grouping(by), key)
    return _first(count, Grouped("sum", Counted("count_over_time", parsed, duration(window)), labels), labels)


def busiest(
    count: int, stream: LogStream, id: str, *, where: Filters = None, window: str = "$__range"  # noqa: A002
) -> LogQuery:  # fmt: skip
    """Return the values of an id that most lines have; asked once, because each value is a series."""
    having = stream.filters({id: ""})
    kept = Lines(stream, stream.matchers(where), tuple(stage.replace('=""', '!=""') for stage in having))
    return _first(count, Grouped("sum", Counted("count_over_time", kept, duration(window)), (id,)), (id,))


def _first(count: int, grouped: Grouped, labels: tuple[str, ...]) -> LogQuery:
    if count < 1:
        raise DefinitionError(f"the first {count} of something are nothing: ask for 1 or more")
    return LogQuery(Grouped("topk", grouped, (), count), "lines", labels)


def _number(function: str, unit: str, selected: Lines, by: Iterable[str], window: str) -> LogQuery:
    labels = selected.stream.grouping(by)
    return LogQuery(Grouped("sum", Counted(function, selected, duration(window)), labels), unit, labels)


def _selected(stream: LogStream, where: Filters, having: Filters, containing: str = "", matching: str = "") -> Lines:
    # Line filters come first: Loki drops most lines by them before it looks at anything else.
    text = (*((f"|= {quote(containing)}",) if containing else ()), *((f"|~ {quote(matching)}",) if matching else ()))
    return Lines(stream, stream.matchers(where), (*text, *stream.filters(having)))

"""Logs: JSON lines of orchestrators and agents in Loki, and what people ask of them."""

from catalogue import components
from catalogue.indicator import log_indicator
from signals_lib import Label, Thresholds
from signals_lib.log_query import LogQuery
from signals_lib.log_stream import LogStream
from signals_lib.logql import busiest, lines, rate, top_messages, traffic, volume

LEVELS = ("debug", "info", "warn", "error")
PARTS = ("orchestrator", "queue", "agent")
# The process that writes the lines of each part.
COMPONENT_SERVICES = {
    "orchestrator": str(components.ORCHESTRATOR.job),
    "queue": str(components.ORCHESTRATOR.job),
    "agent": str(components.AGENT.job),
}
IDS = ("correlation_id", "plan_id", "task_id", "trace_id")
SPAN_ID = "span_id"  # where in its trace a line was written; nobody searches by it

LOGS = LogStream(
    "phoenix",
    services=tuple(str(component.job) for component in (components.ORCHESTRATOR, components.AGENT)),
    title="Phoenix",
    help="What orchestrators and agents write: one JSON object a line.",
    labels=("environment", Label("component", PARTS), Label("level", LEVELS)),
    ids=(*IDS, SPAN_ID),
    fields=("timestamp", "level", "component", "message", *IDS, SPAN_ID, "metadata"),
)
STREAMS = (LOGS,)

_ERROR = {"level": "error"}
_BAD = {"level": ("warn", "error")}


@log_indicator("Log lines by level", by=("level",))
def volume_by_level(by: tuple[str, ...]) -> LogQuery:
    """How many lines of each level were written.

    Mostly info, some debug. A jump of error or warn is the time to look at; a gap is a service or a shipper that died.
    """
    return volume(LOGS, by=by)


@log_indicator("Error lines by component", by=("component",))
def errors(by: tuple[str, ...]) -> LogQuery:
    """How many error lines each component writes a second.

    A few an hour are normal. One component alone is its own fault, several are what they share: read the messages.
    """
    return rate(LOGS, by=by, where=_ERROR)


@log_indicator("Share of error lines", by=("component",), thresholds=Thresholds(warning="0.02", critical="0.1"))
def error_share(by: tuple[str, ...]) -> LogQuery:
    """Share of the lines of each component that are errors.

    Below 1 % is normal. Above it see the most frequent messages, then a line's trace.
    """
    return rate(LOGS, by=by, where=_ERROR).share_of(rate(LOGS, by=by))


@log_indicator("Log traffic", by=("service_name",))
def bytes_written(by: tuple[str, ...]) -> LogQuery:
    """Bytes of lines that each service writes a second.

    It follows the requests. A jump without them is a debug level left on, or an error in a loop.
    """
    return traffic(LOGS, by=by)


@log_indicator("Most frequent bad messages", by=("component",))
def bad_messages(by: tuple[str, ...]) -> LogQuery:
    """Warnings and errors in the time shown, by component and message, the most frequent first.

    The first line is where to begin. A message that wasn't there before a deploy belongs to it.
    """
    return top_messages(20, LOGS, by=by, where=_BAD)


@log_indicator("Plans with most bad lines", by=("plan_id",))
def troubled_plans(_by: tuple[str, ...]) -> LogQuery:
    """List the plans that warnings and errors in the time shown are about, most lines first.

    Evenly spread is a fault of ours; one plan far ahead is that plan. Narrow the page to it.
    """
    return busiest(10, LOGS, "plan_id", where=_BAD)


@log_indicator("Lines")
def every_line(_by: tuple[str, ...]) -> LogQuery:
    """Show the lines themselves, newest first, with the ids and levels chosen above.

    Open one for its fields and ids. Its trace id leads to the trace, its plan id to all lines of the plan.
    """
    return lines(LOGS)

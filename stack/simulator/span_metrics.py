"""What Tempo's metrics generator makes of the spans of one environment: span metrics and the service graph."""

from dataclasses import dataclass
from random import Random

from catalogue.traces import ENTRY, LOOKUP, QUEUED, RUN, SERVICES
from signals_lib.trace_metrics import ERROR, OK, UNSET
from stack.simulator import draws
from stack.simulator.activity import Activity
from stack.simulator.effects import Effects
from stack.simulator.target import Target

_ORCHESTRATOR, _AGENT = SERVICES
_USUAL_FAILURES = 0.001  # share of spans that fail when all is well
_SPREAD = 0.8  # of the logarithm of durations


@dataclass(frozen=True, slots=True)
class Work:
    """Spans of one kind that ended in a step, the share that failed, and their median in seconds."""

    count: int
    failing: float
    median: float


class SpanMetrics:
    """The series that appear beside those of the `tempo` target; its draws leave everyone else's as they are."""

    def __init__(self, target: Target, seed: str) -> None:
        self.target, self.rng = target, Random(f"{seed}/spans")

    def step(self, activity: Activity, effects: Effects) -> None:
        """Count the spans of what was done in a step."""
        failed_requests = max(_USUAL_FAILURES, effects.request_failures)
        failed_tasks = max(_USUAL_FAILURES, effects.task_failures)
        failed_lookups = max(_USUAL_FAILURES, float(effects.redis_down))
        requests = sum(each.requests for each in activity.answers)
        request, task = 0.022 * effects.latency, 8 * effects.task_latency
        for service, name, kind, good, work in (
            (_ORCHESTRATOR, ENTRY, "SERVER", UNSET, Work(requests, failed_requests, request)),
            (_ORCHESTRATOR, QUEUED, "PRODUCER", UNSET, Work(activity.queued, 0, 0.004)),
            (_ORCHESTRATOR, LOOKUP, "CLIENT", UNSET, Work(activity.lookups, failed_lookups, 0.001)),
            (_AGENT, RUN, "CONSUMER", OK, Work(activity.finished, failed_tasks, task)),
            (_AGENT, LOOKUP, "CLIENT", UNSET, Work(activity.finished, failed_lookups, 0.001)),
        ):
            self._spans(work, good, service=service, span_name=name, span_kind=f"SPAN_KIND_{kind}")
        for client, server, connection, work in (
            ("user", _ORCHESTRATOR, "virtual_node", Work(requests, failed_requests, request)),
            (_ORCHESTRATOR, _AGENT, "messaging_system", Work(activity.finished, failed_tasks, task)),
            (_ORCHESTRATOR, "redis", "database", Work(activity.lookups, failed_lookups, 0.001)),
            (_AGENT, "redis", "database", Work(activity.finished, failed_lookups, 0.001)),
        ):
            self._calls(work, client=client, server=server, connection_type=connection)

    def _spans(self, work: Work, good: str, **labels: str) -> None:
        failed = draws.some(self.rng, work.count, work.failing)
        for status, number in ((good, work.count - failed), (ERROR, failed)):
            if number or status != ERROR:
                self.target.add("traces_spanmetrics_calls_total", number, **labels, status_code=status)
                buckets = self.target.buckets("traces_spanmetrics_latency", **labels, status_code=status)
                buckets.observe(self.rng, number, median=work.median, sigma=_SPREAD)

    def _calls(self, work: Work, **labels: str) -> None:
        self.target.add("traces_service_graph_request_total", work.count, **labels)
        if failed := draws.some(self.rng, work.count, work.failing):
            self.target.add("traces_service_graph_request_failed_total", failed, **labels)
        for side in ("server", "client"):
            buckets = self.target.buckets(f"traces_service_graph_request_{side}_seconds", **labels)
            buckets.observe(self.rng, work.count, median=work.median, sigma=_SPREAD)

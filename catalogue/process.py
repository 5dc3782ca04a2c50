"""What every process has: whether it is up, its CPU, memory, files, restarts, and its own limits.

The constants are these series whatever their job, so that one panel and one alert serve all: narrow them with
`.scoped({"job": …})`. `OF_EACH_JOB` holds them job by job.
"""

from __future__ import annotations

from catalogue.components import COMPONENTS, LIMITED, PROCESSES, TARGET
from catalogue.indicator import indicator
from signals_lib import Component, Counter, Gauge, Label, Query, Signal, Thresholds
from signals_lib.promql import age, changes, count, latest, max_over, rate, utilisation

_PER_PROCESS = ("job", "instance")


def _component(title: str, components: tuple[Component, ...]) -> Component:
    return Component(None, title=title, labels=(Label("job", _jobs(components)), *TARGET))


def _jobs(components: tuple[Component, ...]) -> tuple[str, ...]:
    return tuple(component.job for component in components if component.job)


def up(component: Component) -> Gauge:
    """Declare `up`, which Prometheus itself records for each target."""
    return component.gauge("up", help="1 if the last scrape worked, 0 if not.", unit="targets", title="Up")


def limits(component: Component) -> tuple[Gauge, Gauge]:
    """Declare a process's own limits of memory and CPU; they are absent where there is none."""
    memory = component.gauge(
        "memory_limit_bytes", help="Memory that the process may use; absent without a limit.", unit="bytes"
    )
    cpu = component.gauge(
        "cpu_limit_cores",
        help="Cores that the process may use; absent without a limit.",
        unit="cores",
        title="CPU limit",
    )
    return memory, cpu


def _cpu(component: Component) -> Counter:
    return component.counter(
        "process_cpu_seconds_total", help="CPU time that the process has used.", unit="core-seconds", title="CPU used"
    )


def _memory(component: Component, limit: Signal | None) -> Gauge:
    return component.gauge(
        "process_resident_memory_bytes",
        help="Memory of the process that is in RAM.",
        unit="bytes",
        title="Memory used",
        limit=limit,
    )


def _start_time(component: Component) -> Gauge:
    return component.gauge(
        "process_start_time_seconds", help="When the process started.", unit="timestamp", title="Started"
    )


def _fds(component: Component) -> tuple[Gauge, Gauge]:
    most = component.gauge(
        "process_max_fds",
        help="Files and sockets that the process may have open.",
        unit="files",
        title="Open files limit",
    )
    used = component.gauge(
        "process_open_fds",
        help="Files and sockets that the process has open.",
        unit="files",
        title="Open files",
        limit=most,
    )
    return used, most


def signals(component: Component) -> tuple[Signal, ...]:
    """Declare the standard process metrics of a job, as every official client library exposes them."""
    limit = limits(component)[0] if component in LIMITED else None
    return (_cpu(component), _memory(component, limit), _start_time(component), *_fds(component))


# Named one by one, because a Prometheus may scrape processes that aren't ours.
_TARGETS = {"job": _jobs(COMPONENTS)}
_PROCESSES = {"job": _jobs(PROCESSES)}
_LIMITED = {"job": _jobs(LIMITED)}

UP = up(_component("every target", COMPONENTS))
MEMORY_LIMIT, CPU_LIMIT = limits(_component("every process with a limit", LIMITED))
_EVERY = _component("every process", PROCESSES)
CPU = _cpu(_EVERY)
MEMORY = _memory(_EVERY, MEMORY_LIMIT)
START_TIME = _start_time(_EVERY)
OPEN_FDS, MAX_FDS = _fds(_EVERY)

OF_EACH_JOB = (*map(up, COMPONENTS), *(signal for component in PROCESSES for signal in signals(component)))


@indicator("Targets up", by=("job",), thresholds=Thresholds(warning=1, critical=0.5, direction="below"))
def targets_up(by: tuple[str, ...]) -> Query:
    """Share of the targets that Prometheus could scrape.

    100 % is normal. Below it a process is down or out of reach: see which instance, then its node.
    """
    return latest(UP, by=by, where=_TARGETS, aggregation="avg").named(unit="share")


@indicator("Target up", by=_PER_PROCESS, thresholds=Thresholds(critical=1, direction="below"))
def target_up(by: tuple[str, ...]) -> Query:
    """1 if Prometheus could scrape the target, 0 if not.

    0 means that the process is down, too busy to answer or cut off. Look at its node and its last log lines first.
    """
    return latest(UP, by=by, where=_TARGETS, aggregation="min").named(unit="")


@indicator("Targets gone", by=("job",), thresholds=Thresholds(critical=1))
def vanished(by: tuple[str, ...]) -> Query:
    """How many targets a job had in the last day, where it has none now: they aren't down, they are unknown.

    None is normal. Look what changed in Prometheus's configuration and in service discovery: a job renamed, a label.
    """
    seen = count(max_over(UP, "1d", where=_TARGETS), by=by, unit="targets")
    return seen.unless(count(UP, by=by, where=_TARGETS))


@indicator("CPU used", by=_PER_PROCESS)
def cpu_used(by: tuple[str, ...]) -> Query:
    """Cores that are at work for the process.

    It follows the load and is even over the instances of a job. One that stands out is stuck in a loop or gets too
    many requests.
    """
    return rate(CPU, by=by, where=_PROCESSES)


@indicator("CPU utilisation", by=_PER_PROCESS, thresholds=Thresholds(warning=0.8, critical=0.95))
def cpu_utilisation(by: tuple[str, ...]) -> Query:
    """Cores at work as a share of the process's own limit; without a limit there is no data.

    Below 80 % is normal; near 100 % the process is throttled and latency rises. Add instances or look for what is
    new: load, a deploy, a loop.
    """
    return utilisation(rate(CPU, by=by, where=_LIMITED), latest(CPU_LIMIT, by=by, where=_LIMITED))


@indicator("Memory used", by=_PER_PROCESS)
def memory_used(by: tuple[str, ...]) -> Query:
    """Memory of the process that is in RAM.

    It levels off some hours after a start. A straight climb is a leak: compare with restarts and deploys.
    """
    return latest(MEMORY, by=by, where=_PROCESSES)


@indicator("Memory utilisation", by=_PER_PROCESS, thresholds=Thresholds(warning=0.85, critical=0.95))
def memory_utilisation(by: tuple[str, ...]) -> Query:
    """Memory in RAM as a share of the process's own limit; without a limit there is no data.

    Below 85 % is normal; at 100 % the kernel kills the process. If it climbs steadily restart one instance to gain
    time, then look for the leak.
    """
    return utilisation(latest(MEMORY, by=by, where=_LIMITED), latest(MEMORY_LIMIT, by=by, where=_LIMITED))


@indicator("Open files utilisation", by=_PER_PROCESS, thresholds=Thresholds(warning=0.8, critical=0.95))
def fds_utilisation(by: tuple[str, ...]) -> Query:
    """Open files and sockets as a share of the process's limit.

    Below 50 % is normal; at 100 % it can't accept connections. Compare with open connections: a climb without them is
    a leak.
    """
    return utilisation(latest(OPEN_FDS, by=by, where=_PROCESSES), latest(MAX_FDS, by=by, where=_PROCESSES))


@indicator("Restarts", by=_PER_PROCESS, thresholds=Thresholds(warning=2, critical=5))
def restarts(by: tuple[str, ...]) -> Query:
    """How often the process started anew in the last hour.

    A deploy is one. More is a crash loop: read the last log lines before each start, and look for memory at its limit.
    """
    return changes(START_TIME, by=by, where=_PROCESSES, window="1h", unit="restarts")


@indicator("Uptime", by=_PER_PROCESS)
def uptime(by: tuple[str, ...]) -> Query:
    """Time since the process started.

    Alike over the instances of a job after a deploy. One much younger than its siblings has crashed.
    """
    return age(START_TIME, by=by, where=_PROCESSES)

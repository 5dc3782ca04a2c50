"""What the pages show of real Redis, HAProxy and node exporters: healthy, and once the servers are killed.

Each query of the pages is asked as Grafana would; the tables below say what it must show in each phase of the trial.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from stack.servers import prometheus_config, running_prometheus
from stack.tools import ROOT
from tests.stack import dependencies
from tests.stack.dependencies import ALL_KILLED, HEALTHY, REPLICA_KILLED
from tests.stack.expectations import BALANCER, NODES, REDIS
from tests.stack.grafana import Page, Session, Target, TimeRange
from tests.stack.once import once
from tests.stack.prometheus_api import PrometheusApi, Series

pytestmark = pytest.mark.needs("prometheus", "promtool", "redis-server", "redis-exporter", "haproxy", "node-exporter")

FOLDER = ROOT / "rendered" / "dashboards" / "Phoenix"
PAGES = {
    REDIS: Page.read(FOLDER / "redis.json"),
    BALANCER: Page.read(FOLDER / "load_balancer.json"),
    NODES: Page.read(FOLDER / "nodes.json"),
}


@dataclass(frozen=True)
class Trial:
    """The trial as it was seen: a Prometheus on its blocks, its phases, what the kernel said of the machine."""

    prometheus: PrometheusApi
    phases: dict[str, tuple[float, float]]
    machine: dict[str, float]

    def shows(self, uid: str, title: str, ref: str, phase: str) -> Shown:
        """Ask a query of a page for a phase."""
        start, end = (int(moment) for moment in self.phases[phase])
        session = Session(self.prometheus, TimeRange(start, end, scrape=dependencies.SCRAPE))
        page = PAGES[uid]
        known = {**session.values(page), "datasource": "prometheus"}
        [target] = [each for each in page.targets() if (each.panel, each.ref) == (title, ref)]
        expr = session.substitute(target.expr, known)
        return Shown(self.prometheus.range(expr, start=start, end=end, step=1), end)


@dataclass(frozen=True)
class Shown:
    """A query's series within a phase."""

    series: list[Series]
    end: float

    def now(self, **labels: str) -> list[float]:
        """The values at the end of the phase, of series with these labels."""
        return [each.last for each in self._of(labels) if each.samples[-1][0] == self.end]

    def ever(self, **labels: str) -> list[float]:
        """All values in the phase."""
        return [value for each in self._of(labels) for value in each.values]

    def _of(self, labels: dict[str, str]) -> list[Series]:
        return [each for each in self.series if labels.items() <= each.labels.items()]


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Trial]:
    folder = once("dependencies", dependencies.run, request=request, paths=tmp_path_factory)
    told = json.loads((folder / "phases.json").read_text())
    config = prometheus_config(tmp_path_factory.mktemp("seen"))
    with running_prometheus(config, blocks=[folder / "blocks"]) as server:
        yield Trial(PrometheusApi(server.url), told["phases"], told["machine"])


Shows = Callable[[Shown], bool]


def now(holds: Callable[[float], bool], **labels: str) -> Shows:
    """At the end of the phase there are such series, and all of them hold."""
    return lambda shown: bool(values := shown.now(**labels)) and all(map(holds, values))


def ever(holds: Callable[[float], bool], **labels: str) -> Shows:
    """Some value in the phase holds."""
    return lambda shown: any(map(holds, shown.ever(**labels)))


def gone(**labels: str) -> Shows:
    """At the end of the phase there is no such series."""
    return lambda shown: not shown.now(**labels)


def both(*parts: Shows) -> Shows:
    """All of them."""
    return lambda shown: all(part(shown) for part in parts)


def is_(wanted: float) -> Callable[[float], bool]:
    return lambda value: value == wanted


def above(limit: float) -> Callable[[float], bool]:
    return lambda value: value > limit


def at_most(limit: float) -> Callable[[float], bool]:
    return lambda value: value <= limit


def within(low: float, high: float) -> Callable[[float], bool]:
    return lambda value: low <= value <= high


MASTER, REPLICA = {"instance": "redis-1"}, {"instance": "redis-2"}
ANY = above(-1)
LIVES_ON = {HEALTHY: now(ANY), REPLICA_KILLED: both(now(ANY, **MASTER), gone(**REPLICA)), ALL_KILLED: gone(**MASTER)}


@dataclass(frozen=True)
class Panel:
    """A query of a panel, and what it shows in each phase."""

    title: str
    phases: dict[str, Shows]
    ref: str = "A"


REDIS_SHOWS = [
    Panel("Servers", {HEALTHY: now(is_(1)), REPLICA_KILLED: now(is_(0)), ALL_KILLED: now(is_(0))}),
    Panel("Replicas", {HEALTHY: now(is_(1)), REPLICA_KILLED: now(is_(0)), ALL_KILLED: now(is_(0))}),
    Panel("Replication", {HEALTHY: now(is_(1)), REPLICA_KILLED: gone(), ALL_KILLED: now(is_(0))}),
    Panel("Fullest server", {HEALTHY: now(within(0.001, 0.5)), ALL_KILLED: now(within(0.001, 0.5))}),
    Panel("Lookups", {HEALTHY: now(within(0.6, 0.73)), ALL_KILLED: now(within(0.6, 0.73))}),
    Panel("Commands", {HEALTHY: now(above(0)), ALL_KILLED: now(above(0))}),
    Panel(
        "Redis up",
        {
            HEALTHY: both(now(is_(1), **MASTER), now(is_(1), **REPLICA)),
            REPLICA_KILLED: both(now(is_(1), **MASTER), now(is_(0), **REPLICA)),
            ALL_KILLED: both(now(is_(0), **MASTER), now(is_(1), **REPLICA)),
        },
    ),
    Panel(
        "Each server",
        {
            HEALTHY: both(now(is_(1), **MASTER), now(is_(1), **REPLICA)),
            REPLICA_KILLED: both(now(is_(1), **MASTER), now(is_(0), **REPLICA)),
            ALL_KILLED: both(now(is_(0), **MASTER), now(is_(1), **REPLICA)),
        },
    ),
    Panel(
        "Each server",
        {
            HEALTHY: both(now(is_(1), role="master", **MASTER), now(is_(1), role="slave", **REPLICA)),
            REPLICA_KILLED: gone(**REPLICA),
            ALL_KILLED: gone(**MASTER),
        },
        ref="B",
    ),
    Panel("Each server", LIVES_ON, ref="C"),
    Panel("Each server", LIVES_ON, ref="D"),
    Panel("Each server", {**LIVES_ON, HEALTHY: now(within(0, 60))}, ref="E"),
    Panel("Commands by server", {**LIVES_ON, HEALTHY: now(above(0))}),
    Panel("Time in a command, ten slowest", {HEALTHY: now(within(0, 1))}),
    Panel("Failed commands, ten most", {HEALTHY: ever(above(0), cmd="incr")}),
    Panel("Hit ratio", {**LIVES_ON, HEALTHY: now(within(0.6, 0.73))}),
    Panel("Replicas by master", {HEALTHY: now(is_(1)), REPLICA_KILLED: now(is_(0)), ALL_KILLED: gone()}),
    Panel(
        "Link of each replica to its master",
        {HEALTHY: now(is_(1), **REPLICA), REPLICA_KILLED: gone(), ALL_KILLED: now(is_(0), **REPLICA)},
    ),
    # The trap: what a replica lags behind is told by its master, and goes together with either.
    Panel("Replication lag", {HEALTHY: now(within(0, 2)), REPLICA_KILLED: gone(), ALL_KILLED: gone()}),
    Panel("Replication behind", {HEALTHY: now(within(0, 1e6)), REPLICA_KILLED: gone(), ALL_KILLED: gone()}),
    Panel("Memory against maxmemory", {**LIVES_ON, HEALTHY: now(within(0.001, 0.5))}),
    Panel("Memory of data and in RAM", {**LIVES_ON, HEALTHY: now(within(5e5, 64e6))}),
    Panel("Memory of data and in RAM", {**LIVES_ON, HEALTHY: now(within(1e6, 200e6))}, ref="B"),
    Panel("Keys that go", {**LIVES_ON, HEALTHY: now(is_(0))}),
    Panel("Keys that go", {**LIVES_ON, HEALTHY: ever(above(0), **MASTER)}, ref="B"),
    Panel("Keys", {**LIVES_ON, HEALTHY: now(above(0))}),
    Panel("Clients", {**LIVES_ON, HEALTHY: now(above(1), **MASTER)}),
    Panel("Clients", {**LIVES_ON, HEALTHY: both(now(is_(1), **MASTER), now(is_(0), **REPLICA))}, ref="B"),
    Panel("Rejected connections", {HEALTHY: now(is_(0)), ALL_KILLED: now(is_(0))}),
    Panel("Bytes from and to clients", {**LIVES_ON, HEALTHY: now(above(0))}),
    Panel("Bytes from and to clients", {**LIVES_ON, HEALTHY: now(above(0))}, ref="B"),
    Panel("Last snapshot to disk", {**LIVES_ON, HEALTHY: now(is_(1))}),
    Panel("Slow commands in 15 minutes", {HEALTHY: now(is_(0)), REPLICA_KILLED: now(is_(0)), ALL_KILLED: now(is_(0))}),
]

DOOR = {"proxy": "fe_masters"}
STAYS = {HEALTHY: now(ANY), ALL_KILLED: now(ANY)}
BALANCER_SHOWS = [
    Panel("Backends", {HEALTHY: now(is_(1)), ALL_KILLED: now(is_(0))}),
    Panel("Servers", {HEALTHY: now(is_(1)), ALL_KILLED: now(is_(0))}),
    # 4xx of what is denied are no errors; all that is let in is answered with 503.
    Panel("Errors", {HEALTHY: now(is_(0)), ALL_KILLED: now(within(0.3, 0.95))}),
    Panel("Queue", {HEALTHY: now(is_(0)), ALL_KILLED: now(ANY)}),
    Panel("Sessions", {HEALTHY: now(within(0, 0.5)), ALL_KILLED: now(within(0, 0.5))}),
    Panel("Requests", {HEALTHY: now(above(0)), ALL_KILLED: now(above(0))}),
    Panel("Requests by frontend", {HEALTHY: now(above(0), **DOOR), ALL_KILLED: now(above(0), **DOOR)}),
    Panel(
        "Answers by class",
        {
            HEALTHY: both(now(above(0), code="2xx"), now(above(0), code="4xx"), now(is_(0), code="5xx")),
            ALL_KILLED: now(above(0), code="5xx"),
        },
    ),
    Panel(
        "Errors at the door, and of the orchestrators",
        {HEALTHY: now(is_(0), **DOOR), ALL_KILLED: now(within(0.3, 0.95), **DOOR)},
    ),
    Panel("Mean time to an answer by server", {HEALTHY: now(within(0, 1)), ALL_KILLED: gone()}),
    Panel("State of each server", {HEALTHY: now(is_(0)), ALL_KILLED: now(is_(1))}),
    Panel("Each server", {HEALTHY: now(is_(0)), ALL_KILLED: now(is_(1))}),
    Panel("Each server", STAYS, ref="B"),
    Panel("Each server", {HEALTHY: now(ANY), ALL_KILLED: gone()}, ref="C"),
    Panel("Each server", {HEALTHY: now(is_(0)), ALL_KILLED: now(ANY)}, ref="D"),
    Panel("Each server", {HEALTHY: now(is_(0)), ALL_KILLED: now(above(0.9))}, ref="E"),
    Panel("Backends with a server", {HEALTHY: now(is_(1)), ALL_KILLED: now(is_(0))}),
    Panel("Servers up by backend", {HEALTHY: now(is_(1)), ALL_KILLED: now(is_(0))}),
    Panel("Requests waiting", {HEALTHY: now(is_(0)), ALL_KILLED: now(ANY)}),
    Panel("Wait for a server", STAYS),
    Panel("Connections that fail", {HEALTHY: now(is_(0)), ALL_KILLED: ever(above(0))}),
    Panel("Connections tried again, requests moved", {HEALTHY: now(is_(0)), ALL_KILLED: ever(above(0))}),
    Panel("Connections tried again, requests moved", {HEALTHY: now(is_(0)), ALL_KILLED: ever(above(0))}, ref="B"),
    Panel("Failed health checks", {HEALTHY: now(is_(0)), ALL_KILLED: now(above(0.9))}),
    Panel("Sessions against their limit", {HEALTHY: now(within(0, 0.5)), ALL_KILLED: now(within(0, 0.5))}),
    Panel("Connections against their limit", {HEALTHY: now(within(0, 0.5)), ALL_KILLED: now(within(0, 0.5))}),
    Panel("Idle time", {HEALTHY: now(within(20, 100)), ALL_KILLED: now(within(20, 100))}),
    Panel("Bytes from and to clients", {HEALTHY: now(above(0), **DOOR), ALL_KILLED: now(above(0), **DOOR)}),
    Panel("Bytes from and to clients", {HEALTHY: now(above(0), **DOOR), ALL_KILLED: now(above(0), **DOOR)}, ref="B"),
    Panel("Denied requests", {HEALTHY: now(above(0), **DOOR), ALL_KILLED: now(above(0), **DOOR)}),
    Panel("Load balancers that are scraped", {HEALTHY: now(is_(1)), ALL_KILLED: now(is_(1))}),
]

THERE_UNTIL_KILLED = {HEALTHY: now(is_(1)), ALL_KILLED: now(is_(0))}
NODES_SHOWS = [Panel("Nodes", THERE_UNTIL_KILLED), Panel("Each node", THERE_UNTIL_KILLED)]

TABLES = {REDIS: REDIS_SHOWS, BALANCER: BALANCER_SHOWS, NODES: NODES_SHOWS}
CASES = [
    pytest.param(uid, panel, phase, id=f"{uid}/{panel.title}/{panel.ref}: {phase}")
    for uid, table in TABLES.items()
    for panel in table
    for phase in panel.phases
]
# Queries of the orchestrators, which the trial has none of.
OF_OTHERS = {(REDIS, "Hit ratio", "B"), (BALANCER, "Errors at the door, and of the orchestrators", "B")}


@pytest.mark.parametrize(("uid", "panel", "phase"), CASES)
def test_a_panel_shows_what_happened(trial: Trial, uid: str, panel: Panel, phase: str) -> None:
    shown = trial.shows(uid, panel.title, panel.ref, phase)
    assert panel.phases[phase](shown), [(each.labels, each.samples[-3:]) for each in shown.series]


@pytest.mark.parametrize("uid", [REDIS, BALANCER])
def test_every_query_of_a_page_is_looked_at(uid: str) -> None:
    asked = {(uid, target.panel, target.ref) for target in PAGES[uid].targets()}
    assert {(uid, panel.title, panel.ref) for panel in TABLES[uid]} | {
        each for each in OF_OTHERS if each[0] == uid
    } == asked


# What a machine need not have: the query is empty if and only if the machine lacks it.
_A_DISK = 'node_filesystem_size_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs"}'
LACKED_BY_SOME = {
    "Fullest disk": _A_DISK,
    "Disks tomorrow": _A_DISK,
    "Disks in use, ten fullest": _A_DISK,
    "Free in a day": _A_DISK,
    "Files against what disks can hold": _A_DISK,
    "Disks at work, ten busiest": "node_disk_io_time_seconds_total",
    "Bytes read and written": "node_disk_read_bytes_total",
    "Swap used": "node_memory_SwapTotal_bytes > 0",
    "Tracked connections": "node_nf_conntrack_entries",
    "Waiting for CPU": "node_pressure_cpu_waiting_seconds_total",
    "Waiting for memory": "node_pressure_memory_waiting_seconds_total",
    "Waiting for disks": "node_pressure_io_waiting_seconds_total",
    "Killed for memory": "node_vmstat_oom_kill",
    "Processes killed for memory": "node_vmstat_oom_kill",
    "Bytes over the network": 'node_network_receive_bytes_total{device!~"lo|veth.*|docker.*|br-.*|cni.*|ifb.*"}',
    "Clock offset": "node_timex_offset_seconds",
}
OF_NODES = [target for target in PAGES[NODES].targets() if (target.panel, target.ref) != ("Each node", "E")]


@pytest.mark.parametrize("target", OF_NODES, ids=lambda target: f"{target.panel}/{target.ref}")
def test_this_machine_is_shown_as_far_as_it_has_what_is_asked(trial: Trial, target: Target) -> None:
    shown = trial.shows(NODES, target.panel, target.ref, HEALTHY).now()
    has = LACKED_BY_SOME.get(target.panel)
    assert bool(shown) == (has is None or bool(trial.prometheus.instant(has, at=trial.phases[HEALTHY][1])))


@pytest.mark.parametrize("target", OF_NODES, ids=lambda target: f"{target.panel}/{target.ref}")
def test_a_node_that_is_gone_shows_nothing_but_that(trial: Trial, target: Target) -> None:
    shown = trial.shows(NODES, target.panel, target.ref, ALL_KILLED).now()
    looks_back = any(window in target.expr for window in ("[5m]", "[1h]", "[6h]"))
    assert shown == [0] if "(up{" in target.expr else (looks_back or not shown)


def test_the_numbers_are_those_of_the_kernel(trial: Trial) -> None:
    machine = trial.machine
    assert trial.shows(NODES, "Memory utilisation", "A", HEALTHY).now() == [
        pytest.approx(machine["memory used"], abs=0.05)
    ]
    assert sum(trial.shows(NODES, "CPU by what it does", "A", HEALTHY).now()) == pytest.approx(
        machine["cores"], rel=0.15
    )
    [uptime] = trial.shows(NODES, "Each node", "F", HEALTHY).now()
    assert uptime == pytest.approx(machine["uptime"], abs=30)
    for disk in trial.shows(NODES, "Disks in use, ten fullest", "A", HEALTHY).series:
        kernel = os.statvfs(disk.labels["mountpoint"])
        assert disk.last == pytest.approx(1 - kernel.f_bavail / kernel.f_blocks, abs=0.05), disk.labels

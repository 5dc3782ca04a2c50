"""Nodes: is every machine there, which one is short of what, and what waits for it."""

from catalogue import node, process
from dashboards._page import NODES, OVERVIEW, UP_OR_DOWN, Json, only, page, row_of, runbook, to, worded, worst
from panels_lib import Column, Panel, cells, row, series, stat, table, timeseries
from signals_lib import Matcher
from signals_lib.promql import highest

ONLY_NODE = only(NODES, "node")
OF_NODES = {"job": Matcher.equal("node")}
DISK = "{{instance}} {{mountpoint}}"


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Nodes",
        uid=NODES,
        description="Is every machine there, and which one is short of what? The table names the node; the rows below "
        "tell use, waiting and errors of its CPU, memory, disks and network.",
        tags=["node"],
        targets=node.MEMORY_TOTAL,
        instance="node",
        rows=[
            row(None, *are_they_fine()),
            row("Which nodes", *which_nodes()),
            row("CPU", *cpu()),
            row("Memory", *memory(), collapsed=True),
            row("Disks", *disks(), collapsed=True),
            row("Network and clock", *network(), collapsed=True),
        ],
    )


def are_they_fine() -> list[Panel]:
    """Answer in five seconds."""
    there = worst(process.target_up().scoped(OF_NODES), "min")
    busiest, fullest = worst(node.cpu_utilisation(), "max"), worst(node.memory_utilisation(), "max")
    disk, tomorrow = worst(node.disk_utilisation(), "max"), worst(node.disk_forecast(), "min")
    killed = worst(node.oom_kills(), "max")
    return [
        stat(there, title="Nodes", mappings=worded(there, "all there", "gone", "gone"), links=runbook("TargetDown")),
        stat(
            busiest,
            title="Busiest node",
            mappings=worded(busiest, "at ease", "busy", "at its limit"),
            links=runbook("NodeHighCPUUsage"),
        ),
        stat(
            fullest,
            title="Fullest memory",
            mappings=worded(fullest, "enough room", "filling", "full"),
            links=runbook("NodeHighMemoryUsage"),
        ),
        stat(
            disk,
            title="Fullest disk",
            mappings=worded(disk, "enough room", "filling", "nearly full"),
            links=runbook("NodeDiskNearlyFull"),
        ),
        stat(
            tomorrow,
            title="Disks tomorrow",
            mappings=worded(tomorrow, "last", "full", "full"),
            links=runbook("NodeDiskFullWithinADay"),
        ),
        stat(
            killed,
            title="Killed for memory",
            mappings=worded(killed, "nothing", "some", "some"),
            links=runbook("NodeProcessKilledForMemory"),
        ),
    ]


def which_nodes() -> list[Panel]:
    """Name the node."""
    fullest = node.disk_utilisation("instance")
    return [
        table(
            [
                process.target_up("instance").scoped(OF_NODES),
                node.cpu_utilisation(),
                node.load_by_core(),
                node.memory_utilisation(),
                fullest,
                node.uptime(),
            ],
            title="Each node",
            description="Every node that is scraped, those that are gone first, then the busiest. One node alone is "
            "what runs on it, all together the load. The name narrows this page to it.",
            columns=[
                Column(field="instance", title="Instance", links=row_of(NODES, "Only this node", "node")),
                Column(field=0, title="State", cell=cells.coloured_background(), mappings=UP_OR_DOWN, width=90),
                Column(field=1, title="CPU", cell=cells.gauge_bar(), low=0, high=1),
                Column(field=2, title="Load", cell=cells.coloured_text(), decimals=2, width=90),
                Column(field=3, title="Memory", cell=cells.gauge_bar(), low=0, high=1),
                Column(field=4, title="Disks", cell=cells.gauge_bar(), low=0, high=1),
                Column(field=5, title="Up for", width=120),
            ],
            sort_by="State",
            descending=False,
            width=24,
        ),
    ]


def cpu() -> list[Panel]:
    """Use and waiting of CPU."""
    return [
        timeseries(
            node.cpu_utilisation(), meaning="saturation", links=runbook("NodeHighCPUUsage"), data_links=ONLY_NODE
        ),
        timeseries(node.cpu_by_mode("mode"), title="CPU by what it does", stack=True),
        timeseries(node.load_by_core(), meaning="saturation", data_links=ONLY_NODE),
        timeseries(node.cpu_pressure(), meaning="saturation", data_links=ONLY_NODE),
    ]


def memory() -> list[Panel]:
    """Use and waiting of memory, and who was killed for it."""
    return [
        timeseries(
            node.memory_utilisation(),
            meaning="saturation",
            links=[*runbook("NodeHighMemoryUsage"), *to(OVERVIEW, "Processes")],
            data_links=ONLY_NODE,
        ),
        timeseries(node.memory_pressure(), meaning="saturation", data_links=ONLY_NODE),
        timeseries(node.swap_utilisation(), meaning="saturation", data_links=ONLY_NODE),
        timeseries(
            node.oom_kills(),
            meaning="errors",
            decimals=0,
            links=runbook("NodeProcessKilledForMemory"),
            data_links=ONLY_NODE,
        ),
    ]


def disks() -> list[Panel]:
    """Room on disks, and waiting for them."""
    return [
        timeseries(
            highest(10, node.disk_utilisation()),
            title="Disks in use, ten fullest",
            legend=DISK,
            meaning="saturation",
            links=runbook("NodeDiskNearlyFull"),
            data_links=ONLY_NODE,
        ),
        timeseries(
            node.disk_forecast(),
            title="Free in a day",
            legend=DISK,
            meaning="good",
            low=None,
            links=runbook("NodeDiskFullWithinADay"),
            data_links=ONLY_NODE,
        ),
        timeseries(
            highest(10, node.inodes_utilisation()),
            title="Files against what disks can hold",
            legend=DISK,
            meaning="saturation",
            links=runbook("NodeInodesNearlyUsed"),
            data_links=ONLY_NODE,
        ),
        timeseries(
            highest(10, node.disk_busy()),
            title="Disks at work, ten busiest",
            meaning="saturation",
            data_links=ONLY_NODE,
        ),
        timeseries(
            [
                series(node.disk_read("instance"), legend="read, {{instance}}"),
                series(node.disk_written("instance"), legend="written, {{instance}}"),
            ],
            title="Bytes read and written",
            description=node.disk_written().description,
            meaning="traffic",
        ),
        timeseries(node.io_pressure(), meaning="saturation", data_links=ONLY_NODE),
    ]


def network() -> list[Panel]:
    """Show what goes over the wire, and whether clocks agree."""
    return [
        timeseries(
            [
                series(node.network_in(), legend="in, {{instance}}"),
                series(node.network_out(), legend="out, {{instance}}"),
            ],
            title="Bytes over the network",
            description=node.network_out().description,
            meaning="traffic",
        ),
        timeseries(
            node.network_errors("instance"),
            title="Network errors in 5 minutes",
            meaning="errors",
            decimals=0,
            data_links=ONLY_NODE,
        ),
        timeseries(node.conntrack_utilisation(), meaning="saturation", data_links=ONLY_NODE),
        timeseries(node.clock_offset(), meaning="warning", low=None, data_links=ONLY_NODE),
    ]

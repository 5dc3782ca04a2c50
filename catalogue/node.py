"""Nodes, through node_exporter: CPU, memory, disks, network, and what processes wait for."""

from catalogue.components import NODE
from catalogue.indicator import indicator
from signals_lib import Label, Matcher, Query, Thresholds
from signals_lib.promql import age, count, forecast, increase, latest, rate, share, utilisation

CPU_MODES = ("idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user")

_FILESYSTEM = ("device", "fstype", "mountpoint")
_ON_DISK = {"fstype": Matcher.none_of("tmpfs", "ramfs", "overlay", "squashfs")}
# Bridges, container links and the like carry what a real link carries too.
_ON_LINKS = {"device": Matcher.not_regex("lo|veth.*|docker.*|br-.*|cni.*|ifb.*")}
_DAY = 24 * 60 * 60

CPU = NODE.counter(
    "node_cpu_seconds_total",
    help="CPU time by core and what it was spent on.",
    unit="core-seconds",
    labels=("cpu", Label("mode", CPU_MODES)),
    title="CPU",
)
LOAD5 = NODE.gauge("node_load5", help="Processes that run or wait, mean of 5 minutes.", unit="processes", title="Load")
MEMORY_TOTAL = NODE.gauge("node_memory_MemTotal_bytes", help="RAM of the node.", unit="bytes", title="Memory")
MEMORY_AVAILABLE = NODE.gauge(
    "node_memory_MemAvailable_bytes",
    help="RAM that processes can get without swapping, caches included.",
    unit="bytes",
    title="Memory available",
)
SWAP_TOTAL = NODE.gauge("node_memory_SwapTotal_bytes", help="Swap of the node; 0 without any.", unit="bytes")
SWAP_FREE = NODE.gauge("node_memory_SwapFree_bytes", help="Swap that is free.", unit="bytes")
FILESYSTEM_SIZE = NODE.gauge(
    "node_filesystem_size_bytes", help="Size of a file system.", unit="bytes", labels=_FILESYSTEM
)
FILESYSTEM_AVAILABLE = NODE.gauge(
    "node_filesystem_avail_bytes", help="What is free for processes that aren't root.", unit="bytes", labels=_FILESYSTEM
)
FILESYSTEM_INODES = NODE.gauge(
    "node_filesystem_files", help="Files that a file system can hold.", unit="files", labels=_FILESYSTEM
)
FILESYSTEM_INODES_FREE = NODE.gauge(
    "node_filesystem_files_free", help="Files that it can still hold.", unit="files", labels=_FILESYSTEM
)
FILESYSTEM_READONLY = NODE.gauge(
    "node_filesystem_readonly", help="1 if it is mounted read-only.", unit="file systems", labels=_FILESYSTEM
)
DISK_BUSY = NODE.counter(
    "node_disk_io_time_seconds_total", help="Time that a disk was at work.", unit="s", labels=("device",)
)
DISK_READ = NODE.counter("node_disk_read_bytes_total", help="Bytes read.", unit="bytes", labels=("device",))
DISK_WRITTEN = NODE.counter("node_disk_written_bytes_total", help="Bytes written.", unit="bytes", labels=("device",))
NETWORK_IN = NODE.counter("node_network_receive_bytes_total", help="Bytes received.", unit="bytes", labels=("device",))
NETWORK_OUT = NODE.counter("node_network_transmit_bytes_total", help="Bytes sent.", unit="bytes", labels=("device",))
NETWORK_IN_ERRORS = NODE.counter(
    "node_network_receive_errs_total", help="Packets received broken.", unit="packets", labels=("device",)
)
NETWORK_OUT_ERRORS = NODE.counter(
    "node_network_transmit_errs_total", help="Packets that could not be sent.", unit="packets", labels=("device",)
)
CONNTRACK_LIMIT = NODE.gauge(
    "node_nf_conntrack_entries_limit", help="Connections that the firewall can track.", unit="connections"
)
CONNTRACK = NODE.gauge(
    "node_nf_conntrack_entries",
    help="Connections that the firewall tracks.",
    unit="connections",
    limit=CONNTRACK_LIMIT,
)
# node_exporter leaves the type of /proc/vmstat's values open; this one is a counter.
OOM_KILLS = NODE.counter("node_vmstat_oom_kill", help="Processes that the kernel killed for memory.", unit="processes")
CPU_WAITING = NODE.counter(
    "node_pressure_cpu_waiting_seconds_total", help="Time that some process waited for CPU.", unit="s"
)
MEMORY_WAITING = NODE.counter(
    "node_pressure_memory_waiting_seconds_total", help="Time that some process waited for memory.", unit="s"
)
IO_WAITING = NODE.counter(
    "node_pressure_io_waiting_seconds_total", help="Time that some process waited for a disk.", unit="s"
)
BOOT_TIME = NODE.gauge("node_boot_time_seconds", help="When the node started.", unit="timestamp", title="Booted")
CLOCK_OFFSET = NODE.gauge(
    "node_timex_offset_seconds", help="How far the clock is from its time servers.", unit="s", title="Clock offset"
)

_NODE = ("instance",)
_DISK = ("instance", "device")
_MOUNT = ("instance", "mountpoint")


@indicator("CPU utilisation", by=_NODE, thresholds=Thresholds(warning=0.8, critical=0.95))
def cpu_utilisation(by: tuple[str, ...]) -> Query:
    """Share of the node's CPU that is at work.

    Below 80 % is normal. Above it see which process took more, and whether it is steal: a noisy neighbour.
    """
    return (1 - rate(CPU, by=by, where={"mode": "idle"}, aggregation="avg")).named(unit="share")


@indicator("CPU by mode", by=("instance", "mode"))
def cpu_by_mode(by: tuple[str, ...]) -> Query:
    """Cores by what they do.

    Mostly user and idle. iowait points to the disk, steal to the host, softirq to the network.
    """
    return rate(CPU, by=by)


@indicator("Load by core", by=_NODE, thresholds=Thresholds(warning=2, critical=4))
def load_by_core(by: tuple[str, ...]) -> Query:
    """Load of a core: processes that run or wait, mean of 5 minutes.

    Below 1 is normal. Above 2 look at CPU first, then at the disk.
    """
    return (latest(LOAD5, by=by) / count(CPU, by=by, where={"mode": "idle"}, unit="cores")).named(unit="")


@indicator("Memory utilisation", by=_NODE, thresholds=Thresholds(warning=0.85, critical=0.95))
def memory_utilisation(by: tuple[str, ...]) -> Query:
    """Share of RAM that processes can no longer get; caches don't count.

    Below 85 % is normal; at 100 % the kernel kills processes. See which process grew.
    """
    return 1 - share(latest(MEMORY_AVAILABLE, by=by), latest(MEMORY_TOTAL, by=by))


@indicator("Swap used", by=_NODE, thresholds=Thresholds(warning=0.5))
def swap_utilisation(by: tuple[str, ...]) -> Query:
    """Share of swap in use; without swap there is no data.

    Little is normal. Half of it with memory pressure makes everything slow: see which process grew.
    """
    return 1 - share(latest(SWAP_FREE, by=by), latest(SWAP_TOTAL, by=by))


@indicator("Disk utilisation", by=_MOUNT, thresholds=Thresholds(warning=0.8, critical=0.9))
def disk_utilisation(by: tuple[str, ...]) -> Query:
    """Share of a file system that is full.

    Below 80 % is normal; at 100 % logs, builds and databases fail. Find the largest folder that grew.
    """
    free = latest(FILESYSTEM_AVAILABLE, by=by, where=_ON_DISK)
    return 1 - share(free, latest(FILESYSTEM_SIZE, by=by, where=_ON_DISK))


@indicator("Disk free in a day", by=_MOUNT, thresholds=Thresholds(critical=0, direction="below"))
def disk_forecast(by: tuple[str, ...]) -> Query:
    """Free space in 24 hours if a file system goes on filling as in the last 6.

    Well above 0 is normal. Below 0 it will be full within a day: find what grows now.
    """
    return forecast(FILESYSTEM_AVAILABLE, _DAY, by=by, where=_ON_DISK)


@indicator("Inodes utilisation", by=_MOUNT, thresholds=Thresholds(warning=0.8, critical=0.9))
def inodes_utilisation(by: tuple[str, ...]) -> Query:
    """Share of a file system's files that exist.

    Below 50 % is normal; at 100 % no file can be made, though space is free. Look for a folder of many small files.
    """
    free = latest(FILESYSTEM_INODES_FREE, by=by, where=_ON_DISK)
    return 1 - share(free, latest(FILESYSTEM_INODES, by=by, where=_ON_DISK))


@indicator("Disk busy", by=_DISK, thresholds=Thresholds(warning=0.8))
def disk_busy(by: tuple[str, ...]) -> Query:
    """Share of time that a disk is at work.

    Below 50 % is normal for one spindle; SSDs do more at once. Read it beside the pressure of I/O.
    """
    return rate(DISK_BUSY, by=by, aggregation="max").named(unit="share")


@indicator("Disk reads", by=_DISK)
def disk_read(by: tuple[str, ...]) -> Query:
    """Bytes read from a disk a second.

    It follows builds and queries. A constant maximum is a disk that is too small for its work.
    """
    return rate(DISK_READ, by=by)


@indicator("Disk writes", by=_DISK)
def disk_written(by: tuple[str, ...]) -> Query:
    """Bytes written to a disk a second.

    It follows builds and logs. A jump is a process that logs too much, or a snapshot.
    """
    return rate(DISK_WRITTEN, by=by)


@indicator("Network in", by=_NODE)
def network_in(by: tuple[str, ...]) -> Query:
    """Bytes received a second.

    It follows the requests and the agents' fetches. A flat top is the link's limit.
    """
    return rate(NETWORK_IN, by=by, where=_ON_LINKS)


@indicator("Network out", by=_NODE)
def network_out(by: tuple[str, ...]) -> Query:
    """Bytes sent a second.

    It follows the answers and the agents' uploads. A flat top is the link's limit.
    """
    return rate(NETWORK_OUT, by=by, where=_ON_LINKS)


@indicator("Network errors", by=_DISK, thresholds=Thresholds(warning=1))
def network_errors(by: tuple[str, ...]) -> Query:
    """How many packets were lost to errors in 5 minutes, in and out.

    None is normal. Look at the cable, the driver or the host of the virtual machine.
    """
    return increase(NETWORK_IN_ERRORS, by=by, window="5m") + increase(NETWORK_OUT_ERRORS, by=by, window="5m")


@indicator("Tracked connections", by=_NODE, thresholds=Thresholds(warning=0.8, critical=0.95))
def conntrack_utilisation(by: tuple[str, ...]) -> Query:
    """Share of the connections that the firewall can track.

    Below 50 % is normal; at 100 % new connections are dropped without a word. Find who opens so many.
    """
    return utilisation(latest(CONNTRACK, by=by), latest(CONNTRACK_LIMIT, by=by))


@indicator("Processes killed for memory", by=_NODE, thresholds=Thresholds(warning=1))
def oom_kills(by: tuple[str, ...]) -> Query:
    """How many processes the kernel killed for memory in the last hour.

    None is normal. The kernel's log names the process; restarts show it too.
    """
    return increase(OOM_KILLS, by=by, window="1h")


@indicator("Waiting for CPU", by=_NODE, thresholds=Thresholds(warning=0.5))
def cpu_pressure(by: tuple[str, ...]) -> Query:
    """Share of time in which some process waits for CPU.

    Below 20 % is normal. It tells saturation where utilisation only tells use: add cores or move work away.
    """
    return rate(CPU_WAITING, by=by, aggregation="max").named(unit="share")


@indicator("Waiting for memory", by=_NODE, thresholds=Thresholds(warning=0.1))
def memory_pressure(by: tuple[str, ...]) -> Query:
    """Share of time in which some process waits for memory.

    0 is normal. Any means that the kernel reclaims what is in use: see which process grew.
    """
    return rate(MEMORY_WAITING, by=by, aggregation="max").named(unit="share")


@indicator("Waiting for disks", by=_NODE, thresholds=Thresholds(warning=0.5))
def io_pressure(by: tuple[str, ...]) -> Query:
    """Share of time in which some process waits for a disk.

    Below 20 % is normal. Above 50 % see which disk is busy and who reads or writes.
    """
    return rate(IO_WAITING, by=by, aggregation="max").named(unit="share")


@indicator("Uptime", by=_NODE)
def uptime(by: tuple[str, ...]) -> Query:
    """Time since the node started.

    Days to months. A short one that nobody planned is a crash: read the console's log.
    """
    return age(BOOT_TIME, by=by)


@indicator("Clock offset", by=_NODE)
def clock_offset(by: tuple[str, ...]) -> Query:
    """How far the clock is from its time servers.

    Milliseconds are normal. Beyond 50 ms logs and traces no longer line up: see whether the time service runs.
    """
    return latest(CLOCK_OFFSET, by=by, aggregation="max")

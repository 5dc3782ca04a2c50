"""A machine, as node_exporter tells."""

from random import Random

from stack.simulator.activity import Activity
from stack.simulator.draws import poisson, wander
from stack.simulator.effects import Effects
from stack.simulator.process import GIB, MIB, Process
from stack.simulator.target import Target

CORES = 4
MEMORY = 16 * GIB
_MODES = {"user": 0.72, "system": 0.18, "iowait": 0.04, "softirq": 0.03, "irq": 0.01, "nice": 0.01, "steal": 0.01}
_DISKS = {"/": ("/dev/vda1", 64 * GIB, 0.46), "/var/lib": ("/dev/vdb", 256 * GIB, 0.58)}


class Node:
    """One machine and the exporter on it; `leaking` if the process that leaks in an incident runs here."""

    def __init__(self, target: Target, seed: str, *, leaking: bool, started: float) -> None:
        self.target, self.leaking, self.booted = target, leaking, started - 40 * 86400
        self.exporter = Process(target, seed, memory_limit=64 * MIB, cpu_limit=1, started=started)
        self._noise = 0.0

    def step(self, rng: Random, activity: Activity, dt: float, effects: Effects) -> None:
        """Spend `dt` seconds on its part of the work."""
        self.exporter.step(rng, dt, load=0.01, memory=0.35, files=9)
        self._noise = wander(rng, self._noise, spread=0.01)
        busy = min(0.97, max(0.02, (0.06 + 0.42 * activity.load) * (1 + self._noise)))
        self._cpu(busy, dt)
        self._memory(activity, effects.leak if self.leaking else 0)
        self._disks(activity, dt)
        self._network(rng, activity, dt)
        self.target.set("node_boot_time_seconds", round(self.booted))
        self.target.set("node_timex_offset_seconds", round(rng.gauss(0, 2e-5), 7))

    def _cpu(self, busy: float, dt: float) -> None:
        for cpu in map(str, range(CORES)):
            self.target.add("node_cpu_seconds_total", (1 - busy) * dt, cpu=cpu, mode="idle")
            for mode, share in _MODES.items():
                self.target.add("node_cpu_seconds_total", busy * share * dt, cpu=cpu, mode=mode)
        self.target.set("node_load5", round(busy * CORES * 1.05, 2))
        self.target.add("node_pressure_cpu_waiting_seconds_total", max(0, busy - 0.5) * 0.3 * dt)

    def _memory(self, activity: Activity, leak: float) -> None:
        used = 0.44 + 0.05 * min(2, activity.load) + leak * 2 * GIB / MEMORY
        self.target.set("node_memory_MemTotal_bytes", MEMORY)
        self.target.set("node_memory_MemAvailable_bytes", round(MEMORY * (1 - used)))
        self.target.set("node_memory_SwapTotal_bytes", 2 * GIB)
        self.target.set("node_memory_SwapFree_bytes", round(1.98 * GIB))
        self.target.add("node_pressure_memory_waiting_seconds_total", 0)
        self.target.add("node_vmstat_oom_kill", 0)

    def _disks(self, activity: Activity, dt: float) -> None:
        for mountpoint, (device, size, used) in _DISKS.items():
            labels = {"device": device, "fstype": "ext4", "mountpoint": mountpoint}
            self.target.set("node_filesystem_size_bytes", size, **labels)
            self.target.set("node_filesystem_avail_bytes", round(size * (1 - used)), **labels)
            self.target.set("node_filesystem_files", size // 16_384, **labels)
            self.target.set("node_filesystem_files_free", round(size // 16_384 * 0.93), **labels)
            self.target.set("node_filesystem_readonly", 0, **labels)
        for device, share in (("vda", 0.02), ("vdb", 0.12)):
            work = share * (0.3 + activity.load)
            self.target.add("node_disk_io_time_seconds_total", min(0.99, work) * dt, device=device)
            self.target.add("node_disk_read_bytes_total", round(work * 6 * MIB * dt), device=device)
            self.target.add("node_disk_written_bytes_total", round(work * 22 * MIB * dt), device=device)
        self.target.add("node_pressure_io_waiting_seconds_total", 0.004 * activity.load * dt)

    def _network(self, rng: Random, activity: Activity, dt: float) -> None:
        for device, share in (("eth0", 1.0), ("lo", 0.2)):
            traffic = (0.2 + activity.load) * share * MIB * dt
            self.target.add("node_network_receive_bytes_total", round(traffic * 1.1), device=device)
            self.target.add("node_network_transmit_bytes_total", round(traffic * 1.6), device=device)
            self.target.add("node_network_receive_errs_total", poisson(rng, 1e-6 * dt), device=device)
            self.target.add("node_network_transmit_errs_total", 0, device=device)
        self.target.set("node_nf_conntrack_entries", round(900 + 2_400 * activity.load))
        self.target.set("node_nf_conntrack_entries_limit", 262_144)

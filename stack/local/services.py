"""What the stack without containers consists of: each server with its configuration, command and sign of readiness."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack.alertmanager import RENDERED, alertmanager_command, outbox_config
from stack.exporters import listens, node_exporter_command, redis_command, redis_exporter_command
from stack.servers import answers, prometheus_command, prometheus_config
from stack.tools import ROOT, tool

HAPROXY_CONFIG = ROOT / "stack" / "haproxy" / "haproxy.cfg"
# Objectives look back 30 days.
RETENTION = "35d"


@dataclass(frozen=True)
class Service:
    """A server: its name, ports, where it is, how it is started in its folder, and whether it is ready."""

    name: str
    url: str
    command: Callable[[Path], list[str]]
    ready: Callable[[], bool]
    ports: tuple[str, ...] = ()
    help: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def services(ports: Mapping[str, int], *, interval: str = "") -> list[Service]:
    """Return every server, in the order in which they are started: what others need comes first.

    With `interval` Prometheus scrapes and evaluates that often, whatever its configuration and the rules say.
    """
    at = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    urls = {name: f"http://{address}" for name, address in at.items()}
    return [
        Service(
            "outbox",
            urls["outbox"],
            lambda folder: _python(
                "outbox", port=ports["outbox"], mail_port=ports["outbox-mail"], out=folder / "messages.jsonl"
            ),
            lambda: answers(urls["outbox"]),
            ports=("outbox", "outbox-mail"),
            help="takes what Alertmanager sends to Slack, PagerDuty and by mail",
        ),
        _redis("redis", ports, help="master"),
        _redis("redis-replica", ports, master=ports["redis"], help="replica of it"),
        _exporter(
            "redis-exporter", urls, lambda: redis_exporter_command(f"redis://{at['redis']}", at["redis-exporter"])
        ),
        _exporter(
            "redis-replica-exporter",
            urls,
            lambda: redis_exporter_command(f"redis://{at['redis-replica']}", at["redis-replica-exporter"]),
        ),
        _exporter("node-exporter", urls, lambda: node_exporter_command(at["node-exporter"])),
        Service(
            "simulator",
            urls["simulator"],
            lambda folder: _python("simulator", "serve", port=ports["simulator"], logs=folder / "phoenix.jsonl"),
            lambda: answers(f"{urls['simulator']}/incidents"),
            ports=("simulator",),
            help="the workload: orchestrators, agents and what they use, in production and staging",
        ),
        Service(
            "haproxy",
            urls["haproxy"],
            lambda _: [str(tool("haproxy")), "-db", "-f", str(HAPROXY_CONFIG)],
            lambda: answers(f"{urls['haproxy-metrics']}/metrics"),
            ports=("haproxy", "haproxy-metrics"),
            help=f"before the simulator's orchestrators; metrics at {urls['haproxy-metrics']}/metrics",
            environment={
                "PHOENIX_DOOR": at["haproxy"],
                "PHOENIX_METRICS": at["haproxy-metrics"],
                "PHOENIX_SIMULATOR": at["simulator"],
            },
        ),
        Service(
            "load",
            "",
            lambda _: _python("load", door=urls["haproxy"], redis=at["redis"]),
            lambda: True,
            help="a few clients of HAProxy and Redis",
        ),
        Service(
            "alertmanager",
            urls["alertmanager"],
            lambda folder: alertmanager_command(
                outbox_config(folder, web=urls["outbox"], mail=at["outbox-mail"]),
                folder / "data",
                urls["alertmanager"],
            ),
            lambda: answers(f"{urls['alertmanager']}/-/ready"),
            ports=("alertmanager",),
            help="rendered/alertmanager.yaml, its messages to the outbox",
        ),
        Service(
            "prometheus",
            urls["prometheus"],
            lambda folder: prometheus_command(
                _prometheus(folder, at, interval), folder / "data", at["prometheus"], retention=RETENTION
            ),
            lambda: answers(f"{urls['prometheus']}/-/ready"),
            ports=("prometheus",),
            help="scrapes all of them, with rendered/rules",
        ),
    ]


def _python(module: str, *words: str, **options: object) -> list[str]:
    """Return the command of a program of the stack."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return [sys.executable, "-m", f"stack.{module}", *words, *flags]


def _redis(name: str, ports: Mapping[str, int], *, help: str, master: int = 0) -> Service:  # noqa: A002 - as the field
    port = ports[name]
    return Service(
        name,
        f"redis://127.0.0.1:{port}",
        lambda folder: redis_command(port, folder, master=master),
        lambda: listens(port),
        ports=(name,),
        help=help,
    )


def _exporter(name: str, urls: Mapping[str, str], command: Callable[[], list[str]]) -> Service:
    return Service(name, urls[name], lambda _: command(), lambda: answers(f"{urls[name]}/metrics"), ports=(name,))


def _prometheus(folder: Path, at: Mapping[str, str], interval: str) -> Path:
    return prometheus_config(
        folder,
        simulator=f"http://{at['simulator']}",
        alertmanager=f"http://{at['alertmanager']}",
        servers={
            "redis-exporter:9121": at["redis-exporter"],
            "redis-replica-exporter:9121": at["redis-replica-exporter"],
            "haproxy:8404": at["haproxy-metrics"],
            "node-exporter:9100": at["node-exporter"],
            "prometheus:9090": at["prometheus"],
            "alertmanager:9093": at["alertmanager"],
        },
        interval=interval,
        rules=sorted((RENDERED / "rules").glob("*.yaml")),
    )

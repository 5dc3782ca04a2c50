"""A real Alertmanager for tests and trials, on the configuration that is rendered, its outlets turned to loopback."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stack.servers import Server, answers, free_port, running, wait_until
from stack.tools import tool

CONFIG = "alertmanager.yaml"


@dataclass(frozen=True)
class Outlets:
    """Where a trial's notifications go: addresses of stand-ins, and what stands in each file of secrets."""

    pagerduty: str
    smtp: str
    secrets: Mapping[str, str]


def alertmanager_config(
    folder: Path, files: Mapping[str, bytes], outlets: Outlets, *, wait: str | None = "1s", interval: str | None = "1s"
) -> Path:
    """Write rendered files into `folder`, changed for a trial, and return the configuration's path.

    Groups wait `wait` for their first notification, and `interval` for changes, whatever their routes say; with None as
    long as they say.
    """
    for path, content in files.items():
        if path.startswith("alertmanager"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    config = yaml.safe_load((folder / CONFIG).read_text(encoding="utf-8"))
    config["global"] |= {
        "pagerduty_url": outlets.pagerduty,
        "smtp_smarthost": outlets.smtp,
        "smtp_require_tls": False,
        "smtp_hello": "localhost",
    }
    for route in (config["route"], *config["route"]["routes"]):
        route |= {name: long for name, long in (("group_wait", wait), ("group_interval", interval)) if long}
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    for name, secret in outlets.secrets.items():
        (secrets / name).write_text(secret, encoding="utf-8")
    (folder / CONFIG).write_text(yaml.safe_dump(_moved(config, secrets), sort_keys=False), encoding="utf-8")
    return folder / CONFIG


def _moved(value: Any, secrets: Path) -> Any:
    """Let every key that ends in _file name the file in the trial's own folder."""
    if isinstance(value, list):
        return [_moved(item, secrets) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: str(secrets / Path(item).name) if key.endswith("_file") else _moved(item, secrets)
        for key, item in value.items()
    }


@contextmanager
def running_alertmanager(config: Path) -> Iterator[Server]:
    """Run Alertmanager, alone, with this configuration.

    Raises ServerError when it doesn't become ready, ToolMissingError when there is none.
    """
    with tempfile.TemporaryDirectory(prefix="alertmanager-") as folder:
        url = f"http://127.0.0.1:{free_port()}"
        command, log = alertmanager_command(config, Path(folder, "data"), url), Path(folder, "log")
        with running(command, log) as process:
            wait_until(lambda: answers(f"{url}/-/ready"), process, log, "alertmanager")
            yield Server(url, process.pid, log)


def alertmanager_command(config: Path, data: Path, url: str) -> list[str]:
    """Return the command of an Alertmanager that is alone."""
    return [
        str(tool("alertmanager")),
        f"--config.file={config}",
        f"--storage.path={data}",
        "--cluster.listen-address=",
        f"--web.listen-address={url.removeprefix('http://')}",
        f"--web.external-url={url}",
    ]

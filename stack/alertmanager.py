"""A real Alertmanager for tests and trials, on the configuration that is rendered, its outlets turned to loopback."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stack.servers import Server, answers, free_port, running, wait_until
from stack.tools import ROOT, tool

CONFIG = "alertmanager.yaml"
RENDERED = ROOT / "rendered"


@dataclass(frozen=True)
class Outlets:
    """Where a trial's notifications go: addresses of stand-ins, and what stands in each file of secrets."""

    pagerduty: str
    smtp: str
    secrets: Mapping[str, str]


def alertmanager_config(
    folder: Path,
    files: Mapping[str, bytes],
    outlets: Outlets,
    *,
    wait: str | None = "1s",
    interval: str | None = "1s",
    seen_as: Path | None = None,
) -> Path:
    """Write rendered files into `folder`, changed for a trial, and return the configuration's path.

    Groups wait `wait` for their first notification, and `interval` for changes, whatever their routes say; with None as
    long as they say. `seen_as` is the folder's path where Alertmanager runs, if that is a container.
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
    kept = folder / "secrets"
    kept.mkdir(mode=0o700, exist_ok=True)
    for name, secret in outlets.secrets.items():
        (kept / name).write_text(secret, encoding="utf-8")
    (folder / CONFIG).write_text(
        yaml.safe_dump(_moved(config, (seen_as or folder) / "secrets"), sort_keys=False), encoding="utf-8"
    )
    return folder / CONFIG


def _moved(value: Any, folder: Path) -> Any:
    """Let every key that ends in _file name the file in the trial's own folder."""
    if isinstance(value, list):
        return [_moved(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: str(folder / Path(item).name) if key.endswith("_file") else _moved(item, folder)
        for key, item in value.items()
    }


def outbox_config(folder: Path, *, web: str, mail: str, seen_as: Path | None = None) -> Path:
    """Write the rendered configuration, its routes untouched, with every channel led to an outbox (stack.outbox).

    `web` is the outbox's URL, `mail` its host and port for mail. Secrets are made up: what they would open isn't asked.
    """
    paths = [RENDERED / CONFIG, *(RENDERED / "alertmanager").iterdir()]
    files = {str(path.relative_to(RENDERED)): path.read_bytes() for path in paths}
    stand_ins = {
        name: f"{web}/slack/{name}" if key == "api_url_file" else secrets.token_hex()
        for key, name in _secrets(yaml.safe_load(files[CONFIG]))
    }
    outlets = Outlets(f"{web}/pagerduty", mail, stand_ins)
    return alertmanager_config(folder, files, outlets, wait=None, interval=None, seen_as=seen_as)


def _secrets(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every key that names a file of a secret, with the file's own name."""
    if isinstance(value, list):
        for item in value:
            yield from _secrets(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key.endswith("_file"):
                yield key, Path(item).name
            else:
                yield from _secrets(item)


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

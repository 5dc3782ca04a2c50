"""`make compose-up` and `make compose-down`: the stack of stack/compose.yaml, with the dashboards in its Grafana.

What compose needs beside the repository is made in `.stack/compose`, which only this user can enter: the password of
Grafana's admin, and Alertmanager's configuration with every channel led to the outbox.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from stack.alertmanager import outbox_config
from stack.tools import ROOT

COMPOSE = ROOT / "stack" / "compose.yaml"
STATE = ROOT / ".stack" / "compose"
PASSWORD = "grafana-admin-password"  # noqa: S105 - the name of its file
GRAFANA = "http://127.0.0.1:3000"
PATIENCE = 300  # seconds that all servers together have to become healthy; images were pulled before
ADDRESSES = (
    ("Grafana", GRAFANA),
    ("Prometheus", "http://127.0.0.1:9090"),
    ("Alertmanager", "http://127.0.0.1:9093"),
    ("Loki", "http://127.0.0.1:3100"),
    ("Tempo", "http://127.0.0.1:3200"),
    ("OTLP", "http://127.0.0.1:4318 (HTTP), 127.0.0.1:4317 (gRPC)"),
    ("HAProxy", "http://127.0.0.1:8080"),
    ("Simulator", "http://127.0.0.1:9700"),
)


def prepare(folder: Path) -> None:
    """Make what compose mounts; a password that is there is kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    password = folder / PASSWORD
    if not password.exists():
        password.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    # Read in a container by another user; on this machine nobody else can enter the folder.
    password.chmod(0o644)
    alertmanager = folder / "alertmanager"
    alertmanager.mkdir(exist_ok=True)
    outbox_config(alertmanager, web="http://outbox:9701", mail="outbox:9725", seen_as=Path("/etc/alertmanager"))
    for each in (alertmanager, *alertmanager.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)


def push(folder: Path, url: str = GRAFANA) -> int:
    """Push the dashboards into the stack's Grafana with its admin's password; return dash-sync's exit status."""
    environment = {
        **os.environ,
        "STACK_GRAFANA_USER": "admin",
        "STACK_GRAFANA_PASSWORD": (folder / PASSWORD).read_text(encoding="utf-8"),
    }
    config = folder / "dash-sync.yaml"
    config.write_text(
        "# Written by make compose-up.\n"
        "project: phoenix\n"
        "default-context: stack\n"
        f"contexts:\n  stack: {{url: {url}, user-env: STACK_GRAFANA_USER, password-env: STACK_GRAFANA_PASSWORD}}\n",
        encoding="utf-8",
    )
    words = ["--config", str(config), "--context", "stack", "--dir", str(ROOT / "rendered"), "--allow-dirty"]
    command = [str(Path(sys.executable).with_name("dash-sync")), "push", *words, "--message", "make compose-up"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def compose(*words: str) -> Sequence[str]:
    """Return a command of Docker Compose on the stack; ClickException where there is none."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        raise click.ClickException(
            "`docker compose` is missing: install Docker with its Compose plugin (2.23 or newer), "
            "or take the stack without containers: make stack-up"
        )
    return [docker, "compose", "--file", str(COMPOSE), *words]


@click.group()
def main() -> None:
    """Bring the stack up in containers, and down again. Everything is reached through 127.0.0.1 only."""


@main.command()
def up() -> None:
    """Build, start, wait until every server is healthy, push the dashboards, say where everything is."""
    command = compose("up", "--detach", "--build", "--wait", "--wait-timeout", str(PATIENCE))
    prepare(STATE)
    if subprocess.run(command, check=False).returncode:
        raise click.ClickException(f"not everything became healthy: docker compose --file {COMPOSE} ps, … logs NAME")
    if push(STATE):
        raise click.ClickException("the servers are up, but the dashboards were not pushed; the reason is above")
    for name, url in ADDRESSES:
        print(f"{name:14}{url}")
    print(
        f"\nup. Grafana's user is admin, its password stands in {STATE / PASSWORD}\n"
        "    Start an incident:  curl -X POST http://127.0.0.1:9700/incidents/failures\n"
        "    End everything:     make compose-down    (with ARGS=--volumes what was stored, too)"
    )


@main.command()
@click.option("--volumes", is_flag=True, help="Remove what the servers have stored, too.")
def down(volumes: bool) -> None:
    """End and remove the containers; what they stored stays."""
    words = ["down", *(["--volumes"] if volumes else [])]
    if subprocess.run(compose(*words), check=False).returncode:
        raise click.ClickException("Docker's own words are above")


if __name__ == "__main__":
    main()

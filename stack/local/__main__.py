"""`make stack-up`, `make stack-status`, `make stack-down`."""

import os
import sys
from pathlib import Path

import click

from stack.local import process
from stack.local.ports import PORTS, PortsTakenError, chosen
from stack.local.services import Service, services
from stack.local.stack import Stack, StackError
from stack.tools import ROOT, ToolMissingError

STATE = ROOT / ".stack"


class _Port(click.ParamType[tuple[str, int]]):
    name = "NAME=PORT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        name, _, port = str(value).partition("=")
        if name not in PORTS or not port.isdecimal() or not 0 < int(port) < 65536:
            self.fail(f"{value!r}: write NAME=NUMBER, with one of {', '.join(sorted(PORTS))}", param, ctx)
        return name, int(port)


_state = click.option(
    "--state",
    default=STATE,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of what the servers keep and say.",
)


@click.group()
def main() -> None:
    """Bring the stack up without containers, and down again. Everything listens on 127.0.0.1."""
    if not process.can_be_ended():
        raise click.ClickException(
            "this needs Linux 5.3 or newer that lets a process be held by pidfd_open; "
            "elsewhere take the containers: make compose-up"
        )


@main.command()
@_state
@click.option("--port", "wishes", multiple=True, type=_Port(), help="Another port for a server; may be repeated.")
@click.option("--free-ports", is_flag=True, help="Free ports instead of the fixed ones.")
@click.option("--interval", default="", metavar="5s", help="Scrape and evaluate this often, for a quick look.")
def up(state: Path, wishes: tuple[tuple[str, int], ...], free_ports: bool, interval: str) -> None:
    """Start what doesn't run, wait until it is ready, say where it is."""
    stack = Stack(state.absolute())
    with stack.locked():
        ports = stack.ports or chosen(wishes, free=free_ports)
        try:
            every = stack.up(ports, lambda line: print(line, file=sys.stderr, flush=True), interval=interval)
        except (PortsTakenError, StackError, ToolMissingError) as problem:
            raise click.ClickException(str(problem)) from problem
    _tell(every, stack.folder, ports)


@main.command()
@_state
def down(state: Path) -> None:
    """End every server that `up` started; what they kept stays in the folder."""
    stack = Stack(state.absolute())
    with stack.locked():
        if not stack.known:
            print("nothing was up")
        stack.down(print)


@main.command()
@_state
def status(state: Path) -> None:
    """Say which servers run and answer; the exit status is 1 unless all do."""
    stack = Stack(state.absolute())
    ports = stack.ports
    if ports is None:
        raise click.ClickException("the stack is down: make stack-up")
    well = True
    for service in services(ports):
        word = "ready" if stack.running(service) and service.ready() else "not ready"
        well = well and word == "ready"
        print(f"{service.name:24}{word:11}{service.url}".rstrip())
    if not well:
        raise click.ClickException(f"make stack-up starts what has ended; logs are in {stack.folder}/*/log")


def _tell(every: list[Service], folder: Path, ports: dict[str, int]) -> None:
    shown = Path(os.path.relpath(folder)) if folder.is_relative_to(Path.cwd()) else folder
    for service in every:
        print(f"{service.name:24}{service.url:25}{service.help}".rstrip())
    incidents = f"http://127.0.0.1:{ports['simulator']}/incidents"
    print(
        f"\nup. Start an incident:  curl -X POST {incidents}/failures    (all of them: curl {incidents})\n"
        f"    End it:             curl -X DELETE {incidents}/failures\n"
        f"    See the pages:      dash-sync preview --prometheus http://127.0.0.1:{ports['prometheus']}\n"
        f"    Who is told what:   {shown}/outbox/messages.jsonl\n"
        f"    The workload's log: {shown}/simulator/phoenix.jsonl\n"
        f"    Servers' own logs:  {shown}/*/log\n"
        f"    End everything:     make stack-down"
    )


if __name__ == "__main__":
    main()

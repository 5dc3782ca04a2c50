"""`python -m stack.simulator`: serve the workload, or write hours of its history."""

import functools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from stack.simulator import http_path, serving
from stack.simulator.blocks import BlocksError, write_blocks
from stack.simulator.history import live_through, write_recorded, write_signals
from stack.simulator.incidents import INCIDENTS, IncidentError, Span, seconds, span
from stack.simulator.telemetry.outlets import Told
from stack.tools import ToolMissingError

_INCIDENT_HELP = "NAME, NAME@START or NAME@START+DURATION (START as -30m, 5m or Unix seconds). Names: " + ", ".join(
    sorted(INCIDENTS)
)


_FILE = click.Path(dir_okay=False, path_type=Path)
_SHARE = click.FloatRange(0, 1)
_PORT = click.option("--port", default=0, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
_FOLDER = click.Path(file_okay=False, path_type=Path)


class _Duration(click.ParamType[float]):
    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return seconds(str(value))
        except IncidentError as problem:
            self.fail(str(problem), param, ctx)


def _moment(text: str) -> float:
    try:
        return time.time() if text == "now" else float(text)
    except ValueError as problem:
        raise click.BadParameter(f"{text!r} is no time: give Unix seconds, or now", param_hint="--end") from problem


def _spans(texts: tuple[str, ...], now: float) -> list[Span]:
    try:
        return [span(text, now=now) for text in texts]
    except IncidentError as problem:
        raise click.BadParameter(str(problem), param_hint="--incident") from problem


def _telling(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say what is told, as one argument."""

    @click.option("--logs", default="", metavar="PATH", help="File to append log lines to; - is standard output.")
    @click.option("--otlp", default="", metavar="URL", help="Collector to send spans to, by OTLP over HTTP.")
    @click.option("--sampling", default=1.0, show_default=True, type=_SHARE, help="Share of the traces to send.")
    @functools.wraps(command)
    def telling(*, logs: str, otlp: str, sampling: float, **others: object) -> None:
        if otlp and not otlp.startswith(("http://", "https://")):
            raise click.BadParameter(f"{otlp!r} is no URL: write it as http://127.0.0.1:4318", param_hint="--otlp")
        command(told=Told(logs, otlp, sampling), **others)

    return telling


@contextmanager
def _listening(port: int, host: str = "127.0.0.1") -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.filename:
            raise click.ClickException(f"can't write to {problem.filename}: {problem.strerror}") from problem
        raise click.ClickException(
            f"can't listen on {host}:{port}: {problem.strerror}; choose another --port"
        ) from problem


@click.group()
def main() -> None:
    """Simulate the Phoenix workload: every target of the catalogue for a Prometheus to scrape, or its history."""


@main.command()
@_PORT
@click.option("--seed", default=1, show_default=True, help="The same seed behaves the same.")
@click.option("--incident", "incidents", multiple=True, help=_INCIDENT_HELP)
@click.option("--speed", default=1.0, show_default=True, help="How many times faster incidents unfold.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others for containers.")
@_telling
def serve(*, port: int, seed: int, incidents: tuple[str, ...], speed: float, told: Told, host: str) -> None:
    """Serve every target until it's told to stop; prints its URL when it's ready."""
    spans = _spans(incidents, time.time())
    with _listening(port, host):
        serving.serve(port=port, seed=seed, spans=spans, speed=speed, told=told, host=host)


@main.command()
@_PORT
@_telling
def agent(port: int, told: Told) -> None:
    """Serve one real agent, which runs the tasks that an orchestrator sends it."""
    with _listening(port):
        http_path.serve_agent(port=port, told=told)


@main.command()
@_PORT
@click.option("--agent", "agent_url", required=True, metavar="URL", help="The agent to send tasks to.")
@_telling
def orchestrator(port: int, agent_url: str, told: Told) -> None:
    """Serve one real orchestrator: POST /v1/plans with {"tasks": [{"type": "build"}]} runs them on the agent."""
    with _listening(port):
        http_path.serve_orchestrator(port=port, agent=agent_url, told=told)


@main.command()
@click.option("--hours", default=6.0, show_default=True, help="How far back the scraped series begin.")
@click.option("--days", default=30.0, show_default=True, help="How far back the objectives' recorded series begin.")
@click.option("--step", default="30s", show_default=True, type=_Duration(), help="Time between two samples.")
@click.option("--end", default="now", show_default=True, help="Unix seconds of the last sample, or now.")
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same bytes.")
@click.option("--incident", "incidents", multiple=True, help=_INCIDENT_HELP)
@click.option("--out", type=_FILE, help="OpenMetrics file for the scraped series.")
@click.option("--recorded", type=_FILE, help="OpenMetrics file for the objectives' recorded series.")
@click.option("--blocks", type=_FOLDER, help="Folder for TSDB blocks of both, made by promtool.")
def history(  # noqa: PLR0917 - click passes options by name
    hours: float,
    days: float,
    step: float,
    end: str,
    seed: int,
    incidents: tuple[str, ...],
    out: Path | None,
    recorded: Path | None,
    blocks: Path | None,
) -> None:
    """Write history: blocks for a Prometheus to start with, or OpenMetrics for promtool to make blocks of."""
    if not (out or recorded or blocks):
        raise click.UsageError("nowhere to write to: give --blocks, --out or --recorded")
    last = _moment(end)
    reach = days if recorded or blocks else 0
    lived = live_through(hours=hours, step=step, end=last, seed=seed, spans=_spans(incidents, last), days=reach)
    if out:
        print(f"{out}: {write_signals(lived, out):,} samples", file=sys.stderr)
    if recorded:
        print(f"{recorded}: {write_recorded(lived, recorded):,} samples", file=sys.stderr)
    if blocks:
        try:
            print(f"{blocks}: {write_blocks(lived, blocks):,} samples", file=sys.stderr)
        except (BlocksError, ToolMissingError) as problem:
            raise click.ClickException(str(problem)) from problem


if __name__ == "__main__":
    main()

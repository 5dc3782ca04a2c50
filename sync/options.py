"""The options that every verb has in common, gathered into one object; the terminal's side of results and errors."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.config import Config
    from sync.errors import DashSyncError
    from sync.report import Report


DAY = 86_400


@dataclass(frozen=True)
class Common:
    """What the common options said."""

    context: tuple[str, ...]
    config: Path | None
    dir: Path | None
    select: tuple[str, ...]
    format: str
    quiet: bool
    verbose: bool
    no_color: bool
    exit_code: bool
    workers: str
    timeout: float

    def configuration(self) -> Config:
        """Read dash-sync.yaml."""
        from sync import config

        return config.load(self.config)

    def directory(self, config: Config) -> Path:
        """Return the folder of rendered files: --dir, else rendered/ beside dash-sync.yaml."""
        return self.dir if self.dir is not None else config.root / "rendered"

    def folder(self) -> Path:
        """Return the folder of rendered files for verbs that do without a configuration: rendered/ here, or --dir."""
        from sync.errors import ConfigError

        if self.dir is not None:
            return self.dir
        try:
            return self.directory(self.configuration())
        except ConfigError:
            if self.config is not None:
                raise
            return Path("rendered")

    def show(self, report: Report) -> None:
        """Print a result to stdout."""
        from sync.errors import DashSyncError

        if self.format != "json" and self.quiet and not report.rows:
            return
        try:
            click.echo(report.json() if self.format == "json" else report.text())
        except BrokenPipeError:
            raise  # click's own: whoever read has seen enough
        except OSError as error:
            raise DashSyncError(f"the result can't be written: {error.strerror}", where="stdout") from None

    def note(self, text: str) -> None:
        """Print to stderr what is not the result."""
        if not self.quiet:
            click.echo(text, err=True)


OPTIONS = [
    click.option(
        "--context",
        multiple=True,
        metavar="NAME",
        help="Context of dash-sync.yaml; repeatable, globs. "
        "Default: DASH_SYNC_CONTEXT, GRAFANA_URL with GRAFANA_TOKEN, default-context.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Configuration. Default: dash-sync.yaml here or above.",
    ),
    click.option(
        "--dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder of rendered files. Default: rendered/ beside dash-sync.yaml.",
    ),
    click.option(
        "--select",
        multiple=True,
        metavar="GLOB",
        help="Only dashboards whose uid or folder/name matches; repeatable.",
    ),
    click.option("--quiet", is_flag=True, help="Print results only."),
    click.option("--verbose", is_flag=True, help="Print every request to stderr."),
    click.option("--no-color", is_flag=True, help="No colours; also with NO_COLOR set."),
    click.option("--exit-code", is_flag=True, help="Exit 10 where there are changes; lint: errors."),
    click.option(
        "--workers",
        default="auto",
        show_default=True,
        metavar="N|auto",
        callback=lambda _context, _option, value: _workers(value),
        help="Requests at once.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=30.0,
        show_default=True,
        metavar="S",
        callback=lambda _context, _option, value: _seconds(value),
        help="Seconds within which a request must be answered whole.",
    ),
]


def common(verb: Callable[..., Any], *, formats: tuple[str, ...] = ("text", "json")) -> Callable[..., Any]:
    """Give a verb the common options, handed over as one `Common`; `formats` are what --format may be.

    Without any the verb has an option of its own by that name, and its results are text.
    """

    @functools.wraps(verb)
    def gathered(**arguments: Any) -> Any:
        own = {name: arguments.pop(name) for name in list(arguments) if name not in Common.__dataclass_fields__}
        run = Common(**({"format": "text"} | arguments))
        root = click.get_current_context().find_root()
        root.obj = run
        if run.no_color or os.environ.get("NO_COLOR"):
            root.color = click.get_current_context().color = False
        return verb(run, **own)

    form = [
        click.option(
            "--format",
            type=click.Choice(formats),
            default=found,
            show_default=True,
            help="How results are printed on stdout.",
        )
        for found in formats[:1]
    ]
    for option in reversed([*OPTIONS[:4], *form, *OPTIONS[4:]]):
        gathered = option(gathered)
    return gathered


def _workers(value: str) -> str:
    if value != "auto" and not (value.isdecimal() and 1 <= int(value) <= 64):
        raise click.BadParameter("1 to 64, or auto")
    return value


def _seconds(value: float) -> float:
    if not value <= DAY:  # neither is what isn't a number
        raise click.BadParameter(f"at most {DAY}, which is a day")
    return value


def show_error(error: DashSyncError) -> None:
    """Print what is wrong and what to do about it to stderr."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {error}", err=True)
    if error.remedy:
        click.echo(f"  {error.remedy}", err=True)

"""The command line: what each verb is called and takes. What it does stands in the module that it calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sync.options import Common, common, show_error
from sync.version import __version__


class Verbs(click.Group):
    """Verbs in the order of a day's work; an error becomes its message, its remedy and its exit code."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the verbs in the order in which they are written."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        from sync.errors import DashSyncError, Interrupted

        try:
            return super().invoke(ctx)
        except DashSyncError as error:
            if error.report is not None and isinstance(ctx.obj, Common):
                ctx.obj.show(error.report)
            show_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            show_error(Interrupted("interrupted"))
            ctx.exit(Interrupted.exit_code)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="dash-sync")
def cli() -> None:
    """Dashboards as code for Grafana: rendered to files, pushed as versions that say where they came from.

    Shell completion: eval "$(_DASH_SYNC_COMPLETE=bash_source dash-sync)"; zsh_source and fish_source likewise.
    """


@cli.command()
@common
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write. Default: what --dir says.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file differs, is missing or is too many.")
def render(run: Common, *, out: Path | None, check: bool) -> None:
    """Run the packages that dash-sync.yaml names and write what they make."""
    from sync import render as verb

    config = run.configuration()
    run.show((verb.check if check else verb.render)(config, out or run.directory(config)))

"""The command line: what each verb is called and takes. What it does stands in the module that it calls."""

from __future__ import annotations

import functools
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync.options import Common, common, show_error
from sync.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sync.config import Config, Context


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
                try:
                    ctx.obj.show(error.report)
                except DashSyncError as unwritten:
                    show_error(unwritten)
            show_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            show_error(Interrupted("interrupted"))
            ctx.exit(Interrupted.exit_code)


def beside_dashboards(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that ask for more than dashboards."""
    alerts = click.option("--alerts", is_flag=True, help="Alert rules too, for Grafana to evaluate (alerting/).")
    sources = click.option("--datasources", is_flag=True, help="Data sources too (provisioning/datasources.yaml).")
    return alerts(sources(verb))


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


@cli.command()
@functools.partial(common, formats=("text", "json", "sarif", "junit", "github"))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Mend in the files what can be mended with certainty.")
@click.option("--explain", metavar="RULE", help="Say what a rule finds, why, and with examples; `all` lists them.")
@click.option("--prometheus", metavar="URL", help="A Prometheus that knows which metrics and labels there are.")
def lint(run: Common, *, paths: tuple[Path, ...], fix: bool, explain: str | None, prometheus: str | None) -> None:
    """Check dashboards, rules, Alertmanager configuration and runbooks, offline; by default the rendered files."""
    if explain:
        from sync.lint.explain import explain as text

        click.echo(text(explain))
        return
    from sync.lint import command

    if command.lint(run, paths, fix=fix, prometheus=prometheus) and run.exit_code:
        click.get_current_context().exit(10)


@cli.command()
@functools.partial(common, formats=("text", "markdown", "html", "json"))
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--base", metavar="REV", help="Compare with a git revision; REV... is where HEAD left it.")
@click.option("--live", is_flag=True, help="Compare with what the context's Grafana holds.")
@click.option("--alerts", is_flag=True, help="With --live: the alert rules that it evaluates too.")
@click.option("--link", metavar="URL", help="Where Markdown links files. Default: the commit that CI runs for.")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Draw each dashboard before and after, side by side, into DIR.",
)
@click.option(
    "--pictures-at",
    default="",
    metavar="URL",
    help="Where Markdown links DIR: with / at its end file by file, else as one place.",
)
def diff(run: Common, **wanted: Any) -> None:
    """Show what changed between two sets of files, a git revision, or Grafana, panel by panel and query by query.

    A and B are folders, files, or REVISION:FOLDER. With --base or --live, A is the side after; the rendered files
    if it is not given.
    """
    from sync.diff import command as verb

    if verb.run(run, verb.Wanted(**wanted)) and run.exit_code:
        click.get_current_context().exit(10)


@cli.command()
@functools.partial(common, formats=())
@click.argument("names", nargs=-1, metavar="[UID|FILE]...")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write. Default: preview/.")
@click.option("--prometheus", metavar="URL", help="Take the data from here. Default: samples after the catalogue.")
@click.option(
    "--theme",
    type=click.Choice(("light", "dark", "both")),
    default="dark",
    show_default=True,
    help="Colours of the pictures.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(("png", "svg", "html")),
    multiple=True,
    default=("png",),
    show_default=True,
    help="What to write; repeatable. HTML is one page that answers to a pointer.",
)
@click.option("--from", "begin", metavar="TIME", help="Begin of the data: now-6h. Default: the dashboard's.")
@click.option("--to", "end", metavar="TIME", help="End of the data. Default: the dashboard's.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Value of a variable; repeatable.")
def preview(run: Common, **wanted: Any) -> None:
    """Draw dashboards as Grafana would show them, without a Grafana."""
    from sync.preview.command import Wanted
    from sync.preview.command import run as verb

    verb(run, Wanted(**wanted))


@cli.command()
@functools.partial(common, formats=())
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port; 0: a free one.")
@click.option("--prometheus", metavar="URL", help="Take the data from here. Default: samples after the catalogue.")
@click.option("--base", metavar="REV", default="HEAD", show_default=True, help="Revision to show changes against.")
@click.option("--live", is_flag=True, help="Show changes against the context's Grafana, too.")
@click.option("--from", "begin", metavar="TIME", help="Begin of the data: now-6h. Default: the dashboard's.")
@click.option("--to", "end", metavar="TIME", help="End of the data. Default: the dashboard's.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Value of a variable; repeatable.")
def serve(run: Common, **wanted: Any) -> None:
    """Show dashboards, and what changed, in a browser of this machine; pages follow the files."""
    from sync.serve.command import Wanted
    from sync.serve.command import run as verb

    verb(run, Wanted(**wanted))


@cli.command()
@common
@click.option(
    "--message",
    default="",
    metavar="TEXT",
    # Bytes that are no UTF-8, of a text that was cut within a letter, would fail on the way to Grafana.
    callback=lambda _context, _option, value: os.fsencode(value).decode(errors="replace"),
    help="Why; stands in every version that is made.",
)
@click.option("--force", multiple=True, metavar="UID", help="Overwrite what was changed in Grafana; repeatable.")
@click.option("--adopt", multiple=True, metavar="UID", help="Take over a dashboard that isn't ours; repeatable.")
@click.option("--allow-dirty", is_flag=True, help="Push files that are not committed, even under CI.")
@click.option("--plan", "planned", type=click.Path(path_type=Path), metavar="FILE", help="Do just what this plan says.")
@click.option("--prune", is_flag=True, help="Delete what is ours and in no file any more; a copy is kept.")
@click.option("--prune-limit", type=click.IntRange(min=0), metavar="N", help="How many may be deleted. Default: half.")
@beside_dashboards
@click.option("--yes", is_flag=True, help="Answer yes to every question.")
def push(run: Common, *, planned: Path | None, **said: Any) -> None:
    """Write to Grafana what differs, and refuse what was changed there."""
    from sync import push as verb

    if planned and (run.select or said["force"] or said["adopt"] or said["prune"]):
        raise click.UsageError("--plan says what is written: it goes with none of --select, --force, --adopt, --prune")
    _require_no_selection(run, said)
    if said["prune"] and run.select:
        raise click.UsageError("--prune looks at all files, so it doesn't go with --select")
    if said["prune_limit"] is not None and not (said["prune"] or planned):
        raise click.UsageError("--prune-limit goes with --prune, or with a --plan that was made with it")
    plans = None
    if planned:
        from sync import planfile

        plans = planfile.read(planned)
        if plans.keys() <= run.configuration().contexts.keys():
            run = replace(run, context=run.context or tuple(plans))
    config, contexts = _chosen(run)
    run.show(verb.push(config, contexts, run.directory(config), run, verb.Options(**said, plans=plans)))


@cli.command()
@common
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Keep the plan, for push --plan FILE.")
@click.option("--prune", is_flag=True, help="Plan to delete what is ours and in no file any more.")
@beside_dashboards
def plan(run: Common, *, out: Path | None, prune: bool, **said: bool) -> None:
    """Show what a push would do; only reads."""
    from sync import status as verb

    if prune and run.select:
        raise click.UsageError("--prune looks at all files, so it doesn't go with --select")
    kinds = _require_no_selection(run, said)
    config, contexts = _chosen(run)
    run.show(verb.plan(config, contexts, run.directory(config), run, out=out, prune=prune, kinds=kinds))


@cli.command()
@common
@beside_dashboards
def status(run: Common, **said: bool) -> None:
    """Show whether files and Grafana are in step, and who changed what."""
    from sync import status as verb

    kinds = _require_no_selection(run, said)
    config, contexts = _chosen(run)
    run.show(verb.status(config, contexts, run.directory(config), run, kinds=kinds))


@cli.command()
@common
@click.argument("uids", nargs=-1, metavar="[UID]...")
@click.option("--all", "everything", is_flag=True, help="Everything that the credentials can see, or that is selected.")
def pull(run: Common, *, uids: tuple[str, ...], everything: bool) -> None:
    """Write live dashboards to files; by default those that were changed in Grafana since the last push."""
    from sync.pull import Pull
    from sync.session import only

    if "" in uids:
        raise click.UsageError("one of the UIDs is empty")
    if uids and everything:
        raise click.UsageError("name dashboards, or say --all")
    config, contexts = _chosen(run)
    context = only(contexts, config)
    run.show(Pull(config, context, run.directory(config), run).run(uids, everything=everything))


@cli.command()
@common
@click.argument("uid", required=False)
def history(run: Common, *, uid: str | None) -> None:
    """List a dashboard's versions; without UID, the pushes."""
    from sync import history as verb
    from sync.session import only

    config, contexts = _chosen(run)
    context = only(contexts, config)
    run.show(verb.versions(context, uid, run) if uid else verb.pushes(config, context, run.directory(config), run))


@cli.command()
@common
@click.argument("uid", required=False)
@click.option("--to", "version", type=click.IntRange(min=1), metavar="VERSION", help="Default: the one before.")
@click.option("--push", "push_id", metavar="ID", help="Put back all that this push wrote; `history` lists the pushes.")
@click.option("--yes", is_flag=True, help="Answer yes to every question.")
def rollback(run: Common, *, uid: str | None, version: int | None, push_id: str | None, yes: bool) -> None:
    """Put a dashboard back to an earlier version, or all that a push wrote to what it was before."""
    from sync.rollback import Rollback
    from sync.session import only

    if bool(uid) == bool(push_id) or (push_id and version):
        raise click.UsageError("name a UID, with or without --to VERSION, or a push with --push ID")
    config, contexts = _chosen(run)
    verb = Rollback(config, only(contexts, config), run.directory(config), run, yes)
    run.show(verb.dashboard(uid, version) if uid else verb.push(push_id or ""))


@cli.command()
@functools.partial(common, formats=())
@click.option(
    "--format",
    "form",
    type=click.Choice(("provisioning", "configmap", "operator", "terraform", "gitsync")),
    required=True,
    help="Which engine reads it.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Where to write.")
def export(run: Common, *, form: str, out: Path) -> None:
    """Write the rendered files in the form that another engine reads; with --context, as that Grafana has them."""
    from sync.contexts import chosen
    from sync.export.command import export as verb
    from sync.session import only

    config = run.configuration()
    context = only(chosen(config, run.context), config) if run.context else None
    run.show(verb(config, context, run.directory(config), run, form=form, out=out))


@cli.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port on 127.0.0.1; 0: a free one."
)
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="FILE", help="Keep the state in this file. Default: in memory."
)
def sandbox(*, port: int, data: Path | None) -> None:
    """Serve a stand-in for Grafana's dashboard API, for trials and tests."""
    from sync.sandbox.serve import serve

    serve(port, data)


@cli.command()
@common
def doctor(run: Common) -> None:
    """Find what would fail, and why: configuration, server, credentials, data sources, marks."""
    from sync.doctor import doctor as verb

    config, contexts = _chosen(run)
    run.show(verb(config, contexts, run.directory(config), run))


@cli.group()
def context() -> None:
    """List the Grafanas of dash-sync.yaml, show one, or choose the default."""


@context.command("list")
@common
def context_list(run: Common) -> None:
    """List the contexts."""
    from sync import starter

    run.show(starter.listed(run.configuration()))


@context.command("use")
@common
@click.argument("name")
def context_use(run: Common, *, name: str) -> None:
    """Make NAME the default of dash-sync.yaml."""
    from sync import starter

    run.show(starter.use(run.configuration(), name))


@context.command("show")
@common
@click.argument("name", required=False)
def context_show(run: Common, *, name: str | None) -> None:
    """Show what the context says, without its credentials."""
    from sync import starter
    from sync.contexts import chosen
    from sync.session import only

    config = run.configuration()
    run.show(starter.shown(only(chosen(config, [name] if name else run.context), config)))


@cli.command()
@common
@click.option("--project", default="", metavar="NAME", help="Owner's mark. Default: the folder's name.")
def init(run: Common, *, project: str) -> None:
    """Write a first dash-sync.yaml, and an example dashboard."""
    from sync import starter

    run.show(starter.init(Path.cwd(), project))


def _require_no_selection(run: Common, said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the kinds that are asked for beside dashboards; --select chooses among dashboards only."""
    kinds = tuple(name for name in ("alerts", "datasources") if said[name])
    if kinds and run.select:
        raise click.UsageError(f"--select chooses among dashboards, so it doesn't go with --{kinds[0]}")
    return kinds


def _chosen(run: Common) -> tuple[Config, list[Context]]:
    """Read the configuration and choose the contexts."""
    from sync.contexts import chosen

    config = run.configuration()
    return config, chosen(config, run.context)

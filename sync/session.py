"""A verb's way to its Grafanas: contexts chosen, credentials checked against trust, connections made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync import terminal, trust
from sync.errors import Changes, ConfigError, DashSyncError, Interrupted, Partial
from sync.report import WRITTEN, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.config import Config, Context
    from sync.grafana.connect import Connection
    from sync.options import Common


def open_context(context: Context, run: Common) -> Connection:
    """Connect to one Grafana; raises NotAllowed before anything is sent to a server that isn't trusted."""
    credentials = trust.credentials(context)
    if credentials:
        trust.require_trust(context, ask=terminal.ask if terminal.is_terminal() else None)
        if said := trust.warning(context):
            run.note(f"warning: {said}")
    from sync.grafana.connect import connect, open_http, workers_of

    workers = workers_of(run.workers)
    http = open_http(context, credentials, timeout=run.timeout, workers=workers, log=run.note if run.verbose else None)
    return connect(context, http, workers)


def each(contexts: list[Context], verb: Callable[[Context], Report]) -> Report:
    """Run a verb for every context; one that fails doesn't stop the others, Ctrl-C does.

    Raises, with all rows, Partial where something was written and something failed, else the worst failure.
    """
    if len(contexts) == 1:
        return verb(contexts[0])
    failures: list[DashSyncError] = []
    reports: dict[str, Report] = {}
    for context in contexts:
        if any(isinstance(error, Interrupted) for error in failures):
            reports[context.name] = Report("", {"not tried": 1}, [{"state": "not tried", "reason": "interrupted"}])
            continue
        try:
            reports[context.name] = verb(context)
        except DashSyncError as error:
            failures.append(error)
            failed = {"state": "failed", "reason": str(error)}
            reports[context.name] = error.report or Report("", {"failed": 1}, [failed])
        except KeyboardInterrupt:
            failures.append(Interrupted("interrupted", remedy="Run it again: what is done already is skipped."))
            reports[context.name] = Report("", {"not tried": 1}, [{"state": "not tried", "reason": "interrupted"}])
    if failures:
        raise _worst(failures, _joined(reports))
    return _joined(reports)


def _worst(failures: list[DashSyncError], report: Report) -> DashSyncError:
    """Return the error of a run over several contexts; failures of some beside writes to others are partial."""
    worst = max(failures, key=lambda error: error.exit_code if error.exit_code != Changes.exit_code else 0)
    wrote = any(row.get("state") in WRITTEN for row in report.rows)
    if wrote and not isinstance(worst, (Interrupted, Changes)):
        said = "; ".join(str(error) for error in failures)
        remedy = " ".join(dict.fromkeys(error.remedy for error in failures if error.remedy))
        worst = Partial(said, remedy=remedy)
    worst.report = report
    return worst


def only(contexts: list[Context], config: Config) -> Context:
    """Return the one context of a verb that works on one Grafana."""
    if len(contexts) > 1:
        names = ", ".join(context.name for context in contexts)
        raise ConfigError(
            f"this verb works on one context, and these are {len(contexts)}: {names}", path=config.path.name
        )
    return contexts[0]


def _joined(reports: dict[str, Report]) -> Report:
    summary: dict[str, int] = {}
    for report in reports.values():
        for name, value in report.summary.items():
            if isinstance(value, int):
                summary[name] = summary.get(name, 0) + value
    rows = [{"context": name, **row} for name, report in reports.items() for row in report.rows]
    kind = next((report.kind for report in reports.values() if report.kind), "")
    parts = {
        name: {key: value for key, value in report.summary.items() if key != "context"}
        for name, report in reports.items()
    }
    return Report(kind, {"contexts": len(reports), **summary, "byContext": parts}, rows)

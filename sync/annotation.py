"""A push or rollback as an annotation of Grafana's, so that pages show when dashboards changed."""

from __future__ import annotations

import getpass
import os
from html import escape
from typing import TYPE_CHECKING

from sync.errors import ServerError
from sync.report import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    from sync.grafana.connect import Connection
    from sync.options import Common
    from sync.report import Report

TAG = "dash-sync"
ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN")
"""Where CI says who it runs for."""


def annotate(
    connection: Connection,
    common: Common,
    report: Report,
    *,
    changed: Collection[str],
    project: str,
    commit: str = "",
    message: str = "",
) -> None:
    """Write one annotation for a run that changed something, where the context says `annotate: true`.

    `changed` are the states of what was written. What can't be annotated is written all the same: that is a warning.
    """
    rows = [row for row in report.rows if row["state"] in changed]
    if not (connection.context.annotate and rows):
        return
    dashboards = [row["state"] for row in rows if "/" not in str(row["uid"])]
    states = ", ".join(f"{dashboards.count(state)} {state}" for state in dict.fromkeys(dashboards))
    said = [counted(len(dashboards), "dashboard") + (f" ({states})" if states else "")]
    if beside := len(rows) - len(dashboards):
        said.append(f"{counted(beside, 'thing')} beside")
    parts = [f"{report.kind} by {_who()}: {' and '.join(said)}", f"commit {commit}" if commit else "", message]
    text = "\n".join(part for part in [*parts, str(report.summary.get("push", ""))] if part)
    try:
        connection.http.send("POST", "/api/annotations", body={"tags": [TAG, project], "text": escape(text)})
    except ServerError as error:
        common.note(f"warning: no annotation was written: {error}")


def _who() -> str:
    """Return for whom CI runs, else the user of this machine; Grafana adds whose credentials they were."""
    for name in ACTORS:
        if os.environ.get(name):
            return os.environ[name]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"

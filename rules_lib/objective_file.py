"""The rule file of an objective: rates, budget and alerts, and what its first lines tell a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import burn_alerts, objective_trials, recording
from rules_lib.durations import spoken
from rules_lib.recording_trials import SELDOM
from rules_lib.rule import rule_file
from rules_lib.trial import promtool_file
from signals_lib.exact import text

if TYPE_CHECKING:
    from rules_lib.burn import BurnPair
    from rules_lib.links import Links
    from rules_lib.objective import Objective
    from rules_lib.rule import Group


def groups(objective: Objective, *, links: Links, dashboard: str) -> tuple[Group, ...]:
    """Return every group of an objective; `dashboard` is the uid of the page that its alerts lead to."""
    return (*recording.groups(objective), burn_alerts.group(objective, links=links, dashboard=dashboard))


def objective_file(objective: Objective, *, source: str, links: Links, dashboard: str) -> bytes:
    """Return the rule file of an objective that `source` defines."""
    return rule_file(groups(objective, links=links, dashboard=dashboard), comment=_head(objective, source))


def trials_file(objective: Objective, *, source: str, links: Links, dashboard: str, rules: str) -> bytes:
    """Return the promtool tests of an objective's rules, which stand in the file `rules` (relative to the tests)."""
    alerts = groups(objective, links=links, dashboard=dashboard)[-1]
    comment = f"Generated from {source} by dash-sync render; run with `promtool test rules`."
    return promtool_file([rules], objective_trials.trials(objective, alerts), comment=comment)


def long_trials_file(objective: Objective, *, source: str, rules: str) -> bytes:
    """Return the promtool tests of what goes over days: windows and the period, evaluated seldom."""
    comment = f"Generated from {source} by dash-sync render; run with `promtool test rules`."
    return promtool_file([rules], objective_trials.seldom(objective), comment=comment, every=SELDOM)


def _head(objective: Objective, source: str) -> str:
    period = objective.period
    promise = f"{objective.target_text} % of {objective.sli.events} over {period.spoken}"
    return "\n".join(
        (
            f"Generated from {source} by dash-sync render; edits here are lost.",
            f"{objective.title}: {promise}. {objective.description}",
            f"Prometheus must keep samples for longer than {period.reach} (--storage.tsdb.retention.time).",
            "Alerts, with the time from the start of a total outage (a scrape and an evaluation come on top):",
            *(_alert(objective, pair) for pair in objective.pairs),
        )
    )


def _alert(objective: Objective, pair: BurnPair) -> str:
    factor, threshold = pair.factor(objective.period), objective.threshold(pair)
    return (
        f"  {pair.severity} over {pair.long} and {pair.short}: burn rate above {text(factor)}, which is an error ratio "
        f"above {text(threshold)}; after {spoken(objective.outage_alerts_after(pair))}"
    )

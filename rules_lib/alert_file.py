"""Rule files of threshold alerts, and the promtool tests that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import threshold_trials
from rules_lib.rule import GROUP_LIMIT, Group, rule_file
from rules_lib.trial import promtool_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules_lib.links import Links
    from rules_lib.threshold_alert import ThresholdAlert

EVERY = "30s"


def groups(name: str, alerts: Sequence[ThresholdAlert], links: Links) -> tuple[Group, ...]:
    """Return the alerts' rules in groups of `GROUP_LIMIT` at most, named name, name-2 and so on."""
    rules = tuple(rule for alert in alerts for rule in alert.rules(links))
    starts = range(0, len(rules), GROUP_LIMIT)
    return tuple(
        Group(name if not start else f"{name}-{number}", EVERY, rules[start : start + GROUP_LIMIT])
        for number, start in enumerate(starts, start=1)
    )


def alert_file(name: str, alerts: Sequence[ThresholdAlert], *, source: str, links: Links) -> bytes:
    """Return the rule file of alerts that `source` defines."""
    comment = f"Generated from {source} by dash-sync render; edits here are lost."
    return rule_file(groups(name, alerts, links), comment=comment)


def trials_file(alerts: Sequence[ThresholdAlert], *, source: str, links: Links, rules: str) -> bytes:
    """Return the promtool tests of alerts, whose rules stand in the file `rules` (relative to the tests)."""
    trials = (trial for alert in alerts for trial in threshold_trials.trials(alert, links))
    comment = f"Generated from {source} by dash-sync render; run with `promtool test rules`."
    return promtool_file([rules], trials, comment=comment)

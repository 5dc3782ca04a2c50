"""What rules and routes know of an alert, in the words of a page's table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.alert_kind import objective_kinds, threshold_kinds
from rules_lib.burn_alerts import BURN, NO_DATA, NO_DATA_HOLD, burn_condition, no_data_condition
from rules_lib.durations import spoken
from rules_lib.routing.inhibition import silences
from rules_lib.routing.reach import routes_of, verdict
from signals_lib.exact import text

if TYPE_CHECKING:
    from rules_lib.alert_kind import AlertKind
    from rules_lib.objective import Objective
    from rules_lib.routing.table import RoutingTable
    from rules_lib.threshold_alert import ThresholdAlert


@dataclass(frozen=True, slots=True)
class Facts:
    """One rule of an alert: when it fires, in words and as PromQL, who is told, and which alerts silence it."""

    severity: str
    condition: str
    hold: str
    told: str
    expr: str
    silenced_by: tuple[str, ...]
    dashboard: str


def threshold_facts(alert: ThresholdAlert, table: RoutingTable, alerts: Iterable[AlertKind]) -> list[Facts]:
    """Return the facts of a threshold alert, one a severity; `alerts` are all kinds that exist."""
    alerts, kinds = tuple(alerts), tuple(threshold_kinds(alert))
    return [
        Facts(
            severity,
            f"{alert.query.title} {alert.limit(severity)}",
            alert.hold,
            told(table, own := [kind for kind in kinds if kind.severity == severity]),
            alert.expr(severity),
            silenced_by(table, own, alerts),
            alert.dashboard,
        )
        for severity in alert.severities
    ]


def objective_facts(
    objective: Objective, table: RoutingTable, alerts: Iterable[AlertKind], *, dashboard: str
) -> dict[str, list[Facts]]:
    """Return the facts of an objective's alerts by the alert's name; `dashboard` is its page's uid."""
    alerts, kinds = tuple(alerts), tuple(objective_kinds(objective))
    facts: dict[str, list[Facts]] = {BURN: [], NO_DATA: []}
    for pair, kind in zip(objective.pairs, kinds, strict=False):
        factor, share = text(pair.factor(objective.period)), text(objective.threshold(pair) * 100)
        facts[BURN].append(
            Facts(
                pair.severity,
                f"{objective.name}: burn rate above {factor} over {pair.long} and {pair.short}, that is more than "
                f"{share} % bad {objective.sli.events}; {spoken(objective.outage_alerts_after(pair))} after a total "
                "outage begins",
                pair.hold,
                told(table, [kind]),
                burn_condition(objective, pair),
                silenced_by(table, [kind], alerts),
                dashboard,
            )
        )
    facts[NO_DATA].append(
        Facts(
            "warning",
            f"{objective.name}: no {objective.sli.events} counted, not even 0",
            NO_DATA_HOLD,
            told(table, [kinds[-1]]),
            no_data_condition(objective),
            silenced_by(table, [kinds[-1]], alerts),
            dashboard,
        )
    )
    return facts


def told(table: RoutingTable, kinds: Iterable[AlertKind]) -> str:
    """Say who is told of alerts of these kinds; where it hangs on the job, which jobs go where."""
    jobs: dict[tuple[str, ...], list[str]] = {}
    for kind in kinds:
        for route in routes_of(table, kind):
            jobs.setdefault(route.to, []).append(kind.labels.get("job") or "")
    most = max(jobs, key=lambda channels: len(jobs[channels]))
    others = [f"for {', '.join(jobs[channels])}: {_spoken(table, channels)}" for channels in jobs if channels != most]
    return "; ".join([_spoken(table, most), *others])


def silenced_by(table: RoutingTable, kinds: Iterable[AlertKind], alerts: Iterable[AlertKind]) -> tuple[str, ...]:
    """Return names of the alerts that silence some of these kinds by the table's inhibitions."""
    pairs = [(entry, kind) for entry in table.inhibitions for kind in kinds if verdict(entry.symptom, kind) != "no"]
    causes = (
        cause.name
        for entry, kind in pairs
        for cause in alerts
        if verdict(entry.cause, cause) != "no" and silences(entry, cause, kind)
    )
    return tuple(dict.fromkeys(causes))


def _spoken(table: RoutingTable, channels: Iterable[str]) -> str:
    words = []
    for channel in (table.channels[name] for name in channels):
        if channel.kind == "pagerduty":
            words.append(f"PagerDuty ({channel.name})")
        elif channel.kind == "slack":
            words.append(f"Slack {channel.settings['channel']}")
        else:
            words.append(channel.settings["to"])
    return ", ".join(words)

"""SLO: every objective side by side, and a page for each: how much budget is left, how fast it burns, what burns it."""

from alerts import objectives, series
from alerts.links import objective_page
from catalogue import agent, orchestrator
from dashboards._page import (
    BUSINESS,
    LOGS,
    OBJECTIVES,
    OVERVIEW,
    TRACES,
    Json,
    lately,
    of_route,
    page,
    runbook,
    to,
    worded,
    worst,
)
from panels_lib import (
    Column,
    Panel,
    alert_list,
    cells,
    heatmap,
    links,
    mappings,
    row,
    stat,
    state_timeline,
    table,
    timeseries,
)
from panels_lib import series as line
from rules_lib.objective import Objective
from signals_lib import Query, Thresholds
from signals_lib.exact import text
from signals_lib.promql import count

FAST, SLOW = "1h", "6h"
FAR = 10 * 365 * 24 * 3600  # seconds: a budget that isn't spent faster than its period gives back
NOT_IN_SIGHT = [mappings.between(FAR, None, "not in sight", "green")]
FOLDER = "Phoenix/SLO"


def what_failed() -> dict[str, list[Panel]]:
    """Return, by objective, the panels that tell what its bad events have in common."""
    why, route = [*lately(TRACES, "Traces"), *lately(LOGS, "Logs")], of_route()
    by_route = timeseries(
        orchestrator.error_ratio("route"), title="Errors by route", meaning="errors", links=why, data_links=route
    )
    slow_routes = timeseries(
        orchestrator.latency_p95("route"),
        title="Latency p95 by route",
        meaning="latency",
        exemplars=True,
        links=why,
        data_links=route,
    )
    return {
        "availability": [
            by_route,
            timeseries(
                orchestrator.error_ratio("instance"),
                title="Errors by instance",
                meaning="errors",
            ),
        ],
        "latency": [slow_routes, heatmap(orchestrator.latency_distribution(), title="How long requests take")],
        "task-success": [
            timeseries(orchestrator.failures_by_reason(), title="Failures by reason", meaning="errors", stack=True),
            timeseries(orchestrator.failure_ratio("task_type"), title="Failure ratio by task type", meaning="errors"),
        ],
        "task-latency": [
            timeseries(
                orchestrator.task_duration_p95("task_type"),
                title="Duration p95 by task type",
                meaning="latency",
                exemplars=True,
            ),
            heatmap(orchestrator.task_duration_distribution(), title="How long tasks take"),
        ],
        "agent-operations": [
            timeseries(agent.operation_failures(), title="Failures by reason", meaning="errors", stack=True),
            timeseries(agent.operation_failure_ratio("operation"), title="Failures by operation", meaning="errors"),
        ],
    }


def dashboards() -> list[Json]:
    """Return the overview, then a page for each objective."""
    failed = what_failed()
    return [overview(), *(objective_dashboard(each, failed.get(each.name, [])) for each in objectives())]


def overview() -> Json:
    """Return the page of all objectives."""
    return page(
        "SLO",
        uid=OBJECTIVES,
        description="What Phoenix promises and what is left of its error budgets. "
        "The name of an objective leads to its page.",
        tags=["slo"],
        targets=series.BUDGET_LEFT,
        narrow=("environment",),
        time=("now-7d", "now"),
        refresh="1m",
        rows=[
            row(None, *are_promises_kept()),
            row("Objectives", *every_objective()),
            row("Over time", *over_time()),
        ],
    )


def are_promises_kept() -> list[Panel]:
    """Answer in five seconds."""
    budget, left = series.budget_left(), worst(series.budget_left(), "min")
    fast, slow = worst(burn(None, FAST), "max"), worst(burn(None, SLOW), "max")
    missed = (
        count(budget.below(0), unit="objectives")
        .or_zero(count(budget, unit="objectives"))
        .named(
            title="Objectives missed",
            description="How many objectives have spent more than their budget in the current period. None is the "
            "promise. Stop risky changes of the component that owns a missed one until its budget recovers.",
            thresholds=Thresholds(critical=1),
        )
    )
    soonest = worst(spent_in(None), "min")
    return [
        stat(missed, mappings=worded(missed, "none", "some", "some"), links=to(OVERVIEW, "System Overview")),
        stat(left, title="Lowest error budget", mappings=worded(left, "kept", "low", "missed")),
        stat(fast, title="Fastest burn, 1 h", mappings=worded(fast, "steady", "burning", "on fire")),
        stat(slow, title="Fastest burn, 6 h", mappings=worded(slow, "steady", "burning", "on fire")),
        stat(soonest, title="First budget spent in", mappings=NOT_IN_SIGHT, sparkline=False),
    ]


def burn(objective: Objective | None, window: str) -> Query:
    """Return a burn rate for words and cells: a warning from 1 on, critical where it pages."""
    rate = series.burn_rate(objective, window)
    pages = rate.thresholds.critical if rate.thresholds else None
    return rate.named(thresholds=Thresholds(warning=1, critical=pages))


def spent_in(objective: Objective | None) -> Query:
    """Return when the budget will be spent, FAR where it isn't in sight; no data only where there is no budget."""
    lasting = (series.budget_left(objective) * 0).named(unit="s") + FAR
    found = series.time_to_exhaustion(objective)
    return found.otherwise(lasting).named(
        title=found.title,
        description="When the error budget will be spent if it goes on as in the last 6 h. Not in sight means that it "
        "isn't spent faster than it lasts. Below a few days, stop risky changes; see what failed below.",
        thresholds=found.thresholds,
    )


def every_objective() -> list[Panel]:
    """Show each objective in a line, the least budget first, and when each burned."""
    titles = [mappings.words({each.name: each.title for each in objectives()})]
    return [
        table(
            [
                series.budget_left(),
                burn(None, FAST),
                burn(None, SLOW),
                series.period_error_ratio(),
                spent_in(None),
                series.total_events(),
            ],
            title="Objectives",
            description="Each objective's error budget, how fast it burns now (1 lasts the period), the share that "
            "failed in the period, and when the budget ends if it goes on. Begin with the least budget that burns.",
            columns=[
                Column(
                    field="slo",
                    title="Objective",
                    mappings=titles,
                    links=[
                        links.data_link("Its page", uid="phoenix-slo-${__value.raw}"),
                    ],
                ),
                Column(field="environment", title="Environment"),
                Column(field=0, title="Budget left", cell=cells.coloured_background(), decimals=1),
                Column(field=1, title="Burn 1 h", cell=cells.coloured_text(), decimals=2),
                Column(field=2, title="Burn 6 h", cell=cells.coloured_text(), decimals=2),
                Column(field=3, title="Failed in period", decimals=3),
                Column(field=4, title="Spent in", mappings=NOT_IN_SIGHT),
                Column(field=5, title="Events"),
            ],
            sort_by="Budget left",
            descending=False,
            width=24,
            height=12,
        ),
        state_timeline(
            burn(None, FAST),
            title="When budgets burned",
            description="Steady spends a budget no faster than its period allows; on fire is what pages at once. "
            "Compare with deploys and alerts above the lines.",
            legend="{{slo}} {{environment}}",
            mappings=worded(burn(None, FAST), "steady", "burning", "on fire"),
            width=24,
        ),
    ]


def over_time() -> list[Panel]:
    """Show budgets and burn rates of all objectives."""
    return [
        budget_panel(None),
        timeseries(
            burn(None, SLOW),
            title="Burn rate over 6 h",
            legend="{{slo}} {{environment}}",
            meaning="warning",
        ),
    ]


def objective_dashboard(objective: Objective, failed: list[Panel]) -> Json:
    """Return an objective's page."""
    return page(
        f"SLO: {objective.title}",
        uid=objective_page(objective.name),
        description=f"{objective.description} Objective: {objective.target_text} % in {objective.period.spoken}; "
        f"owner: {objective.owner}.",
        tags=["slo", objective.name],
        targets=series.BUDGET_LEFT,
        narrow=("environment",),
        time=(f"now-{objective.period.reach}", "now"),
        refresh="1m",
        rows=[
            row(None, *is_it_kept(objective)),
            row("Error budget", *budget_panels(objective)),
            row("Burn rate", *burn_panels(objective)),
            row("Events", *event_panels(objective)),
            row("What failed", *failed),
        ],
    )


def is_it_kept(objective: Objective) -> list[Panel]:
    """Answer in five seconds."""
    left, ratio = series.budget_left(objective), series.period_error_ratio(objective)
    allowed = Thresholds(warning=objective.budget * 3 / 4, critical=objective.budget)
    fast, slow = worst(burn(objective, FAST), "max"), worst(burn(objective, SLOW), "max")
    return [
        stat(worst(left, "min"), title="Error budget left", decimals=1, links=runbook("ErrorBudgetBurn")),
        stat(fast, title="Burn, 1 h", mappings=worded(fast, "steady", "burning", "on fire")),
        stat(slow, title="Burn, 6 h", mappings=worded(slow, "steady", "burning", "on fire")),
        stat(
            worst(ratio.named(thresholds=allowed), "max"),
            title="Failed in period",
            description=f"Share of {objective.sli.events} in {objective.period.spoken} that were bad. "
            f"{text(objective.budget * 100)} % may be; above it the objective is missed until older ones leave the "
            "period. See what failed below.",
            decimals=3,
        ),
        stat(
            worst(spent_in(objective), "min"),
            title="Budget spent in",
            mappings=NOT_IN_SIGHT,
            sparkline=False,
        ),
        stat(
            worst(series.total_events(objective), "max"),
            title=f"{objective.sli.events.capitalize()} in period",
            description=f"How many {objective.sli.events} the period had, good and bad: what the budget is a share of. "
            "Few of them make the burn rate jumpy.",
            meaning="traffic",
            colour="value",
        ),
    ]


def budget_panel(objective: Objective | None) -> Panel:
    """Draw what is left of the budget; below the line at 0 the objective is missed."""
    return timeseries(
        series.budget_left(objective),
        title="Error budget left",
        legend="{{slo}} {{environment}}" if objective is None else "{{environment}}",
        meaning="good",
        low=None,
        width=24 if objective else 12,
        height=9 if objective else 8,
    )


def budget_panels(objective: Objective) -> list[Panel]:
    """Show the budget over the period, and what is spent of it."""
    return [
        budget_panel(objective),
        timeseries(
            [
                line(series.bad_events(objective), legend="bad {{environment}}", colour="red"),
                line(series.allowed_bad_events(objective), legend="allowed {{environment}}", colour="green"),
            ],
            title="Bad events against those allowed",
            description=f"Bad {objective.sli.events} in {objective.period.spoken}, and how many the budget allows for "
            "the traffic there was. Where the lines meet, the objective is missed.",
        ),
        alert_list(
            title="Alerts",
            description="Alerts of this objective that Grafana knows of: a page when the budget burns fast, a ticket "
            "when it burns for long, and one when nothing measures it. Begin with the page and its runbook.",
            labels={"slo": objective.name},
        ),
    ]


def burn_panels(objective: Objective) -> list[Panel]:
    """Draw each pair of windows with the line at which it alerts."""
    return [
        timeseries(
            [
                line(series.burn_rate(objective, pair.long), legend=f"{pair.long} {{{{environment}}}}"),
                line(series.burn_rate(objective, pair.short), legend=f"{pair.short} {{{{environment}}}}"),
            ],
            title=f"{pair.long} and {pair.short}",
            description=f"{'Pages' if pair.severity == 'critical' else 'A ticket'} when both windows stay above "
            f"{text(pair.factor(objective.period))} for {pair.hold}. At 1 the budget lasts its period. The short "
            "window tells whether it still goes on.",
            thresholds=series.burn_rate(objective, pair.long).thresholds or False,
            meaning="errors" if pair.severity == "critical" else "warning",
            links=runbook("ErrorBudgetBurn"),
        )
        for pair in objective.pairs
    ]


def event_panels(objective: Objective) -> list[Panel]:
    """Draw good and bad events as they come."""
    total, bad = series.total_rate(objective), series.bad_rate(objective)
    return [
        timeseries(
            [
                line((total - bad).named(title="good"), legend="good {{environment}}", colour="green"),
                line(bad, legend="bad {{environment}}", colour="red"),
            ],
            title=f"{objective.sli.events.capitalize()}, good and bad",
            description=f"{objective.sli.events.capitalize()} a second. Few events make the burn rate jumpy; fewer "
            f"than {objective.min_bad_events} bad ones alert nobody.",
            stack=True,
        ),
        timeseries(
            series.error_ratio(objective),
            title="Error ratio over 5 min",
            legend="{{environment}}",
            meaning="errors",
            links=to(OVERVIEW, "System Overview") + to(BUSINESS, "Business Metrics"),
        ),
    ]

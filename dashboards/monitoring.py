"""Monitoring: does what watches Phoenix work: scrapes, rules, notifications, and the processes that do it."""

from catalogue import alertmanager, process, prometheus
from dashboards._page import MONITORING, NODES, OVERVIEW, UP_OR_DOWN, Json, page, runbook, to, worded, worst
from panels_lib import (
    Column,
    Panel,
    alert_list,
    annotations,
    cells,
    mappings,
    overrides,
    row,
    series,
    stat,
    state_timeline,
    table,
    timeseries,
)
from signals_lib import Matcher, Query, Thresholds
from signals_lib.promql import count

OF_MONITORING = {"job": Matcher.one_of("prometheus", "alertmanager", "loki", "tempo")}
LOADED_OR_NOT = [mappings.words({0: ("old one", "orange"), 1: ("loaded", "green")})]
BY_SEVERITY = [
    overrides.override(overrides.by_name(severity), [overrides.colour(colour)])
    for severity, colour in (("critical", "red"), ("warning", "orange"), ("info", "blue"))
]
EACH = "{{job}} {{instance}}"


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Monitoring",
        uid=MONITORING,
        description="Would anyone be woken? What is scraped, which alerts fire, whether they reach people, and the "
        "processes of Prometheus, Alertmanager, Loki and Tempo. Pushes of dashboards are marked.",
        tags=["monitoring"],
        targets=prometheus.SERIES,
        narrow=("environment", "cluster"),
        marks=[annotations.tagged("Pushes of dashboards", "dash-sync", colour="purple")],
        rows=[
            row(None, *would_anyone_be_woken()),
            row("Alerts and their way", *alerts()),
            row("What watches", *what_watches()),
            row("Prometheus", *storage_and_rules(), collapsed=True),
            row("Processes", *processes(), collapsed=True),
        ],
    )


def would_anyone_be_woken() -> list[Panel]:
    """Answer in five seconds, along the way of an alert."""
    scraped, firing = worst(process.targets_up(), "min"), firing_now()
    failing, dropped = worst(prometheus.rule_failures(), "max"), worst(prometheus.notifications_dropped(), "max")
    lost = worst(alertmanager.notification_failure_ratio(), "max")
    return [
        stat(
            scraped,
            title="Targets",
            mappings=worded(scraped, "all up", "some down", "most down"),
            links=[*runbook("TargetDown"), *to(OVERVIEW, "System Overview")],
        ),
        stat(
            failing,
            title="Rules",
            mappings=worded(failing, "evaluated", "some fail", "some fail"),
            links=runbook("PrometheusRuleFailures"),
        ),
        stat(firing, mappings=worded(firing, "none", "some", "some"), links=to(OVERVIEW, "System Overview")),
        stat(
            dropped,
            title="To Alertmanager",
            mappings=worded(dropped, "arrive", "are lost", "are lost"),
            links=runbook("PrometheusDropsNotifications"),
        ),
        stat(
            lost,
            title="To people",
            mappings=worded(lost, "arrive", "some lost", "many lost"),
            links=runbook("AlertmanagerFailsToNotify"),
        ),
        stat(
            [
                series(worst(prometheus.config_ok(), "min"), legend="Prometheus"),
                series(worst(alertmanager.config_ok(), "min"), legend="Alertmanager"),
            ],
            title="Configuration",
            mappings=LOADED_OR_NOT,
            links=[*runbook("PrometheusConfigurationBroken"), *runbook("AlertmanagerConfigurationBroken")],
        ),
    ]


def firing_now() -> Query:
    """Count the alerts that fire: 0 while Prometheus evaluates any rule."""
    firing = prometheus.alerts_firing("alertstate")
    none = count(process.UP, unit="alerts")
    return (
        count(firing, unit="alerts")
        .or_zero(none)
        .named(title="Alerts", description=firing.description, thresholds=Thresholds(warning=1))
    )


def alerts() -> list[Panel]:
    """Show what fires, and whether it gets to people."""
    return [
        alert_list(title="Alerts that fire", description="Alerts that fire or are pending, the gravest first."),
        timeseries(
            prometheus.alerts_firing(),
            title="Alerts by severity",
            stack=True,
            decimals=0,
            overrides=BY_SEVERITY,
            empty="none",
        ),
        timeseries(
            [
                series(alertmanager.alerts(), legend="{{state}}"),
                series(alertmanager.silences(), legend="silences of {{instance}}"),
            ],
            title="Alerts held, and silences",
            description="Alerts that Alertmanager holds, and the active silences. Suppressed ones are silenced "
            "or inhibited; a forgotten silence hides the next outage: look at who made it and why.",
            meaning="warning",
            decimals=0,
        ),
        timeseries(
            prometheus.notification_error_ratio(),
            title="Alerts that an Alertmanager didn't take",
            meaning="errors",
            links=runbook("PrometheusDropsNotifications"),
        ),
        timeseries(
            prometheus.alertmanagers(),
            meaning="neutral",
            decimals=0,
            links=runbook("PrometheusWithoutAlertmanager"),
        ),
        timeseries(prometheus.notification_queue(), title="Queue to Alertmanager", meaning="saturation"),
        timeseries(
            alertmanager.notification_rate(),
            title="Notifications by receiver",
            meaning="traffic",
        ),
        timeseries(
            alertmanager.notification_failure_ratio(),
            title="Notifications that fail",
            meaning="errors",
            links=runbook("AlertmanagerFailsToNotify"),
        ),
        timeseries(alertmanager.notification_latency_p95(), title="Time to notify, p95", meaning="latency"),
    ]


def what_watches() -> list[Panel]:
    """Which processes watch, and how each of them is."""
    up, cpu, memory, restarts, uptime = (
        query.scoped(OF_MONITORING)
        for query in (
            process.target_up(),
            process.cpu_used(),
            process.memory_used(),
            process.restarts(),
            process.uptime(),
        )
    )
    return [
        state_timeline(up, title="Processes up", legend=EACH, mappings=UP_OR_DOWN, links=runbook("TargetDown")),
        table(
            [up, cpu, memory, restarts, uptime],
            title="Each process",
            description="Every process of the monitoring, those that are down first. While Loki or Tempo is down, logs "
            "or traces are missing; while Alertmanager is, nobody is woken. Look at its node, then at its log.",
            columns=[
                Column(field="job", title="Job"),
                Column(field="instance", title="Instance"),
                Column(field=0, title="State", cell=cells.coloured_background(), mappings=UP_OR_DOWN, width=90),
                Column(field=1, title="CPU", decimals=2),
                Column(field=2, title="Memory"),
                Column(field=3, title="Restarts", cell=cells.coloured_text(), decimals=0, width=90),
                Column(field=4, title="Up for"),
            ],
            sort_by="State",
            descending=False,
        ),
    ]


def storage_and_rules() -> list[Panel]:
    """Show what Prometheus stores and evaluates."""
    return [
        timeseries(prometheus.sample_rate(), meaning="traffic"),
        timeseries(prometheus.series(), title="Series in memory", meaning="saturation"),
        timeseries(
            prometheus.rule_utilisation(),
            title="Time of rules against their interval",
            meaning="latency",
            links=runbook("PrometheusMissesEvaluations"),
        ),
        timeseries(
            [
                series(prometheus.rule_failures(), legend="{{rule_group}} failed"),
                series(prometheus.rule_iterations_missed(), legend="{{rule_group}} left out"),
            ],
            title="Rules that fail or are left out",
            description="Evaluations in 15 minutes that failed, and those left out because the group took longer than "
            "its interval. None is normal: such an alert can't fire. Errors stand on Prometheus's page of rules.",
            meaning="errors",
            links=[*runbook("PrometheusRuleFailures"), *runbook("PrometheusMissesEvaluations")],
        ),
        timeseries(prometheus.storage_faults(), meaning="errors", decimals=0, links=runbook("PrometheusStorageFaults")),
        timeseries(prometheus.storage(), title="Disk of stored blocks", meaning="saturation"),
    ]


def processes() -> list[Panel]:
    """Show what the processes of the monitoring use."""
    return [
        timeseries(
            process.cpu_used().scoped(OF_MONITORING),
            title="CPU",
            legend=EACH,
            meaning="saturation",
            links=to(NODES, "Nodes"),
        ),
        timeseries(
            process.memory_used().scoped(OF_MONITORING),
            title="Memory",
            legend=EACH,
            meaning="saturation",
            links=to(NODES, "Nodes"),
        ),
    ]

"""Prometheus itself: scrapes, rules, notifications, storage; and the alerts that it holds."""

from catalogue.components import PROMETHEUS
from catalogue.indicator import indicator
from signals_lib import Component, Label, Query, Thresholds
from signals_lib.promql import count, increase, latest, rate, ratio, utilisation

ALERT_STATES = ("pending", "firing")
SEVERITIES = ("critical", "warning", "info")

ALERTS = Component(None, title="every alert").gauge(
    "ALERTS",
    help="1 for each alert that is pending or firing; the series goes when the alert does.",
    unit="alerts",
    labels=("alertname", Label("alertstate", ALERT_STATES), Label("severity", SEVERITIES), "job"),
    title="Alerts",
)
SAMPLES = PROMETHEUS.counter(
    "prometheus_tsdb_head_samples_appended_total", help="Samples stored.", unit="samples", labels=("type",)
)
SERIES = PROMETHEUS.gauge("prometheus_tsdb_head_series", help="Series in memory.", unit="series", title="Series")
STORAGE = PROMETHEUS.gauge(
    "prometheus_tsdb_storage_blocks_bytes", help="Disk that the stored blocks take.", unit="bytes", title="Storage"
)
COMPACTIONS_FAILED = PROMETHEUS.counter(
    "prometheus_tsdb_compactions_failed_total", help="Merges of blocks that failed.", unit="compactions"
)
WAL_CORRUPTIONS = PROMETHEUS.counter(
    "prometheus_tsdb_wal_corruptions_total", help="Broken records in the write-ahead log.", unit="corruptions"
)
SCRAPES_OVER_LIMIT = PROMETHEUS.counter(
    "prometheus_target_scrapes_exceeded_sample_limit_total",
    help="Scrapes thrown away because they had too many samples.",
    unit="scrapes",
)
RULE_EVALUATIONS = PROMETHEUS.counter(
    "prometheus_rule_evaluations_total", help="Rules evaluated.", unit="evaluations", labels=("rule_group",)
)
RULE_FAILURES = PROMETHEUS.counter(
    "prometheus_rule_evaluation_failures_total",
    help="Rules that could not be evaluated.",
    unit="evaluations",
    labels=("rule_group",),
)
RULE_ITERATIONS_MISSED = PROMETHEUS.counter(
    "prometheus_rule_group_iterations_missed_total",
    help="Evaluations of a group left out because the last one took too long.",
    unit="evaluations",
    labels=("rule_group",),
)
RULE_INTERVAL = PROMETHEUS.gauge(
    "prometheus_rule_group_interval_seconds",
    help="How often a group of rules is evaluated.",
    unit="s",
    labels=("rule_group",),
)
RULE_DURATION = PROMETHEUS.gauge(
    "prometheus_rule_group_last_duration_seconds",
    help="How long a group's last evaluation took.",
    unit="s",
    labels=("rule_group",),
    limit=RULE_INTERVAL,
)
NOTIFICATIONS_SENT = PROMETHEUS.counter(
    "prometheus_notifications_sent_total",
    help="Alerts sent to an Alertmanager, failed ones too.",
    unit="alerts",
    labels=("alertmanager",),
)
NOTIFICATION_ERRORS = PROMETHEUS.counter(
    "prometheus_notifications_errors_total",
    help="Alerts that an Alertmanager didn't take.",
    unit="alerts",
    labels=("alertmanager",),
)
NOTIFICATIONS_DROPPED = PROMETHEUS.counter(
    "prometheus_notifications_dropped_total", help="Alerts that no Alertmanager took.", unit="alerts"
)
NOTIFICATIONS_QUEUE_CAPACITY = PROMETHEUS.gauge(
    "prometheus_notifications_queue_capacity", help="Alerts that can wait to be sent.", unit="alerts"
)
NOTIFICATIONS_QUEUE = PROMETHEUS.gauge(
    "prometheus_notifications_queue_length",
    help="Alerts that wait to be sent.",
    unit="alerts",
    limit=NOTIFICATIONS_QUEUE_CAPACITY,
)
ALERTMANAGERS = PROMETHEUS.gauge(
    "prometheus_notifications_alertmanagers_discovered", help="Alertmanagers that it knows.", unit="alertmanagers"
)
CONFIG_OK = PROMETHEUS.gauge(
    "prometheus_config_last_reload_successful",
    help="1 if the configuration on disk is the one in use, as far as the last reload tells.",
    unit="servers",
)
HTTP_REQUESTS = PROMETHEUS.counter(
    "prometheus_http_requests_total",
    help="Requests to its API and pages.",
    unit="requests",
    labels=("code", "handler"),
)

_EACH = ("instance",)
_GROUP = ("rule_group",)


@indicator("Firing alerts", by=("severity",))
def alerts_firing(by: tuple[str, ...]) -> Query:
    """Alerts that fire now; no data when there are none.

    None is normal. Start with critical ones, and follow their runbook.
    """
    return count(ALERTS, by=by, where={"alertstate": "firing"}, unit="alerts")


@indicator("Samples stored", by=_EACH)
def sample_rate(by: tuple[str, ...]) -> Query:
    """How many samples are stored a second.

    Constant but for deploys. A drop is targets that are gone, a jump a new label with many values.
    """
    return rate(SAMPLES, by=by)


@indicator("Series", by=_EACH)
def series(by: tuple[str, ...]) -> Query:
    """How many series are in memory.

    Constant but for deploys. A climb is a label whose values never end: find the metric with the most series.
    """
    return latest(SERIES, by=by)


@indicator("Storage", by=_EACH)
def storage(by: tuple[str, ...]) -> Query:
    """Disk that the stored blocks take.

    It levels off at the retention. Compare with the node's free disk.
    """
    return latest(STORAGE, by=by)


@indicator("Failed rules", by=_GROUP, thresholds=Thresholds(critical=1))
def rule_failures(by: tuple[str, ...]) -> Query:
    """Rules that could not be evaluated in 15 minutes.

    None is normal: a rule that fails is an alert that can't fire. Its error stands on Prometheus's page of rules.
    """
    return increase(RULE_FAILURES, by=by, window="15m")


@indicator("Rule time utilisation", by=_GROUP, thresholds=Thresholds(warning=0.5, critical=1))
def rule_utilisation(by: tuple[str, ...]) -> Query:
    """How long a group of rules takes, as a share of its interval.

    Below 10 % is normal; above 100 % evaluations are left out. Find the group's slowest rule.
    """
    limit = latest(RULE_INTERVAL, by=by, aggregation="max")
    return utilisation(latest(RULE_DURATION, by=by, aggregation="max"), limit)


@indicator("Missed evaluations", by=_GROUP, thresholds=Thresholds(warning=1))
def rule_iterations_missed(by: tuple[str, ...]) -> Query:
    """How many evaluations of a group of rules were left out in 15 minutes.

    None is normal. The group takes longer than its interval: find its slowest rule.
    """
    return increase(RULE_ITERATIONS_MISSED, by=by, window="15m")


@indicator("Notification error ratio", by=("alertmanager",), thresholds=Thresholds(warning=0.01, critical=0.5))
def notification_error_ratio(by: tuple[str, ...]) -> Query:
    """Share of alerts that an Alertmanager didn't take.

    0 is normal. Look whether that Alertmanager is up; the others take its alerts meanwhile.
    """
    return ratio(rate(NOTIFICATION_ERRORS, by=by), rate(NOTIFICATIONS_SENT, by=by))


@indicator("Dropped notifications", by=_EACH, thresholds=Thresholds(critical=1))
def notifications_dropped(by: tuple[str, ...]) -> Query:
    """Alerts that no Alertmanager took in 15 minutes.

    None is normal: a dropped alert wakes nobody. Look whether any Alertmanager is up and reachable.
    """
    return increase(NOTIFICATIONS_DROPPED, by=by, window="15m")


@indicator("Notification queue", by=_EACH, thresholds=Thresholds(warning=0.5, critical=0.9))
def notification_queue(by: tuple[str, ...]) -> Query:
    """Alerts that wait to be sent, as a share of what can wait.

    Near 0 is normal. If it fills, Alertmanager is slow or gone.
    """
    return utilisation(latest(NOTIFICATIONS_QUEUE, by=by), latest(NOTIFICATIONS_QUEUE_CAPACITY, by=by))


@indicator("Alertmanagers known", by=_EACH, thresholds=Thresholds(critical=1, direction="below"))
def alertmanagers(by: tuple[str, ...]) -> Query:
    """How many Alertmanagers Prometheus knows.

    At least one is normal; at 0 no alert is delivered. Look at the alerting section of its configuration.
    """
    return latest(ALERTMANAGERS, by=by, aggregation="min")


@indicator("Configuration loaded", by=_EACH, thresholds=Thresholds(warning=1, direction="below"))
def config_ok(by: tuple[str, ...]) -> Query:
    """1 if the last reload of the configuration worked, 0 if not.

    At 0 Prometheus runs on an old one and the next restart fails. Check it with promtool.
    """
    return latest(CONFIG_OK, by=by, aggregation="min").named(unit="")


@indicator("Storage faults", by=_EACH, thresholds=Thresholds(warning=1))
def storage_faults(by: tuple[str, ...]) -> Query:
    """Failed compactions and broken log records in an hour.

    None is normal. Look at the disk: full, read-only or failing.
    """
    failed, broken = (increase(counter, by=by, window="1h") for counter in (COMPACTIONS_FAILED, WAL_CORRUPTIONS))
    return failed.named(unit="faults") + broken.named(unit="faults")

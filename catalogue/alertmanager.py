"""Alertmanager: the alerts that it holds, and whether its notifications get out."""

from catalogue.components import ALERTMANAGER
from catalogue.indicator import indicator
from signals_lib import Label, Query, Thresholds
from signals_lib.promql import increase, latest, quantile, rate, ratio

_STATES = ("active", "suppressed", "unprocessed")
_SILENCES = ("active", "pending", "expired")

ALERTS = ALERTMANAGER.gauge(
    "alertmanager_alerts", help="Alerts held, by state.", unit="alerts", labels=(Label("state", _STATES),)
)
ALERTS_RECEIVED = ALERTMANAGER.counter(
    "alertmanager_alerts_received_total",
    help="Alerts received, by status and version of the API.",
    unit="alerts",
    labels=(Label("status", ("firing", "resolved")), "version"),
)
ALERTS_INVALID = ALERTMANAGER.counter(
    "alertmanager_alerts_invalid_total", help="Alerts refused as broken.", unit="alerts", labels=("version",)
)
NOTIFICATIONS = ALERTMANAGER.counter(
    "alertmanager_notifications_total",
    help="Notifications tried, by integration.",
    unit="notifications",
    labels=("integration",),
)
NOTIFICATIONS_FAILED = ALERTMANAGER.counter(
    "alertmanager_notifications_failed_total",
    help="Notifications that failed, by integration.",
    unit="notifications",
    labels=("integration",),
)
NOTIFICATION_LATENCY = ALERTMANAGER.histogram(
    "alertmanager_notification_latency_seconds",
    help="Time to send a notification.",
    unit="s",
    observations="notifications",
    buckets=(1, 5, 10, 15, 20),
    labels=("integration",),
)
SILENCES = ALERTMANAGER.gauge(
    "alertmanager_silences", help="Silences, by state.", unit="silences", labels=(Label("state", _SILENCES),)
)
CONFIG_OK = ALERTMANAGER.gauge(
    "alertmanager_config_last_reload_successful",
    help="1 if the last reload of the configuration worked.",
    unit="servers",
)

_EACH = ("instance",)
_INTEGRATION = ("integration",)


@indicator("Alerts held", by=("state",))
def alerts(by: tuple[str, ...]) -> Query:
    """Alerts that Alertmanager holds, by state.

    Suppressed ones are silenced or inhibited. Many at once are one cause: look for the critical one.
    """
    return latest(ALERTS, by=by, aggregation="max")


@indicator("Notifications", by=_INTEGRATION)
def notification_rate(by: tuple[str, ...]) -> Query:
    """How many notifications are tried a second.

    Few is normal. None while alerts fire means that routes lead nowhere.
    """
    return rate(NOTIFICATIONS, by=by)


@indicator("Notification failure ratio", by=_INTEGRATION, thresholds=Thresholds(warning=0.01, critical=0.1))
def notification_failure_ratio(by: tuple[str, ...]) -> Query:
    """Share of notifications that failed.

    0 is normal: a failed one wakes nobody. Look at Alertmanager's log for the receiver's answer, then at its secret.
    """
    return ratio(rate(NOTIFICATIONS_FAILED, by=by), rate(NOTIFICATIONS, by=by))


@indicator("Notification latency p95", by=_INTEGRATION, thresholds=Thresholds(warning=10))
def notification_latency_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 notifications are sent faster than this.

    About a second is normal. If it rises, the receiver is slow or far.
    """
    return quantile("0.95", NOTIFICATION_LATENCY, by=by)


@indicator("Active silences", by=_EACH)
def silences(by: tuple[str, ...]) -> Query:
    """How many silences are active.

    Few is normal. A forgotten one hides the next outage: look at who made it and why.
    """
    return latest(SILENCES, by=by, where={"state": "active"})


@indicator("Invalid alerts", by=_EACH, thresholds=Thresholds(warning=1))
def invalid_alerts(by: tuple[str, ...]) -> Query:
    """Alerts refused as broken in 15 minutes.

    None is normal. An empty label name or value in a rule makes one: look at what was last deployed.
    """
    return increase(ALERTS_INVALID, by=by, window="15m")


@indicator("Configuration loaded", by=_EACH, thresholds=Thresholds(warning=1, direction="below"))
def config_ok(by: tuple[str, ...]) -> Query:
    """1 if the last reload of the configuration worked, 0 if not.

    At 0 Alertmanager runs on an old one and the next restart fails. Check it with amtool.
    """
    return latest(CONFIG_OK, by=by, aggregation="min").named(unit="")

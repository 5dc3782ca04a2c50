"""Alertmanager's configuration (0.25 and later) and its templates, made from a routing table."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from rules_lib.errors import ContentError
from rules_lib.routing import inhibition, reach
from rules_lib.rule import dumped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules_lib.alert_kind import AlertKind
    from rules_lib.routing.table import Channel, Inhibition, Route, RoutingTable
    from signals_lib.matcher import Matcher

CONFIG = "alertmanager.yaml"
TEMPLATES = "alertmanager"
LINK_TEXTS = {"dashboard": "Dashboard", "runbook": "Runbook", "silence": "Silence"}


def routing_files(table: RoutingTable, kinds: Sequence[AlertKind], *, source: str) -> dict[str, bytes]:
    """Return the configuration and its templates, by path. Raises ContentError with what is wrong for these alerts."""
    if problems := [*reach.problems(table, kinds), *inhibition.problems(table, kinds)]:
        raise ContentError(problems)
    comment = (
        f"Generated from {source} by dash-sync render; edits here are lost.\n"
        f"Secrets are files below {table.secrets}, which Alertmanager reads each time it sends; none is written here."
    )
    return {CONFIG: dumped(_config(table, kinds), comment=comment), **_templates()}


def receiver(route: Route) -> str:
    """Name the receiver of a route."""
    return " and ".join(route.to)


def _templates() -> dict[str, bytes]:
    files = resources.files(__package__).joinpath("templates").iterdir()
    return {f"{TEMPLATES}/{file.name}": file.read_bytes() for file in files}


def _config(table: RoutingTable, kinds: Sequence[AlertKind]) -> dict[str, Any]:
    receivers = {receiver(route): route.to for route in (table.default, *table.routes)}
    inhibitions = (inhibition.worse_over_mild(kinds), *table.inhibitions)
    return {
        **({"global": _smtp(table)} if table.smtp else {}),
        "templates": [f"{TEMPLATES}/*.tmpl"],
        "route": {
            "receiver": receiver(table.default),
            **table.timing,
            "routes": [_route(route) for route in table.routes[:-1]],
        },
        "inhibit_rules": [_inhibit_rule(each) for each in inhibitions],
        "receivers": [_receiver(table, name, channels) for name, channels in receivers.items()],
    }


def _smtp(table: RoutingTable) -> dict[str, Any]:
    settings = {"smtp_smarthost": table.smtp["host"], "smtp_from": table.smtp["from"]}
    if "user" in table.smtp:
        settings["smtp_auth_username"] = table.smtp["user"]
    if "password-file" in table.smtp:
        settings["smtp_auth_password_file"] = _secret(table, table.smtp["password-file"])
    return settings


def _route(route: Route) -> dict[str, Any]:
    return {"receiver": receiver(route), "matchers": _matchers(route.when), **route.timing}


def _inhibit_rule(inhibition: Inhibition) -> dict[str, Any]:
    return {
        "source_matchers": _matchers(inhibition.cause),
        "target_matchers": _matchers(inhibition.symptom),
        "equal": [*inhibition.same],
    }


def _matchers(when: Mapping[str, Matcher]) -> list[str]:
    return [matcher.render(label) for label, matcher in when.items()]


def _receiver(table: RoutingTable, name: str, channels: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name}
    for channel in (table.channels[each] for each in channels):
        made.setdefault(f"{channel.kind}_configs", []).append(_KINDS[channel.kind](table, channel))
    return made


def _slack(table: RoutingTable, channel: Channel) -> dict[str, Any]:
    return {
        "api_url_file": _secret(table, channel.settings["webhook-file"]),
        "channel": channel.settings["channel"],
        "send_resolved": True,
        "color": _template("slack.colour"),
        "title": _template("title"),
        "title_link": _template("link.dashboard"),
        "fallback": _template("title"),
        "text": _template("slack.text"),
    }


def _pagerduty(table: RoutingTable, channel: Channel) -> dict[str, Any]:
    return {
        "routing_key_file": _secret(table, channel.settings["key-file"]),
        "send_resolved": True,
        "description": _template("pagerduty.summary"),
        "severity": _template("pagerduty.severity"),
        "class": "{{ .CommonLabels.alertname }}",
        "component": _template("component"),
        "group": "{{ .CommonLabels.environment }}",
        "details": {
            "owner": "{{ .CommonLabels.owner }}",
            "alerts": _template("text"),
            **{name: _template(f"link.{name}") for name in LINK_TEXTS},
        },
        "links": [{"href": _template(f"link.{name}"), "text": text} for name, text in LINK_TEXTS.items()],
    }


def _email(_table: RoutingTable, channel: Channel) -> dict[str, Any]:
    return {
        "to": channel.settings["to"],
        "send_resolved": True,
        "headers": {"Subject": _template("title")},
        "html": _template("email.html"),
        "text": _template("text"),
    }


_KINDS = {"slack": _slack, "pagerduty": _pagerduty, "email": _email}


def _template(name: str) -> str:
    return f'{{{{ template "alert.{name}" . }}}}'


def _secret(table: RoutingTable, file: str) -> str:
    return f"{table.secrets}/{file}"

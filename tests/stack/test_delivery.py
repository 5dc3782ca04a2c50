"""From an incident to whoever is on call: simulator, Prometheus, Alertmanager, stand-ins for what takes the message.

The rules are the rendered ones with a minute for an hour, so that nothing here takes two minutes.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

import alerts
from alerts.links import LINKS
from stack.alertmanager import alertmanager_config, running_alertmanager
from stack.servers import prometheus_config, running_prometheus, running_simulator
from stack.tools import ROOT
from tests.stack.alertmanager_api import AlertmanagerApi
from tests.stack.haste import hastened
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.receivers import Inbox, Message, receivers
from tests.stack.test_live_scrape import eventually

pytestmark = [
    pytest.mark.needs("prometheus", "alertmanager"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]

TABLE = yaml.safe_load((ROOT / alerts.ROUTING).read_text())
LINK = re.compile(r"https?://[^\s<>|\"]+")


@dataclass(frozen=True)
class Stack:
    """Everything from the workload to the messages."""

    simulator: str
    prometheus: PrometheusApi
    alertmanager: AlertmanagerApi
    inbox: Inbox

    def incident(self, name: str, method: str) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.simulator}/incidents/{name}", method=method)).close()

    def told(self, channel: str, alert: str, *, resolved: bool = False) -> Message:
        """Wait until the channel is told of the alert in production."""
        return self.inbox.wait(
            lambda message: (
                message.channel == channel
                and message.resolved is resolved
                and all(word in message.text for word in (alert, "production"))
            )
        )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, rule_files: list[Path]) -> Iterator[Stack]:
    folder, copies = tmp_path_factory.mktemp("delivery"), tmp_path_factory.mktemp("hastened")
    rules = [hastened(path, copies, windows=60, holds=240) for path in rule_files]
    with (
        receivers(TABLE) as (inbox, outlets),
        running_simulator("--speed", "30") as simulator,
        running_alertmanager(alertmanager_config(folder, alerts.render(), outlets)) as alertmanager,
    ):
        config = prometheus_config(
            folder, simulator=simulator.url, alertmanager=alertmanager.url, interval="1s", rules=rules
        )
        with running_prometheus(config) as prometheus:
            running = Stack(simulator.url, PrometheusApi(prometheus.url), AlertmanagerApi(alertmanager.url), inbox)
            ready = 'min(count_over_time(slo:total_events:rate5m{slo="availability"}[10s])) >= 8'
            assert eventually(lambda: bool(running.prometheus.instant(ready)), within=60)
            yield running


def links(message: Message) -> list[str]:
    """Links of a message, wherever it has them."""
    if isinstance(message.body, dict) and "links" in message.body:
        return [link["href"] for link in message.body["links"]]
    if isinstance(message.body, dict) and "attachments" in message.body:
        [attachment] = message.body["attachments"]
        return [attachment["title_link"], *LINK.findall(attachment["text"])]
    return LINK.findall(message.body["text/plain"])


def check_links(message: Message, stack: Stack) -> None:
    """Every link leads to something that exists, and each kind of link is there."""
    uids = {json.loads(path.read_text())["uid"] for path in (ROOT / "rendered" / "dashboards").rglob("*.json")}
    kinds = set()
    for link in links(message):
        if link.startswith(f"{LINKS.grafana}/d/"):
            where = urlsplit(link)
            asked = parse_qs(where.query, strict_parsing=True)
            assert where.path.removeprefix("/d/") in uids
            assert asked["var-environment"] == ["production"]
            assert int(asked["from"][0]) > 1_600_000_000_000
            assert asked["to"] == ["now"]
            kinds.add("dashboard")
        elif link.startswith(stack.alertmanager.url):
            matchers = unquote(link.split("filter=")[1]).strip("{}").split(",")
            assert stack.alertmanager.alerts(*matchers)
            kinds.add("silence")
        else:
            assert link.startswith(f"{LINKS.runbooks}/")
            assert f"runbooks/{link.removeprefix(LINKS.runbooks + '/')}" in alerts.render()
            kinds.add("runbook")
    assert kinds == {"dashboard", "silence", "runbook"}


def test_a_dead_redis_pages_the_platform_and_its_return_is_told(stack: Stack) -> None:
    stack.incident("redis-down", "POST")
    page, chat = (stack.told(channel, "RedisDown") for channel in ("pagerduty-platform", "slack-platform"))
    payload = page.body["payload"]
    assert payload["severity"] == "critical"
    assert payload["summary"].startswith("[CRITICAL] RedisDown, redis in production")
    assert (payload["class"], payload["component"], payload["group"]) == ("RedisDown", "redis", "production")
    assert payload["custom_details"]["owner"] == "platform"
    assert "below 1" in payload["custom_details"]["alerts"]
    [attachment] = chat.body["attachments"]
    assert chat.body["channel"] == "#platform-alerts"
    assert attachment["title"].startswith("[CRITICAL] RedisDown")
    assert "is 0" in attachment["text"]
    for message in (page, chat):
        check_links(message, stack)
    stack.incident("redis-down", "DELETE")
    assert stack.told("pagerduty-platform", "RedisDown", resolved=True).body["dedup_key"] == page.body["dedup_key"]
    [attachment] = stack.told("slack-platform", "RedisDown", resolved=True).body["attachments"]
    assert attachment["title"].startswith("[RESOLVED] RedisDown")


def test_an_outage_pages_and_what_it_cost_is_mailed_when_the_page_is_over(stack: Stack) -> None:
    stack.incident("outage", "POST")
    page = stack.told("pagerduty-phoenix", "ErrorBudgetBurn, availability")
    assert re.search(r"\d% of requests were bad\. The objective, 99\.9 %", page.text)
    check_links(page, stack)
    check_links(stack.told("slack-phoenix", "ErrorBudgetBurn, availability"), stack)
    held = 'ALERTS{alertname="ErrorBudgetBurn",slo="availability",severity="warning",alertstate="firing"}'
    assert eventually(lambda: bool(stack.prometheus.instant(held)), within=60)
    assert stack.inbox.of("email-orchestrator") == []
    stack.incident("outage", "DELETE")
    mail = stack.told("email-orchestrator", "ErrorBudgetBurn, availability")
    assert mail.body["subject"].startswith("[WARNING] ErrorBudgetBurn, availability in production")
    assert mail.body["from"] == "alertmanager@example.com"
    assert "<h2>[WARNING] ErrorBudgetBurn" in mail.body["text/html"]
    check_links(mail, stack)
    stack.told("pagerduty-phoenix", "ErrorBudgetBurn, availability", resolved=True)


def test_nobody_refused_a_message(stack: Stack) -> None:
    assert stack.inbox.messages
    assert stack.inbox.refused == []

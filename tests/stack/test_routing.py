"""Who is told of what, by a real Alertmanager on the rendered configuration: receivers, groups, inhibition, the end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

import alerts
from rules_lib.alert_kind import AlertKind
from rules_lib.label_values import takes
from stack.alertmanager import alertmanager_config, running_alertmanager
from stack.tools import ROOT, tool
from tests.stack.alertmanager_api import AlertmanagerApi
from tests.stack.receivers import Inbox, receivers

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

TABLE = yaml.safe_load((ROOT / alerts.ROUTING).read_text())
ANNOTATIONS = {
    "summary": "told {id}",
    "description": "It is so & <!channel>.",
    "runbook_url": "https://runbooks.example.com/phoenix/{alertname}.md",
    "dashboard_url": "https://grafana.example.com/d/phoenix-slo?var-environment={environment}&from=now-6h&to=now",
}


def intended(labels: dict[str, str]) -> set[str]:
    """Who should be told, in words that owe nothing to the table."""
    team = "platform" if labels["owner"] == "platform" else "phoenix"
    if labels["severity"] == "critical":
        also = {"email-platform"} if labels.get("job") in {"prometheus", "alertmanager"} else set()
        return {f"pagerduty-{team}", f"slack-{team}"} | also
    return {f"email-{labels['owner']}"} if "slo" in labels else {f"slack-{team}"}


def everything() -> dict[str, dict[str, str]]:
    """Labels of one alert of every kind, by an id; each in an environment of its own, so that none silences another."""
    return {
        f"alert-{number:03}.": {**kind.example(), "environment": f"environment-{number}", "id": f"alert-{number:03}."}
        for number, kind in enumerate(alerts.kinds())
    }


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The rendered configuration, as it is."""
    for path, content in alerts.render().items():
        if path.startswith("alertmanager"):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_bytes(content)
    return tmp_path / "alertmanager.yaml"


@pytest.mark.needs("amtool")
def test_amtool_takes_the_configuration(config: Path) -> None:
    subprocess.run([tool("amtool"), "check-config", config], check=True, capture_output=True)


@pytest.mark.needs("amtool")
def test_amtool_routes_every_alert_as_intended(config: Path) -> None:
    for labels in everything().values():
        command = [tool("amtool"), "config", "routes", "test", f"--config.file={config}"]
        command += [f"{name}={value}" for name, value in labels.items()]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        assert set(run.stdout.strip().split(" and ")) == intended(labels), labels


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AlertmanagerApi, Inbox]]:
    """A real Alertmanager with the rendered configuration and templates, and what it tells."""
    with receivers(TABLE) as (inbox, outlets):
        config = alertmanager_config(tmp_path_factory.mktemp("alertmanager"), alerts.render(), outlets)
        with running_alertmanager(config) as server:
            yield AlertmanagerApi(server.url), inbox


def who(inbox: Inbox, mark: str, *, resolved: bool) -> set[str]:
    return {message.channel for message in inbox.messages if mark in message.text and message.resolved is resolved}


@pytest.mark.needs("alertmanager")
def test_every_alert_reaches_just_its_receivers_and_so_does_its_end(told: tuple[AlertmanagerApi, Inbox]) -> None:
    alertmanager, inbox = told
    every = everything()
    alertmanager.tell(every.values(), **ANNOTATIONS)
    inbox.settled()
    assert inbox.refused == []
    assert {mark: who(inbox, mark, resolved=False) for mark in every} == {
        mark: intended(labels) for mark, labels in every.items()
    }
    assert {message.channel for message in inbox.messages} == TABLE["channels"].keys()
    alertmanager.tell(every.values(), over=True, **ANNOTATIONS)
    inbox.settled()
    assert inbox.refused == []
    assert {mark: who(inbox, mark, resolved=True) for mark in every} == {
        mark: intended(labels) for mark, labels in every.items()
    }


@pytest.mark.needs("alertmanager")
def test_alerts_of_one_name_job_and_place_are_told_together(told: tuple[AlertmanagerApi, Inbox]) -> None:
    alertmanager, inbox = told
    common = {"alertname": "TargetDown", "severity": "critical", "owner": "platform", "cluster": "c"}
    alertmanager.tell(
        (
            {**common, "job": job, "environment": environment, "instance": instance, "id": f"group-{job}-{environment}"}
            for job, environment, instance in product(("redis", "node"), ("production", "staging"), "12")
        ),
        **ANNOTATIONS,
    )
    inbox.settled()
    for job, environment in product(("redis", "node"), ("production", "staging")):
        pages = [m for m in inbox.of("pagerduty-platform") if f"told group-{job}-{environment}" in m.text]
        assert len({page.body["dedup_key"] for page in pages}) == 1
        assert pages[-1].body["payload"]["custom_details"]["num_firing"] == "2"
    keys = [m.body["dedup_key"] for m in inbox.of("pagerduty-platform") if "told group-" in m.text]
    assert len(set(keys)) == 4


@pytest.mark.needs("alertmanager")
def test_slack_gets_no_mention_that_a_label_or_text_brings(told: tuple[AlertmanagerApi, Inbox]) -> None:
    _, inbox = told
    texts = [message.body["attachments"][0]["text"] for message in inbox.messages if "slack" in message.channel]
    assert texts
    assert [text for text in texts if "<!channel>" in text] == []


@pytest.mark.needs("alertmanager")
def test_links_hold_the_times_of_the_alert_and_the_silence_its_labels(told: tuple[AlertmanagerApi, Inbox]) -> None:
    alertmanager, inbox = told
    labels = {
        "alertname": "HighLatency",
        "severity": "critical",
        "owner": "orchestrator",
        "job": "phoenix-orchestrator",
        "environment": "production",
        "instance": 'the "new" one + more',
        "id": "links",
    }
    alertmanager.tell([labels], **ANNOTATIONS)
    page = inbox.wait(lambda message: message.channel == "pagerduty-phoenix" and "told links" in message.text).body
    dashboard, runbook, silence = (link["href"] for link in page["links"])
    [held] = alertmanager.alerts('id="links"')
    started = int(datetime.fromisoformat(held["startsAt"]).timestamp() * 1000)
    assert dashboard.endswith(f"&from={started - 6 * 3600 * 1000}&to=now")
    assert runbook == "https://runbooks.example.com/phoenix/HighLatency.md"
    assert silence.startswith(f"{alertmanager.url}/#/silences/new?filter=%7B")
    matchers = unquote(silence.split("filter=")[1]).removeprefix("{").removesuffix("}").split(",")
    assert len(matchers) == len(labels)
    assert [each["labels"] for each in alertmanager.alerts(*matchers)] == [labels]


def states(alertmanager: AlertmanagerApi, environment: str) -> dict[str, str]:
    held = alertmanager.alerts(f'environment="{environment}"')
    return {each["labels"]["id"]: each["status"]["state"] for each in held}


@pytest.mark.needs("alertmanager")
def test_a_page_silences_the_ticket_of_its_own_objective_and_place_only(told: tuple[AlertmanagerApi, Inbox]) -> None:
    alertmanager, inbox = told
    burn = {"alertname": "ErrorBudgetBurn", "owner": "orchestrator", "slo": "availability", "environment": "burning"}
    page = {**burn, "severity": "critical", "long_window": "1h", "short_window": "5m", "id": "page"}
    ticket = {**burn, "severity": "warning", "long_window": "3d", "short_window": "6h", "id": "own-ticket"}
    other = {**ticket, "slo": "latency", "id": "ticket-of-another"}
    elsewhere = {**ticket, "environment": "elsewhere", "id": "ticket-elsewhere"}
    alertmanager.tell([page, ticket, other, elsewhere], **ANNOTATIONS)
    inbox.settled()
    assert states(alertmanager, "burning") == {
        "page": "active",
        "own-ticket": "suppressed",
        "ticket-of-another": "active",
    }
    assert who(inbox, "told own-ticket", resolved=False) == set()
    for mark in ("told ticket-of-another", "told ticket-elsewhere"):
        assert who(inbox, mark, resolved=False) == {"email-orchestrator"}
    alertmanager.tell([page], over=True, **ANNOTATIONS)
    inbox.settled()
    assert who(inbox, "told own-ticket", resolved=False) == {"email-orchestrator"}


def pairs() -> list[tuple[AlertKind, AlertKind]]:
    """Every symptom with a cause that silences it."""
    kinds, found = alerts.kinds(), []
    for entry in alerts.routing().inhibitions:
        causes, symptoms = (
            [
                kind
                for kind in kinds
                if all(takes(matcher, kind.example().get(label, "")) for label, matcher in when.items())
            ]
            for when in (entry.cause, entry.symptom)
        )
        found += [(causes[0], symptom) for symptom in symptoms]
    return found


@pytest.mark.needs("alertmanager")
def test_a_cause_silences_its_symptoms_where_it_is(told: tuple[AlertmanagerApi, Inbox]) -> None:
    alertmanager, inbox = told
    together = {f"inhibited-{number}": pair for number, pair in enumerate(pairs())}
    assert len(together) >= 8
    for place, (cause, symptom) in together.items():
        alertmanager.tell(
            [
                {**cause.example(), "environment": place, "id": "cause"},
                {**symptom.example(), "environment": place, "id": "symptom"},
                {**symptom.example(), "environment": f"{place}-elsewhere", "id": "symptom"},
            ],
            **ANNOTATIONS,
        )
    inbox.settled()
    for place, (cause, symptom) in together.items():
        assert states(alertmanager, place) == {"cause": "active", "symptom": "suppressed"}, (str(cause), str(symptom))
        assert states(alertmanager, f"{place}-elsewhere") == {"symptom": "active"}

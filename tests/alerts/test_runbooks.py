"""Runbooks: a page for every alert, an alert for every page; what they link to exists, what they ask can be asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import alerts
from alerts.links import LINKS
from tests.alerts.rendered import alerting_rules, files

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = re.compile(re.escape(LINKS.runbooks) + r"/([\w.-]+)")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything, as it is rendered now."""
    folder = tmp_path_factory.mktemp("rendered")
    made = run("render", "--out", folder)
    assert made.returncode == 0, made.stderr
    return folder


def pages() -> dict[str, str]:
    return {Path(path).name: text.decode() for path, text in files().items() if path.startswith("runbooks/")}


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    named = {name.removesuffix(".md") for name in pages() if name[0].isupper()} - {"README"}
    assert named == {rule["alert"] for rule in alerting_rules()}
    assert {f"{rule['annotations']['runbook_url']}" for rule in alerting_rules()} == {
        LINKS.runbook(name) for name in named
    }


def test_every_component_has_a_guide() -> None:
    guides = {name for name in pages() if name.startswith("troubleshooting-")}
    assert guides == {
        f"troubleshooting-{component}.md"
        for component in ("orchestrator", "agents", "redis", "load-balancer", "nodes", "monitoring")
    }
    assert "escalation.md" in pages()


def test_every_page_can_be_found_from_the_index() -> None:
    index = pages()["README.md"]
    assert {name for name in pages() if f"({name})" not in index} == {"README.md"}


def test_a_page_shows_each_rule_of_its_alert_and_who_is_told() -> None:
    page = pages()["HighLatency.md"]
    for rule in alerting_rules():
        if rule["alert"] == "HighLatency":
            assert f"```promql\n{rule['expr']}\n```" in page
    assert (
        "| critical | Latency p95 at or above 2.5 s | 5m | PagerDuty (pagerduty-phoenix), Slack #phoenix-alerts |"
        in page
    )
    assert "while one of these fires in the same place: [RedisDown](RedisDown.md)" in page
    assert "for prometheus, alertmanager: " in pages()["TargetDown.md"]
    for objective in alerts.objectives():
        assert f"| {objective.name}: burn rate above 14.4 over 1h and 5m" in pages()["ErrorBudgetBurn.md"]


def test_lint_finds_nothing_in_pages_routes_and_rules(rendered: Path) -> None:
    found = run("lint", "--exit-code", rendered)
    read = len([*rendered.rglob("*.json"), *rendered.rglob("*.yaml"), *rendered.rglob("*.md")])
    said = re.fullmatch(r"nothing to say about (\d+) files", found.stdout.strip())
    assert (found.returncode, bool(said)) == (0, True), found.stdout
    assert said
    assert read - 2 <= int(said[1]) <= read  # the catalogue and the list of sources are no documents


TAMPERING = {
    "a metric": ("RedisDown.md", "(redis_up{", "(redis_upp{", "nothing exposes redis_upp"),
    "a label": ("RedisDown.md", "instance, role)", "instance, rolle)", "rolle"),
    "a query": ("RedisDown.md", "(redis_up{", "(redis_up{{", "query-syntax"),
    "a page": ("RedisDown.md", "(escalation.md)", "(escalations.md)", "no file escalations.md"),
    "a heading": ("ErrorBudgetBurn.md", "#when-a", "#if-a", "has no heading #if-a-budget"),
    "a dashboard": ("troubleshooting-redis.md", "/phoenix-redis", "/phoenix-rediss", "no dashboard"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_lint_finds_what_is_wrong_in_a_page(rendered: Path, tmp_path: Path, what: str) -> None:
    name, right, wrong, said = TAMPERING[what]
    for path in (*rendered.glob("dashboards/**/*.json"), rendered / "catalogue.json", *rendered.glob("runbooks/*.md")):
        copy = tmp_path / path.relative_to(rendered)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    page = tmp_path / "runbooks" / name
    assert right in page.read_text()
    page.write_text(page.read_text().replace(right, wrong))
    found = run("lint", "--exit-code", tmp_path)
    assert found.returncode == 10
    assert said in found.stdout


def test_panels_lead_to_runbooks_that_exist(rendered: Path) -> None:
    linked = {
        page for path in rendered.glob("dashboards/**/*.json") for page in RUNBOOK.findall(path.read_text("utf-8"))
    }
    assert len(linked) > 20
    assert linked <= pages().keys()


def test_alerts_lead_to_dashboards_that_exist(rendered: Path) -> None:
    uids = {json.loads(path.read_text("utf-8"))["uid"] for path in rendered.glob("dashboards/**/*.json")}
    linked = {rule["annotations"]["dashboard_url"].split("/d/")[1].split("?")[0] for rule in alerting_rules()}
    assert len(linked) > 10
    assert linked <= uids

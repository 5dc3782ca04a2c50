"""Phoenix's objectives, and the rule files that Prometheus reads of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import alerts
from rules_lib.rule import GROUP_LIMIT
from stack.tools import tool
from tests.alerts.rendered import files, groups, rule_files, trial_files
from tests.rules_lib.promtool import failures

TRIALS = sorted(
    path.name for path in (Path(__file__).resolve().parents[2] / "rendered" / "rules" / "tests").glob("*.yaml")
)


def test_the_promised_objectives_are_there() -> None:
    promised = {one.name: (one.target_text, one.period.text) for one in alerts.objectives()}
    assert promised["availability"] == ("99.9", "30d")
    assert promised["latency"] == ("99", "30d")
    assert promised.keys() == {"availability", "latency", "task-success", "task-latency", "agent-operations"}


def test_an_unknown_objective_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="availability, latency"):
        alerts.objective("uptime")


@pytest.mark.needs("promtool")
def test_promtool_accepts_every_rule_file(tmp_path: Path) -> None:
    paths = []
    for path, content in alerts.render().items():
        if path.startswith("rules/") and not path.startswith("rules/tests/"):
            paths.append(tmp_path / Path(path).name)
            paths[-1].write_bytes(content)
    run = subprocess.run(
        [tool("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("name", TRIALS)
def test_every_rule_passes_its_own_tests(tmp_path: Path, name: str) -> None:
    for path in (f"rules/tests/{name}", f"rules/{name.replace('-long.yaml', '.yaml')}"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(files()[path])
    assert failures(tmp_path / "rules" / "tests" / name) == ""


def test_every_rule_file_has_tests() -> None:
    assert trial_files().keys() == {*TRIALS}
    assert {name.replace("-long.yaml", ".yaml") for name in TRIALS} == rule_files().keys()


def test_groups_are_short_and_their_names_unique() -> None:
    names = [group["name"] for group in groups()]
    assert len(set(names)) == len(names)
    assert [group["name"] for group in groups() if len(group["rules"]) > GROUP_LIMIT] == []


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert alerts.render() == alerts.render()

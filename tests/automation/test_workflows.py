"""The workflows and actions as GitHub reads them: their form, their pins, and what they may do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.automation.linters import problems

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def read(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text())


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path.stem}:{key}", job) for path in WORKFLOWS for key, job in read(path)["jobs"].items()]


def steps() -> list[dict[str, Any]]:
    return [
        *(step for _, job in jobs() for step in job["steps"]),
        *(step for path in ACTIONS for step in read(path)["runs"]["steps"]),
    ]


def test_there_are_workflows_and_actions() -> None:
    assert {path.stem for path in WORKFLOWS} == {"dashboards", "dashboards-comment"}
    assert [path.parent.name for path in ACTIONS] == ["comment", "plan", "review", "setup"]


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=name)
def test_github_takes_it(path: Path) -> None:
    assert problems(path.read_text(), name(path)) == []


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        (".github/workflows/dashboards.yml", "needs: plan", "needs: plans"),
        (".github/workflows/dashboards.yml", "vars.GRAFANA_URL != ''", "varz.GRAFANA_URL != ''"),
        (".github/actions/plan/action.yml", "using: composite", "uses: composite"),
    ],
)
def test_github_would_not_take_it_with_a_slip(path: str, right: str, wrong: str) -> None:
    text = (ROOT / path).read_text()
    assert right in text
    assert problems(text.replace(right, wrong), path) != []


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=name)
def test_other_peoples_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    used = re.findall(r"uses: *(.+)", path.read_text())
    assert [one for one in used if not one.startswith("./") and not PINNED.fullmatch(one.strip())] == []


def test_one_action_has_one_pin_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in (*WORKFLOWS, *ACTIONS):
        for action, commit in re.findall(r"uses: *([\w./-]+)@(\w+)", path.read_text()):
            pins.setdefault(action, set()).add(commit)
    assert len(pins) == 4
    assert all(len(commits) == 1 for commits in pins.values())


def test_nothing_is_put_into_a_script_that_somebody_else_wrote() -> None:
    assert [step["run"] for step in steps() if "${{" in step.get("run", "")] == []


def test_a_job_may_do_what_it_says_and_no_more() -> None:
    assert all(read(path)["permissions"] == {} for path in WORKFLOWS)
    allowed = {key: job["permissions"] for key, job in jobs()}
    write = {key: value for key, value in allowed.items() if set(value.values()) - {"read"}}
    assert write == {"dashboards-comment:comment": {"contents": "read", "pull-requests": "write"}}
    assert all(value["contents"] == "read" for value in allowed.values())


def test_what_runs_code_of_a_pull_request_has_no_secret() -> None:
    check = dict(jobs())["dashboards:check"]
    assert check["if"] == "github.event_name == 'pull_request'"
    assert "secrets." not in str(check)
    assert "environment" not in check
    with_secret = {key for key, job in jobs() if "secrets." in str(job)}
    assert with_secret == {"dashboards:plan", "dashboards:push"}
    assert all("github.event_name == 'push'" in job["if"] for key, job in jobs() if key == "dashboards:plan")
    assert dict(jobs())["dashboards:push"]["needs"] == "plan"


def test_what_may_write_takes_nothing_of_a_pull_request_but_its_event() -> None:
    assert list(read(ROOT / ".github/workflows/dashboards-comment.yml")[True]) == ["workflow_run"]
    comment = dict(jobs())["dashboards-comment:comment"]
    assert comment["if"] == "github.event.workflow_run.event == 'pull_request'"
    assert [step["uses"].partition("@")[0] for step in comment["steps"]] == [
        "actions/checkout",
        "./.github/actions/setup",
        "./.github/actions/comment",
    ]
    assert "ref" not in comment["steps"][0]["with"]
    assert "pull_request_target" not in "".join(path.read_text() for path in WORKFLOWS)


def test_where_a_token_is_held_python_takes_no_module_from_the_checkout() -> None:
    files = [*WORKFLOWS, *(ROOT / ".github/actions").glob("*/*"), ROOT / ".gitlab-ci.yml", ROOT / "docs/review.md"]
    called = [line.strip() for path in files for line in path.read_text().splitlines() if "-m sync" in line]
    assert len(called) == 3
    assert [line for line in called if " -P -m sync.review " not in line] == []


def test_no_checkout_leaves_its_token_behind() -> None:
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == 4
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_comment_follows_the_workflow_that_checks() -> None:
    followed = read(ROOT / ".github/workflows/dashboards-comment.yml")[True]["workflow_run"]["workflows"]
    assert followed == [read(ROOT / ".github/workflows/dashboards.yml")["name"]]


@pytest.mark.parametrize("path", ACTIONS, ids=name)
def test_an_action_uses_the_inputs_that_it_declares_and_runs_what_is_there(path: Path) -> None:
    action, text = read(path), path.read_text()
    assert action["runs"]["using"] == "composite"
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(action.get("inputs", {}))
    assert all(step["shell"] == "bash" for step in action["runs"]["steps"] if "run" in step)
    for script in re.findall(r"\$GITHUB_ACTION_PATH/([\w.]+)", text):
        assert (path.parent / script).stat().st_mode & 0o111


def test_what_ci_jobs_install_is_pinned_as_everything_else_is() -> None:
    def pins(file: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / file).read_text(), re.MULTILINE))

    installed, all_of_them = pins(".github/actions/setup/requirements.txt"), pins("constraints.txt")
    assert {"click", "vl-convert-python", "grafanalib", "hatchling"} <= set(installed)
    assert {one: pin for one, pin in installed.items() if all_of_them.get(one) != pin} == {}


def test_hooks_call_verbs_that_there_are() -> None:
    from sync.cli import cli

    offered = read(ROOT / ".pre-commit-hooks.yaml")
    own = read(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert [hook["id"] for hook in offered] == ["dash-sync-render", "dash-sync-lint"]
    called = [hook["entry"].split() for hook in (*offered, *own) if "dash-sync" in hook["entry"]]
    assert len(called) == 4
    for _, verb, *options in called:
        known = {option for parameter in cli.commands[verb].params for option in parameter.opts}
        assert set(options) <= known


def documented() -> list[tuple[str, str]]:
    """Return the workflows that docs/review.md shows, by the names it gives them."""
    text = (ROOT / "docs/review.md").read_text().replace("@COMMIT", f"@{'0' * 40}")
    return re.findall(r"`(\.github/workflows/[\w-]+\.yml)`\n\n```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("path", "text"), documented(), ids=[path for path, _ in documented()])
def test_the_workflows_in_the_documentation_are_ours_for_others(path: str, text: str) -> None:
    assert problems(text, path) == []
    shown, own = yaml.safe_load(text), read(ROOT / path)
    assert shown["name"] == own["name"]
    assert shown["permissions"] == {}
    assert {key: job["permissions"] for key, job in shown["jobs"].items()} == {
        key: job["permissions"] for key, job in own["jobs"].items()
    }
    for pin in re.findall(r"uses: (actions/.*)", text):
        assert pin in (ROOT / path).read_text()


def test_the_documentation_shows_both_workflows() -> None:
    assert [path for path, _ in documented()] == [
        f".github/workflows/{one}.yml" for one in ("dashboards", "dashboards-comment")
    ]

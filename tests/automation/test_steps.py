"""The steps' own scripts, word for word, run here: comparing, planning against a sandbox, and pushing the plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from stack.demo import token_of
from sync.sandbox.serve import running_sandbox
from tests.automation.forge import Repository, dashboard, git
from tests.automation.linters import gitlab_ci
from tests.sync.grafana import Grafana
from tests.sync.sandbox.client import Client

ROOT = Path(__file__).resolve().parents[2]
DASHBOARDS = ROOT / ".github/workflows/dashboards.yml"


class Runner:
    """What a runner gives a step: a shell, files for outputs and the summary, and the variables it is told."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.work, self.temp = work, folder / "temp"
        self.output, self.summary = folder / "output", folder / "summary"
        self.temp.mkdir()

    def run(self, script: str | Path, *, shell: tuple[str, ...] = ("bash", "-e"), **given: str) -> str:
        """Run a script, or what stands behind `run:`; return the status and all it printed."""
        self.output.write_text("")
        self.summary.write_text("")
        clean = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }
        command = [str(script)] if isinstance(script, Path) else [*shell, "-c", script]
        done = subprocess.run(
            command,
            cwd=self.work,
            env={**clean, "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **own, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return f"{done.returncode}\n{done.stdout}"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def runner(repository: Repository, tmp_path: Path) -> Runner:
    return Runner(tmp_path, repository.checkout)


def change(repository: Repository, content: str) -> None:
    (repository.checkout / "rendered/dashboards/Shop/shop.json").write_text(content)
    git(repository.checkout, "commit", "-q", "-a", "-m", "A change")


COMPARE = ROOT / ".github/actions/review/compare.sh"
PLAN = ROOT / ".github/actions/plan/plan.sh"
PUSH = next(step["run"] for step in yaml.safe_load(DASHBOARDS.read_text())["jobs"]["push"]["steps"] if "run" in step)


def test_comparing_fills_the_summary_and_keeps_a_page_with_pictures(repository: Repository, runner: Runner) -> None:
    change(repository, dashboard("ops"))
    shown = runner.run(COMPARE, BASE="origin/main...", DIRECTORY="rendered")

    assert shown.startswith("0\n"), shown
    assert runner.output.read_text() == "changed=true\n"
    assert "unit `reqps` → `ops`" in runner.summary.read_text()
    assert "data:image/png;base64," in (runner.temp / "difference/difference.html").read_text()
    assert [file.name for file in (runner.temp / "difference/pictures").iterdir()] == ["shop.png"]


def test_comparing_without_a_change_says_so(runner: Runner) -> None:
    assert runner.run(COMPARE, BASE="origin/main...", DIRECTORY="rendered").startswith("0\n")
    assert runner.output.read_text() == "changed=false\n"
    assert "no change" in runner.summary.read_text()


def test_comparing_after_all_rendered_files_are_gone_reports_them_removed(
    repository: Repository, runner: Runner
) -> None:
    git(repository.checkout, "rm", "-q", "-r", "rendered")
    git(repository.checkout, "commit", "-q", "-m", "No more dashboards")
    shown = runner.run(COMPARE, BASE="origin/main...", DIRECTORY="rendered")

    assert shown.startswith("0\n"), shown
    assert runner.output.read_text() == "changed=true\n"
    assert "1 dashboard removed" in runner.summary.read_text()
    assert "removed" in (runner.temp / "difference/difference.html").read_text()


def test_comparing_a_folder_that_never_was_fails_and_says_so(runner: Runner) -> None:
    shown = runner.run(COMPARE, BASE="origin/main...", DIRECTORY="renderd")
    assert shown.startswith("1\n")
    assert "renderd: there is no such folder" in shown


def test_comparing_with_a_base_that_is_not_there_fails_and_says_so(runner: Runner) -> None:
    shown = runner.run(COMPARE, BASE="origin/none...", DIRECTORY="rendered")
    assert shown.startswith("1\n")
    assert "there is no revision 'origin/none'" in shown


@pytest.fixture
def grafana() -> Iterator[dict[str, str]]:
    with running_sandbox() as url:
        yield {"GRAFANA_URL": url, "GRAFANA_TOKEN": token_of(url)}


@pytest.fixture
def project(repository: Repository) -> Repository:
    (repository.checkout / "dash-sync.yaml").write_text("project: shop\n")
    git(repository.checkout, "add", "-A")
    git(repository.checkout, "commit", "-q", "-m", "Start")
    return repository


def message_of(grafana: dict[str, str]) -> str:
    return Grafana(Client(grafana["GRAFANA_URL"]), "app-platform").notes("shop")["message"]


@pytest.mark.usefixtures("project")
def test_a_plan_is_shown_kept_and_pushed_as_it_stands(runner: Runner, grafana: dict[str, str]) -> None:
    planned = runner.run(PLAN, DIRECTORY="rendered", CI="true", **grafana)
    assert planned.startswith("0\n"), planned
    assert runner.output.read_text() == "changed=true\n"
    assert "shop" in runner.summary.read_text()
    assert grafana["GRAFANA_TOKEN"] not in planned + (runner.temp / "plan/plan.json").read_text()

    message = f"Merge pull request #7 {'ü' * 150}\n\nwith `more` $(below)"
    pushed = runner.run(PUSH, COMMIT_MESSAGE=message, CI="true", **grafana)
    assert pushed.startswith("0\n"), pushed
    assert message_of(grafana).endswith(f"| Merge pull request #7 {'ü' * 150}")

    again = runner.run(PLAN, DIRECTORY="rendered", CI="true", **grafana)
    assert again.startswith("0\n"), again
    assert runner.output.read_text() == "changed=false\n"


@pytest.mark.usefixtures("project")
def test_a_plan_that_grafana_has_moved_from_is_not_pushed(runner: Runner, grafana: dict[str, str]) -> None:
    runner.run(PLAN, DIRECTORY="rendered", CI="true", **grafana)
    theirs = {"dashboard": {"uid": "shop", "title": "Theirs", "panels": []}, "overwrite": True}
    assert Client(grafana["GRAFANA_URL"]).post("/api/dashboards/db", theirs).status == 200

    pushed = runner.run(PUSH, COMMIT_MESSAGE="Merge", CI="true", **grafana)
    assert pushed.startswith("5\n"), pushed
    assert Client(grafana["GRAFANA_URL"]).get("/api/dashboards/uid/shop").body["dashboard"]["title"] == "Theirs"


@pytest.mark.usefixtures("project")
def test_a_plan_without_a_grafana_fails(runner: Runner, grafana: dict[str, str]) -> None:
    shown = runner.run(PLAN, DIRECTORY="rendered", GRAFANA_URL="http://127.0.0.1:9", GRAFANA_TOKEN="t")
    assert not shown.startswith("0\n")
    assert runner.output.read_text() == ""


def test_the_pipeline_of_gitlab_holds_to_its_schema_and_has_these_jobs(repository: Repository) -> None:
    text = (ROOT / ".gitlab-ci.yml").read_text()
    (repository.checkout / ".gitlab-ci.yml").write_text(text)
    merged = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7"}
    ours = {"CI_MERGE_REQUEST_PROJECT_ID": "42", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42"}
    assert listed(repository, **merged, **ours) == {"check": "on_success", "comment": "always"}
    forked = ours | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "43"}
    assert listed(repository, **merged, **forked) == {"check": "on_success"}
    assert listed(repository, CI_COMMIT_BRANCH="main", CI_DEFAULT_BRANCH="main", GRAFANA_URL="https://g.example") == {
        "plan": "on_success",
        "push": "manual",
    }

    (repository.checkout / ".gitlab-ci.yml").write_text(text.replace("script:", "scripts:"))
    assert gitlab_ci(repository.checkout, "--list-json").returncode != 0


def listed(repository: Repository, **variables: str) -> dict[str, str]:
    done = gitlab_ci(repository.checkout, "--list-json", **variables)
    assert done.returncode == 0, done.stderr
    return {job["name"]: job["when"] for job in json.loads(done.stdout) if job["when"] != "never"}


def test_without_its_token_the_job_that_comments_ends_with_a_line(runner: Runner) -> None:
    job = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())["comment"]
    shown = runner.run("\n".join([*job["before_script"], *job["script"]]))
    assert shown == "0\nNo comment, DASH_SYNC_COMMENT_TOKEN is not set for the environment dash-sync-comment.\n"


def test_only_the_job_that_comments_is_in_the_environment_of_its_token() -> None:
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict) and "script" in job}
    environments = {name: (job.get("environment") or {}).get("name") for name, job in jobs.items()}
    assert environments == {
        "check": None,
        "comment": "dash-sync-comment",
        "plan": "grafana-plan",
        "push": "grafana",
    }
    # Rules are read before a job has its environment, and so without the variables of that.
    assert "DASH_SYNC_COMMENT_TOKEN" not in str([job["rules"] for job in jobs.values()])


def test_the_scripts_of_gitlab_plan_and_push(project: Repository, runner: Runner, grafana: dict[str, str]) -> None:
    jobs = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    project.propose(dashboard("ops"))
    for job in ("plan", "push"):
        shown = runner.run("\n".join(jobs[job]["script"]), CI="true", CI_COMMIT_TITLE="A merge", **grafana)
        assert shown.startswith("0\n"), shown
    assert message_of(grafana).endswith("| A merge")

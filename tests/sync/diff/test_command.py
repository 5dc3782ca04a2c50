"""`dash-sync diff` as people call it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync.cli import cli
from tests.sync.diff.sample import sample


def run(*arguments: object, **environment: str) -> Result:
    clean = dict.fromkeys(("GITHUB_REPOSITORY", "GITHUB_SHA", "CI_PROJECT_URL", "CI_COMMIT_SHA", "NO_COLOR"))
    return CliRunner(env=clean | environment).invoke(cli, ["diff", *map(str, arguments)])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, unit in (("a", "reqps"), ("b", "ops")):
        folder = tmp_path / name / "dashboards/F"
        folder.mkdir(parents=True)
        spec = sample()
        spec["panels"][3]["fieldConfig"]["defaults"]["unit"] = unit
        (folder / "sample.json").write_text(json.dumps(spec, indent=2))
    return tmp_path / "a", tmp_path / "b"


def test_two_folders(folders: tuple[Path, Path]) -> None:
    result = run(*folders)

    assert result.exit_code == 0
    assert result.output.splitlines()[:2] == [
        "~ Sample  dashboards/F/sample.json",
        "    panel “Rate”: unit reqps → ops",
    ]


def test_exit_code_10_only_where_there_are_changes_and_it_was_asked_for(folders: tuple[Path, Path]) -> None:
    assert run(*folders, "--exit-code").exit_code == 10
    assert run(folders[0], folders[0], "--exit-code").exit_code == 0


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_every_form_goes_to_stdout_alone(folders: tuple[Path, Path], form: str) -> None:
    result = run(*folders, "--format", form)

    assert result.exit_code == 0
    assert result.stderr == ""
    assert "reqps" in result.stdout


def test_select_leaves_others_out(folders: tuple[Path, Path]) -> None:
    assert "no change" in run(*folders, "--select", "other-*").output
    assert "reqps" in run(*folders, "--select", "F/sam*").output


def test_two_files(folders: tuple[Path, Path]) -> None:
    files = [folder / "dashboards/F/sample.json" for folder in folders]

    assert "unit reqps → ops" in run(*files).output


def test_a_revision_with_the_working_tree_and_with_another_revision(folders: tuple[Path, Path], tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    a, b = folders
    git("init", "-q", "-b", "main")
    git("add", "a")
    git("commit", "-q", "-m", "one")
    file = "dashboards/F/sample.json"
    (a / file).write_bytes((b / file).read_bytes())

    assert "unit reqps → ops" in run("--base", "main", "--dir", a).output
    git("commit", "-q", "-a", "-m", "two")
    assert "no change" in run("--base", "HEAD", "--dir", a).output
    assert "unit reqps → ops" in run("--base", "HEAD~1", "HEAD", "--dir", a).output
    linked = run(
        "--base", "HEAD~1", a, "--format", "markdown", GITHUB_REPOSITORY="shop/dashboards", GITHUB_SHA="abc"
    ).output
    assert "https://github.com/shop/dashboards/blob/abc/a/dashboards/F/sample.json#L" in linked


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "name two folders or files"),
        (["nowhere", "nowhere"], 1, "no such folder, file or revision"),
        (["a", "b", "--base", "x"], 2, "--base names one side"),
        (["--live", "--base", "x"], 2, "--live compares with one side"),
        (["--base", "no-such-revision"], 1, "there is no revision"),
    ],
)
def test_what_cannot_be_compared_is_said(arguments: list[str], code: int, words: str) -> None:
    result = run(*arguments)

    assert result.exit_code == code
    assert words in " ".join(result.output.split())
    assert "Traceback" not in result.output

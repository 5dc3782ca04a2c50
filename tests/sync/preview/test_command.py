from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from sync.cli import cli
from tests.sync.preview.boards import board, panel, prometheus, target


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "rendered" / "dashboards" / "Team"
    top.mkdir(parents=True)
    for uid in ("one", "two"):
        (top / f"{uid}.json").write_text(
            json.dumps(board(panel("stat", "S", target("vector(1)"))) | {"uid": uid, "title": uid.title()})
        )
    return tmp_path


def run(folder, *arguments):
    return CliRunner().invoke(
        cli, ["preview", "--dir", str(folder / "rendered"), "--out", str(folder / "out"), *arguments]
    )


def written(folder) -> set[str]:
    return {file.name for file in (folder / "out").iterdir()} if (folder / "out").exists() else set()


def test_without_names_every_dashboard_is_drawn(folder) -> None:
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert written(folder) == {"one-dark.png", "two-dark.png"}
    assert result.stdout.splitlines() == [
        f"{title}  dark  {folder / 'out' / name}-dark.png" for title, name in (("One", "one"), ("Two", "two"))
    ] + ["2 files, from samples"]


def test_folders_and_files_are_drawn_and_each_is_named(folder) -> None:
    more = folder / "more"
    (more / "inner").mkdir(parents=True)
    (more / "inner/three.json").write_text(json.dumps({"title": "Three", "panels": [panel("text", "T")]}))
    (more / "settings.json").write_text("{}")
    result = run(folder, str(more), str(folder / "rendered/dashboards/Team/two.json"))
    assert result.exit_code == 0, result.output
    assert [line.split()[-1] for line in result.stdout.splitlines()[:-1]] == [
        str(folder / "out/three-dark.png"),
        str(folder / "out/two-dark.png"),
    ]


def test_dir_may_be_any_folder_of_dashboards(folder) -> None:
    result = CliRunner().invoke(
        cli, ["preview", "--dir", str(folder / "rendered/dashboards/Team"), "--out", str(folder / "out")]
    )
    assert result.exit_code == 0, result.output
    assert "two-dark.png" in written(folder)


def test_a_uid_themes_and_forms_choose_what_is_written(folder) -> None:
    result = run(folder, "one", "--theme", "both", "--format", "svg", "--format", "html")
    assert result.exit_code == 0, result.output
    assert written(folder) == {"one-dark.svg", "one-light.svg", "one-dark.html", "one-light.html"}


def test_a_file_of_anybodys_is_drawn(folder) -> None:
    file = folder / "other.json"
    file.write_text(json.dumps({"title": "No uid / at all", "panels": [panel("text", "T")], "schemaVersion": 30}))
    assert run(folder, str(file)).exit_code == 0
    assert written(folder) == {"other-dark.png"}


def test_select_takes_globs(folder) -> None:
    assert run(folder, "--select", "Team/t*").exit_code == 0
    assert written(folder) == {"two-dark.png"}


def test_an_unknown_uid_is_named_with_those_there_are(folder) -> None:
    result = run(folder, "three")
    assert result.exit_code == 1
    assert "no dashboard with the uid three" in result.stderr
    assert "one, two" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "bad.json:1"), ("[1]", "no dashboard"), ('{"a": 1}', "neither panels, rows nor elements")],
)
def test_a_broken_file_is_named_and_the_others_are_drawn(folder, content, said) -> None:
    (folder / "rendered" / "dashboards" / "bad.json").write_text(content)
    result = run(folder)
    assert result.exit_code == 4
    assert said in result.stderr
    assert "bad.json" in result.stderr
    assert written(folder) == {"one-dark.png", "two-dark.png"}


def test_a_prometheus_that_is_down_is_told_for_each_panel_and_pictures_are_written(folder) -> None:
    with prometheus() as (url, _):
        pass
    result = run(folder, "--prometheus", url)
    assert result.exit_code == 4
    assert f"one: panel “S”: {url} refuses the connection" in result.stderr
    assert written(folder) == {"one-dark.png", "two-dark.png"}


def test_a_variable_and_a_range_reach_the_server(folder) -> None:
    variable = {"name": "env", "type": "custom", "current": {"value": "test"}}
    source = board(panel("timeseries", "T", target('up{env="$env"}')), templating={"list": [variable]})
    (folder / "own.json").write_text(json.dumps(source))
    with prometheus() as (url, answers):
        result = run(
            folder, str(folder / "own.json"), "--prometheus", url, "--var", "env=prod",
            "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T06:00:00Z",
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    asked = [query for path, query, _ in answers.asked if path == "/api/v1/query_range"]
    assert [(query["query"], query["start"], query["end"]) for query in asked] == [
        ('up{env="prod"}', "1767225600.000", "1767247200.000")
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "yesterday"), "is no time"),
        (("--from", "now", "--to", "now-1h"), "ends before it begins"),
        (("--var", "x"), "NAME=VALUE"),
        (("--prometheus", "nonsense"), "no address of a Prometheus"),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused_with_what_would(folder, arguments, said) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert written(folder) == set()


def test_a_folder_that_cannot_be_written_is_named(folder) -> None:
    (folder / "out").write_text("a file, not a folder")
    result = run(folder)
    assert result.exit_code == 1
    assert "it can't be written" in result.stderr


def test_no_dashboards_at_all_says_how_to_make_them(tmp_path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "dash-sync render" in result.stderr


def test_a_sign_that_no_font_has_is_not_spoken_of(folder) -> None:
    file = folder / "bell.json"
    file.write_text(json.dumps(board(panel("stat", "\U000f1234 rings", target("vector(1)")))))
    done = subprocess.run(
        [sys.executable, "-m", "sync", "preview", str(file), "--out", str(folder / "out")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""

"""The list of what can be wrong with a file, through the command line: a clear line for it, and the rest goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sync.cli import cli
from tests.sync.preview.boards import board, panel, target


def good(unit: str = "s") -> dict[str, Any]:
    one = panel("stat", "Fine", target("vector(1)"), fieldConfig={"defaults": {"unit": unit}, "overrides": []})
    return board(one) | {"uid": "good", "title": "Good"}


def nested(levels: int) -> str:
    """Return rows in rows in rows of a v2 document, each element of which is also the row's own."""
    layout: dict[str, Any] = {"kind": "GridLayout", "spec": {"items": []}}
    for _ in range(levels):
        rows = [{"kind": "RowsLayoutRow", "spec": {"title": "r", "layout": layout}}]
        layout = {"kind": "RowsLayout", "spec": {"rows": rows}}
    spec = {"title": "Deep", "elements": {}, "layout": layout}
    return json.dumps({"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "spec": spec})


def in_itself() -> str:
    """Return a v2 document one element of which stands in several places, and one that is nowhere."""
    item = {"kind": "GridLayoutItem", "spec": {"x": 0, "y": 0, "width": 9, "height": 4}}
    items = [item | {"spec": item["spec"] | {"element": {"name": name}}} for name in ("a", "a", "nowhere")]
    text = {"kind": "Panel", "spec": {"id": 1, "title": "A", "vizConfig": {"kind": "text", "spec": {}}}}
    spec = {"title": "Twice", "elements": {"a": text}, "layout": {"kind": "GridLayout", "spec": {"items": items}}}
    return json.dumps({"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "spec": spec})


def many(count: int, **more: Any) -> str:
    return json.dumps(board(*(panel("stat", "Same", target("vector(1)"), id=1) for _ in range(count))) | more)


BROKEN = {
    "not JSON": ('{"title": "x",\n  "panels": [}', "bad.json:2:14"),
    "an empty file": ("", "it is not JSON"),
    "not UTF-8": (b'{"title": "\xff"}', "it is not JSON"),
    "a list": ("[1, 2]", "no dashboard"),
    "no dashboard": ('{"name": "package", "version": 1}', "neither panels, rows nor elements"),
    "nested without an end": ('{"panels": ' + "[" * 5000 + "]" * 5000 + "}", "nested deeper"),
    "rows in rows in rows": (nested(60), "nested deeper than 200 levels"),
}
ODD = {
    "two thousand panels with one id": many(2000),
    "panels that are none": json.dumps(board() | {"panels": [None, 1, "x", [], {}, {"type": 7}]}),
    "a row in a row": json.dumps(board({"type": "row", "panels": [{"type": "row", "panels": [{"type": "text"}]}]})),
    "an unknown kind": json.dumps(board(panel("acme-3d-panel", "Odd", target("up")))),
    "an element twice and one nowhere": in_itself(),
    "rows in rows": nested(20),
}  # fmt: skip


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, unit in (("before", "s"), ("after", "ms")):
        folder = tmp_path / name / "dashboards"
        folder.mkdir(parents=True)
        (folder / "good.json").write_text(json.dumps(good(unit)))
    return tmp_path / "before", tmp_path / "after"


def put(folder: Path, content: str | bytes) -> None:
    file = folder / "dashboards/bad.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(*arguments: object) -> Result:
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("name", BROKEN)
def test_a_difference_names_a_broken_file_and_shows_the_rest(folders: tuple[Path, Path], name: str) -> None:
    content, said = BROKEN[name]
    put(folders[1], content)
    result = run("diff", *folders, "--exit-code")
    assert result.exit_code == 10
    assert "unit s → ms" in result.stdout
    lines = [line for line in result.stdout.splitlines() if line.startswith("! ")]
    assert len(lines) == 1
    assert "dashboards/bad.json" in lines[0]
    assert said in lines[0]
    for form in ("markdown", "html", "json"):
        assert "bad.json" in run("diff", *folders, "--format", form).stdout


@pytest.mark.parametrize("name", BROKEN)
def test_pictures_name_a_broken_file_and_the_rest_is_drawn(
    folders: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    content, said = BROKEN[name]
    put(folders[1], content)
    result = run("preview", "--dir", folders[1], "--out", tmp_path / "out", "--format", "svg")
    assert result.exit_code == 4
    assert "bad.json" in result.stderr
    assert said in result.stderr
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["good-dark.svg"]


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_compares_and_is_drawn(folders: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    put(folders[1], ODD[name])
    result = run("diff", *folders, "--exit-code")
    assert result.exit_code == 10
    assert "! " not in result.stdout
    assert "1 added" in result.stdout
    drawn = run("preview", "--dir", folders[1], "--out", tmp_path / "out", "--format", "svg")
    assert drawn.exit_code == 0, drawn.stderr
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_twenty_megabytes_compare_and_are_drawn(folders: tuple[Path, Path], tmp_path: Path) -> None:
    words = "What is normal, what is not, and what to do first. " * 2000
    panels = [panel("text", f"Page {number}", description=words, options={"content": words}) for number in range(100)]
    for folder, title in zip(folders, ("Large", "Larger"), strict=True):
        put(folder, json.dumps(board(*panels) | {"uid": "large", "title": title}))
    assert (folders[0] / "dashboards/bad.json").stat().st_size > 20_000_000
    assert "title Large → Larger" in run("diff", *folders).stdout
    drawn = run("preview", "large", "--dir", folders[1], "--out", tmp_path / "out", "--format", "svg")
    assert drawn.exit_code == 0, drawn.stderr


def test_before_and_after_go_on_where_a_file_is_broken(folders: tuple[Path, Path], tmp_path: Path) -> None:
    put(folders[1], "{")
    result = run("diff", *folders, "--pictures", tmp_path / "p")
    assert result.exit_code == 0
    assert [file.name for file in (tmp_path / "p").iterdir()] == ["good.png"]

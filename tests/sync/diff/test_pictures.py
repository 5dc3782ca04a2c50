"""`diff --pictures`: which dashboards are drawn, and how each format leads to the pictures."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from sync.cli import cli
from sync.diff import document, pictures

PNG = b"\x89PNG\r\n\x1a\n"
TEXT = {"type": "text", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 4}}


def board(uid: str, said: str, **more: object) -> dict:
    panel = TEXT | {"id": 1, "title": f"Notes on {uid}", "options": {"mode": "markdown", "content": said}}
    return {"uid": uid, "title": uid.title(), "schemaVersion": 42, "panels": [panel], **more}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """One dashboard with a changed panel, one with another tag only, one that is gone and one that is new."""
    states = {
        "a": [board("edited", "old"), board("tagged", "same"), board("gone", "x")],
        "b": [board("edited", "new"), board("tagged", "same", tags=["t"]), board("new thing", "y")],
    }
    for name, boards in states.items():
        folder = tmp_path / name / "dashboards/F"
        folder.mkdir(parents=True)
        for one in boards:
            (folder / f"{one['uid']}.json").write_text(json.dumps(one, indent=2))
    return tmp_path / "a", tmp_path / "b"


def run(folders: tuple[Path, Path], *arguments: object) -> Result:
    clean = dict.fromkeys(("GITHUB_REPOSITORY", "GITHUB_SHA", "CI_PROJECT_URL", "CI_COMMIT_SHA"))
    result = CliRunner(env=clean | {"NO_COLOR": "1"}).invoke(cli, ["diff", *map(str, (*folders, *arguments))])
    assert result.exit_code == 0, result.output
    return result


def test_what_changed_in_its_panels_is_drawn_and_nothing_else(folders: tuple[Path, Path], tmp_path: Path) -> None:
    shown = run(folders, "--pictures", tmp_path / "p").stdout

    drawn = {file.name for file in (tmp_path / "p").iterdir()}
    assert drawn == {"edited.png", "gone.png", "new-thing.png"}
    assert all((tmp_path / "p" / name).read_bytes().startswith(PNG) for name in drawn)
    assert re.findall(r"picture: (\S+)", shown) == [str(tmp_path / "p" / name) for name in sorted(drawn)]


def test_the_same_files_give_the_same_pictures(folders: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("p", "q"):
        run(folders, "--pictures", tmp_path / name)
    assert (tmp_path / "p/edited.png").read_bytes() == (tmp_path / "q/edited.png").read_bytes()


@pytest.mark.parametrize(
    ("at", "links"),
    [
        ("https://ci.example/p/", ["https://ci.example/p/edited.png", "https://ci.example/p/new-thing.png"]),
        ("https://ci.example/runs/7", ["https://ci.example/runs/7"]),
    ],
)
def test_a_comment_links_pictures_one_by_one_or_all_at_one_place(
    folders: tuple[Path, Path], tmp_path: Path, at: str, links: list[str]
) -> None:
    comment = run(folders, "--pictures", tmp_path / "p", "--pictures-at", at, "--format", "markdown").stdout

    found = re.findall(r"\]\((https://ci\.example/[^)]*)\)", comment)
    assert [link for link in found if not link.endswith("gone.png")] == links


def test_a_comment_without_an_address_shows_the_files(folders: tuple[Path, Path], tmp_path: Path) -> None:
    comment = run(folders, "--pictures", tmp_path / "p", "--format", "markdown").stdout
    assert f"![before and after]({tmp_path}/p/edited.png)" in comment


def test_a_page_holds_the_pictures_themselves(folders: tuple[Path, Path], tmp_path: Path) -> None:
    page = run(folders, "--pictures", tmp_path / "p", "--format", "html").stdout

    held = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert len(held) == 3
    assert b64decode(held[0]).startswith(PNG)


def test_json_names_the_files(folders: tuple[Path, Path], tmp_path: Path) -> None:
    found = json.loads(run(folders, "--pictures", tmp_path / "p", "--format", "json").stdout)

    jsonschema.validate(found, document.schema())
    assert {row["after"]["uid"]: row.get("picture") for row in found["rows"] if row["after"]} == {
        "edited": str(tmp_path / "p/edited.png"),
        "new thing": str(tmp_path / "p/new-thing.png"),
        "tagged": None,
    }


def test_more_than_can_be_drawn_in_time_is_counted(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST", 1)
    result = run(folders, "--pictures", tmp_path / "p", "--format", "markdown")

    assert len(list((tmp_path / "p").iterdir())) == 1
    assert "3 dashboards not drawn" in result.stdout
    assert "3 dashboards are not drawn" in result.stderr


def test_without_a_difference_nothing_is_drawn(folders: tuple[Path, Path], tmp_path: Path) -> None:
    run((folders[0], folders[0]), "--pictures", tmp_path / "p")
    assert not (tmp_path / "p").exists()

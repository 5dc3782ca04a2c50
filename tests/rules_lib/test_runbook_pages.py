"""What a page must have, and what is said where one lacks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules_lib.errors import ContentError
from rules_lib.runbooks.page import SECTIONS, Page, problems, read_pages

SOUND = "# ShopClosed\n\nNobody can buy.\n\n" + "\n\n".join(f"## {section}\n\nText." for section in SECTIONS) + "\n"

MISTAKES = {
    "another title": (("# ShopClosed", "# ShopShut"), 1, "begin with `# ShopClosed`"),
    "no meaning": (("Nobody can buy.\n\n", ""), 1, "say what it means"),
    "a section left out": (("## Mitigation\n\nText.\n\n", ""), 1, "they must be Impact, First five minutes"),
    "a section of another name": (("## Impact", "## Effect"), 5, "its sections are Effect, First five minutes"),
}


def found(text: str, *, name: str = "ShopClosed", alerts: tuple[str, ...] = ("ShopClosed",)) -> list[str]:
    return [*map(str, problems([Page(name, f"runbooks/{name}.md", text)], alerts, shown_as="runbooks"))]


def test_a_page_that_has_everything_is_right() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_named_with_its_line(mistake: str) -> None:
    (right, wrong), line, words = MISTAKES[mistake]
    assert right in SOUND
    [problem] = found(SOUND.replace(right, wrong))
    assert problem.startswith(f"runbooks/ShopClosed.md:{line}: ")
    assert words in problem


def test_an_alert_without_a_page_and_a_page_without_an_alert() -> None:
    assert found(SOUND, alerts=("ShopClosed", "ShopSlow")) == [
        "runbooks/ShopSlow.md: ShopSlow has no runbook; write one: " + ", ".join(SECTIONS)
    ]
    [_, orphan] = found(SOUND, alerts=("ShopClose",))
    assert orphan.startswith("runbooks/ShopClosed.md:1: there is no alert 'ShopClosed'; did you mean 'ShopClose'?")


def test_a_heading_in_code_is_no_section() -> None:
    assert found(SOUND.replace("Text.", "```sh\n## no section\n```", 1)) == []


def test_a_guide_may_be_anything() -> None:
    assert found("# Calling for help\n\nCall.\n", name="escalation", alerts=()) == []


def test_a_page_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "ShopClosed.md").write_bytes(b"\xff")
    with pytest.raises(ContentError, match=r"runbooks/ShopClosed\.md: cannot be read: it is not UTF-8 text"):
        read_pages(tmp_path, shown_as="runbooks")

from __future__ import annotations

import copy
from xml.etree import ElementTree as ET

from sync.preview.colours import DARK
from sync.preview.compare import marks, pictures
from sync.preview.painting import painter
from tests.sync.preview.boards import board, document, panel, target


def base():
    return board(
        panel("timeseries", "Requests", target("rate(requests_total[5m])"), place=(0, 0, 12, 8), id=1),
        panel("stat", "Errors", target("sum(rate(errors_total[5m]))"), place=(12, 0, 12, 8), id=2),
        panel("table", "Hosts", target("up"), place=(0, 8, 24, 8), id=3),
    )


def named(edit):
    before, after = base(), copy.deepcopy(base())
    edit(after["panels"])
    old, new = marks(document(before), document(after))
    return (
        {before["panels"][path[1]]["title"]: mark for path, mark in old.items()},
        {after["panels"][path[1]]["title"]: mark for path, mark in new.items()},
    )


def test_nothing_is_marked_where_nothing_changed() -> None:
    assert named(lambda _panels: None) == ({}, {})


def test_an_edited_query_marks_its_panel_on_both_sides() -> None:
    def edit(panels):
        panels[0]["targets"][0]["expr"] = "rate(requests_total[1m])"

    assert named(edit) == ({"Requests": "changed"}, {"Requests": "changed"})


def test_a_query_that_is_gone_marks_its_panel() -> None:
    def edit(panels):
        panels[0]["targets"].append(target("up", "B"))

    assert named(edit)[1] == {"Requests": "changed"}


def test_a_removed_and_an_added_panel_are_marked_on_their_side() -> None:
    def edit(panels):
        panels[1] = panel("text", "Notes", place=(12, 0, 12, 8), id=9, options={"content": "read me"})

    assert named(edit) == ({"Errors": "removed"}, {"Notes": "added"})


def test_a_panel_that_moved_is_marked_as_moved() -> None:
    def edit(panels):
        panels[0]["gridPos"]["x"], panels[1]["gridPos"]["x"] = 12, 0

    assert set(named(edit)[1].values()) == {"moved"}


def test_the_picture_outlines_what_changed_and_dims_the_rest() -> None:
    before, after = base(), base()
    after["panels"][1]["fieldConfig"] = {"defaults": {"unit": "s"}}
    svg = pictures(document(before), document(after), DARK, fill=painter(None).fill).svg
    root = ET.fromstring(svg)  # noqa: S314 (our own)
    said = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Before", "After"} <= set(said)
    assert said.count("changed") == 2
    assert svg.count('fill-opacity="0.62"') == 4
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_a_dashboard_that_is_new_or_gone_has_one_side() -> None:
    svg = pictures(None, document(base()), DARK, fill=painter(None).fill).svg
    assert "not there" in svg
    assert svg.count(">added<") == 3
    assert pictures(document(base()), None, DARK, fill=painter(None).fill).svg.count(">removed<") == 3

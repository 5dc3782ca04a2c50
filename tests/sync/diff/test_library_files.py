"""Files for the library: compared as the panel that each holds."""

from __future__ import annotations

import json
from typing import Any

from sync.diff.change import Change, Difference
from sync.diff.compare import compare
from sync.diff.filesets import Memory


def difference(before: dict[str, Any] | None, after: dict[str, Any]) -> Difference:
    sides = [{} if one is None else {"library/F/up.json": json.dumps(one).encode()} for one in (before, after)]
    return compare(*(Memory(side, "side", "rendered/") for side in sides))


def file(expression: str = "up", *, uid: str = "up", name: str = "Up", **model: Any) -> dict[str, Any]:
    targets = [{"refId": "A", "expr": expression}]
    return {"uid": uid, "name": name, "model": {"type": "stat", "title": "Up now", "targets": targets, **model}}


def only(before: dict[str, Any], after: dict[str, Any]) -> Change:
    (item,) = difference(before, after).items
    (change,) = item.changes
    assert (item.kind, item.status, item.side.file) == ("file", "changed", "library/F/up.json")
    assert change.line > 0
    return change


def test_an_edit_is_one_line() -> None:
    change = only(file("sum(up)"), file("max(up)"))
    assert change.where == ("library panel “Up now”", "query A")
    assert (change.before, change.after) == ("sum(up)", "max(up)")
    change = only(file(description="a"), file(description="b"))
    assert (change.what, change.before, change.after) == ("description", "a", "b")


def test_another_name_or_uid_is_one_line() -> None:
    change = only(file(), file(name="All that is up"))
    assert (change.what, change.before, change.after) == ("name", "Up", "All that is up")
    change = only(file(), file(uid="up2"))
    assert (change.what, change.before, change.after) == ("uid", "up", "up2")


def test_noise_is_no_change_and_counted() -> None:
    found = difference(file("sum(up)"), file("sum( up )", id=7, transparent=False))
    assert (found.items, found.unchanged) == ((), 1)
    assert found.hidden == {"defaults": 1, "formatting": 1}


def test_a_new_one_says_what_it_holds() -> None:
    (item,) = difference(None, file()).items
    assert (item.status, item.summary) == ("added", "stat, 1 query, up")


def test_one_that_was_renamed_and_copied_is_moved_and_the_copy_is_new() -> None:
    content = json.dumps(file()).encode()
    before = Memory({"library/a.json": content}, "side", "rendered/")
    after = Memory({"library/b.json": content, "library/c.json": content}, "side", "rendered/")
    assert sorted(item.status for item in compare(before, after).items) == ["added", "changed"]


def test_one_that_moves_to_another_folder_is_one_line_and_an_edit_another() -> None:
    before, moved, edited = (
        Memory({f"library/{folder}/up.json": json.dumps(file(expression)).encode()}, "side", "rendered/")
        for folder, expression in (("A", "sum(up)"), ("B", "sum(up)"), ("B", "max(up)"))
    )
    (item,) = compare(before, moved).items
    assert (item.status, [(one.op, one.before, one.after) for one in item.changes]) == ("moved", [("moved", "A", "B")])
    (item,) = compare(before, edited).items
    assert (item.status, [one.op for one in item.changes]) == ("changed", ["moved", "changed"])

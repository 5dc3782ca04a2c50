"""The three-way plan by tables: what the files want, what is there, what we last wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.mark import Mark
from sync.plan import Base, Live, State, Wanted, counts, decide, deleted_in_code, needs_base, overruled, same_bytes

OURS = "dash-sync:shop"
A, B = "a" * 16, "b" * 16


def mark(checksum: str = A, generation: int = 3) -> Mark:
    return Mark("20260101T000000000-abcdef", "none", checksum, generation)


def live(
    message: str | None = None, *, generation: int = 3, manager: str | None = OURS, folder: str = "f", digest: str = ""
) -> Live:
    text = mark().message() if message is None else message
    return Live("u", folder, generation, "7", text, manager, digest, author="eve", at="2026-01-02T03:04:05Z")


def wanted(checksum: str = A, folder: str = "f") -> Wanted:
    return Wanted("u", "U", folder, checksum, "sha256:x")


OUR_BASE = Base(mark(), "f")
THEIRS = Mark("20260101T000000000-market-abcdef", "none", A, 3)


@pytest.mark.parametrize(
    ("want", "have", "base", "state"),
    [
        pytest.param(wanted(), None, None, State.CREATE, id="nothing there"),
        pytest.param(wanted(A), live(), None, State.UNCHANGED, id="same content, same folder"),
        pytest.param(wanted(B), live(), None, State.UPDATE, id="changed in code"),
        pytest.param(wanted(A), live(manager=None), None, State.UNCHANGED, id="legacy tells no manager"),
        pytest.param(wanted(A), live(manager=""), None, State.UNCHANGED, id="older storage keeps no manager"),
        pytest.param(wanted(A, "g"), live(), OUR_BASE, State.MOVE, id="moved in code"),
        pytest.param(wanted(B, "g"), live(), OUR_BASE, State.MOVE, id="moved and changed in code"),
        pytest.param(wanted(A, "g"), live(), None, State.MOVE, id="moved, base unknown"),
        pytest.param(wanted(A), live(folder="g"), OUR_BASE, State.CHANGED_IN_GRAFANA, id="moved in Grafana"),
        pytest.param(wanted(B), live(folder="g"), OUR_BASE, State.CHANGED_IN_BOTH, id="moved there, changed in code"),
        pytest.param(
            wanted(A, "h"), live(folder="g"), OUR_BASE, State.CHANGED_IN_BOTH, id="moved to different folders"
        ),
        pytest.param(
            wanted(A), live(generation=4), OUR_BASE, State.CHANGED_IN_GRAFANA, id="put that keeps the message"
        ),
        pytest.param(wanted(A), live("", generation=4), OUR_BASE, State.CHANGED_IN_GRAFANA, id="saved in the UI"),
        pytest.param(
            wanted(A), live("x", generation=4, manager=""), OUR_BASE, State.CHANGED_IN_GRAFANA, id="legacy save"
        ),
        pytest.param(
            wanted(B), live("", generation=4), OUR_BASE, State.CHANGED_IN_BOTH, id="saved in the UI, and in code"
        ),
        pytest.param(wanted(A), live("", generation=99), None, State.CHANGED_IN_BOTH, id="ours, history forgotten"),
        pytest.param(wanted(A), live("x", manager=""), None, State.UNMANAGED, id="never ours"),
        pytest.param(wanted(A), live(THEIRS.message(), manager=None), None, State.ANOTHERS, id="another's mark"),
        pytest.param(wanted(A), live("x", manager=""), Base(THEIRS), State.ANOTHERS, id="once another's"),
        pytest.param(wanted(A), live("x", manager=None), None, State.UNMANAGED, id="never ours, legacy"),
        pytest.param(wanted(A), live(manager="dash-sync:market"), None, State.ANOTHERS, id="another project's"),
        pytest.param(
            wanted(A), live("x", manager="terraform"), OUR_BASE, State.ANOTHERS, id="taken over by another tool"
        ),
    ],
)
def test_the_verdict(want, have, base, state):
    assert decide(want, have, base, "shop").state is state


def test_a_verdict_against_a_write_names_who_when_and_what_was_said():
    step = decide(wanted(), live("hotfix", generation=4), OUR_BASE, "shop")
    assert step.reason == 'saved by eve at 2026-01-02T03:04:05Z ("hotfix")'


def test_a_carried_forward_mark_is_not_quoted_as_somebodys_message():
    assert decide(wanted(), live(generation=4), OUR_BASE, "shop").reason == "saved by eve at 2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("have", "needed"),
    [
        (live(), False),
        (live(generation=4), True),
        (live(""), True),
        (live(folder="g"), True),
        (live(manager="x"), True),
    ],
)
def test_history_is_read_only_where_something_else_was_written(have, needed):
    assert needs_base(wanted(), have, "shop") is needed


@pytest.mark.parametrize(
    ("have", "same"),
    [
        (live(digest="d"), True),
        (live(digest="e"), False),
        (live(digest="d", generation=4), False),
        (live(digest="d", folder="g"), False),
        (live("", digest="d"), False),
        (live(digest="d", manager="x"), False),
    ],
)
def test_equal_bytes_are_enough_only_while_nobody_has_written(have, same):
    assert same_bytes("d", "f", have, "shop") is same


@pytest.mark.parametrize(
    ("base", "have", "flags", "state"),
    [
        (OUR_BASE, live("", generation=4), {"force": ["u"]}, State.UPDATE),
        (OUR_BASE, live("", generation=4), {"force": ["v"]}, State.CHANGED_IN_GRAFANA),
        (OUR_BASE, live("", generation=4), {"adopt": ["u"]}, State.CHANGED_IN_GRAFANA),
        (None, live("", manager=""), {"adopt": ["u"]}, State.UPDATE),
        (None, live("", manager=""), {"force": ["u"]}, State.UNMANAGED),
        (None, live("", manager="terraform"), {"adopt": ["u"]}, State.UPDATE),
        (None, live(), {"force": ["u"], "adopt": ["u"]}, State.UNCHANGED),
    ],
)
def test_force_and_adopt_overrule_their_own_refusals_only(base, have, flags, state):
    step = decide(wanted(), have, base, "shop")
    after = overruled(step, **{"force": (), "adopt": (), **flags})
    assert after.state is state
    assert after.overruled is (state is State.UPDATE)


def test_what_is_ours_and_in_no_file_is_deleted_in_code():
    lives = {
        "u": live(),
        "gone": Live("gone", "f", 1, "1", "", OURS),
        "other": Live("other", "f", 1, "1", "", "dash-sync:market"),
        "free": Live("free", "f", 1, "1"),
    }
    steps = deleted_in_code({"u"}, lives, "shop")
    assert [(step.uid, step.state) for step in steps] == [("gone", State.DELETED_IN_CODE)]


def test_the_generation_that_a_write_makes():
    assert decide(wanted(), None, None, "shop").generation == 1
    assert decide(wanted(B), live(generation=3), None, "shop").generation == 4


def test_counts_are_in_the_order_of_the_states():
    steps = [decide(wanted(A), live(), None, "shop"), decide(wanted(), None, None, "shop")]
    assert list(counts(steps).items()) == [("create", 1), ("unchanged", 1)]


def test_what_stands_in_the_trash_with_our_mark_was_deleted_there():
    gone = live(manager="")
    step = decide(wanted(), None, None, "shop", deleted=gone)
    assert (step.state, step.reason) == (State.DELETED_IN_GRAFANA, "deleted by eve at 2026-01-02T03:04:05Z")
    assert overruled(step, force=["u"], adopt=[]).state is State.CREATE
    assert overruled(step, force=[], adopt=["u"]).state is State.DELETED_IN_GRAFANA


@pytest.mark.parametrize("message", ["", "x", THEIRS.message()])
def test_what_stands_in_the_trash_without_our_mark_is_nothing_to_us(message):
    assert decide(wanted(), None, None, "shop", deleted=live(message)).state is State.CREATE


def test_without_a_manager_the_project_of_the_mark_tells_whose_it_is():
    ours = Mark("20260101T000000000-shop-abcdef", "none", A, 3).message()
    lives = {name: live(text, manager=None) for name, text in (("a", ours), ("b", THEIRS.message()), ("c", "x"))}
    lives = {name: replace(value, uid=name) for name, value in lives.items()}
    assert [step.uid for step in deleted_in_code([], lives, "shop")] == ["a"]

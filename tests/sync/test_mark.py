from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.grafana.api import Version
from sync.mark import MESSAGE_LENGTH, Mark, new_push, parse
from sync.planning import base_of

MARK = Mark("20260101T000000000-abcdef", "0123456789ab", "0123456789abcdef", 7, text="why")
LINE = "dash-sync/1 push=20260101T000000000-abcdef commit=0123456789ab sha256=0123456789abcdef gen=7 | why"


def test_the_line():
    assert MARK.message() == LINE
    assert parse(LINE) == MARK


def test_a_dirty_commit():
    line = LINE.replace("0123456789ab ", "0123456789ab+dirty ")
    mark = parse(line)
    assert mark.dirty
    assert not mark.recoverable
    assert mark.message() == line


@pytest.mark.parametrize("commit", ["none"])
def test_without_git_nothing_is_recoverable(commit):
    assert not parse(LINE.replace("0123456789ab ", f"{commit} ")).recoverable


@pytest.mark.parametrize(
    "message",
    [
        None,
        "",
        "hotfix",
        "dash-sync/2 push=a",
        LINE.replace("gen=7", "gen=x"),
        "x" + LINE,
        LINE.replace("sha256=0", "sha256="),
    ],
)
def test_what_is_no_mark(message):
    assert parse(message) is None


@given(st.text(max_size=700))
def test_any_text_fits_and_comes_back_as_one_line(text):
    message = Mark("p-1", "none", "0" * 16, 1, text=text).message()
    assert len(message) <= MESSAGE_LENGTH
    assert "\n" not in message
    parsed = parse(message)
    assert parsed.text == " ".join(text.split()) or parsed.text.endswith("…")


def test_ids_of_pushes_sort_by_time():
    times = [datetime(2026, 1, 1, 0, 0, 0, 1000 * n, UTC) for n in (1, 2, 999)]
    ids = [new_push("shop", time) for time in times]
    assert ids == sorted(ids)
    assert new_push("shop", times[0]) != new_push("shop", times[0])


def test_the_base_is_the_newest_mark_of_its_own_version():
    history = [
        Version(9, "by hand", "", ""),
        Version(8, LINE, "", ""),
        Version(7, LINE, "", "", "f"),
        Version(6, "x", "", ""),
    ]
    base = base_of(history)
    assert (base.mark, base.folder) == (MARK, "f")
    assert base_of(history[:2]) is None


@pytest.mark.parametrize("project", ["shop", "a", "phoenix-2-eu", "0-abcdef"])
def test_the_id_of_a_push_names_its_project(project):
    mark = Mark(new_push(project), "none", "0123456789abcdef", 1)
    assert parse(mark.message()).project == project


def test_an_id_without_a_project_names_none():
    assert parse(LINE).project == ""

"""Rows and panels stand where they should: 24 columns, no overlap, no holes, ids that stay."""

from hypothesis import given
from hypothesis import strategies as st

from panels_lib import row, text
from panels_lib.layout import HIGHEST_ID, place

SIZES = st.tuples(st.integers(1, 30), st.integers(1, 20))
ROWS = st.lists(st.tuples(st.lists(SIZES, max_size=8), st.booleans()), max_size=5)


def rows_of(sizes):
    return [
        row(
            f"row {number}",
            *(text("x", title=f"panel {place}", width=w, height=h) for place, (w, h) in enumerate(panels)),
            collapsed=collapsed,
        )
        for number, (panels, collapsed) in enumerate(sizes)
    ]


def cells_of(box):
    return {(x, y) for x in range(box.x, box.x + box.w) for y in range(box.y, box.y + box.h)}


@given(ROWS)
def test_panels_neither_overlap_nor_leave_holes(sizes):
    taken = set()
    for section in place(rows_of(sizes)):
        boxes = [section.box, *([] if section.row.collapsed else [panel.box for panel in section.panels])]
        for box in boxes:
            cells = cells_of(box)
            assert cells
            assert not cells & taken
            taken |= cells
    bottom = max((y for _, y in taken), default=-1) + 1
    assert taken == {(x, y) for x in range(24) for y in range(bottom)}


@given(ROWS)
def test_a_collapsed_row_takes_one_line_and_its_panels_begin_below_it(sizes):
    for section in place(rows_of(sizes)):
        for panel in section.panels:
            assert panel.box.y > section.box.y
            assert panel.box.x + panel.box.w <= 24


@given(ROWS)
def test_ids_are_unique_and_fit_in_32_bits(sizes):
    ids = [one for section in place(rows_of(sizes)) for one in (section.id, *(panel.id for panel in section.panels))]
    assert len(set(ids)) == len(ids)
    assert all(0 < one <= HIGHEST_ID < 2**31 for one in ids)


def ids_by_title(*rows):
    return {panel.panel.title: panel.id for section in place(rows) for panel in section.panels}


def test_ids_stay_when_panels_come_go_and_move():
    a, b, c = (text("x", title=title) for title in "abc")
    before = ids_by_title(row("R", a, b))
    after = ids_by_title(row("New", text("x", title="d")), row("R", c, b, a, collapsed=True))
    assert {title: after[title] for title in "ab"} == before


def test_a_key_keeps_the_id_when_the_title_changes():
    before = ids_by_title(row("R", text("x", title="old", key="same")))
    after = ids_by_title(row("R", text("x", title="new", key="same")))
    assert before["old"] == after["new"]


def test_panels_of_one_title_in_one_row_have_ids_of_their_own():
    (section,) = place([row("R", text("1", title="same"), text("2", title="same"))])
    first, second = section.panels
    assert first.id != second.id


def test_a_line_is_stretched_in_proportion_and_as_high_as_its_highest_panel():
    (section,) = place([row(None, *(text("x", title=t, width=4, height=h) for t, h in (("a", 4), ("b", 6), ("c", 4))))])
    assert [(p.box.x, p.box.w, p.box.h) for p in section.panels] == [(0, 8, 6), (8, 8, 6), (16, 8, 6)]
    assert section.box is None


def test_a_panel_that_does_not_fit_begins_a_line():
    (section,) = place([row("R", *(text("x", title=t, width=w) for t, w in (("a", 16), ("b", 12), ("c", 12))))])
    assert [(p.box.x, p.box.y, p.box.w) for p in section.panels] == [(0, 1, 24), (0, 5, 12), (12, 5, 12)]

from __future__ import annotations

from sync.preview.frames import Field, Frame
from sync.preview.transform import transformed


def table(ref: str, **columns) -> Frame:
    return Frame(
        ref,
        [
            Field(name, "string" if isinstance(values[0], str) else "number", list(values), ref=ref)
            for name, values in columns.items()
        ],
    )


def rows(frame: Frame) -> list[tuple]:
    return list(zip(*(one.values for one in frame.fields), strict=True))


def names(frame: Frame) -> list[str]:
    return [one.name for one in frame.fields]


def apply(frames, *listed):
    return transformed(frames, [{"id": name, "options": options} for name, options in listed])


def test_merge_makes_one_row_of_rows_that_share_their_labels() -> None:
    found, unknown = apply(
        [table("A", job=["a", "b"], up=[1, 0]), table("B", job=["b", "c"], cpu=[0.5, 0.7])], ("merge", {})
    )
    assert unknown == []
    assert rows(found[0]) == [("a", 1, None), ("b", 0, 0.5), ("c", None, 0.7)]


def test_organize_hides_orders_and_renames() -> None:
    options = {"excludeByName": {"Time": True}, "indexByName": {"up": 0, "job": 1}, "renameByName": {"up": "Up"}}
    found, _ = apply([table("A", Time=[1], job=["a"], up=[1])], ("organize", options))
    assert names(found[0]) == ["Up", "job"]


def test_join_puts_frames_side_by_side() -> None:
    sides = [table("A", host=["a", "b"], x=[1, 2]), table("B", host=["b", "c"], y=[3, 4])]
    found, _ = apply(sides, ("joinByField", {"byField": "host", "mode": "outer"}))
    assert rows(found[0]) == [("a", 1, None), ("b", 2, 3), ("c", None, 4)]
    found, _ = apply(sides, ("joinByField", {"byField": "host", "mode": "inner"}))
    assert rows(found[0]) == [("b", 2, 3)]


def test_reduce_makes_a_row_of_each_series() -> None:
    frame = Frame(
        "A", [Field("Time", "time", [1, 2]), Field("a", "number", [1.0, 3.0]), Field("b", "number", [5.0, None])]
    )
    found, _ = apply([frame], ("reduce", {"reducers": ["max", "lastNotNull"]}))
    assert names(found[0]) == ["Field", "Max", "Last *"]
    assert rows(found[0]) == [("a", 3.0, 3.0), ("b", 5.0, 5.0)]


def test_sort_limit_and_filter() -> None:
    frame = table("A", job=["a", "b", "c"], x=[2, None, 3])
    assert rows(
        apply([frame], ("sortBy", {"sort": [{"field": "x", "desc": True}]}), ("limit", {"limitField": 2}))[0][0]
    ) == [("c", 3), ("a", 2)]
    rule = {
        "filters": [{"fieldName": "x", "config": {"id": "greater", "options": {"value": 2}}}],
        "type": "include",
        "match": "any",
    }
    assert rows(apply([frame], ("filterByValue", rule))[0][0]) == [("c", 3)]
    assert names(apply([frame], ("filterFieldsByName", {"include": {"pattern": "/^j/"}}))[0][0]) == ["job"]


def test_group_calculate_and_rename() -> None:
    frame = table("A", job=["a", "a", "b"], x=[1, 2, 3])
    options = {"fields": {"job": {"operation": "groupby"}, "x": {"operation": "aggregate", "aggregations": ["sum"]}}}
    assert rows(apply([frame], ("groupBy", options))[0][0]) == [("a", 3.0), ("b", 3.0)]
    binary = {"mode": "binary", "alias": "half", "binary": {"left": "x", "operator": "/", "right": "2"}}
    assert rows(apply([frame], ("calculateField", binary))[0][0])[0] == ("a", 1, 0.5)
    assert names(apply([frame], ("renameByRegex", {"regex": "(j)ob", "renamePattern": "$1-x"}))[0][0])[0] == "j-x"


def test_a_transformation_that_is_not_known_is_named_and_the_rest_applied() -> None:
    found, unknown = apply([table("A", x=[1, 2])], ("extractFields", {}), ("limit", {"limitField": 1}))
    assert unknown == ["extractFields"]
    assert rows(found[0]) == [(1,)]

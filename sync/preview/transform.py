"""Grafana's transformations of frames: those that dashboards use most; the rest is named, not guessed."""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, listing, mapping, number, objects, text
from sync.preview.frames import Field, Frame
from sync.preview.look import compiled
from sync.preview.reduce import NAMES, reduced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def transformed(frames: list[Frame], listed: Sequence[Json]) -> tuple[list[Frame], list[str]]:
    """Return the frames after all transformations, and the ids of those that aren't known here."""
    unknown = []
    for item in listed:
        if item.get("disabled"):
            continue
        name = text(item.get("id"))
        change = _KNOWN.get(name)
        if change is None:
            unknown.append(name or "without an id")
        else:
            frames = change(frames, mapping(item.get("options")))
    return frames, unknown


def _merge(frames: list[Frame], _options: Json) -> list[Frame]:
    """Put the rows of all frames together: rows that agree in every column they share become one."""
    tables = [frame for frame in frames if frame.fields]
    if len(tables) < 2:
        return frames
    columns: dict[str, Field] = {}
    for frame in tables:
        for one in frame.fields:
            columns.setdefault(one.name, Field(one.name, one.kind, [], one.labels, one.ref))
    shared = {name for name in columns if sum(frame.find(name) is not None for frame in tables) > 1}
    merged: list[dict[str, Any]] = []
    by_key: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for frame in tables:
        for index in range(frame.length):
            row = {one.name: one.values[index] for one in frame.fields}
            key = tuple(sorted((name, str(row[name])) for name in row if name in shared))
            partner = next(
                (one for one in by_key[key] if all(one.get(name, value) == value for name, value in row.items())), None
            )
            if partner is None:
                by_key[key].append(row)
                merged.append(row)
            else:
                partner.update(row)
    for name, column in columns.items():
        column.values = [row.get(name) for row in merged]
    return [Frame("", list(columns.values()))]


def _organize(frames: list[Frame], options: Json) -> list[Frame]:
    hidden = {name for name, is_hidden in mapping(options.get("excludeByName")).items() if is_hidden}
    shown = {name for name, is_shown in mapping(options.get("includeByName")).items() if is_shown}
    order = {name: number(place) or 0 for name, place in mapping(options.get("indexByName")).items()}
    names = mapping(options.get("renameByName"))
    found = []
    for frame in frames:
        kept = [one for one in frame.fields if one.name not in hidden and (not shown or one.name in shown)]
        kept.sort(key=lambda one: order.get(one.name, len(order) + 1000))
        for one in kept:
            one.name = text(names.get(one.name)) or one.name
        found.append(Frame(frame.ref, kept))
    return found


def _joined(frames: list[Frame], options: Json) -> list[Frame]:
    """Put frames side by side where a column of theirs is equal; outer unless the mode says inner."""
    by = text(options.get("byField")) or next(
        (one.name for frame in frames for one in frame.fields if one.kind == "time"), ""
    )
    sides = [frame for frame in frames if frame.find(by) is not None]
    if not sides:
        return frames
    keys: dict[Any, None] = {}
    for frame in sides:
        keys.update(dict.fromkeys((frame.find(by) or frame.fields[0]).values))
    if text(options.get("mode")) == "inner":
        keys = {key: None for key in keys if all(key in (frame.find(by) or frame.fields[0]).values for frame in sides)}
    first = sides[0].find(by)
    ordered = (
        sorted(keys, key=lambda key: (key is None, str(type(key)), key))
        if first and first.kind == "time"
        else list(keys)
    )
    columns = [Field(by, first.kind if first else "string", ordered)]
    taken: set[str] = {by}
    for index, frame in enumerate(sides, 1):
        key_field = frame.find(by)
        where = {key: row for row, key in enumerate(key_field.values if key_field else [])}
        for one in frame.fields:
            if one.name == by:
                continue
            name = one.name if one.name not in taken or one.series else f"{one.name} {index}"
            taken.add(name)
            values = [one.values[where[key]] if key in where else None for key in ordered]
            columns.append(Field(name, one.kind, values, one.labels, one.ref, one.series))
    return [Frame("", columns)]


def _to_rows(frames: list[Frame], _options: Json) -> list[Frame]:
    times: list[Any] = []
    metrics: list[Any] = []
    values: list[Any] = []
    for frame in frames:
        clock = next((one.values for one in frame.fields if one.kind == "time"), [])
        for one in frame.fields:
            if one.kind == "number":
                times += clock
                metrics += [one.name] * len(one.values)
                values += one.values
    return [
        Frame("", [Field("Time", "time", times), Field("Metric", "string", metrics), Field("Value", "number", values)])
    ]


def _reduce(frames: list[Frame], options: Json) -> list[Frame]:
    names = [text(name) for name in listing(options.get("reducers"))] or ["max"]
    if text(options.get("mode")) == "reduceFields":
        return [
            Frame(
                frame.ref,
                [
                    Field(one.name, one.kind, [reduced(names[0], one.values)], one.labels, one.ref)
                    for one in frame.fields
                    if one.kind == "number"
                ],
            )
            for frame in frames
        ]
    rows = [one for frame in frames for one in frame.fields if one.kind == "number"]
    labels = sorted({name for one in rows for name in one.labels}) if options.get("labelsToFields") else []
    columns = [Field("Field", "string", [one.name for one in rows])]
    columns += [Field(name, "string", [one.labels.get(name) for one in rows]) for name in labels]
    columns += [Field(NAMES.get(name, name), "number", [reduced(name, one.values) for one in rows]) for name in names]
    return [Frame("", columns)]


def _sort(frames: list[Frame], options: Json) -> list[Frame]:
    sorts = objects(options.get("sort"))
    if not sorts:
        return frames
    by, falling = text(sorts[0].get("field")), bool(sorts[0].get("desc"))
    return [_ordered(frame, by, falling=falling) for frame in frames]


def _ordered(frame: Frame, by: str, *, falling: bool) -> Frame:
    column = frame.find(by)
    if column is None:
        return frame
    return _rows(frame, order(column.values, falling=falling))


def order(values: Sequence[Any], *, falling: bool) -> list[int]:
    """Return positions sorted by value, numbers before texts, what is missing last."""
    known = [index for index, value in enumerate(values) if value is not None]
    missing = [index for index, value in enumerate(values) if value is None]
    known.sort(
        key=lambda index: (
            isinstance(values[index], str),
            values[index] if isinstance(values[index], str) else float(values[index]),
        ),
        reverse=falling,
    )
    return known + missing


def _rows(frame: Frame, positions: Sequence[int]) -> Frame:
    return Frame(
        frame.ref,
        [
            Field(one.name, one.kind, [one.values[index] for index in positions], one.labels, one.ref, one.series)
            for one in frame.fields
        ],
    )


def _limit(frames: list[Frame], options: Json) -> list[Frame]:
    most = int(number(options.get("limitField")) or 10)
    return [_rows(frame, range(min(most, frame.length))) for frame in frames]


def _filter_fields(frames: list[Frame], options: Json) -> list[Frame]:
    def chosen(name: str, rule: Json) -> bool:
        pattern = compiled(text(rule.get("pattern"))) if rule.get("pattern") else None
        return name in listing(rule.get("names")) or (pattern is not None and bool(pattern.search(name)))

    include, exclude = mapping(options.get("include")), mapping(options.get("exclude"))
    return [
        Frame(
            frame.ref,
            [
                one
                for one in frame.fields
                if (not include or chosen(one.name, include)) and not (exclude and chosen(one.name, exclude))
            ],
        )
        for frame in frames
    ]


def _filter_values(frames: list[Frame], options: Json) -> list[Frame]:
    rules = objects(options.get("filters"))
    every, keep = options.get("match") == "all", options.get("type") != "exclude"

    def passes(frame: Frame, row: int) -> bool:
        verdicts = [
            _verdict(column.values[row], mapping(rule.get("config")))
            for rule in rules
            if (column := frame.find(text(rule.get("fieldName"))))
        ]
        return not verdicts or (all(verdicts) if every else any(verdicts)) == keep

    return [_rows(frame, [row for row in range(frame.length) if passes(frame, row)]) for frame in frames]


def _verdict(value: Any, config: Json) -> bool:
    wanted = mapping(config.get("options")).get("value")
    kind = text(config.get("id"))
    if kind in {"isNull", "isNotNull"}:
        return (value is None) == (kind == "isNull")
    if kind == "regex":
        pattern = compiled(text(wanted))
        return pattern is not None and bool(pattern.search(str(value)))
    left, right = number(value), number(wanted)
    if kind in {"equal", "notEqual"}:
        return (text(value) == text(wanted) or (left is not None and left == right)) == (kind == "equal")
    if left is None or right is None:
        return False
    return {
        "greater": left > right, "greaterOrEqual": left >= right, "lower": left < right, "lowerOrEqual": left <= right,
    }.get(kind, True)  # fmt: skip


def _renamed(frames: list[Frame], options: Json) -> list[Frame]:
    pattern = compiled(text(options.get("regex")))
    new = re.sub(r"\$(\d)", r"\\\1", text(options.get("renamePattern")))
    if pattern is not None:
        for one in (one for frame in frames for one in frame.fields):
            try:
                one.name = pattern.sub(new, one.name)
            except (re.error, IndexError):
                continue
    return frames


def _labels_to_fields(frames: list[Frame], options: Json) -> list[Frame]:
    wanted = [text(name) for name in listing(options.get("keepLabels"))]
    value_label = text(options.get("valueLabel"))
    found = []
    for frame in frames:
        added: dict[str, Field] = {}
        for one in frame.fields:
            for name, value in one.labels.items():
                if (not wanted or name in wanted) and name not in {value_label, "__name__"}:
                    added.setdefault(name, Field(name, "string", [value] * frame.length))
            if value_label and one.labels.get(value_label):
                one.name = one.labels[value_label]
            elif one.series:
                one.name = "Value"
        times = [one for one in frame.fields if one.kind == "time"]
        found.append(Frame(frame.ref, [*times, *added.values(), *(one for one in frame.fields if one.kind != "time")]))
    return found


def _grouped(frames: list[Frame], options: Json) -> list[Frame]:
    rules = {name: mapping(rule) for name, rule in mapping(options.get("fields")).items()}
    keys = [name for name, rule in rules.items() if rule.get("operation") == "groupby"]
    found = []
    for frame in frames:
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        columns = [column for name in keys if (column := frame.find(name))]
        for row in range(frame.length):
            groups[tuple(column.values[row] for column in columns)].append(row)
        fields = [Field(one.name, one.kind, [one.values[rows[0]] for rows in groups.values()]) for one in columns]
        for one in frame.fields:
            rule = rules.get(one.name, {})
            for name in listing(rule.get("aggregations")) if rule.get("operation") == "aggregate" else []:
                values = [reduced(text(name), [one.values[row] for row in rows]) for rows in groups.values()]
                fields.append(Field(f"{one.name} ({text(name)})", "number", values, ref=one.ref))
        found.append(Frame(frame.ref, fields))
    return found


def _series_table(frames: list[Frame], _options: Json) -> list[Frame]:
    """Make a row of each series: its labels, and the series itself as what a sparkline cell draws."""
    by_ref: dict[str, list[Field]] = defaultdict(list)
    for frame in frames:
        by_ref[frame.ref] += [one for one in frame.fields if one.kind == "number"]
    found = []
    for ref, rows in by_ref.items():
        names = sorted({name for one in rows for name in one.labels if name != "__name__"})
        columns = [Field(name, "string", [one.labels.get(name) for one in rows]) for name in names]
        columns.append(Field(f"Trend #{ref}", "trend", [one.values for one in rows], ref=ref))
        found.append(Frame(ref, columns))
    return found


def _calculated(frames: list[Frame], options: Json) -> list[Frame]:
    for frame in frames:
        if text(options.get("mode")) == "binary":
            binary = mapping(options.get("binary"))
            sides = [_operand(frame, binary.get(side)) for side in ("left", "right")]
            values = [
                _arithmetic(text(binary.get("operator")), left, right) for left, right in zip(*sides, strict=True)
            ]
            name = f"{text(binary.get('left'))} {text(binary.get('operator'))} {text(binary.get('right'))}"
        else:
            reduce = mapping(options.get("reduce"))
            names = listing(reduce.get("include"))
            columns = [one for one in frame.fields if one.kind == "number" and (not names or one.name in names)]
            calculation = text(reduce.get("reducer")) or "sum"
            values = [reduced(calculation, [one.values[row] for one in columns]) for row in range(frame.length)]
            name = NAMES.get(calculation, calculation)
        added = Field(text(options.get("alias")) or name, "number", values)
        kept = [one for one in frame.fields if one.kind == "time"] if options.get("replaceFields") else frame.fields
        frame.fields = [*kept, added]
    return frames


def _operand(frame: Frame, side: Any) -> list[Any]:
    named = mapping(mapping(side).get("matcher")).get("options", side) if isinstance(side, dict) else side
    column = frame.find(text(named))
    return column.values if column is not None else [number(named)] * frame.length


def _arithmetic(sign: str, left: Any, right: Any) -> float | None:
    first, second = number(left), number(right)
    if first is None or second is None:
        return None
    operations: dict[str, Callable[[float, float], float]] = {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
        "**": operator.pow,
    }  # fmt: skip
    try:
        return float(operations[sign](first, second)) if sign in operations else first
    except (ZeroDivisionError, OverflowError, TypeError):
        return None


def _concatenate(frames: list[Frame], _options: Json) -> list[Frame]:
    longest = max((frame.length for frame in frames), default=0)
    fields = [one for frame in frames for one in frame.fields]
    for one in fields:
        one.values = one.values + [None] * (longest - len(one.values))
    return [Frame("", fields)]


def _by_ref(frames: list[Frame], options: Json) -> list[Frame]:
    pattern = compiled(f"^(?:{text(options.get('include'))})$")
    return [frame for frame in frames if pattern is None or pattern.search(frame.ref)]


def _same(frames: list[Frame], _options: Json) -> list[Frame]:
    return frames


_KNOWN: dict[str, Callable[[list[Frame], Json], list[Frame]]] = {
    "merge": _merge, "organize": _organize, "seriesToColumns": _joined, "joinByField": _joined,
    "seriesToRows": _to_rows, "reduce": _reduce, "sortBy": _sort, "limit": _limit,
    "filterFieldsByName": _filter_fields, "filterByValue": _filter_values, "renameByRegex": _renamed,
    "labelsToFields": _labels_to_fields, "groupBy": _grouped, "timeSeriesTable": _series_table,
    "calculateField": _calculated, "concatenate": _concatenate, "filterByRefId": _by_ref,
    "prepareTimeSeries": _same, "convertFieldType": _same, "formatTime": _same,
}  # fmt: skip

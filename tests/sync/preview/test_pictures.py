# ruff: noqa: E501 (one case a line)
from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sync.preview import html
from sync.preview.kinds import KINDS
from sync.preview.painting import painter, png
from tests.sync.preview.boards import board, boxes, drawn, filled, panel, prometheus, target

RENDERED = Path(__file__).parents[3] / "rendered"
HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' & \x00 \ud800 ${x}"
RATE = "sum by (route) (rate(requests_total[5m]))"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 (our own)


def words(source, **more) -> list[str]:
    return texts(drawn(source, **more).svg())


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_draws_its_data(kind, theme) -> None:
    options = {"content": "# Hello\n\nsome *words* and `code`"} if kind == "text" else {}
    query = {"refId": "A", "expr": '{app="x"}', "datasource": {"type": "loki"}} if kind == "logs" else target(RATE)
    found = drawn(board(panel(kind, "The title", query, options=options)), theme=theme)
    svg = found.svg()
    assert "The title" in texts(svg)
    assert "No data" not in texts(svg)
    assert len(found.charts) + len(texts(svg)) > 4
    assert png(svg, height=found.height)[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_stat_shows_the_mapped_word_on_its_colour() -> None:
    config = {
        "defaults": {
            "mappings": [
                {"type": "range", "options": {"from": 0, "to": 9, "result": {"text": "fine", "color": "green"}}}
            ]
        }
    }
    stat = panel("stat", "S", target("vector(3)"), fieldConfig=config, options={"colorMode": "background"})
    svg = drawn(board(stat)).svg()
    assert "fine" in texts(svg)
    assert 'fill="#73BF69"' in svg


@pytest.mark.parametrize(("kind", "many"), [("timeseries", True), ("piechart", True), ("bargauge", False)])
def test_where_no_colours_are_chosen_the_kind_decides(kind, many) -> None:
    svg = drawn(board(panel(kind, "T", target(RATE), options={"displayMode": "basic"}))).svg()
    assert {colour for colour in ("#73BF69", "#FADE2A", "#5794F2") if colour in svg} == (
        {"#73BF69", "#FADE2A", "#5794F2"} if many else {"#73BF69"}
    )


@pytest.mark.parametrize(("kind", "expr"), [("timeseries", f"rate({'foo' * 40}"), ("table", "up"), ("stat", "up")])
def test_nothing_leaves_the_lowest_panel(kind, expr) -> None:
    low = panel(kind, "A title", target(expr), place=(0, 0, 6, 1), description="What it is.")
    (box,) = boxes(low)
    tags = re.findall(r"<text ([^>]*)>", drawn(board(low)).svg())
    bottoms = [float(re.search(r'\by="([-\d.]+)"', tag)[1]) for tag in tags]
    # Below the header of the page, which is 92 high, there is nothing but the panel.
    assert all(y < 92 + box.y + box.h for y in bottoms)
    assert len([y for y in bottoms if y > 92]) > 1


@pytest.mark.parametrize(("told", "size"), [({"valueSize": 22}, 22), ({"valueSize": -4}, 56), ("large", 56), ({}, 56)])
def test_a_stat_is_as_large_as_its_panel_tells(told, size) -> None:
    svg = drawn(board(panel("stat", "S", target("vector(3)"), options={"text": told}))).svg()
    assert f'font-size="{size}"' in next(tag for tag in svg.split("<text ") if ">3</text>" in tag)


def test_without_data_a_panel_says_so_in_its_own_words() -> None:
    config = {"defaults": {"noValue": "nothing is firing"}}
    said = words(
        board(
            panel("timeseries", "T", target("absent(vector(1))"), fieldConfig=config),
            panel("table", "U", place=(12, 0, 12, 8)),
        )
    )
    assert "nothing is firing" in said
    assert "No data" in said


def test_a_time_series_has_axes_in_its_unit_a_legend_and_its_thresholds() -> None:
    config = {"defaults": {"unit": "percentunit", "min": 0, "max": 1, "custom": {"thresholdsStyle": {"mode": "dashed"}},
                           "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 0.8}]}}}  # fmt: skip
    legend = {"legend": {"displayMode": "table", "calcs": ["lastNotNull", "max"], "showLegend": True}}
    found = drawn(
        board(
            panel("timeseries", "T", target("vector(0.25)", legendFormat="share"), fieldConfig=config, options=legend)
        )
    )
    said = texts(found.svg())
    assert {"0%", "100%", "Last *", "Max", "share", "25%"} <= set(said)
    rules = [
        layer for layer in found.charts[0].spec["layer"][0]["layer"] if layer.get("mark", {}).get("type") == "rule"
    ]
    assert [row["v"] for row in rules[0]["data"]["values"]] == [0.8]
    assert rules[0]["mark"]["strokeDash"]


def curves(value, **custom) -> list[str]:
    """Return the paths of a time series whose samples a function of their index gives."""
    config = {"defaults": {"custom": {"showPoints": "never", **custom}}}
    with prometheus() as (url, answers):
        answers.value = value
        one = panel("timeseries", "T", target("up"), fieldConfig=config)
        svg = drawn(board(one), paint=painter(None, prometheus=url)).svg()
    return [path for path in re.findall(r'<path d="([^"]*)"', svg) if path.count("L") > 3]


@pytest.mark.parametrize("other", [{"id": "custom.lineWidth", "value": 3}, {"id": "unit", "value": "bytes"}])
def test_lines_of_other_styles_and_axes_keep_their_colours(other) -> None:
    named = {"matcher": {"id": "byName", "options": "b"}}
    one, two = "#112233", "#445566"
    config = {
        "defaults": {"color": {"mode": "fixed", "fixedColor": one}},
        "overrides": [named | {"properties": [other, {"id": "color", "value": {"mode": "fixed", "fixedColor": two}}]}],
    }
    queries = [target(f"vector({at})", ref, legendFormat=ref.lower()) for at, ref in enumerate("AB")]
    svg = drawn(board(panel("timeseries", "T", *queries, fieldConfig=config))).svg()
    assert {colour for colour in (one, two) if f'stroke="{colour}" stroke-width' in svg} == {one, two}


def test_a_small_change_of_a_large_number_is_a_curve() -> None:
    (path,) = curves(lambda at: 8e15 + at % 7)
    assert len({y for _, y in re.findall(r"[ML]([\d.]+),([\d.]+)", path)}) == 7


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 1.7e308])
def test_a_sample_that_no_axis_can_show_is_a_gap_and_the_rest_is_drawn(value) -> None:
    (path,) = curves(lambda at: value if at == 5 else at)
    assert path.count("M") == 2


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("value", [float("inf"), 1.7e308])
def test_numbers_without_a_distance_end_no_picture(kind, value) -> None:
    with prometheus() as (url, answers):
        answers.value = lambda at: value * (-1) ** at
        said = words(board(panel(kind, "T", target("up"))), paint=painter(None, prometheus=url))
    assert "T" in said
    if kind in {"barchart", "heatmap", "histogram"} and value < float("inf"):
        assert "these numbers are too large to be drawn" in said


def test_a_fault_of_a_drawing_is_not_taken_for_one_of_its_numbers(monkeypatch) -> None:
    def broken(_ready, _box):
        raise ValueError("a fault of ours")

    monkeypatch.setitem(KINDS, "stat", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        drawn(board(panel("stat", "S", target("vector(1)"))))


@pytest.mark.parametrize("base", [1, 10])
@pytest.mark.parametrize("value", [-1.0, 0.0, 3.0])
def test_an_axis_of_logarithms_without_any_is_drawn(base, value) -> None:
    (path,) = curves(lambda _: value, scaleDistribution={"type": "log", "log": base})
    assert path.count("L") > 3


def test_a_stack_whose_base_is_below_the_axis_is_clipped() -> None:
    config = {"defaults": {"min": 0.5, "custom": {"fillOpacity": 80, "stacking": {"mode": "normal"}}}}
    assert "clip-path" in drawn(board(panel("timeseries", "T", target("vector(1)"), fieldConfig=config))).svg()


def test_the_largest_samples_are_drawn() -> None:
    (path,) = curves(lambda at: 9e299 * (-1) ** at)
    assert len({y for _, y in re.findall(r"[ML]([\d.]+),([\d.]+)", path)}) == 2


def test_the_base_of_an_area_is_its_two_ends() -> None:
    area, line = curves(lambda at: at, fillOpacity=20)
    assert area.startswith(line)
    assert re.fullmatch(r"L([\d.]+),([\d.]+)L[\d.]+,\2Z", area.removeprefix(line))


def test_stacked_series_stand_on_each_other() -> None:
    config = {"defaults": {"custom": {"fillOpacity": 60, "stacking": {"mode": "normal", "group": "A"}}}}
    two = [target("vector(1)", "A", legendFormat="a"), target("vector(2)", "B", legendFormat="b")]
    layers = drawn(board(panel("timeseries", "T", *two, fieldConfig=config))).charts[0].spec["layer"][0]["layer"]
    assert [layer["mark"]["type"] for layer in layers[0]["layer"]] == ["area", "line"]
    rows = layers[0]["data"]["values"]
    assert {(row["s"], row["b"], row["v"]) for row in rows} == {(0, 0.0, 1.0), (1, 1.0, 3.0)}


def test_two_units_have_two_axes() -> None:
    override = {"matcher": {"id": "byName", "options": "b"}, "properties": [{"id": "unit", "value": "bytes"}]}
    two = [target("vector(1)", "A", legendFormat="a"), target("vector(2048)", "B", legendFormat="b")]
    config = {"defaults": {"unit": "s"}, "overrides": [override]}
    said = words(board(panel("timeseries", "T", *two, fieldConfig=config)))
    assert any(word.endswith((" s", " ms")) for word in said)
    assert any(word.endswith("KiB") for word in said)


def test_a_table_of_series_has_their_times() -> None:
    said = words(board(panel("table", "T", target("vector(3)", legendFormat="three"))))
    assert {"Time", "three", "2026-01-14 08:00:00"} <= set(said)


def test_markdown_is_laid_out_in_lines() -> None:
    content = "# Title\n\n1. first\n2. second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode here\n```"
    said = words(board(panel("text", "W", options={"content": content})))
    assert {"Title", "1. first", "2. second", "a | b", "1 | 2", "code here"} <= set(said)


def test_an_unknown_kind_and_one_not_drawn_are_boxes_that_say_what_they_are() -> None:
    said = words(board(panel("volkswagen-panel", "V"), panel("nodeGraph", "N", place=(12, 0, 12, 8))))
    assert {"volkswagen-panel", "this kind of panel is not drawn here", "Node graph"} <= set(said)


@pytest.mark.parametrize(
    "broken",
    [
        {"options": [], "fieldConfig": "x"}, {"targets": "no list"}, {"targets": [None, 5, {"expr": 7}]},
        {"fieldConfig": {"defaults": {"thresholds": {"steps": [{"value": "x"}, None]}, "mappings": [{"type": "value"}]}}},
        {"fieldConfig": {"defaults": {"min": 5, "max": 5, "decimals": 400, "color": {"mode": 3}}}},
        {"fieldConfig": {"defaults": {"custom": {"scaleDistribution": {"type": "log", "log": 10}}}}},
        {"transformations": [{"id": "organize"}, {"id": 4}, "x"]}, {"title": 12}, {"title": None, "description": {}},
        {"options": {"legend": "x", "reduceOptions": {"calcs": "max"}, "sortBy": {}}},
        {"fieldConfig": {"overrides": [{"matcher": {"id": "byRegexp", "options": "/(/"}, "properties": [{"id": "unit"}]}]}},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("kind", ["timeseries", "stat", "table", "heatmap", "state-timeline", "bargauge", "piechart"])
def test_settings_that_make_no_sense_break_no_picture(kind, broken) -> None:
    ET.fromstring(drawn(board(panel(kind, "P", target(RATE), place=(0, 0, 6, 6)) | broken)).svg())  # noqa: S314 (our own)


@pytest.mark.parametrize("kind", ["timeseries", "stat", "table", "text", "state-timeline", "alertlist", HOSTILE])
def test_hostile_texts_stay_texts(kind) -> None:
    source = board(
        panel(kind, HOSTILE, target("vector(1)", legendFormat=HOSTILE), description=HOSTILE, options={"content": HOSTILE, "mode": "html"},
              fieldConfig={"defaults": {"unit": HOSTILE, "noValue": HOSTILE, "custom": {"axisLabel": HOSTILE}, "color": {"mode": "fixed", "fixedColor": HOSTILE}}}),
        {"type": "row", "title": HOSTILE, "gridPos": {"x": 0, "y": 9, "w": 24, "h": 1}},
        title=HOSTILE,
        templating={"list": [{"name": "x", "type": "custom", "label": HOSTILE, "current": {"value": HOSTILE}}]},
    )  # fmt: skip
    from sync.diff.read import Document
    from sync.preview.colours import DARK
    from sync.preview.sheet import sheet

    found = sheet(painter(None).fill(Document(source, uid="x")), DARK)
    svg = found.svg()
    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}  # noqa: S314 (our own)
    assert not names & {"script", "img", "foreignObject", "a", "image", "use", "style"}
    page = html.page(found)
    assert page.count("<script") == 2
    outside = page[: page.rindex("<script")]
    assert "<img" not in outside


def test_a_picture_asks_nothing_of_the_network() -> None:
    svg = drawn(
        board(
            panel("timeseries", "T", target(RATE)), panel("text", "X", options={"content": "![i](http://evil/x.png)"})
        )
    ).svg()
    assert not re.search(r"(?:href|src)\s*=|url\((?!#)|@import", svg)
    assert set(re.findall(r"https?://[^\"'\s<]+", svg)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_a_page_runs_only_the_scripts_that_its_policy_names() -> None:
    import base64

    page = html.page(
        drawn(board(panel("timeseries", "T", target(RATE)), panel("heatmap", "H", target(RATE), place=(12, 0, 12, 8))))
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    for content in (script, style):
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy
    assert not re.search(r"<[^>]+\s(?:on\w+|style)=", page.replace(script, ""))
    specs = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.DOTALL)[1])
    assert len(specs) == 2
    assert all("url" not in json.dumps(spec) for spec in specs)


def test_the_picture_and_the_page_are_of_one_specification() -> None:
    found = drawn(board(panel("timeseries", "T", target(RATE))))
    chart = found.charts[0]
    whole = html.interactive(chart)
    assert whole["layer"][:-1] == chart.spec["layer"]
    assert "tooltip" in whole["layer"][-1]["encoding"]


def test_a_prometheus_that_fails_is_told_in_each_box_and_the_rest_is_drawn() -> None:
    source = board(
        panel("timeseries", "T", target("up")),
        panel("text", "W", place=(12, 0, 12, 8), options={"content": "still here"}),
    )
    with prometheus() as (url, answers):
        answers.json({"status": "error", "error": "query timed out in expression evaluation"}, status=503)
        paint = painter(None, prometheus=url)
        found = filled(source, paint)
    assert [(one.title, problem) for one, problem in found.problems] == [
        ("T", f"{url} answers 503: query timed out in expression evaluation")
    ]
    from sync.preview.colours import DARK
    from sync.preview.sheet import sheet

    said = " ".join(texts(sheet(found, DARK).svg()))
    assert "still here" in said
    assert "query timed out" in said
    assert url.removeprefix("http://") in said


def test_data_of_a_prometheus_is_drawn_in_its_names_and_numbers() -> None:
    with prometheus() as (url, _):
        stat = panel("stat", "S", target("up"), fieldConfig={"defaults": {"unit": "percentunit"}})
        said = texts(drawn(board(stat), paint=painter(None, prometheus=url)).svg())
    assert "25%" in said


def test_the_same_files_make_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys,hashlib,json;from sync.diff import read;from sync.preview.painting import painter,png;"
        "from sync.preview.sheet import sheet;from sync.preview.colours import LIGHT;from sync.preview import html;from pathlib import Path;"
        "f=Path(sys.argv[1]);d=read.document(read.parse(f.read_bytes()));s=sheet(painter(f.parents[2]).fill(d),LIGHT);v=s.svg();"
        "print(hashlib.sha256(v.encode()+png(v,height=s.height)+html.page(s).encode()).hexdigest())"
    )
    file = RENDERED / "dashboards" / "Phoenix" / "business_metrics.json"
    found = {
        subprocess.run(
            [sys.executable, "-c", code, str(file)], check=True, capture_output=True, text=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "America/New_York"))
    }  # fmt: skip
    assert len(found) == 1


def test_two_thousand_panels_are_one_picture_that_counts_what_it_left_out() -> None:
    many = [
        panel("stat", f"p{index}", target("vector(1)"), place=(index % 6 * 4, index // 6 * 4, 4, 4))
        for index in range(2000)
    ]
    found = drawn(board(*many))
    assert "1,750 more panels are not drawn: a picture holds 250." in texts(found.svg())

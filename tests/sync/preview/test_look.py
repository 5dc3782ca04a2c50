from __future__ import annotations

import pytest

from sync.preview import colours
from sync.preview.colours import DARK, LIGHT
from sync.preview.look import Look, settings

STEPS = [{"color": "green", "value": None}, {"color": "orange", "value": 0.5}, {"color": "red", "value": 0.9}]


def look(index: int = 0, **its) -> Look:
    return Look({"thresholds": {"mode": "absolute", "steps": STEPS}} | its, {}, DARK, index, (0.0, 200.0))


@pytest.mark.parametrize(("value", "name"), [(0.1, "green"), (0.5, "orange"), (0.89, "orange"), (5, "red")])
def test_a_threshold_colours_from_its_value_on(value, name) -> None:
    assert look(color={"mode": "thresholds"}).colour_of(value) == DARK.colour(name)


def test_percentage_thresholds_are_of_the_range() -> None:
    its = look(
        thresholds={"mode": "percentage", "steps": [{"color": "blue", "value": None}, {"color": "red", "value": 50}]}
    )
    assert its.colour_of(99) == DARK.colour("blue")
    assert its.colour_of(101) == DARK.colour("red")


def test_a_mapping_gives_word_and_colour_and_null_its_own() -> None:
    its = look(
        unit="percentunit",
        mappings=[
            {"type": "value", "options": {"1": {"text": "up", "color": "green"}}},
            {"type": "range", "options": {"from": 2, "to": None, "result": {"text": "many", "color": "red"}}},
            {"type": "regex", "options": {"pattern": "agent-(.*)", "result": {"text": "no. $1"}}},
            {"type": "special", "options": {"match": "null+nan", "result": {"text": "no data", "color": "#8e8e8e"}}},
        ],
    )
    assert (its.shown(1).text, its.shown(1).colour) == ("up", DARK.colour("green"))
    assert its.shown(7).text == "many"
    assert its.shown("agent-4").text == "no. 4"
    assert (its.shown(None).text, its.shown(None).colour) == ("no data", "#8e8e8e")
    assert its.shown(0.5).text == "50%"


def test_mappings_of_old_dashboards_hold() -> None:
    its = look(mappings=[{"type": 1, "value": "0", "text": "off"}, {"type": 2, "from": "1", "to": "3", "text": "some"}])
    assert [its.shown(value).text for value in (0, 2, 9)] == ["off", "some", "9"]


def test_without_a_value_stands_what_the_panel_says() -> None:
    assert look(noValue="nothing yet").shown(None).text == "nothing yet"


def test_the_palette_goes_by_position_and_shades_differ() -> None:
    assert look(2, color={"mode": "palette-classic"}).colour_of(None) == DARK.colour("blue")
    shades = {look(index, color={"mode": "shades", "fixedColor": "red"}).colour_of(None) for index in range(6)}
    assert len(shades) == 6


def test_named_colours_are_those_of_the_theme_and_strange_ones_are_grey() -> None:
    assert (DARK.colour("red"), LIGHT.colour("red")) == ("#F2495C", "#E02F44")
    assert DARK.colour('red"/><script>') == "#808080"
    assert DARK.colour("rgba(1, 2, 3, 0.5)") == "rgba(1,2,3,0.5)"


def test_text_on_a_colour_is_the_one_that_reads() -> None:
    assert colours.ink_on("#ffffff") == "#202226"
    assert colours.ink_on("#181b1f") == "#f7f8fa"


def test_overrides_apply_to_the_fields_they_match_and_the_last_one_wins() -> None:
    config = {
        "defaults": {"unit": "s", "custom": {"lineWidth": 1}},
        "overrides": [
            {"matcher": {"id": "byRegexp", "options": "/p9/"}, "properties": [{"id": "unit", "value": "ms"}]},
            {"matcher": {"id": "byName", "options": "p99"}, "properties": [{"id": "custom.lineWidth", "value": 3}]},
            {"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [{"id": "displayName", "value": "slow"}]},
            {"matcher": {"id": "byNames", "options": {"mode": "exclude", "names": ["p99"]}},
             "properties": [{"id": "custom.hideFrom", "value": {"viz": True}}]},
        ],
    }  # fmt: skip
    its, custom = settings(config, name="p99", label_names=[], ref="B", kind="number")
    assert its == {"unit": "ms", "displayName": "slow"}
    assert custom == {"lineWidth": 3}
    its, custom = settings(config, name="p50", label_names=[], ref="A", kind="number")
    assert (its, custom) == ({"unit": "s"}, {"lineWidth": 1, "hideFrom": {"viz": True}})

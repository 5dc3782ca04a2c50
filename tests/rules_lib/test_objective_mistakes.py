"""Each mistake in objectives.yaml is named with its line, what is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules_lib import document
from rules_lib.errors import ContentError
from rules_lib.load import load_objectives, objectives_of
from tests.rules_lib.shop import AVAILABILITY, SIGNALS, entry, parsed


def events(bad: str = "{signal: shop/requests_total}", total: str = "{signal: shop/requests_total}") -> str:
    return f"{{events: {{total: {total}, bad: {bad}}}}}"


MISTAKES = {
    "unknown key": (entry(tagret="99"), 10, ("unknown key 'tagret'", "did you mean 'target'?")),
    "missing key": (entry(owner=None), 2, ("entry 1 (shop)", "'owner' is missing")),
    "target 100": (entry(target="100"), 6, ("100 is not below 100", "no budget")),
    "target 0": (entry(target="0"), 6, ("0 is not above 0",)),
    "target with too many nines": (entry(target="99.999999"), 6, ("0.02592 s of outage", "at most 99.9994")),
    "budget of a short period": (entry(target="99.999", window="7d"), 6, ("6.048 s of outage", "at most 99.9975")),
    "target as text": (entry(target="99.9%"), 6, ("'99.9%' is not a number", "as 99.9")),
    "target as a date": (entry(target="2026-01-01"), 6, ("2026-01-01 is not a number",)),
    "target not finite": (entry(target=".nan"), 6, (".nan is no finite decimal number",)),
    "period shorter than a window": (entry(window="1d"), 7, ("1d is not longer than", "3d", "use 7d, 28d, 30d, 90d")),
    "period as long as a window": (entry(window="3d"), 7, ("3d is not longer than",)),
    "period in words": (entry(window="soon"), 7, ("'soon' is not of the form", "30d or 90d, or month")),
    "alert that can't fire": (entry(target="90"), 6, ("14.4 × budget 0.1 = 1.44", "above 93.06", "[6h, 1d, 3d]")),
    "chosen alert that can't fire": (
        entry(target="50", burn_windows="[1d, 3d]"),
        10,
        ("burn factor 3 × budget 0.5 = 1.5", "[3d]"),
    ),
    "unknown signal": (entry(sli=events("{signal: shop/request_total}")), 9, ("did you mean 'shop/requests_total'?",)),
    "unknown job": (entry(sli=events("{signal: billing/x}")), 9, ("the catalogue has probe, shop",)),
    "signal without job": (entry(sli=events("{signal: requests_total}")), 9, ("job/name of a signal",)),
    "unknown label": (
        entry(sli=events("{signal: shop/requests_total, where: {code: ~5..}}")),
        9,
        ("no label 'code'", "known: job, environment, instance, route, status"),
    ),
    "impossible value": (
        entry(sli=events("{signal: shop/requests_total, where: {status: '501'}}")),
        9,
        ("never has the value '501'", "did you mean '503'?"),
    ),
    "number for a value": (
        entry(sli=events("{signal: shop/requests_total, where: {status: 500}}")),
        9,
        ("500 is neither text nor a list", "in quotes"),
    ),
    "broken regex": (entry(sli=events("{signal: shop/requests_total, where: {status: '~5(.'}}")), 9, ("5(.",)),
    "undeclared bucket": (
        entry(sli="{latency: {signal: shop/request_duration_seconds, within: 2}}"),
        9,
        ("no bucket le=2", "declared are 0.1, 0.5, 1, 5"),
    ),
    "latency of a counter": (
        entry(sli="{latency: {signal: shop/requests_total, within: 1}}"),
        9,
        ("is a counter", "latency needs a histogram"),
    ),
    "events of a gauge": (entry(sli=events("{signal: shop/open_carts}")), 9, ("bad needs a counter",)),
    "one side only": (
        entry(sli="{events: {total: {signal: shop/requests_total}}}"),
        9,
        ("two of good, bad and total",),
    ),
    "the same events on both sides": (entry(sli=events()), 9, ("total and bad count the same events", "where")),
    "a template in the title": (entry(title="'{{ .Value }}'"), 3, ("not of the form", "without braces")),
    "different units": (
        entry(sli="{events: {good: {signal: shop/orders_total}, bad: {signal: shop/requests_total}}}"),
        9,
        ("orders/s and requests/s",),
    ),
    "unknown grouping": (entry(per="[region]"), 8, ("no label 'region'",)),
    "name that is no label value": (entry(name="My SLO"), 2, ("'My SLO'", "lower-case words joined by -")),
    "unknown window": (entry(burn_windows="[2h]"), 10, ("'2h' is none of 1h, 6h, 1d, 3d",)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_names_line_mistake_and_remedy(mistake: str) -> None:
    text, line, words = MISTAKES[mistake]
    with pytest.raises(ContentError) as caught:
        parsed(text)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"shop.yaml:{line}: ")
    assert [word for word in words if word not in str(problem)] == []


def test_names_both_objectives_of_one_name() -> None:
    with pytest.raises(ContentError, match=r"shop\.yaml:18: .*'shop' is taken by the objective on line 2"):
        parsed(entry(), entry(name="other"), entry())


def test_names_every_mistake_of_a_file_in_its_order() -> None:
    with pytest.raises(ContentError) as caught:
        parsed(entry(target="99.999999"), entry(name="b", per="[region]"), entry(name="b", window="1d"))
    assert [problem.line for problem in caught.value.problems] == [6, 16, 18, 23]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml: the file: nothing is not a mapping"),
        ("- a", "f.yaml:1: the file: a list is not a mapping"),
        ("objectives: []", "f.yaml:1: objectives: is empty"),
        ("objectives:\n  - name: [\n", "f.yaml:3: is not valid YAML"),
        ("objectives: 1\nobjectives: 2", "f.yaml:2: 'objectives' stands here again, first on line 1"),
        ("? [a, b]\n: 1", "f.yaml:1: a key is a list or a mapping"),
        ("x: !!python/object:os.system 1", "f.yaml:1: is not valid YAML: could not determine a constructor"),
        ("objectives: &again [*again]", "f.yaml:1: an alias (*) repeats what stands here; write it out"),
        ("objectives: [&a 1, *a, *a]", "f.yaml:1: an alias (*) repeats what stands here; write it out"),
        ("\x00", "f.yaml: is not valid YAML: unacceptable character"),
        ("x: " + "[" * 5000 + "]" * 5000, "f.yaml:1: is not valid YAML: exceeded maximum nesting depth"),
    ],
)
def test_what_is_no_list_of_objectives_is_refused_by_line(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        objectives_of(document.parse(text, "f.yaml"), SIGNALS)
    assert str(caught.value).startswith(message)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"gone\.yaml: cannot be read: No such file"):
        load_objectives(tmp_path / "gone.yaml", SIGNALS)
    (tmp_path / "latin.yaml").write_bytes(b"owner: \xe9quipe")
    with pytest.raises(ContentError, match=r"latin\.yaml: cannot be read: it is not UTF-8"):
        load_objectives(tmp_path / "latin.yaml", SIGNALS)


def test_a_good_file_has_no_mistakes() -> None:
    assert [one.name for one in parsed(entry(), entry(name="b", sli=AVAILABILITY, window="month"))] == ["shop", "b"]

"""Which panel an alert is linked to."""

from __future__ import annotations

from pathlib import Path

from sync.files import read
from sync.owned.alert_panels import metrics, panel
from sync.owned.run import files

ROOT = Path(__file__).resolve().parents[3]


def page(*panels: tuple[str, str]) -> dict:
    found = [{"id": n, "type": kind, "targets": [{"expr": expr}]} for n, (kind, expr) in enumerate(panels, start=1)]
    return {"panels": found}


def test_a_query_tells_its_series():
    assert metrics('sum by (a) (rate(x_total{a="$b"}[$__rate_interval])) / (y > 0) or 0 * z') == {"x_total", "y", "z"}
    assert metrics("not PromQL at all") == set()


def test_the_panel_with_the_fewest_other_series_is_it():
    assert panel({"a"}, page(("timeseries", "b"), ("timeseries", "a + b"), ("timeseries", "a"))) == 3


def test_of_two_alike_the_one_that_shows_time_is_it():
    assert panel({"a"}, page(("stat", "a"), ("timeseries", "a"), ("timeseries", "a"))) == 2


def test_panels_in_rows_count():
    assert panel({"a"}, {"panels": [{"id": 1, "type": "row", "panels": page(("stat", "a"))["panels"]}]}) == 1


def test_what_half_of_the_series_are_read_by_will_do_and_less_will_not():
    assert panel({"a", "floor"}, page(("stat", "c"), ("timeseries", "a"))) == 2
    assert panel({"a", "b", "c"}, page(("stat", "a"))) is None


def test_the_dashboards_that_alerts_lead_to_show_what_they_watch():
    from sync.config import Context
    from sync.owned import alerts

    class Connection:
        http = None
        context = Context("local", "http://127.0.0.1:3000")

    rendered = read(ROOT / "rendered")
    things = alerts.AlertRules(Connection(), rendered).wanted(files(rendered))
    without = {thing.title for thing in things.values() if "__panelId__" not in thing.content["annotations"]}
    assert len(without) <= 3, without

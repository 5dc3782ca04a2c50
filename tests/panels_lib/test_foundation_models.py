"""Every page loads into the models of Grafana's own SDK, and what it saves is what it read."""

import pytest

from tests.grafana_types.foundation import differences, lost
from tests.panels_lib.page import KINDS, page_of, whole_page


@pytest.mark.parametrize("kind", KINDS)
def test_a_panel_of_each_kind_survives(kind):
    assert lost(page_of(KINDS[kind]())) == []


def test_a_page_of_everything_survives():
    assert lost(whole_page()) == []


def test_a_loss_is_seen():
    page = whole_page()
    page["panels"][0]["span"] = 6
    page["style"] = "dark"
    assert lost(page) == ["/style", "Failed orders: span"]
    assert list(differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}], "c": 1})) == ["/a/1/b"]

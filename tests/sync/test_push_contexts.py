"""A push to one context that asks, and to several at once, over both APIs."""

from __future__ import annotations

import json
import re

import pytest

UID = "shop-overview"


def push(project, *arguments):
    return project.invoke("push", "--format", "json", *arguments)


def test_a_context_that_asks_is_not_written_without_an_answer(shop, grafana):
    shop.connect(grafana.url, api=grafana.api, confirm=True)
    done = push(shop)
    assert done.code == 5
    assert "Write 1 dashboard to local" in done.err
    assert push(shop, "--yes").code == 0


@pytest.fixture
def fleet(shop, grafana):
    """Two contexts, both the server, and one in between that is down."""
    context = {"url": grafana.url, "user-env": "SHOP_USER", "password-env": "SHOP_PASSWORD", "api": grafana.api}
    broken = {**context, "url": "http://127.0.0.1:9"}
    contexts = {"eu-1": context, "eu-2": broken, "eu-3": context, "us-1": broken}
    shop.config(json.dumps({"project": "shop", "contexts": contexts}))
    return shop


def test_several_contexts_at_once_and_one_that_fails(fleet, grafana):
    done = push(fleet, "--context", "eu-*")
    assert done.code == 4
    assert [(row["context"], row["state"]) for row in done.json["rows"]] == [
        ("eu-1", "created"),
        ("eu-2", "failed"),
        ("eu-3", "unchanged"),
    ]
    assert done.json["summary"]["byContext"]["eu-1"]["created"] == 1
    assert "http://127.0.0.1:9" in done.err
    assert grafana.title(UID) == "Overview"


def test_of_several_contexts_nothing_is_partial_where_nothing_was_written(fleet):
    push(fleet, "--context", "eu-1")
    assert push(fleet, "--context", "eu-1", "--context", "eu-2").code == 1
    for verb in ("plan", "status"):
        done = fleet.invoke(verb, "--context", "eu-*", "--format", "json")
        assert done.code == 1
        assert {row["context"] for row in done.json["rows"]} == {"eu-1", "eu-2", "eu-3"}


def test_several_contexts_are_told_apart_in_text(fleet):
    out = fleet.invoke("push", "--context", "eu-1", "--context", "eu-3").out
    assert re.search(r"^eu-1: 1 created, api \S+, push \S+$", out, re.MULTILINE)
    assert re.search(r"^eu-3: 1 unchanged, api \S+$", out, re.MULTILINE)


def test_one_plan_for_several_contexts(fleet, grafana):
    names = ("--context", "eu-1", "--context", "eu-3")
    assert fleet.invoke("plan", *names, "--out", "plan.json").code == 0
    assert [entry["context"] for entry in json.loads((fleet.root / "plan.json").read_text())["contexts"]] == [
        "eu-1",
        "eu-3",
    ]
    done = push(fleet, "--plan", "plan.json")
    assert done.code == 4, done  # both are the same server, so the second one has moved
    assert [row["state"] for row in done.json["rows"]] == ["created", "refused"]
    assert push(fleet, "--plan", "plan.json", "--context", "us-1").code == 1


def test_no_plan_is_kept_where_a_context_failed(fleet):
    assert fleet.invoke("plan", "--context", "eu-*", "--out", "plan.json").code == 1
    assert not (fleet.root / "plan.json").exists()

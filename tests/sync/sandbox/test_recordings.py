"""The sandbox answers as a real Grafana 12.4 did.

With DASH_SYNC_TEST_GRAFANA_URL the same exchanges are replayed against that server instead, which is written to and
must be empty; DASH_SYNC_TEST_GRAFANA_USER and _PASSWORD are its administrator's (admin/admin).
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from typing import Any

import pytest

from sync.sandbox.serve import running_sandbox
from tests.sync.sandbox.replay import Replay, Step, differences, recorded_steps

STEPS = recorded_steps()


@pytest.fixture(scope="module")
def replayed() -> Iterator[dict[str, list[str]]]:
    """What differed at each step of one run over an empty server."""
    if url := os.environ.get("DASH_SYNC_TEST_GRAFANA_URL"):
        user = os.environ.get("DASH_SYNC_TEST_GRAFANA_USER", "admin")
        yield _replay(Replay(url.rstrip("/"), user, os.environ.get("DASH_SYNC_TEST_GRAFANA_PASSWORD", "admin")))
        return
    with running_sandbox() as url:
        yield _replay(Replay(url))


def _replay(replay: Replay) -> dict[str, list[str]]:
    return {step.label: replay.run(step) for step in STEPS}


@pytest.mark.parametrize("step", STEPS, ids=[step.label for step in STEPS])
def test_step_is_answered_as_recorded(step: Step, replayed: dict[str, list[str]]) -> None:
    assert replayed[step.label] == []


def test_steps_are_named_apart() -> None:
    assert len({step.label for step in STEPS}) == len(STEPS) > 150


RECORDED: dict[str, Any] = {"status": "Failure", "code": 409, "items": [{"metadata": {"name": "a", "generation": 2}}]}


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("status",), "Success"),
        (("code",), 412),
        (("code",), "409"),
        (("items",), []),
        (("items", 0, "metadata", "generation"), 3),
        (("items", 0, "metadata", "more"), 1),
        (("items", 0, "metadata"), None),
    ],
)
def test_comparison_sees_a_departure(way: tuple[Any, ...], value: Any) -> None:
    got = copy.deepcopy(RECORDED)
    place: Any = got
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    assert list(differences(RECORDED, got)) != []


def test_comparison_sees_a_missing_key() -> None:
    assert list(differences(RECORDED, {key: RECORDED[key] for key in ("status", "items")})) == ["$.code: missing"]


def test_comparison_passes_what_is_equal() -> None:
    assert list(differences(RECORDED, copy.deepcopy(RECORDED))) == []

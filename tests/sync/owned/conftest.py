from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.sandbox.serve import running_sandbox
from tests.sync.grafana import Grafana
from tests.sync.owned.rules import rule, write_group
from tests.sync.project import DASHBOARD, Project
from tests.sync.sandbox.client import Client


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    """An empty sandbox; the two dashboard APIs make no difference to what is tested here."""
    with running_sandbox() as url:
        yield Grafana(Client(url), "app-platform")


@pytest.fixture
def shop(project, grafana) -> Project:
    """One dashboard and a group of two alert rules, not pushed yet."""
    project.connect(grafana.url)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    write_group(project, rule("shop-down"), rule("shop-slow", expr="latency > 1"))
    return project

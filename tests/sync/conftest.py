from __future__ import annotations

import base64
import os
from collections.abc import Iterator

import pytest

from sync.sandbox.serve import running_sandbox
from tests.sync.grafana import REAL, Grafana
from tests.sync.project import DASHBOARD, Project
from tests.sync.sandbox.client import Client

SERVERS = ["sandbox", "grafana"] if REAL else ["sandbox"]


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path)


@pytest.fixture(params=["app-platform", "legacy"])
def sandbox(request) -> Iterator[Grafana]:
    """An empty sandbox of the test's own, spoken to over each API."""
    with running_sandbox() as url:
        yield Grafana(Client(url), request.param)


@pytest.fixture(params=[(server, api) for server in SERVERS for api in ("app-platform", "legacy")], ids="-".join)
def grafana(request) -> Iterator[Grafana]:
    """Every server that the contract is tested on, over each API."""
    server, api = request.param
    if server == "sandbox":
        with running_sandbox() as url:
            yield Grafana(Client(url), api)
        return
    login = os.environ.get("DASH_SYNC_TEST_GRAFANA_LOGIN", "admin:admin")
    real = Grafana(Client(REAL, "Basic " + base64.b64encode(login.encode()).decode()), api)
    real.clean()
    yield real
    real.clean()


@pytest.fixture
def shop(project, grafana) -> Project:
    """A project with one rendered dashboard, whose context is the server."""
    project.connect(grafana.url, api=grafana.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project

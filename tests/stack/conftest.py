"""One real Prometheus for all tests of this room that look at the past."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stack.servers import prometheus_config, running_prometheus
from stack.tools import ROOT
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.scenarios import make_blocks

RULES = sorted((ROOT / "rendered" / "rules").glob("*.yaml"))


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusApi]:
    """Prometheus with the history of every scenario and the rendered rules; it scrapes nothing."""
    folder = tmp_path_factory.mktemp("prometheus")
    blocks = folder / "blocks"
    blocks.mkdir()
    make_blocks(blocks)
    config = prometheus_config(folder, rules=RULES)
    with running_prometheus(config, blocks=[blocks]) as server:
        yield PrometheusApi(server.url)

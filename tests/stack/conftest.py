"""One history, and a real Prometheus on it, for all tests of this room that look at the past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import alerts
from stack.servers import prometheus_config, running_prometheus
from tests.stack.once import once
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.scenarios import make_blocks


@pytest.fixture(scope="session")
def blocks(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The blocks of every scenario."""
    return once("blocks", make_blocks, request=request, paths=tmp_path_factory)


@pytest.fixture(scope="session")
def rule_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The rule files as they are rendered now."""
    folder = tmp_path_factory.mktemp("rules")
    files = []
    for path, text in alerts.render().items():
        if Path(path).parent == Path("rules"):
            files.append(folder / Path(path).name)
            files[-1].write_bytes(text)
    return files


@pytest.fixture(scope="session")
def prometheus(
    tmp_path_factory: pytest.TempPathFactory, blocks: Path, rule_files: list[Path]
) -> Iterator[PrometheusApi]:
    """Prometheus with the history of every scenario and the rules; it scrapes nothing."""
    config = prometheus_config(tmp_path_factory.mktemp("prometheus"), rules=rule_files)
    with running_prometheus(config, blocks=[blocks]) as server:
        yield PrometheusApi(server.url)

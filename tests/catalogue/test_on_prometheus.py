"""Every indicator as a real Prometheus reads it, and the few whose absence of data matters as it answers them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import catalogue
from catalogue import orchestrator, redis
from signals_lib import Query
from tests.signals_lib.promtool import Answer, outcome, promtool

pytestmark = pytest.mark.needs("promtool")

PLACE = 'environment="test",cluster="a"'
HERE = f'job="phoenix-orchestrator",{PLACE},instance="o1"'
CACHE = f'{HERE},cache="plans"'
TYPE = f'{HERE},task_type="build"'
MASTER = f'job="redis",{PLACE},instance="r1"'
REPLICA = f'job="redis",{PLACE},instance="r2"'


def test_every_indicator_is_a_rule_that_promtool_accepts(tmp_path: Path) -> None:
    rules = [
        {"record": f"indicator:{name.replace('.', ':')}", "expr": indicator().over("5m").expr.replace("$__range", "1h")}
        for name, indicator in catalogue.INDICATORS.items()
    ]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "indicators", "rules": rules}]}))
    run = promtool(tmp_path, "check", "rules", "rules.yaml")
    assert run.returncode == 0, run.stderr
    assert f"{len(rules)} rules found" in run.stdout


@pytest.mark.parametrize(
    ("series", "query", "answer"),
    [
        pytest.param(
            {f"cache_misses_total{{{CACHE}}}": "0+60x10"}, orchestrator.cache_hit_ratio(), {"{}": 0}, id="never hit"
        ),
        pytest.param(
            {f"cache_misses_total{{{CACHE}}}": "0+60x10", f"cache_hits_total{{{CACHE}}}": "0+180x10"},
            orchestrator.cache_hit_ratio("cache"),
            {'{cache="plans"}': 0.75},
            id="hits",
        ),
        pytest.param(
            {f"tasks_queued_total{{{TYPE}}}": "0+60x10"},
            orchestrator.queue_shortfall(),
            {"{}": 1},
            id="a standstill before any task has finished",
        ),
        pytest.param(
            {f'tasks_failed_total{{{TYPE},reason="timeout"}}': "0+60x10"},
            orchestrator.failure_ratio(),
            {"{}": 1},
            id="nothing but failures",
        ),
        pytest.param(
            {f"tasks_completed_total{{{TYPE}}}": "0+60x10"},
            orchestrator.failure_ratio(),
            {"{}": 0},
            id="no failure yet",
        ),
        pytest.param(
            {f"tasks_completed_total{{{TYPE}}}": "9x10", f'tasks_failed_total{{{TYPE},reason="timeout"}}': "9x10"},
            orchestrator.failure_ratio(),
            {},
            id="an idle night",
        ),
        pytest.param(
            {
                f"redis_connected_slaves{{{MASTER}}}": "0x10",
                f"redis_connected_slaves{{{REPLICA}}}": "0x10",
                f'redis_instance_info{{{MASTER},role="master"}}': "1x10",
                f'redis_instance_info{{{REPLICA},role="slave"}}': "1x10",
            },
            redis.replicas().breach("critical"),
            {'{instance="r1"}': 0},
            id="a master without a replica",
        ),
        pytest.param(
            {f"redis_memory_used_bytes{{{MASTER}}}": "5x10", f"redis_memory_max_bytes{{{MASTER}}}": "0x10"},
            redis.memory_utilisation(),
            {},
            id="no maxmemory",
        ),
    ],
)
def test_an_indicator_answers(tmp_path: Path, series: dict[str, str], query: Query, answer: Answer) -> None:
    assert not outcome(tmp_path, series, query, answer)

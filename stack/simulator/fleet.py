"""The processes that there are: environments, their orchestrators, pools of agents, and what serves them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Environment:
    """One environment in one cluster. `peak` is its requests a second in the busiest hour."""

    name: str
    cluster: str
    peak: float
    orchestrators: int
    pools: Mapping[str, int]
    replicas: int = 1
    nodes: int = 2
    load_balancers: int = 1
    redis_memory: float = 0  # bytes that a Redis server may use; 0 is no limit
    monitored: bool = False  # whether Prometheus, Alertmanager, Loki and Tempo run here
    incidents: bool = False  # whether incidents strike here
    prefix: str = ""  # of its instances' names, which are unique over all environments


@dataclass(frozen=True)
class Fleet:
    """All environments."""

    environments: tuple[Environment, ...] = field(
        default=(
            Environment(
                "production",
                "eu-1",
                peak=60,
                orchestrators=3,
                pools={"default": 4, "build": 4, "deploy": 4},
                replicas=2,
                nodes=3,
                load_balancers=2,
                redis_memory=2**30,
                monitored=True,
                incidents=True,
            ),
            Environment("staging", "eu-2", peak=3, orchestrators=1, pools={"default": 2}, nodes=1, prefix="staging-"),
        )
    )

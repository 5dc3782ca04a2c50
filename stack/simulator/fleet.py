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
    monitored: bool = False  # whether Prometheus and Alertmanager run here
    incidents: bool = False  # whether incidents strike here


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
                monitored=True,
                incidents=True,
            ),
            Environment("staging", "eu-2", peak=3, orchestrators=1, pools={"default": 2}, nodes=1),
        )
    )

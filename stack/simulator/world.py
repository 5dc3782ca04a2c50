"""All environments moved through time together, with the incidents that strike them."""

from collections.abc import Iterable, Iterator

from stack.simulator.deployment import Deployment
from stack.simulator.effects import effects
from stack.simulator.fleet import Fleet
from stack.simulator.incidents import Span
from stack.simulator.target import Target


class World:
    """The workload at `now`. The same seed, start, incidents and steps make the same world, to the byte."""

    def __init__(
        self, *, seed: int, start: float, spans: Iterable[Span] = (), fleet: Fleet | None = None, speed: float = 1
    ) -> None:
        self.now, self.spans, self.speed = start, [*spans], speed
        environments = (fleet or Fleet()).environments
        self.deployments = [Deployment(each, str(seed), started=start - 5400) for each in environments]

    def targets(self) -> Iterator[Target]:
        """Every target, in a fixed order."""
        for deployment in self.deployments:
            yield from deployment.targets()

    def step(self, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now += dt
        strike = effects(self.spans, self.now, speed=self.speed)
        for deployment in self.deployments:
            deployment.step(self.now, dt, strike)

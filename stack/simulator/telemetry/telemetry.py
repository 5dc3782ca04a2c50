"""The logs and traces of a whole world."""

from stack.simulator.telemetry.journal import Journal
from stack.simulator.telemetry.outlets import Outlets
from stack.simulator.world import World

LONGEST = 60.0  # seconds of a step beyond which it isn't told: the simulator slept


class Telemetry:
    """Tells what a world does from now on: lines and spans into outlets, exemplars on its targets."""

    def __init__(self, world: World, seed: str, outlets: Outlets) -> None:
        self._world, self._seed, self._outlets = world, seed, outlets
        self.journals = self._begun()

    def look(self, now: float, dt: float) -> None:
        """Tell the step of `dt` seconds that led to `now`."""
        if dt > LONGEST:
            self.journals = self._begun()
            return
        lines = [line for journal in self.journals for line in journal.look(now, dt)]
        self._outlets.write(sorted(lines, key=lambda line: line.at))

    def _begun(self) -> list[Journal]:
        return [Journal(each, self._seed, self._world.now, self._outlets) for each in self._world.deployments]

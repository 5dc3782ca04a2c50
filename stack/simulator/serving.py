"""The simulator as a process: serves until a signal tells it to stop."""

import signal
import threading
import time
from collections.abc import Iterable

from stack.simulator.incidents import Span
from stack.simulator.live import Live
from stack.simulator.server import SimulatorServer
from stack.simulator.world import World

WARM_UP = 600  # seconds lived before the first scrape, so that nothing begins at 0


def serve(*, port: int, seed: int, spans: Iterable[Span] = (), speed: float = 1) -> None:
    """Serve a live world; print its URL when it's ready; return on SIGINT or SIGTERM. OSError if the port is taken."""
    world = World(seed=seed, start=time.time() - WARM_UP, spans=spans, speed=speed)
    for _ in range(WARM_UP // 10):
        world.step(10)
    with SimulatorServer(Live(world), port=port) as server:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        print(server.url, flush=True)
        stop.wait()
        server.shutdown()
        thread.join()

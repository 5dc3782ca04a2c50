"""The simulator as a process: serves until a signal tells it to stop."""

import signal
import threading
import time
from collections.abc import Iterable

from stack.simulator.incidents import Span
from stack.simulator.live import Live
from stack.simulator.server import SimulatorServer
from stack.simulator.telemetry.outlets import Outlets, Told
from stack.simulator.telemetry.telemetry import Telemetry
from stack.simulator.world import World

WARM_UP = 600  # seconds lived before the first scrape, so that nothing begins at 0
_PACE = 0.5  # seconds between two looks at the clock, when each second is told as it passes


def serve(
    *,
    port: int,
    seed: int,
    spans: Iterable[Span] = (),
    speed: float = 1,
    told: Told | None = None,
    host: str = "127.0.0.1",
) -> None:
    """Serve a live world; print its URL when it's ready; return on SIGINT or SIGTERM.

    OSError if the port is taken or the log file can't be written. The URL goes to standard error when log lines go to
    standard output.
    """
    told = told or Told()
    start = time.time()
    world = World(seed=seed, start=start - WARM_UP, spans=spans, speed=speed)
    for _ in range(WARM_UP // 10):
        world.step(10)
    identity = f"{seed}/{start}"  # ids of one run are never those of another
    outlets = Outlets.open(told, seed=identity)
    live = Live(world, told=Telemetry(world, identity, outlets).look if told else None)
    stop = threading.Event()
    with SimulatorServer(live, port=port, host=host) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        print(server.url, flush=True, file=told.other_words)
        while not stop.wait(_PACE if told else None):
            live.keep_pace()
        server.shutdown()
        thread.join()
    outlets.close()

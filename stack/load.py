"""`python -m stack.load`: a few clients of the stack's load balancer and Redis, so that both have something to tell.

What they ask for can fail, as it does in an incident; they go on. They end when they are told to.
"""

import contextlib
import itertools
import socket
import threading
import time
import urllib.request

import click

PAUSE = 0.5  # seconds between two questions of a client
_ROUTES = ("/v1/plans", "/v1/plans/42", "/v1/tasks", "/v1/agents")
# Nine lookups of ten find their key.
_COMMANDS = ("SET plan waiting", *["GET plan"] * 9, "GET none", "SET lock x PX 200", "PING")


def _visit(door: str) -> None:
    for route in itertools.cycle(_ROUTES):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{door}{route}", timeout=5) as answer:
            answer.read()
        time.sleep(PAUSE)


def _look_up(host: str, port: int) -> None:
    asked = "".join(f"{command}\r\n" for command in (*_COMMANDS, "QUIT")).encode()
    while True:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(asked)
            while connection.recv(4096):
                pass
        time.sleep(PAUSE)


@click.command()
@click.option("--door", required=True, help="URL of the load balancer.")
@click.option("--redis", required=True, help="HOST:PORT of the Redis master.")
def main(door: str, redis: str) -> None:
    """Ask the load balancer and Redis something, twice a second, until told to end."""
    host, _, port = redis.rpartition(":")
    threading.Thread(target=_look_up, args=(host, int(port)), daemon=True).start()
    print("asking", flush=True)
    _visit(door)


if __name__ == "__main__":
    main()

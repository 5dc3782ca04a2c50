"""What takes long is made once a run, by the first worker that needs it."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def once(
    name: str, make: Callable[[Path], object], *, request: pytest.FixtureRequest, paths: pytest.TempPathFactory
) -> Path:
    """Return the folder `name` that all workers of this run share, filled by `make` if nobody did before."""
    here = paths.getbasetemp()
    run = here.parent if hasattr(request.config, "workerinput") else here
    folder, done = run / name, run / f"{name}-done"
    with (run / f"{name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder

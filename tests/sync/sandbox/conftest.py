from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.sandbox.serve import running_sandbox
from tests.sync.sandbox.client import Client


@pytest.fixture
def sandbox() -> Iterator[Client]:
    """An empty sandbox of the test's own, as its administrator."""
    with running_sandbox() as url:
        yield Client(url)

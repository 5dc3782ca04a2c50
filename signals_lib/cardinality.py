"""Which labels are never one: those with a value for each request, task, trace or user."""

from __future__ import annotations

import re

_ID = re.compile(r"(?:.*_)?(?:id|uuid|guid|ip|email|token|timestamp)|traceparent|message|line", re.IGNORECASE)


def is_id(name: str) -> bool:
    """Whether the name says that its values never end."""
    return bool(_ID.fullmatch(name))

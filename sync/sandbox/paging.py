"""Continue tokens: where the next page of a list begins."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import orjson


@dataclass(frozen=True)
class Place:
    """Where a list goes on: behind `name` (objects) or below `version` (history); `offset` items went before."""

    offset: int
    version: int
    name: str = ""

    def token(self) -> str:
        """Write the place as the opaque token that clients send back."""
        return base64.b64encode(
            orjson.dumps({"o": self.offset, "v": self.version, "n": self.name, "s": False})
        ).decode()


def read_place(token: str) -> Place | None:
    """Read a token; None when it is none of ours."""
    try:
        read = orjson.loads(base64.urlsafe_b64decode(token))
        return Place(int(read["o"]), int(read["v"]), str(read["n"]))
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None

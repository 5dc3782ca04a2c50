"""What provisioning files leave to the environment, put in as Grafana itself does: $NAME, ${NAME}, $__env{}, $__file{}.

A `$$` stands for a dollar that is not the environment's.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

REFERENCE = re.compile(r"\$__(?P<kind>env|file)\{(?P<place>[^}]*)\}|\$\{(?P<braced>\w+)\}|\$(?P<bare>\w+)")


class MissingError(Exception):
    """A variable that isn't set, or a file that can't be read; its text says which, and never a value."""


def expanded(value: Any) -> Any:
    """Return a value with what its references stand for; raises MissingError where that isn't there.

    Grafana takes an empty text for a variable that isn't set. Here it is an error: an address would silently be none.
    """
    if isinstance(value, str):
        return "$".join(REFERENCE.sub(_looked_up, part) for part in value.split("$$"))
    if isinstance(value, dict):
        return {key: expanded(item) for key, item in value.items()}
    return [expanded(item) for item in value] if isinstance(value, list) else value


def literal(value: Any) -> Any:
    """Return a value whose dollars are not the environment's."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: literal(item) for key, item in value.items()}
    return [literal(item) for item in value] if isinstance(value, list) else value


def is_reference(value: str) -> bool:
    """Tell whether a text is a reference and nothing else, as what holds a secret has to be."""
    return REFERENCE.fullmatch(value) is not None


def _looked_up(found: re.Match[str]) -> str:
    if found["kind"] == "file":
        try:
            return Path(found["place"]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise MissingError(f"the file {found['place']} can't be read") from None
    name = found["place"] or found["braced"] or found["bare"]
    if name not in os.environ:
        raise MissingError(f"the variable {name} is not set")
    return os.environ[name]

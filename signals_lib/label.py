"""Labels of a signal, and the values that they can have."""

from __future__ import annotations

import re
from dataclasses import dataclass

from signals_lib.errors import DefinitionError

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a signal; `values` are all it can have, () when they aren't known beforehand."""

    name: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name == "__name__":
            raise DefinitionError(f"{self.name!r} is no label name: use letters, digits and _")

"""One line of a log, in the shape that catalogue/log_line.schema.json fixes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class LogLine:
    """What a process said `at` a moment (Unix seconds). `ids` holds those that it knows, trace and span among them."""

    at: float
    level: str
    component: str
    message: str
    ids: Mapping[str, str]
    metadata: Mapping[str, Scalar]

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        said = {"component": self.component, "message": self.message, "metadata": self.metadata}
        return orjson.dumps({"timestamp": moment, "level": self.level, **self.ids, **said}).decode()

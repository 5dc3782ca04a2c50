"""The few things that tests ask of an Alertmanager, or tell it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class AlertmanagerApi:
    """Alertmanager at `url`."""

    url: str

    def tell(self, alerts: Iterable[Mapping[str, str]], *, over: bool = False, **annotations: str) -> None:
        """Report alerts with these labels as firing, or as over; annotations may name labels as {alertname}."""
        now = datetime.now(UTC).isoformat()
        body = [
            {
                "labels": labels,
                "annotations": {name: text.format(**labels) for name, text in annotations.items()},
                **({"endsAt": now} if over else {}),
            }
            for labels in map(dict, alerts)
        ]
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()

    def alerts(self, *matchers: str) -> list[dict[str, Any]]:
        """Return the alerts that it holds, with status and receivers."""
        query = urlencode([("filter", matcher) for matcher in matchers])
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts?{query}", timeout=10) as answer:
            return json.load(answer)

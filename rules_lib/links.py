"""Where an alert leads: its runbook, and the dashboard that shows what it saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of a team's runbooks and of its Grafana, without a slash at the end."""

    runbooks: str
    grafana: str

    def runbook(self, alert: str) -> str:
        """Return the address of an alert's runbook page."""
        return f"{self.runbooks}/{alert}.md"

    def dashboard(self, uid: str, *, variables: Iterable[str] = (), since: str = "6h") -> str:
        """Return the address of a dashboard from `since` ago until now, each variable set to the alert's label.

        The time range stands last, so that a notification can put the alert's own times in its place.
        """
        chosen = "".join(f"var-{name}={{{{ $labels.{name} | urlquery }}}}&" for name in variables)
        return f"{self.grafana}/d/{uid}?{chosen}from=now-{since}&to=now"

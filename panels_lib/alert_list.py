"""Alert list: the alerts that Grafana knows of, its own and those of Alertmanager's data source."""

from collections.abc import Mapping, Sequence
from typing import Literal

from panels_lib.panel import Panel, Size

State = Literal["firing", "pending", "noData", "normal", "error"]
IMPORTANCE = 3
SHOWN: tuple[State, ...] = ("firing", "pending", "noData", "error")


def alert_list(
    *,
    title: str = "Alerts",
    description: str = "",
    labels: Mapping[str, str] | None = None,
    name: str = "",
    states: Sequence[State] = SHOWN,
    data_source: str | None = None,
    this_dashboard: bool = False,
    group_by: Sequence[str] = (),
    at_most: int = 20,
    width: int = 12,
    height: int = 8,
    key: str | None = None,
) -> Panel:
    """List alerts by state; `labels` narrow them, `data_source` is the name of the one whose alerts are read."""
    wanted = ", ".join(f'{label}="{value}"' for label, value in (labels or {}).items())
    options = {
        "alertInstanceLabelFilter": f"{{{wanted}}}" if wanted else "",
        "alertName": name,
        "dashboardAlerts": this_dashboard,
        "groupBy": list(group_by),
        "groupMode": "custom" if group_by else "default",
        "maxItems": at_most,
        "sortOrder": IMPORTANCE,
        "stateFilter": {
            **{state: state in states for state in ("error", "firing", "noData", "normal", "pending")},
            "recovering": "firing" in states,
        },
        **({"datasource": data_source} if data_source else {}),
    }
    return Panel(
        kind="alertlist", title=title, description=description, options=options, size=Size(width, height), key=key
    )

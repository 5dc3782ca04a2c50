"""Links: the dashboard's menu, a panel's links and the links of a series or a cell."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from panels_lib.panel import Json, JsonObject
from panels_lib.plain import LEAVES

TIME_RANGE, ALL_VARIABLES = "${__url_time_range}", "${__all_variables}"
CARRIED = f"{TIME_RANGE}&{ALL_VARIABLES}"
SET_BY_LINK = re.compile(r"[?&]var-([^=&]+)=")


def menu(*tags: str, title: str) -> JsonObject:
    """List the dashboards that carry all of these tags in a dropdown; variables and time go along."""
    return link(title, "", kind="dashboards", tags=list(tags), dropdown=True, icon="external link")


def to_dashboard(uid: str, title: str, *, tooltip: str = "") -> JsonObject:
    """Link to another dashboard in the header; variables and time go along."""
    return link(title, f"/d/{uid}", tooltip=tooltip, icon="dashboard")


def to_page(url: str, title: str, *, tooltip: str = "", icon: str = "doc") -> JsonObject:
    """Link to a page, such as a runbook, in the header; it opens in a tab of its own."""
    return link(title, url, tooltip=tooltip, icon=icon, carried=False, new_tab=True)


def link(
    title: str,
    url: str,
    *,
    kind: str = "link",
    tags: list[str] | None = None,
    tooltip: str = "",
    icon: str = "external link",
    dropdown: bool = False,
    carried: bool = True,
    new_tab: bool = False,
) -> JsonObject:
    """Return a dashboard's or panel's link with all that Grafana's type asks for."""
    return {
        "asDropdown": dropdown,
        "icon": icon,
        "includeVars": carried,
        "keepTime": carried,
        "tags": tags or [],
        "targetBlank": new_tab,
        "title": title,
        "tooltip": tooltip,
        "type": kind,
        "url": url,
    }


def panel_link(title: str, *, uid: str | None = None, url: str | None = None, timed: bool = True) -> JsonObject:
    """Link from a panel's corner: to a dashboard by uid with variables and time, or to a page in a new tab.

    Without `timed` the dashboard opens at its own time range.
    """
    if uid is not None:
        return link(title, f"/d/{uid}?{CARRIED if timed else ALL_VARIABLES}", carried=False)
    return link(title, url or "", carried=False, new_tab=True)


def data_link(
    title: str,
    *,
    uid: str | None = None,
    url: str | None = None,
    new_tab: bool = False,
    carry: Sequence[str] | None = None,
    around: int | None = None,
    **values: str,
) -> JsonObject:
    """Link from a series, a value or a cell.

    `uid` leads to a dashboard with the time carried. `values` set its variables from the clicked series or row:
    `instance="${__field.labels.instance}"` or `agent="${__data.fields.agent}"`. `carry` names the variables that go
    along; by default all of the page do, but for those that `values` set. `around` carries the moment of the point
    that was clicked instead of the page's time, with so many seconds before and after it.
    """
    if uid is None:
        return {"title": title, "url": url or "", "targetBlank": new_tab}
    carried = [ALL_VARIABLES] if carry is None else [as_parameter(name) for name in carry]
    chosen = [f"var-{quote(name)}={value}" for name, value in values.items()]
    time = TIME_RANGE if around is None else f"time=${{__value.time}}&time.window={2 * around * 1000}"
    return {"title": title, "url": f"/d/{uid}?{'&'.join([time, *carried, *chosen])}", "targetBlank": new_tab}


def carried_once(value: Json, names: Sequence[str]) -> Json:
    """Return JSON in whose links each of a page's variables stands once, as the link sets it where it does.

    Carried and set as well, a variable would have both values on the page behind the link.
    """
    if isinstance(value, list):
        return [inner if type(inner) in LEAVES else carried_once(inner, names) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {key: inner if type(inner) in LEAVES else carried_once(inner, names) for key, inner in value.items()}
    url = found.get("url")
    if isinstance(url, str) and ALL_VARIABLES in url and (chosen := SET_BY_LINK.findall(url)):
        rest = "&".join(as_parameter(name) for name in names if quote(name) not in chosen)
        found["url"] = url.replace(f"&{ALL_VARIABLES}", f"&{rest}" if rest else "")
    return found


def as_parameter(name: str) -> str:
    """Carry one variable: `var-name=value` for each chosen value."""
    return f"${{{name}:queryparam}}"

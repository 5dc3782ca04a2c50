"""Links: the dashboard's menu, a panel's links and the links of a series or a cell."""

from collections.abc import Sequence
from urllib.parse import quote

from panels_lib.panel import JsonObject

CARRIED = "${__url_time_range}&${__all_variables}"


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


def panel_link(title: str, *, uid: str | None = None, url: str | None = None) -> JsonObject:
    """Link from a panel's corner: to a dashboard by uid with variables and time, or to a page in a new tab."""
    if uid is not None:
        return link(title, f"/d/{uid}?{CARRIED}", carried=False)
    return link(title, url or "", carried=False, new_tab=True)


def data_link(
    title: str,
    *,
    uid: str | None = None,
    url: str | None = None,
    new_tab: bool = False,
    carry: Sequence[str] | None = None,
    **values: str,
) -> JsonObject:
    """Link from a series, a value or a cell.

    `uid` leads to a dashboard with the time carried. `values` set its variables from the clicked series or row:
    `instance="${__field.labels.instance}"` or `agent="${__data.fields.agent}"`. `carry` names the variables that go
    along; by default all do, or with `values` none: a variable carried and set would be both at once.
    """
    if uid is None:
        return {"title": title, "url": url or "", "targetBlank": new_tab}
    if carry is None:
        carry = () if values else ("__all_variables",)
    carried = ["${__all_variables}" if name == "__all_variables" else f"${{{name}:queryparam}}" for name in carry]
    chosen = [f"var-{quote(name)}={value}" for name, value in values.items()]
    return {
        "title": title,
        "url": f"/d/{uid}?{'&'.join(['${__url_time_range}', *carried, *chosen])}",
        "targetBlank": new_tab,
    }

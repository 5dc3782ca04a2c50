"""The dashboard shell: scopes, lays out, builds and modernises; what comes back is plain Grafana JSON."""

from collections.abc import Sequence
from dataclasses import replace

from panels_lib import annotations as marks
from panels_lib.layout import Row, place
from panels_lib.links import carried_once
from panels_lib.panel import JsonObject, Panel, Target
from panels_lib.variables import Variable

SHARED_CROSSHAIR = 1


def dashboard(
    title: str,
    *,
    uid: str,
    rows: Sequence[Row],
    description: str = "",
    tags: Sequence[str] = (),
    variables: Sequence[Variable] = (),
    annotations: Sequence[JsonObject] = (),
    links: Sequence[JsonObject] = (),
    time: tuple[str, str] = ("now-6h", "now"),
    refresh: str = "30s",
    timezone: str = "browser",
    editable: bool = True,
) -> JsonObject:
    """Return a dashboard in today's JSON (schemaVersion 42), the same bytes for the same arguments.

    Every query is narrowed by the variables that stand for a label of its signal. Raises ValueError where the page
    can't work: two variables of one name, a uid that Grafana refuses.
    """
    from grafanalib.core import Annotations, Time  # noqa: PLC0415 - 75 ms that only drawing needs

    from panels_lib.modern import modern  # noqa: PLC0415
    from panels_lib.objects import dashboard_object  # noqa: PLC0415
    from panels_lib.plain import plain  # noqa: PLC0415

    check(uid, variables)
    placed = place([scoped(row, variables) for row in rows])
    drawn = dashboard_object(
        placed,
        variables,
        title=title,
        uid=uid,
        description=description,
        tags=list(tags),
        annotations=Annotations(list=[marks.built_in(), *annotations]),
        links=list(links),
        time=Time(*time),
        refresh=refresh,
        timezone=timezone,
        editable=editable,
        graphTooltip=SHARED_CROSSHAIR,
    )
    page: JsonObject = carried_once(modern(plain(drawn)), [variable.name for variable in variables])
    return page


def scoped(row: Row, variables: Sequence[Variable]) -> Row:
    """Return the row with every query narrowed by the page's variables."""
    return replace(row, panels=tuple(narrowed(panel, variables) for panel in row.panels))


def narrowed(panel: Panel, variables: Sequence[Variable]) -> Panel:
    """Return the panel with its signals' queries narrowed; queries given as text stay."""
    return replace(panel, targets=tuple(narrowed_target(target, variables) for target in panel.targets))


def narrowed_target(target: Target, variables: Sequence[Variable]) -> Target:
    """Return the target with its query narrowed by the variables that are for it."""
    if isinstance(target.query, str):
        return target
    where = {each.scopes: each.matcher for each in variables if each.scopes and each.narrows(target.query)}
    return replace(target, query=target.query.scoped(where))


def check(uid: str, variables: Sequence[Variable]) -> None:
    """Raise ValueError for what Grafana would refuse or mix up."""
    if not uid or len(uid) > 40 or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in uid):
        raise ValueError(f"uid {uid!r}: Grafana takes 1 to 40 letters, digits, - and _")
    names = [variable.name for variable in variables]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{uid}: two variables are named {twice[0]!r}; give one another name")

"""The panel that shows what an alert watches: the one on its dashboard that reads the same series. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signals_lib import grammar
from signals_lib.errors import GrammarError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DASHBOARD = "__dashboardUid__"
PANEL = "__panelId__"
"""Grafana's annotations; it takes both or neither."""
_UID = re.compile(r"/d/([A-Za-z0-9_-]+)")
_BEST = ("timeseries", "state-timeline", "heatmap", "stat", "gauge")


def linked(content: dict[str, Any], dashboard: Callable[[str], Mapping[str, Any] | None]) -> dict[str, Any]:
    """Return a rule with the panel that shows it, where its dashboard_url names a dashboard that has one."""
    annotations = content["annotations"]
    found = _UID.search(annotations.get("dashboard_url", ""))
    if DASHBOARD in annotations or found is None or (spec := dashboard(found[1])) is None:
        return content
    expressions = (step["model"].get("expr") for step in content["data"])
    number = panel({name for text in expressions if isinstance(text, str) for name in metrics(text)}, spec)
    if number is None:
        return content
    return {**content, "annotations": {**annotations, DASHBOARD: found[1], PANEL: str(number)}}


def panel(names: set[str], spec: Mapping[str, Any]) -> int | None:
    """Return the id of the panel that reads the most of these series, at least half, and the fewest others.

    None where there is none: what an alert needs only as its floor is often drawn nowhere.
    """
    best: tuple[int, int, int, int] | None = None
    number: int | None = None
    for place, one in enumerate(_panels(spec)):
        read = {name for text in _queries(one) for name in metrics(text)}
        if not names or 2 * len(names & read) < len(names) or not isinstance(one.get("id"), int):
            continue
        kind = _BEST.index(one["type"]) if one.get("type") in _BEST else len(_BEST)
        rank = (len(names - read), len(read - names), kind, place)
        if best is None or rank < best:
            best, number = rank, one["id"]
    return number


def metrics(query: str) -> set[str]:
    """Return the names of the series that a PromQL query reads; none where it is no PromQL."""
    try:
        stack = [grammar.parse(query)]
    except GrammarError:
        return set()
    names: set[str] = set()
    while stack:
        node = stack.pop()
        if type(node).__name__ == "VectorSelector":
            names.add(node.name or "")  # type: ignore[attr-defined]
        for part in ("vector_selector", "param", "expr", "lhs", "rhs"):
            inner = getattr(node, part, None)
            stack += [inner] if inner is not None else []
        stack += getattr(node, "args", ())
    return names - {""}


def _panels(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in holder.get("panels") or []:
        if isinstance(one, dict):
            yield one
            yield from _panels(one)


def _queries(one: Mapping[str, Any]) -> Iterator[str]:
    for target in one.get("targets") or []:
        if isinstance(target, dict) and isinstance(target.get("expr"), str):
            yield target["expr"]

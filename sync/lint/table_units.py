"""Which queries of a table are shown in the unit that its numbers have by default."""

from __future__ import annotations

from collections.abc import Iterator

from sync.lint.dashboard import Panel, Target
from sync.lint.fields import Fields, overridden
from sync.lint.shape import as_dict, as_list, as_text

_KEEPING = frozenset({"merge", "joinByField", "seriesToColumns", "sortBy", "organize", "limit", "filterByValue"})
"""Transformations after which each query still has its column of numbers, if it isn't left out."""


_NAMING = frozenset({"byName", "byNames", "byRegexp", "byFrameRefID"})


def shown_by_default(panel: Panel, found: Fields) -> Iterator[Target]:
    """Yield the queries whose numbers are surely shown, and by no override in another unit."""
    transformations = [each for each in map(as_dict, as_list(panel.raw.get("transformations"))) if not _is_off(each)]
    if any(as_text(each.get("id")) not in _KEEPING for each in transformations):
        return
    left_out = set[str]()
    for each in transformations:
        options = as_dict(each.get("options"))
        left_out |= {name for name, is_out in as_dict(options.get("excludeByName")).items() if is_out}
        if as_dict(options.get("includeByName")):
            return
    others: list[Target] = []
    for raw in as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides")):
        properties = map(as_dict, as_list(as_dict(raw).get("properties")))
        if any(
            each.get("id") in {"unit", "custom.hidden", "custom.hideFrom", "custom.hideFrom.viz"} for each in properties
        ):
            if as_dict(as_dict(raw).get("matcher")).get("id") not in _NAMING:
                return  # byValue, byType: it may be of any query
            matched = [*overridden(panel, as_dict(as_dict(raw).get("matcher")), found)]
            if not matched and not found.complete:
                return  # it may be of any query
            others += matched
    for target in panel.targets:
        names = {name for name, source in found.sources.items() if source is target}
        if names and not names & left_out and target not in others:
            yield target


def _is_off(transformation: dict[str, object]) -> bool:
    return transformation.get("disabled") is True

"""Alert rules that Grafana evaluates: the query among their steps, so that it is compared as a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.diff.values import Json, listing, mapping, text

if TYPE_CHECKING:
    from sync.diff.read import Path

EXPRESSIONS = "__expr__"


def asked(rule: Json) -> tuple[str, Path, Json]:
    """Return the first query of a rule's steps, the way to it, and the rule without it; "" where there is none."""
    steps = listing(rule.get("data"))
    for number, step in enumerate(steps):
        model = mapping(mapping(step).get("model"))
        if text(mapping(step).get("datasourceUid")) != EXPRESSIONS and text(model.get("expr")):
            rest = {key: value for key, value in model.items() if key != "expr"}
            others = [*steps[:number], {**step, "model": rest}, *steps[number + 1 :]]
            return text(model["expr"]), ("data", number, "model", "expr"), {**rule, "data": others}
    return "", ("expr",), rule

"""What a metric measures by its name where that is neither bytes nor time: degrees, watts, volts."""

from __future__ import annotations

import re

from sync.lint.promql.tree import CHOOSING, UNIT_KEEPING, Aggregation, Binary, Call, Node, Selector

_FITTING: dict[str, frozenset[str]] = {
    "celsius": frozenset({"celsius"}),
    "fahrenheit": frozenset({"fahrenheit"}),
    "kelvin": frozenset({"kelvin"}),
    "watt": frozenset({"watt", "kwatt", "mwatt", "voltamp"}),
    "volt": frozenset({"volt", "kvolt", "mvolt"}),
    "amp": frozenset({"amp", "mamp"}),
    "ampere": frozenset({"amp", "mamp"}),
    "joule": frozenset({"joule", "watth", "kwatth"}),
    "hertz": frozenset({"hertz", "rothz"}),
    "rpm": frozenset({"rotrpm", "rpm"}),
}
"""The units of Grafana for what the last word of a name says."""
_MEASURE = re.compile(r"_(celsius|fahrenheit|kelvin|watt|volt|amp|ampere|joule|hertz|rpm)s?(_total)?$")
_ALIKE = CHOOSING | {"sum", "avg", "min", "max"}


def measured(node: Node) -> tuple[str, frozenset[str]] | None:
    """Return what an expression is in, and the units that fit; None where no name says, or numbers are computed."""
    selector, rate = _selector(node)
    found = _MEASURE.search(selector.name) if selector is not None else None
    if found is None or rate != bool(found[2]):
        return None
    word = "watt" if rate and found[1] == "joule" else found[1]
    return (f"{word}s" if word in {"watt", "volt", "amp", "ampere", "joule"} else word, _FITTING[word])


def _selector(node: Node) -> tuple[Selector | None, bool]:
    """Return the series of an expression that leaves their unit, and whether it takes their rate."""
    rate = False
    while True:
        match node:
            case Aggregation(name=name) if name in _ALIKE:
                node = node.body
            case Call(name="rate" | "irate", arguments=(inner,)):
                node, rate = inner, True
            case Call(name=name, arguments=(inner, *_)) if name in UNIT_KEEPING:
                node = inner
            case Binary(operator="or" | "and" | "unless"):
                node = node.left
            case Binary() if node.filters:
                node = node.left
            case Selector():
                return node, rate
            case _:
                return None, rate

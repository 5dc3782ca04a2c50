"""What a metric measures by its name where that is neither bytes nor time: degrees, watts, volts."""

from __future__ import annotations

import math
import re

from sync.lint.promql.factors import unscaled
from sync.lint.promql.simplified import simplified
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
_PREFIXES = {"": 1.0, "kilo": 1e-3, "deci": 1e1, "centi": 1e2, "milli": 1e3, "micro": 1e6}
"""By what a number is greater than one of the measure itself."""
_SCALED = {"kwatt": 1e-3, "mwatt": 1e3, "kvolt": 1e-3, "mvolt": 1e3, "mamp": 1e3, "kwatth": 1e-3}
"""The same of the units that have a prefix of their own."""
_MEASURE = re.compile(
    r"_(?P<prefix>kilo|deci|centi|milli|micro)?(?P<measure>celsius|fahrenheit|kelvin|watt|volt|amp|ampere|joule|hertz|rpm)s?"
    r"(?P<counted>_total)?$"
)
_ALIKE = CHOOSING | {"sum", "avg", "min", "max"}


def mismeasured(node: Node, unit: str) -> str:
    """Say what an expression is in, where that is another measure than a unit's, or a thousandth of it; '' else."""
    inner, factor = unscaled(simplified(node))
    selector, rate = _selector(inner)
    found = _MEASURE.search(selector.name) if selector is not None else None
    if found is None or rate != bool(found["counted"]):
        return ""
    word = "watt" if rate and found["measure"] == "joule" else found["measure"]
    name = (found["prefix"] or "") + (f"{word}s" if word in {"watt", "volt", "amp", "ampere", "joule"} else word)
    if unit not in _FITTING[word]:
        return name if factor == 1 else ""
    own, expected = _PREFIXES[found["prefix"] or ""] * factor, _SCALED.get(unit, 1.0)
    power = math.log10(own / expected)
    if round(power) == 0 or not math.isclose(power, round(power)):
        return ""  # 60 and 3600 are of other measures
    return name if factor == 1 else f"{name} × {factor:g}"


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

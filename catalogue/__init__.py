"""What Phoenix emits: its signals, and the indicators that people look at."""

from __future__ import annotations

from types import ModuleType

from catalogue import agent, alertmanager, haproxy, node, orchestrator, process, prometheus, redis
from catalogue.components import COMPONENTS
from catalogue.indicator import Indicator
from signals_lib import Signal

_MODULES = (process, orchestrator, agent, redis, haproxy, node, prometheus, alertmanager)


def _signals(module: ModuleType) -> list[Signal]:
    values = [value for value in vars(module).values() if isinstance(value, Signal | tuple)]
    flat = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return [part for part in flat if isinstance(part, Signal)]


SIGNALS: dict[tuple[str | None, str], Signal] = {
    signal.key: signal for module in _MODULES for signal in _signals(module)
}
INDICATORS: dict[str, Indicator] = {
    f"{module.__name__.rpartition('.')[2]}.{value.name}": value
    for module in _MODULES
    for value in vars(module).values()
    if isinstance(value, Indicator)
}


def render() -> dict[str, bytes]:
    """Return the generated files by their path."""
    from catalogue.document import document  # noqa: PLC0415 - only rendering needs JSON

    return {"catalogue.json": document(COMPONENTS, SIGNALS.values(), INDICATORS)}


__all__ = ["COMPONENTS", "INDICATORS", "SIGNALS", "render"]

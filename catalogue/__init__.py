"""What Phoenix emits: its signals, and the indicators that people look at."""

from __future__ import annotations

from types import ModuleType

from catalogue import agent, orchestrator, process
from catalogue.components import COMPONENTS
from catalogue.indicator import Indicator
from signals_lib import Signal

_MODULES = (process, orchestrator, agent)


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

__all__ = ["COMPONENTS", "INDICATORS", "SIGNALS"]

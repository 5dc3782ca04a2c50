"""What Phoenix emits: its signals, and the indicators that people look at."""

from __future__ import annotations

from types import ModuleType

from catalogue import agent, alertmanager, haproxy, logs, node, orchestrator, process, prometheus, redis, traces
from catalogue.components import COMPONENTS
from catalogue.indicator import Indicator, LogIndicator, TraceIndicator
from signals_lib import Signal

_MODULES = (process, orchestrator, agent, redis, haproxy, node, prometheus, alertmanager, logs, traces)


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
ASKED_OF_LOGS: dict[str, LogIndicator] = {
    f"logs.{value.name}": value for value in vars(logs).values() if isinstance(value, LogIndicator)
}
ASKED_OF_TRACES: dict[str, TraceIndicator] = {
    f"traces.{value.name}": value for value in vars(traces).values() if isinstance(value, TraceIndicator)
}


def render() -> dict[str, bytes]:
    """Return the generated files by their path."""
    from catalogue.document import document  # noqa: PLC0415 - only rendering needs JSON

    asked: dict[str, Indicator | LogIndicator | TraceIndicator] = {**INDICATORS, **ASKED_OF_LOGS, **ASKED_OF_TRACES}
    return {"catalogue.json": document(COMPONENTS, SIGNALS.values(), asked, logs.STREAMS, traces.SETS)}


__all__ = ["ASKED_OF_LOGS", "ASKED_OF_TRACES", "COMPONENTS", "INDICATORS", "SIGNALS", "render"]

"""What a system emits, as typed signals, and the queries they answer."""

from signals_lib.component import Component
from signals_lib.errors import SignalError
from signals_lib.label import Label
from signals_lib.matcher import Matcher
from signals_lib.query import Query
from signals_lib.signal import Counter, Gauge, Histogram, Signal, StateSet
from signals_lib.thresholds import Thresholds

__all__ = [
    "Component",
    "Counter",
    "Gauge",
    "Histogram",
    "Label",
    "Matcher",
    "Query",
    "Signal",
    "SignalError",
    "StateSet",
    "Thresholds",
]

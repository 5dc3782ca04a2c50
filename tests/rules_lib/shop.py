"""A small service to set objectives for: what these tests measure."""

from __future__ import annotations

from textwrap import dedent, indent

from rules_lib import document
from rules_lib.load import objectives_of
from rules_lib.objective import Objective
from signals_lib.component import Component
from signals_lib.signal import Label, Signal

SHOP = Component("shop", title="Shop", labels=("environment", "instance"))
PROBE = Component("probe", title="Probe", labels=("environment", "instance"))
_SIGNALS = (
    SHOP.counter(
        "requests_total",
        help="Requests.",
        unit="requests",
        labels=("route", Label("status", ("200", "404", "500", "503"))),
    ),
    SHOP.histogram(
        "request_duration_seconds",
        help="Time to answer.",
        unit="s",
        observations="requests",
        buckets=(0.1, 0.5, 1, 5),
        labels=("route",),
    ),
    SHOP.counter("orders_total", help="Orders that went through.", unit="orders"),
    SHOP.counter("order_failures_total", help="Orders that failed.", unit="orders", labels=("reason",)),
    SHOP.gauge("open_carts", help="Carts.", unit="carts"),
    PROBE.gauge("probe_success", help="1 when the probe got through.", unit="share"),
)
SIGNALS: dict[tuple[str | None, str], Signal] = {signal.key: signal for signal in _SIGNALS}

AVAILABILITY = (
    "{events: {total: {signal: shop/requests_total}, bad: {signal: shop/requests_total, where: {status: ~5..}}}}"
)
GOOD_OF_TOTAL = (
    "{events: {total: {signal: shop/requests_total}, good: {signal: shop/requests_total, where: {status: '!~5..'}}}}"
)
LATENCY = "{latency: {signal: shop/request_duration_seconds, within: 1}}"
ORDERS = "{events: {good: {signal: shop/orders_total}, bad: {signal: shop/order_failures_total}}}"
PROBES = "{ratio: {signal: probe/probe_success, of: success}}"


def entry(**changes: object) -> str:
    """One objective as YAML, in flow style, with these keys changed (None: left out)."""
    keys: dict[str, object] = {
        "name": "shop",
        "title": "Shop",
        "description": "It sells.",
        "owner": "web",
        "target": "99.9",
        "window": "30d",
        "per": "[environment]",
        "sli": AVAILABILITY,
    }
    keys.update(changes)
    lines = "\n".join(f"{key}: {value}" for key, value in keys.items() if value is not None)
    return "- " + indent(lines, "  ")[2:]


def parsed(*entries: str) -> tuple[Objective, ...]:
    """The objectives of a file with these entries; its first entry begins on line 2."""
    text = "objectives:\n" + "\n".join(indent(dedent(each), "  ") for each in entries) + "\n"
    return objectives_of(document.parse(text, "shop.yaml"), SIGNALS)


def objective(**changes: object) -> Objective:
    """One objective of the shop."""
    (one,) = parsed(entry(**changes))
    return one

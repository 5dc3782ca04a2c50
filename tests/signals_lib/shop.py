"""A small shop, whose signals the tests ask."""

from signals_lib import Component, Label, Thresholds

SHOP = Component("shop", title="Shop", labels=("environment", "instance"))
DEPOT = Component("depot", title="Depot", labels=("environment", "instance"))
RECORDED = Component(None, title="Objectives", labels=("slo",))

STATUS = Label("status", ("200", "404", "500", "503"))
ORDERS = SHOP.counter("orders_total", help="Orders.", unit="orders", labels=("route", STATUS))
REFUSALS = SHOP.counter("refusals_total", help="Orders refused.", unit="orders", labels=("route",))
RETURNS = SHOP.counter("returns_total", help="Orders sent back.", unit="orders", labels=("route", "reason"))
CPU = SHOP.counter("cpu_seconds_total", help="CPU.", unit="core-seconds")
BYTES = SHOP.counter("sent_bytes_total", help="Bytes.", unit="bytes", labels=("route",))
WAIT = SHOP.histogram(
    "wait_seconds",
    help="How long a customer waits.",
    unit="s",
    observations="orders",
    buckets=(0.25, 0.5, 1, 2.5),
    labels=("route",),
)
PARCEL = SHOP.histogram("parcel_bytes", help="Size.", unit="bytes", observations="orders", buckets=(64, 2**20, 2**24))
ROOM_LIMIT = SHOP.gauge("room_limit", help="What fits.", unit="crates")
ROOM = SHOP.gauge(
    "room_used", help="Crates there.", unit="crates", limit=ROOM_LIMIT, thresholds=Thresholds(warning=8, critical=9)
)
OPENED = SHOP.gauge("opened_seconds", help="When it opened.", unit="timestamp")
DOOR = SHOP.state_set(
    "door", help="The door's state.", unit="doors", state_label="state", states=("open", "closed"), labels=("door",)
)
STOCK = DEPOT.gauge("stock", help="Crates in the depot.", unit="crates")
BAD = RECORDED.gauge("slo:bad:rate5m", help="Bad events.", unit="events/s")

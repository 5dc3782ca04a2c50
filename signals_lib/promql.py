"""Builders: what one asks of a signal, as a query.

Grouping (`by`) keeps labels of the sum, `where` narrows the series, `window` is the range of a rate. An empty
denominator or an idle histogram gives no data: neither 0, which would look fine, nor NaN, which poisons what sums it.
"""

from signals_lib.combination import bottomk, count, highest, lowest, ratio, share, topk, total, union, utilisation
from signals_lib.distribution import buckets, mean, quantile, rate_within, share_within
from signals_lib.events import increase, rate
from signals_lib.series import Aggregation
from signals_lib.values import absent, age, avg_over, changes, forecast, in_state, latest, max_over, min_over, sum_over

__all__ = [
    "Aggregation",
    "absent",
    "age",
    "avg_over",
    "bottomk",
    "buckets",
    "changes",
    "count",
    "forecast",
    "highest",
    "in_state",
    "increase",
    "latest",
    "lowest",
    "max_over",
    "mean",
    "min_over",
    "quantile",
    "rate",
    "rate_within",
    "ratio",
    "share",
    "share_within",
    "sum_over",
    "topk",
    "total",
    "union",
    "utilisation",
]

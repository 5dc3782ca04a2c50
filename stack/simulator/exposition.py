"""A target's answer to a scrape, written by Prometheus's own Python client."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import Metric, samples
from prometheus_client.exposition import choose_encoder

from signals_lib import Signal
from stack.simulator.target import Exemplar, Target

# The client's names of the types; a state set is exposed as the gauges that it is.
_TYPES = {"counter": "counter", "gauge": "gauge", "histogram": "histogram", "state set": "gauge"}


@dataclass(frozen=True)
class _Collector:
    target: Target

    def collect(self) -> Iterator[Metric]:
        """Return the families of the target as the client's own, each once."""
        metrics: dict[str, Metric] = {}
        for series, value, exemplar in self.target.scraped():
            name = series.family.name
            if name not in metrics:
                metrics[name] = _metric(series.family)
            metrics[name].add_sample(name + series.suffix, dict(series.labels), value, exemplar=_written(exemplar))
        return iter(metrics.values())


def _metric(signal: Signal) -> Metric:
    return Metric(family_name(signal), signal.help, exposed_type(signal))


def _written(exemplar: Exemplar | None) -> samples.Exemplar | None:
    if exemplar is None:
        return None
    return samples.Exemplar({"trace_id": exemplar.trace_id}, exemplar.value, round(exemplar.at, 3))


def exposed_type(signal: Signal) -> str:
    """Return the type as exposed: a counter that isn't named _total has none, as node_vmstat_oom_kill hasn't."""
    return "unknown" if signal.kind == "counter" and not signal.name.endswith("_total") else _TYPES[signal.kind]


def family_name(signal: Signal) -> str:
    """Return the name of the family, which is a counter's without _total."""
    return signal.name.removesuffix("_total") if exposed_type(signal) == "counter" else signal.name


def exposition(target: Target, *, accept: str = "") -> tuple[bytes, str]:
    """Return the exposition and its content type, in the format that the `Accept` header asks for.

    Only OpenMetrics shows exemplars.
    """
    encode, content_type = choose_encoder(accept)
    return encode(_Collector(target)), content_type

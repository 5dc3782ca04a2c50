"""Tracers of the simulated processes: one resource each, one sampler and one way out for all."""

from random import Random

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer

SCOPE = "phoenix"


class SeededIds(IdGenerator):
    """Ids that are the same for the same seed, and never 0, which means none."""

    def __init__(self, seed: str) -> None:
        self._rng = Random(seed)

    def generate_span_id(self) -> int:
        """Return 64 bits."""
        return self._rng.getrandbits(64) or 1

    def generate_trace_id(self) -> int:
        """Return 128 bits; the sampler decides by the lower half of them."""
        return self._rng.getrandbits(128) or 1


class Tracing:
    """Makes tracers. A trace is sampled as its parent says; without one, `ratio` of them are, decided by the id."""

    def __init__(self, out: SpanProcessor, *, ratio: float, seed: str) -> None:
        self._out, self._ids = out, SeededIds(seed)
        self._sampler = ParentBased(TraceIdRatioBased(ratio))

    def tracer(self, *, service: str, environment: str, instance: str) -> Tracer:
        """Return the tracer of one process."""
        resource = Resource.create(
            {"service.name": service, "service.instance.id": instance, "environment": environment}
        )
        provider = TracerProvider(
            resource=resource, sampler=self._sampler, id_generator=self._ids, shutdown_on_exit=False
        )
        provider.add_span_processor(self._out)
        return provider.get_tracer(SCOPE)

    def close(self) -> None:
        """Send what waits."""
        self._out.shutdown()

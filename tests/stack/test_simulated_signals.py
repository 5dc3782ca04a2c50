"""The simulator emits what the catalogue declares: all of it, and nothing else."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

import catalogue
from catalogue import traces
from signals_lib import Histogram, Signal, StateSet
from stack.simulator.exposition import exposition
from stack.simulator.incidents import Span, find
from stack.simulator.target import Target
from stack.simulator.world import World

START = 1768478400.0
DECLARED = {key: signal for key, signal in catalogue.SIGNALS.items() if key[0] is not None and key[1] != "up"}
DECLARED |= {("tempo", signal.name): signal for signal in traces.METRICS}  # written by Tempo's generator, of no job
TYPES = {"counter": "counter", "gauge": "gauge", "histogram": "histogram", "state set": "gauge"}
UNTYPED = {"node_vmstat_oom_kill"}  # a counter by nature, which node_exporter exposes without a type


@pytest.fixture(scope="module")
def families() -> dict[tuple[str, str], list[Metric]]:
    """Everything scraped in six hours, failures and outage included, so that rare labels are seen."""
    spans = [Span(find("failures"), START + 3600, START + 9000), Span(find("outage"), START + 9000, START + 12600)]
    world = World(seed=5, start=START, spans=spans)
    for _ in range(6 * 60):
        world.step(60)
    found = defaultdict(list)
    for target in world.targets():
        for metric in scraped(target):
            found[target.job, exposed_name(metric)].append(metric)
    return found


def scraped(target: Target) -> Iterator[Metric]:
    text, _ = exposition(target)
    return text_string_to_metric_families(text.decode())


def exposed_name(metric: Metric) -> str:
    """The name in the catalogue: the parser takes _total from a counter's."""
    return metric.name + "_total" if metric.type == "counter" else metric.name


def own_labels(metric: Metric) -> set[str]:
    return {label for sample in metric.samples for label in sample.labels} - {"le"}


def test_every_declared_signal_is_emitted_and_no_other(families: dict[tuple[str, str], list[Metric]]) -> None:
    assert set(families) == set(DECLARED)


@pytest.mark.parametrize("key", DECLARED, ids=".".join)
def test_a_signal_has_its_type_help_and_labels(
    families: dict[tuple[str, str], list[Metric]], key: tuple[str, str]
) -> None:
    signal = DECLARED[key]
    for metric in families[key]:
        assert metric.type == ("unknown" if signal.name in UNTYPED else TYPES[signal.kind])
        assert metric.documentation == signal.help
        assert own_labels(metric) == {label.name for label in signal.own_labels}


@pytest.mark.parametrize("key", DECLARED, ids=".".join)
def test_every_known_label_value_is_seen_and_no_other(
    families: dict[tuple[str, str], list[Metric]], key: tuple[str, str]
) -> None:
    for label in DECLARED[key].own_labels:
        seen = {sample.labels[label.name] for metric in families[key] for sample in metric.samples}
        assert not label.values or seen == set(label.values), label.name


@pytest.mark.parametrize("key", [key for key, each in DECLARED.items() if isinstance(each, Histogram)], ids=".".join)
def test_a_histogram_has_its_buckets_and_they_agree_with_sum_and_count(
    families: dict[tuple[str, str], list[Metric]], key: tuple[str, str]
) -> None:
    signal = DECLARED[key]
    assert isinstance(signal, Histogram)
    for metric in families[key]:
        for buckets, total, count in histograms(metric):
            assert list(buckets) == [*map(float, signal.buckets), math.inf]
            assert list(buckets.values()) == sorted(buckets.values())
            assert buckets[math.inf] == count
            assert lowest(buckets) <= total <= highest(buckets)


def histograms(metric: Metric) -> Iterator[tuple[dict[float, float], float, float]]:
    grouped: dict[tuple[tuple[str, str], ...], dict[str, dict[float, float]]] = defaultdict(lambda: defaultdict(dict))
    for sample in metric.samples:
        labels = dict(sample.labels)
        bound = float(labels.pop("le", 0))
        grouped[tuple(labels.items())][sample.name.removeprefix(metric.name)][bound] = sample.value
    for parts in grouped.values():
        yield parts["_bucket"], parts["_sum"][0], parts["_count"][0]


def lowest(buckets: dict[float, float]) -> float:
    """The sum if every observation were as small as its bucket allows."""
    pairs = [(0.0, 0.0), *buckets.items()]
    return sum((count - before) * bound for (bound, before), (_, count) in itertools.pairwise(pairs))


def highest(buckets: dict[float, float]) -> float:
    """The sum if every observation were as large as its bucket allows (twice the last bound in the open one)."""
    bounds = [*buckets][:-1]
    pairs = zip([0.0, *buckets.values()], buckets.values(), [*bounds, bounds[-1] * 2], strict=False)
    return sum((count - before) * bound for before, count, bound in pairs)


def test_a_thing_is_in_exactly_one_state(families: dict[tuple[str, str], list[Metric]]) -> None:
    sets = {key: signal for key, signal in DECLARED.items() if isinstance(signal, StateSet)}
    assert sets
    for key, signal in sets.items():
        for metric in families[key]:
            states: dict[tuple[tuple[str, str], ...], float] = defaultdict(float)
            for sample in metric.samples:
                thing = tuple((label, value) for label, value in sample.labels.items() if label != signal.state_label)
                states[thing] += sample.value
            assert set(states.values()) == {1}


def test_an_exposition_is_valid_openmetrics_too() -> None:
    world = World(seed=1, start=START)
    world.step(60)
    for target in world.targets():
        text, content_type = exposition(target, accept="application/openmetrics-text; version=1.0.0")
        assert content_type.startswith("application/openmetrics-text")
        assert [*parse_openmetrics(text.decode())]


def test_what_the_catalogue_does_not_declare_cannot_be_counted() -> None:
    target = Target("phoenix-agent", {"instance": "a"})
    with pytest.raises(LookupError, match="declares no 'requests_total' for phoenix-agent"):
        target.add("requests_total", 1)
    with pytest.raises(LookupError, match="has the labels"):
        target.add("operations_total", 1, route="/")
    with pytest.raises(LookupError, match="knows no operation='dance'"):
        target.add("operations_total", 1, operation="dance")


def test_the_same_signal_of_two_jobs_is_told_apart() -> None:
    signals: list[Signal] = [DECLARED[job, "memory_usage_bytes"] for job in ("phoenix-orchestrator", "phoenix-agent")]
    assert signals[0].help != signals[1].help

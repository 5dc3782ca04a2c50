"""Hours of history at once, as if a Prometheus had scraped the simulator all the time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from signals_lib import Signal
from stack.simulator.exposition import TYPES
from stack.simulator.incidents import Span
from stack.simulator.openmetrics import Samples, Times, write_end, write_family
from stack.simulator.recorder import Track
from stack.simulator.world import World

WARM_UP = 1800  # seconds lived before the first sample, so that the queue and the caches are as always
WARM_STEP = 15


@dataclass(frozen=True)
class History:
    """What was scraped at `times` (Unix seconds)."""

    times: tuple[float, ...]
    tracks: tuple[Track, ...]


def live_through(*, hours: float, step: float, end: float, seed: int, spans: Iterable[Span] = ()) -> History:
    """Scrape every target each `step` seconds for `hours` until `end` (Unix seconds), on a grid of whole steps."""
    end = end // step * step
    count = int(hours * 3600 / step)
    world = World(seed=seed, start=end - count * step - WARM_UP, spans=spans)
    for _ in range(WARM_UP // WARM_STEP):
        world.step(WARM_STEP)
    tracks = tuple(Track(target) for target in world.targets())
    for _ in range(count):
        world.step(step)
        for track in tracks:
            track.scrape()
    return History(tuple(end - (count - 1 - number) * step for number in range(count)), tracks)


def write_history(path: Path, *, hours: float, step: float, end: float, seed: int, spans: Iterable[Span] = ()) -> str:
    """Write the history's series to an OpenMetrics file; return what was written, in words."""
    history = live_through(hours=hours, step=step, end=end, seed=seed, spans=spans)
    times = Times.of(history.times)
    families: dict[str, tuple[str, list[Samples]]] = {}
    for signal, samples in [*_scraped(history), *_about_scrapes(history)]:
        families.setdefault(signal[0], (signal[1], []))[1].append(samples)
    with path.open("w", encoding="ascii", newline="\n") as file:
        written = sum(write_family(file, name, kind, all_, times) for name, (kind, all_) in sorted(families.items()))
        write_end(file)
    return f"{written:,} samples of {len(families)} families, {path.stat().st_size / 1e6:,.0f} MB"


def _scraped(history: History) -> Iterator[tuple[tuple[str, str], Samples]]:
    for track in history.tracks:
        target = _target_labels(track)
        for stretch in track.stretches:
            for series, values in stretch.samples():
                labels = (*target, *series.labels)
                yield _family(series.family), Samples(series.family.name + series.suffix, labels, stretch.first, values)


def _about_scrapes(history: History) -> Iterator[tuple[tuple[str, str], Samples]]:
    """Yield what Prometheus itself adds for every target."""
    for track in history.tracks:
        for name, values in (("up", track.up), ("scrape_samples_scraped", track.counts)):
            yield (name, "gauge"), Samples(name, _target_labels(track), 0, values)


def _target_labels(track: Track) -> tuple[tuple[str, str], ...]:
    return (("job", track.target.job), *track.target.labels.items())


def _family(signal: Signal) -> tuple[str, str]:
    return signal.name, TYPES[signal.kind]

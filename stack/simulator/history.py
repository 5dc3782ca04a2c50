"""Hours of history at once, as if a Prometheus had scraped the simulator all the time and evaluated the objectives."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import alerts
from stack.simulator.exposition import exposed_type, family_name
from stack.simulator.incidents import Span
from stack.simulator.ledger import Ledger
from stack.simulator.openmetrics import Samples, Times, write_end, write_family
from stack.simulator.recorded import recorded
from stack.simulator.recorder import Track
from stack.simulator.world import World

WARM_UP = 1800.0  # seconds lived before the first sample, so that the queue and the caches are as always
WARM_STEP = 15.0
HOUR, DAY = 3600.0, 86400.0
RECORDED_STEP = 300.0  # between recorded samples before the raw series begin: the longest that no query overlooks

Family = tuple[str, str]  # name and type


@dataclass(frozen=True)
class History:
    """What was scraped at `times` (Unix seconds), and the objectives' events since `since`."""

    times: tuple[float, ...]
    tracks: tuple[Track, ...]
    ledger: Ledger
    since: float
    spans: tuple[Span, ...] = ()


def live_through(
    *, hours: float, step: float, end: float, seed: int, spans: Iterable[Span] = (), days: float = 0
) -> History:
    """Scrape every target each `step` seconds for `hours` until `end` (Unix seconds), on a grid of whole steps.

    The objectives' events are counted for `days` (at least the hours); the longer ago, the longer the model's steps.
    """
    end, spans = end // step * step, tuple(spans)
    times = tuple(end - number * step for number in reversed(range(int(hours * 3600 / step))))
    begin = times[0] - step
    since = min(begin - WARM_UP, end - days * DAY)
    world = World(seed=seed, start=since, spans=spans)
    ledger = Ledger(alerts.objectives(), world.targets())
    ledger.look(since)
    for now in (*_old_times(since, begin - WARM_UP, end, spans), *_evenly(begin - WARM_UP, begin, WARM_STEP)):
        world.step(now - world.now)
        ledger.look(now)
    tracks = tuple(Track(target) for target in world.targets())
    for now in times:
        world.step(now - world.now)
        ledger.look(now)
        for track in tracks:
            track.scrape()
    return History(times, tracks, ledger, since, spans)


def write_signals(history: History, path: Path) -> int:
    """Write the scraped series to an OpenMetrics file; return how many samples."""
    return _write(path, (*_scraped(history), *_about_scrapes(history), *_alerts(history)), history.times)


def write_recorded(history: History, path: Path, *, old_step: float = RECORDED_STEP) -> int:
    """Write the objectives' recorded series to an OpenMetrics file; return how many samples.

    They are as dense as the scraped ones for as long as those reach back, and `old_step` seconds apart before.
    """
    old = _evenly(history.since, history.times[0] - 1, old_step)
    times = (*old, *history.times)
    return _write(path, (((each.name, "gauge"), each) for each in recorded(history.ledger, times)), times)


def _old_times(start: float, stop: float, end: float, spans: Sequence[Span]) -> Iterator[float]:
    """Yield the times until `stop` to which the model is moved: hourly, each ten minutes in the last day."""
    now = start
    while now < stop:
        pace = HOUR if end - now > DAY else 600.0
        if any(span.covers(now) for span in spans):
            pace = 60.0
        ahead = [time - now for span in spans for time in (span.start, span.end or stop) if time > now]
        now += min(pace, stop - now, *ahead)
        yield now


def _evenly(start: float, stop: float, step: float) -> list[float]:
    return [start + step * number for number in range(1, int((stop - start) / step) + 1)]


def _scraped(history: History) -> Iterator[tuple[Family, Samples]]:
    for track in history.tracks:
        target = _target_labels(track)
        for stretch in track.stretches:
            for series, values in stretch.samples():
                signal = series.family
                family = (family_name(signal), exposed_type(signal))
                yield family, Samples(signal.name + series.suffix, (*target, *series.labels), stretch.first, values)


def _about_scrapes(history: History) -> Iterator[tuple[Family, Samples]]:
    """Yield what Prometheus itself adds for every target."""
    for track in history.tracks:
        for name, values in (("up", track.up), ("scrape_samples_scraped", track.counts)):
            yield (name, "gauge"), Samples(name, _target_labels(track), 0, values)


def _alerts(history: History) -> Iterator[tuple[Family, Samples]]:
    """Yield the alerts of the incidents: pending, then firing."""
    for span in history.spans:
        if (alert := span.incident.alert) is None:
            continue
        labels = {"alertname": alert.name, "environment": "production", "job": alert.job, "severity": alert.severity}
        fires, ends = span.start + alert.hold, history.times[-1] + 1 if span.end is None else span.end
        for state, start, end in (("pending", span.start, min(fires, ends)), ("firing", fires, ends)):
            first, stop = bisect_left(history.times, start), bisect_left(history.times, end)
            if first < stop:
                samples = Samples("ALERTS", (*labels.items(), ("alertstate", state)), first, [1] * (stop - first))
                yield ("ALERTS", "gauge"), samples


def _target_labels(track: Track) -> tuple[tuple[str, str], ...]:
    return (("job", track.target.job), *track.target.labels.items())


def _write(path: Path, series: Iterable[tuple[Family, Samples]], times: Sequence[float]) -> int:
    families: dict[Family, list[Samples]] = {}
    for family, samples in series:
        families.setdefault(family, []).append(samples)
    written = Times.of(times)
    with path.open("w", encoding="ascii", newline="\n") as file:
        count = sum(write_family(file, *family, each, written) for family, each in sorted(families.items()))
        write_end(file)
    return count

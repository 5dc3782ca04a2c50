"""`make mutate`: change every rule in every way, and see whether the tests made with it notice.

Names of rule files (`redis.yaml`) choose some. Mutants that may survive are listed in survivors.yaml, each with the
reason: it means the same as the rule, or it is not worth a test. These are not tried again unless the run is thorough.
Status 1 when one survives that isn't listed, or when fewer than 95 % of those that mean something else are killed; in
a thorough run of all files, also when an entry of the list has no survivor any more.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import alerts
from tests.mutation.mutants import mutants
from tests.mutation.subject import Subject
from tests.mutation.verdict import Verdict, tried, unneeded

WANTED = 0.95


def subjects(chosen: Sequence[str] = ()) -> list[Subject]:
    """Return rule files with their tests, those of these names or all."""
    files = alerts.render()
    names = [Path(path).name for path in files if Path(path).parent == Path("rules")]
    if unknown := sorted({*chosen} - {*names}):
        sys.exit(f"no rule file {', '.join(unknown)}; there are {', '.join(names)}")
    return [Subject(name, files[f"rules/{name}"], _tests(files, name)) for name in chosen or names]


def _tests(files: dict[str, bytes], rules: str) -> list[bytes]:
    names = (rules, rules.replace(".yaml", "-long.yaml"))
    return [files[path] for path in (f"rules/tests/{name}" for name in names) if path in files]


def verdicts_on(subject: Subject, pool: ThreadPoolExecutor, *, thorough: bool) -> list[Verdict]:
    """Try every mutant of a rule file."""
    made = [(rule, mutant) for rule in subject.rules for mutant in mutants(rule)]
    return [*pool.map(lambda pair: tried(subject, *pair, thorough=thorough), made)]


def score(verdicts: Sequence[Verdict]) -> float:
    """Return the share of killed mutants among those that mean something else than their rule."""
    real = [each for each in verdicts if each.killed or each.reason is None or not each.reason.equivalent]
    return sum(each.killed for each in real) / len(real)


def line(name: str, verdicts: Sequence[Verdict]) -> str:
    """Return how many mutants were killed, how many mean the same, and the score."""
    killed, same = sum(each.killed for each in verdicts), sum(_is_same(each) for each in verdicts)
    return f"{name:28} {killed:5} of {len(verdicts):5} killed, {same:4} mean the same, score {score(verdicts):6.1%}"


def _is_same(verdict: Verdict) -> bool:
    return not verdict.killed and verdict.reason is not None and verdict.reason.equivalent


def report(verdicts: Sequence[Verdict], *, complete: bool) -> int:
    """Print what is wrong; return the exit status."""
    lost = [each for each in verdicts if not each.killed and each.reason is None]
    for verdict in lost:
        print(f"survives without a reason in survivors.yaml: {verdict.name}")
    idle = unneeded(verdicts) if complete else []
    for reason in idle:
        print(f"no survivor needs this entry of survivors.yaml any more: {reason.mutants.pattern}")
    return int(bool(lost or idle) or score(verdicts) < WANTED)


def main() -> int:
    """Try all, print score and survivors, return the exit status."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("files", nargs="*", help="names of rule files, as redis.yaml; all if none is given")
    parser.add_argument("--thorough", action="store_true", help="try those that are known to survive, too")
    asked = parser.parse_args()
    start, verdicts = time.monotonic(), list[Verdict]()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for subject in subjects(asked.files):
            verdicts += (found := verdicts_on(subject, pool, thorough=asked.thorough))
            print(line(subject.name, found), flush=True)
    print(line("all", verdicts) + f", in {time.monotonic() - start:.0f} s")
    return report(verdicts, complete=asked.thorough and not asked.files)


if __name__ == "__main__":
    sys.exit(main())

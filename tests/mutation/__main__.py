"""`make mutate`: change every rule in every way, and see whether the tests made with it notice.

Names of rule files (`redis.yaml`) choose some. Mutants that survive because they mean the same are listed with the
reason in survivors.yaml. Status 1 when one survives that isn't listed, when fewer than 95 % of all are killed, or, in a
run of all files, when an entry of the list has no survivor any more.
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
from tests.mutation.verdict import Verdict, reasons, tried, unexplained, unneeded

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


def verdicts_on(subject: Subject, pool: ThreadPoolExecutor) -> list[Verdict]:
    """Try every mutant of a rule file, and say how many were killed."""
    made = [(rule, mutant) for rule in subject.rules for mutant in mutants(rule)]
    found = [*pool.map(lambda pair: tried(subject, *pair), made)]
    print(f"{subject.name:28} {_killed(found):5} of {len(found):5} killed, {_killed(found) / len(found):6.1%}", flush=True)
    return found


def report(verdicts: Sequence[Verdict], *, everything: bool) -> int:
    """Print what is wrong; return the exit status."""
    known = reasons()
    lost, idle = unexplained(verdicts, known), unneeded(verdicts, known) if everything else []
    survivors = len(verdicts) - _killed(verdicts)
    print(f"{survivors} survive, {survivors - len(lost)} of them for a reason that survivors.yaml gives")
    for verdict in lost:
        print(f"  survives: {verdict}")
    for reason in idle:
        print(f"  no survivor needs this entry any more: {reason.mutants.pattern}")
    return int(bool(lost or idle) or _killed(verdicts) < WANTED * len(verdicts))


def _killed(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.killer is not None for verdict in verdicts)


def main() -> int:
    """Try all, print score and survivors, return the exit status."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("files", nargs="*", help="names of rule files, as redis.yaml; all if none is given")
    chosen = parser.parse_args().files
    start, verdicts = time.monotonic(), list[Verdict]()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for subject in subjects(chosen):
            verdicts += verdicts_on(subject, pool)
    killed, took = _killed(verdicts), time.monotonic() - start
    print(f"\n{killed} of {len(verdicts)} mutants killed: {killed / len(verdicts):.1%}, in {took:.0f} s")
    return report(verdicts, everything=not chosen)


if __name__ == "__main__":
    sys.exit(main())

"""What became of mutants, and whether those that survived may: survivors.yaml says which, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from tests.mutation.mutants import Mutant
from tests.mutation.subject import Rule, Subject

REASONS = Path(__file__).with_name("survivors.yaml")


@dataclass(frozen=True)
class Reason:
    """Why mutants whose name a regular expression finds may survive: they are `equivalent`, or no trial shows them."""

    mutants: re.Pattern[str]
    because: str
    equivalent: bool


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: killed or not, and the reason why it needn't be."""

    name: str
    killed: bool
    reason: Reason | None


def tried(subject: Subject, rule: Rule, mutant: Mutant, *, thorough: bool) -> Verdict:
    """Run the tests that a mutant concerns; one that is known to survive is believed to, unless it is `thorough`."""
    name = f"{subject.name}: {named(rule)}: {mutant.change}"
    reason = next((each for each in reasons() if each.mutants.search(name)), None)
    killed = (reason is None or thorough) and subject.killer(rule, mutant) is not None
    return Verdict(name, killed, reason)


def named(rule: Rule) -> str:
    """Name a rule so that it can be told from others of its file."""
    told = (rule["labels"].get(label) for label in ("severity", "long_window"))
    return " ".join(filter(None, (rule.get("alert") or rule["record"], *told)))


@cache
def reasons() -> tuple[Reason, ...]:
    """Read the list of survivors that are meant to be."""
    kinds = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    return tuple(
        Reason(re.compile(entry["mutants"]), " ".join(entry["because"].split()), kind == "equivalent")
        for kind in ("equivalent", "unseen")
        for entry in kinds[kind]
    )


def unneeded(verdicts: Iterable[Verdict]) -> list[Reason]:
    """Return the reasons that no survivor needs."""
    needed = {verdict.reason for verdict in verdicts if not verdict.killed}
    return [reason for reason in reasons() if reason not in needed]

"""What became of mutants, and whether those that survived may: survivors.yaml says which mean the same, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.mutation.mutants import Mutant
from tests.mutation.subject import Rule, Subject

REASONS = Path(__file__).with_name("survivors.yaml")


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the test that killed it, or None."""

    file: str
    rule: str
    change: str
    killer: str | None

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.change}"


@dataclass(frozen=True)
class Reason:
    """Why mutants whose text (file: rule: change) a regular expression finds may survive."""

    mutants: re.Pattern[str]
    because: str


def tried(subject: Subject, rule: Rule, mutant: Mutant) -> Verdict:
    """Run the tests that a mutant concerns."""
    return Verdict(subject.name, named(rule), mutant.change, subject.killer(rule, mutant))


def named(rule: Rule) -> str:
    """Name a rule so that it can be told from others of its file."""
    told = (rule["labels"].get(label) for label in ("severity", "long_window"))
    return " ".join(filter(None, (rule.get("alert") or rule["record"], *told)))


def reasons() -> list[Reason]:
    """Read the list of survivors that are meant to be."""
    entries = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    return [Reason(re.compile(each["mutants"]), " ".join(each["because"].split())) for each in entries]


def unexplained(verdicts: Iterable[Verdict], known: Iterable[Reason]) -> list[Verdict]:
    """Return the survivors without a reason."""
    return [each for each in verdicts if each.killer is None and not _explains(known, each)]


def unneeded(verdicts: Iterable[Verdict], known: Iterable[Reason]) -> list[Reason]:
    """Return the reasons that no survivor needs."""
    survivors = [str(each) for each in verdicts if each.killer is None]
    return [reason for reason in known if not any(map(reason.mutants.search, survivors))]


def _explains(known: Iterable[Reason], verdict: Verdict) -> bool:
    return any(reason.mutants.search(str(verdict)) for reason in known)

"""Mutants are made and judged as they should be; a sample of them, so that `make mutate` can't rot unseen."""

from __future__ import annotations

import re

import pytest

import alerts
from tests.mutation.__main__ import report, score, subjects
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.verdict import Reason, Verdict, named, reasons, tried

RULE = {
    "alert": "ShopFails",
    "expr": 'sum by (job) (rate(failures_total{job="shop"}[5m])) / slo:total_events:rate1h{slo="shop"} >= 0.1',
    "for": "5m",
    "labels": {"severity": "critical"},
}
SAME = Reason(re.compile("same"), "It means the same.", equivalent=True)


def test_every_part_of_a_rule_is_changed() -> None:
    changes = {re.sub(r" \(token \d+\)", "", each.change) for each in mutants(RULE)}
    assert changes >= {
        "sum becomes max",
        "sum becomes count",
        "by (job) becomes by ()",
        "rate becomes increase",
        'job="shop" becomes job!="shop"',
        'job="shop" becomes nothing',
        "[5m] becomes [10m]",
        "[5m] becomes [150s]",
        "/ becomes *",
        "slo:total_events:rate1h becomes slo:total_events:rate30m",
        "slo:total_events:rate1h becomes slo:total_events:rate2h",
        ">= becomes >",
        ">= becomes <",
        "0.1 becomes 0.11",
        "0.1 becomes 0.09",
        "for 5m becomes 0s",
        "for 5m becomes 10m",
        "label severity becomes not-critical",
        "label severity becomes nothing",
    }


def test_each_mutant_differs_from_its_rule_in_one_thing() -> None:
    for each in mutants(RULE):
        assert sum(each.rule.get(key) != RULE.get(key) for key in RULE) == 1


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("name", ["redis.yaml", "orchestrator.yaml", "slo-latency.yaml"])
def test_a_sample_of_the_mutants_is_killed(name: str) -> None:
    """One in so many, spread over the file; those that are known to survive are left to the whole run."""
    (subject,) = subjects([name])
    made = [(rule, mutant) for rule in subject.rules for mutant in mutants(rule)]
    verdicts = [tried(subject, *pair, thorough=False) for pair in made[:: len(made) // 12]]
    assert [each.name for each in verdicts if not each.killed and each.reason is None] == []
    assert sum(each.killed for each in verdicts) > len(verdicts) // 2


@pytest.mark.needs("promtool")
def test_a_rule_that_is_left_as_it_is_survives() -> None:
    (subject,) = subjects(["agent.yaml"])
    assert [subject.killer(rule, Mutant(rule, "nothing")) for rule in subject.rules] == [None] * len(subject.rules)


def test_every_reason_says_why_and_concerns_a_mutant_that_exists() -> None:
    names = [
        f"{subject.name}: {named(rule)}: {mutant.change}"
        for subject in subjects()
        for rule in subject.rules
        for mutant in mutants(rule)
    ]
    assert [each.mutants.pattern for each in reasons() if not any(map(each.mutants.search, names))] == []
    assert all(len(each.because) > 20 for each in reasons())


def test_a_survivor_without_a_reason_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [Verdict("killed", True, None)] * 99
    assert report(verdicts, complete=False) == 0
    assert report([*verdicts, Verdict("lost", False, None)], complete=False) == 1
    assert "lost" in capsys.readouterr().out


def test_what_means_the_same_counts_for_nothing_and_what_is_unseen_counts() -> None:
    killed, unseen = Verdict("killed", True, None), Reason(re.compile("x"), "Nobody looks.", equivalent=False)
    assert score([killed, Verdict("same", False, SAME)]) == 1
    assert score([killed, Verdict("unseen", False, unseen)]) == 0.5
    assert report([killed, Verdict("unseen", False, unseen)], complete=False) == 1


def test_a_thorough_run_finds_reasons_that_nothing_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Verdict("killed", True, None)], complete=True) == 1
    assert "no survivor needs this entry" in capsys.readouterr().out


def test_the_rules_under_trial_are_those_that_are_rendered() -> None:
    rendered = {path.removeprefix("rules/") for path in alerts.render() if re.fullmatch(r"rules/[^/]+", path)}
    assert {subject.name for subject in subjects()} == rendered

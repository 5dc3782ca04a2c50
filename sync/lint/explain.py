"""What a rule is, for `--explain`, and the table of all rules for the documentation."""

from __future__ import annotations

from sync.errors import DashSyncError
from sync.lint.known import nearest
from sync.lint.registry import BY_NAME, TOPICS
from sync.lint.rule import Rule


class UnknownRuleError(DashSyncError):
    """A rule's name that there isn't."""

    remedy = "docs/lint.md lists them all; `dash-sync lint --explain all` prints their names."


def explain(name: str) -> str:
    """Return a rule's documentation and how it is set; `all` lists the rules. Raises UnknownRuleError."""
    if name == "all":
        return "\n".join(f"{rule.name:<24}{_severity(rule):<9}{rule.summary}" for rule in BY_NAME.values())
    rule = BY_NAME.get(name)
    if rule is None:
        raise UnknownRuleError(f"there is no rule {name!r}{nearest(name, BY_NAME)}")
    facts = [f"{rule.name} ({_severity(rule)})"]
    if rule.needs:
        facts.append(f"needs: {rule.needs}")
    if rule.peers:
        facts.append("also: " + "; ".join(f"{peer} {names}" for peer, names in rule.peers.items()))
    return "\n".join([*facts, "", rule.documentation])


def table() -> str:
    """Return all rules as Markdown, by topic: what each finds, its severity, and which peer has it."""
    parts = []
    for topic, rules in TOPICS.items():
        rows = [f"| `{rule.name}` | {_severity(rule)} | {_cell(rule)} | {_peers(rule)} |" for rule in rules]
        parts.append("\n".join([f"### {topic}", "", "| rule | severity | finds | peers |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _severity(rule: Rule) -> str:
    return rule.severity.value if rule.severity is not None else "off"


def _cell(rule: Rule) -> str:
    needs = f" (needs {rule.needs})" if rule.needs else ""
    return rule.summary.replace("|", "\\|") + needs


def _peers(rule: Rule) -> str:
    return "; ".join(f"{peer}: {names}" for peer, names in rule.peers.items()) or "–"

"""Rules and groups as data, and the rule file that Prometheus 2.42 and 3 both read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rules_lib.yaml_text import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GROUP_LIMIT = 20
"""Rules of a group run one after another within its interval; past this many it is split (mixtool's limit)."""


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """A series that Prometheus computes and keeps."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as it stands in a rule file."""
        return {"record": self.record, "expr": self.expr, **({"labels": dict(self.labels)} if self.labels else {})}


@dataclass(frozen=True, slots=True)
class AlertingRule:
    """A condition that fires once it has held for `hold` ("0s": at once)."""

    alert: str
    expr: str
    hold: str = "0s"
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as it stands in a rule file."""
        return {
            "alert": self.alert,
            "expr": self.expr,
            **({"for": self.hold} if self.hold != "0s" else {}),
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
        }


Rule = RecordingRule | AlertingRule


@dataclass(frozen=True, slots=True)
class Group:
    """Rules evaluated together, in this order, every `interval`."""

    name: str
    interval: str
    rules: tuple[Rule, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as it stands in a rule file."""
        return {"name": self.name, "interval": self.interval, "rules": [rule.plain() for rule in self.rules]}


def rule_file(groups: Sequence[Group], *, comment: str) -> bytes:
    """Return the bytes of a rule file; `comment` is what its first lines say. The same groups give the same bytes."""
    return dumped({"groups": [group.plain() for group in groups]}, comment=comment)


def dumped(content: dict[str, Any], *, comment: str) -> bytes:
    """Return YAML with a comment at its head."""
    head = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    return f"{head}\n{dumps(content)}".encode()

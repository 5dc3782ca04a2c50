"""Rule files as PrometheusRule manifests, for clusters where the Prometheus Operator loads rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib.yaml_text import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def prometheus_rule(rules: bytes, *, name: str, labels: Mapping[str, str]) -> bytes:
    """Return the manifest of a rule file that this package wrote, with the same comment and groups.

    `labels` are what the Prometheus resource selects rules by. Raises ValueError for a name that Kubernetes refuses.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for Kubernetes: lower-case letters, digits, - and . are allowed")
    comment, _, groups = rules.decode().partition("\n\n")
    head = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "labels": dict(labels)},
    }
    # No value of a rule file spans lines, so that its text can be moved as it is: cheaper than to write it.
    spec = "".join(f"  {line}\n" if line else "\n" for line in groups.splitlines())
    return f"{comment}\n\n{dumps(head)}spec:\n{spec}".encode()

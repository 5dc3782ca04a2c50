"""PrometheusRule manifests hold just what the rule files hold."""

from __future__ import annotations

import pytest
import yaml

from rules_lib.manifest import prometheus_rule
from tests.alerts.rendered import files, rule_files


def manifests() -> dict[str, dict[str, object]]:
    folder = "kubernetes/rules/"
    return {
        path.removeprefix(folder): yaml.safe_load(text) for path, text in files().items() if path.startswith(folder)
    }


def test_every_rule_file_is_a_manifest_with_the_same_groups() -> None:
    assert {name: manifest["spec"] for name, manifest in manifests().items()} == rule_files()


def test_manifests_are_of_the_operators_kind_and_named_apart() -> None:
    found = manifests().values()
    assert {(each["apiVersion"], each["kind"]) for each in found} == {("monitoring.coreos.com/v1", "PrometheusRule")}
    assert len({each["metadata"]["name"] for each in found}) == len(found)
    assert all(each["metadata"]["labels"] == {"app.kubernetes.io/part-of": "phoenix"} for each in found)


@pytest.mark.parametrize("name", ["Phoenix", "phoenix_rules", "-phoenix", ""])
def test_a_name_that_kubernetes_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for Kubernetes"):
        prometheus_rule(b"# c\n\ngroups: []\n", name=name, labels={})

"""Export: what each engine reads is what is rendered, in its own form.

The objects of Kubernetes are held against what their published definitions allow: the keys of each kind's spec, those
that must be there, and the names that Kubernetes takes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.sync.project import DASHBOARD
from tests.sync.sandbox.client import DASHBOARDS

FORMS = ("provisioning", "configmap", "operator", "terraform", "gitsync")
RULES = {"groups": [{"name": "shop", "rules": [{"alert": "Down", "expr": "up == 0", "for": "5m"}]}]}
V2 = {
    "apiVersion": "dashboard.grafana.app/v2beta1",
    "kind": "Dashboard",
    "metadata": {"name": "shop-v2"},
    "spec": {"title": "V2", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}},
}
MAY = {
    "GrafanaFolder": {"instanceSelector", "uid", "title", "parentFolderRef", "parentFolderUID", "permissions"},
    "GrafanaDashboard": {"instanceSelector", "folderRef", "folderUID", "json", "uid"},
    "GrafanaLibraryPanel": {"instanceSelector", "folderRef", "folderUID", "json", "uid"},
    "GrafanaManifest": {"instanceSelector", "template"},
    "PrometheusRule": {"groups"},
}
KUBERNETES_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@pytest.fixture
def shop(project):
    project.connect("http://127.0.0.1:9", datasources={"prometheus": "prom-prod"})
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    project.rendered("dashboards/Shop/Deep $ %{x}/Page.json", {**DASHBOARD, "uid": "Shop_Page", "title": "a: 'b' ${c}"})
    project.rendered("dashboards/root.json", {**DASHBOARD, "uid": "shop-root"})
    model = {"type": "stat", "title": "Up"}
    project.rendered("library/Shop/up.json", {"uid": "shop-up", "name": "Up ${x}", "model": model})
    project.rendered("rules/shop.yaml", yaml.safe_dump(RULES))
    project.rendered("rules/tests/shop.yaml", "rule_files: []\n")
    return project


def export(project, form: str, *arguments: str) -> Path:
    done = project.invoke("export", "--format", form, "--out", "out", *arguments)
    assert done.code == 0, done
    return project.root / "out"


def objects(out: Path) -> list[dict]:
    return [yaml.safe_load(file.read_text()) for file in sorted(out.rglob("*.yaml"))]


def by_kind(out: Path, kind: str) -> dict[str, dict]:
    return {thing["metadata"]["name"]: thing for thing in objects(out) if thing["kind"] == kind}


def test_provisioning_has_a_provider_a_folder_with_its_uid(shop):
    out = export(shop, "provisioning")
    (providers,) = (thing["providers"] for thing in objects(out))
    assert [(one.get("folderUid"), one["folder"]) for one in providers] == [
        ("shop-deep-x", "Shop / Deep $$ %{x}"),
        ("shop", "Shop"),
        (None, ""),
    ]
    for one in providers:
        path = Path(one["options"]["path"]).relative_to("/etc/grafana")
        assert len(list((out / path).glob("*.json"))) == 1
    assert json.loads((out / "provisioning/dashboards/shop/shop/shop-overview.json").read_text()) == DASHBOARD


def test_a_configmap_a_dashboard_for_the_sidecar(shop):
    maps = by_kind(export(shop, "configmap"), "ConfigMap")
    one = maps["shop-dashboard-shop-overview"]
    assert one["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert one["metadata"]["annotations"] == {"grafana_folder": "Shop"}
    assert json.loads(one["data"]["shop-overview.json"]) == DASHBOARD
    assert "annotations" not in maps["shop-dashboard-shop-root"]["metadata"]
    assert len(maps) == 3


def test_what_kubernetes_can_not_hold_is_named(shop):
    shop.rendered("dashboards/Shop/big.json", {**DASHBOARD, "uid": "shop-big", "description": "x" * 1024 * 1024})
    done = shop.invoke("export", "--format", "configmap", "--out", "out")
    assert done.code == 1
    assert "shop-big has 1,0" in done.err


def test_the_operators_objects_refer_to_each_other_by_name(shop):
    shop.rendered("dashboards/Shop/v2.json", V2)
    out = export(shop, "operator")
    folders = by_kind(out, "GrafanaFolder")
    deep = next(one["spec"] for one in folders.values() if one["spec"]["uid"] == "shop-deep-x")
    assert deep["parentFolderRef"] == "shop-folder-shop"
    assert deep["title"] == "Deep $ %{x}"
    dashboards = by_kind(out, "GrafanaDashboard")
    assert {one["spec"].get("folderRef") for one in dashboards.values()} <= {*folders, None}
    assert json.loads(dashboards["shop-dashboard-shop-overview"]["spec"]["json"]) == DASHBOARD
    (panel,) = by_kind(out, "GrafanaLibraryPanel").values()
    assert (panel["spec"]["uid"], json.loads(panel["spec"]["json"])["name"]) == ("shop-up", "Up ${x}")
    (manifest,) = by_kind(out, "GrafanaManifest").values()
    assert manifest["spec"]["template"]["spec"] == V2["spec"]


@pytest.mark.parametrize("form", ["configmap", "operator"])
def test_rules_become_prometheus_rules_of_the_same_groups(shop, form):
    (rule,) = by_kind(export(shop, form), "PrometheusRule").values()
    assert rule["spec"] == RULES


@pytest.mark.parametrize("form", ["configmap", "operator"])
def test_objects_are_what_their_definitions_allow(shop, form):
    shop.rendered("dashboards/Shop/long.json", {**DASHBOARD, "uid": "Shop_" + "x" * 35})
    found = objects(export(shop, form))
    names = [(thing["kind"], thing["metadata"]["name"]) for thing in found]
    assert len(set(names)) == len(names)
    for thing in found:
        assert set(thing) == {"apiVersion", "kind", "metadata", "data" if thing["kind"] == "ConfigMap" else "spec"}
        assert KUBERNETES_NAME.fullmatch(thing["metadata"]["name"])
        if thing["kind"] in MAY:
            assert set(thing["spec"]) <= MAY[thing["kind"]]
        if thing["kind"].startswith("Grafana"):
            assert thing["spec"]["instanceSelector"] == {"matchLabels": {"dashboards": "grafana"}}


def test_terraform_refers_to_files_and_escapes_templates(shop):
    out = export(shop, "terraform")
    text = (out / "main.tf").read_text()
    assert 'title             = "Deep $ %%{x}"' in text
    assert 'name       = "Up $${x}"' in text
    assert "parent_folder_uid = grafana_folder.shop.uid" in text
    assert "depends_on  = [grafana_library_panel.shop-up]" in text
    for path in re.findall(r'file\("\$\{path\.module\}/(.*?)"\)', text):
        assert (out / path).is_file()
    assert len(re.findall(r'^resource "grafana_dashboard" "[A-Za-z_][\w-]*" \{$', text, re.MULTILINE)) == 3


def test_git_sync_documents_are_taken_by_the_api_that_git_sync_writes_to(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    project.rendered("dashboards/Shop/v2.json", V2)
    out = export(project, "gitsync")
    folder = json.loads((out / "Shop/_folder.json").read_text())
    path = f"/apis/{folder['apiVersion']}/namespaces/default/folders"
    assert sandbox.client.post(path, folder).status == 201
    for name, version in (("shop-overview", "v1beta1"), ("shop-v2", "v2beta1")):
        document = json.loads((out / f"Shop/{name}.json").read_text())
        assert document["apiVersion"] == f"dashboard.grafana.app/{version}"
        assert sandbox.client.post(DASHBOARDS.replace("v1beta1", version), document).status == 201


@pytest.mark.parametrize("form", FORMS)
def test_a_context_puts_in_its_data_sources_and_nothing_is_sent(shop, form):
    out = export(shop, form, "--context", "local")
    text = "".join(file.read_text() for file in out.rglob("*") if file.is_file())
    assert "prom-prod" in text
    assert not re.search(r'"uid": "prometheus"', text)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_files_make_the_same_export_and_what_is_left_out_is_said(shop, form):
    first = {file: file.read_bytes() for file in export(shop, form).rglob("*") if file.is_file()}
    shop.write("out/stranger.txt", "")
    done = shop.invoke("export", "--format", form, "--out", "out")
    assert {file: file.read_bytes() for file in first} == first
    assert "stranger.txt" in done.err
    assert ("they are left out" in done.err) is (form != "operator")


def test_select_limits_it(shop):
    out = export(shop, "gitsync", "--select", "shop-root")
    assert {file.name for file in out.rglob("*.json")} == {"shop-root.json", "_folder.json"}

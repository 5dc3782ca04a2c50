"""Exports held against what reads them: HashiCorp's parser, the schemas of Kubernetes and the Prometheus operator."""

from __future__ import annotations

import yaml

from tests.export_schemas.schemas import KINDS, problems
from tests.sync.project import DASHBOARD, Project

TITLES = ("Shop", "Deep $ %{x}", "a ${b} 'c' <d>")
RULES = {
    "groups": [
        {"name": "shop", "interval": "1m", "rules": [{"record": "job:up:sum", "expr": "sum by (job) (up)"}]},
        {
            "name": "alerts",
            "rules": [{"alert": "Down", "expr": "up == 0", "for": "5m", "labels": {"severity": "critical"}}],
        },
    ]
}


def exported(project: Project, form: str) -> None:
    done = project.invoke("export", "--format", form, "--out", f"out-{form}")
    assert done.code == 0, done


def test_the_schemas_refuse_what_is_wrong():
    wrong = problems(
        [
            ("ConfigMap", {"metadata": {"name": "x"}, "data": {"a": 3}}),
            ("PrometheusRule", {"metadata": {"name": "x"}, "spec": {"groups": [{"rules": [{"alert": "x"}]}]}}),
            ("terraform", 'resource "a" "b" {\n  c = \n}\n'),
        ]
    )
    assert all(wrong), wrong


def test_what_is_exported_is_what_they_take(project):
    project.connect("http://127.0.0.1:9")
    for number, title in enumerate(TITLES):
        path = "/".join(TITLES[: number + 1]).replace("<d>", "d")
        document = {**DASHBOARD, "uid": f"Shop_{number}", "title": title, "description": f"{title}\n\u2028\U0001f600"}
        project.rendered(f"dashboards/{path}/page.json", document)
    model = {"type": "stat", "title": "Up"}
    project.rendered("library/Shop/up.json", {"uid": "shop-up", "name": 'Up ${x} "y"', "model": model})
    project.rendered("rules/shop.yaml", yaml.safe_dump(RULES))
    for form in ("configmap", "operator", "terraform"):
        exported(project, form)
    asked = [("terraform", (project.root / "out-terraform/main.tf").read_text())]
    for file in sorted(project.root.glob("out-*/**/*.yaml")):
        document = yaml.safe_load(file.read_text())
        if document["kind"] in KINDS:
            asked.append((document["kind"], document))
    assert {kind for kind, _ in asked} == set(KINDS)
    assert problems(asked) == [""] * len(asked)

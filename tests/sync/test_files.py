from __future__ import annotations

import pytest

from sync.errors import DashboardFileError, DashSyncError
from sync.files import read
from tests.sync.project import DASHBOARD


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"uid": "a",\n "title" "A"}', "dashboards/a.json:2:10: not JSON: unexpected character"),
        ("", "dashboards/a.json:1:1: not JSON"),
        ('{"uid": "a"', "dashboards/a.json:1:12: not JSON"),
        ("[]", "dashboards/a.json: it is JSON, but no object, so no dashboard"),
        ('{"title": "A"}', "dashboards/a.json: it has no uid"),
        ('{"uid": "a"}', "dashboards/a.json: it has no title"),
        ('{"uid": "a", "title": ""}', "dashboards/a.json: it has no title"),
        ('{"uid": "a/b", "title": "A"}', "dashboards/a.json: its uid 'a/b' holds '/'"),
        (f'{{"uid": "{"u" * 41}", "title": "A"}}', "has 41 characters, Grafana takes 40"),
        (f'{{"uid": "a", "title": "A", "tags": ["{"t" * 51}"]}}', "has 51 characters, Grafana takes 50"),
        (
            '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}',
            "it is of the kind ConfigMap of v1, not a Dashboard",
        ),
        ('{"apiVersion": "dashboard.grafana.app/v9", "kind": "Dashboard"}', "not a Dashboard of dashboard.grafana.app"),
        ('{"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard"}', "its document has no spec"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(project, text, message):
    project.rendered("dashboards/a.json", text)
    with pytest.raises(DashboardFileError) as refused:
        read(project.root / "rendered")
    assert message in str(refused.value)
    assert refused.value.exit_code == 1


def test_nothing_is_sent_while_one_file_is_broken(project):
    project.config('project: shop\ndefault-context: l\ncontexts: {l: {url: "http://127.0.0.1:9"}}\n')
    project.rendered("dashboards/a.json", DASHBOARD)
    project.rendered("dashboards/b.json", "{")
    done = project.invoke("push")
    assert done.code == 1
    assert done.err.startswith("error: rendered/dashboards/b.json:1:2: not JSON")
    assert "nothing was sent" in done.err


def test_two_files_with_one_uid(project):
    project.rendered("dashboards/a.json", DASHBOARD)
    project.rendered("dashboards/b/b.json", DASHBOARD)
    with pytest.raises(DashboardFileError, match=r"its uid .shop-overview. is that of dashboards/a\.json too"):
        read(project.root / "rendered")


def test_no_rendered_files_at_all(project):
    with pytest.raises(DashSyncError, match="there are no rendered dashboards") as refused:
        read(project.root / "rendered")
    assert "dash-sync render" in refused.value.remedy


def test_directories_are_folders(project):
    project.rendered("dashboards/Team A/Redis/a.json", DASHBOARD)
    rendered = read(project.root / "rendered")
    folders = [(folder.path, folder.uid, folder.title, folder.parent) for folder in rendered.folders.values()]
    assert folders == [("Team A", "team-a", "Team A", ""), ("Team A/Redis", "team-a-redis", "Redis", "team-a")]
    assert rendered.dashboards["shop-overview"].folder == "team-a-redis"


def test_a_long_or_foreign_name_becomes_a_uid(project):
    project.rendered(f"dashboards/{'x' * 60}/a.json", DASHBOARD)
    project.rendered("dashboards/監視/b.json", DASHBOARD | {"uid": "b"})
    folders = read(project.root / "rendered").folders
    assert all(len(uid) <= 40 and uid.isascii() for uid in folders)
    assert sorted(folder.title for folder in folders.values()) == ["x" * 60, "監視"]


def test_two_folders_with_one_uid(project):
    project.rendered("dashboards/a-b/a.json", DASHBOARD)
    project.rendered("dashboards/a/b/b.json", DASHBOARD | {"uid": "b"})
    with pytest.raises(DashboardFileError, match="folder's uid 'a-b' is that of dashboards/a/b too"):
        read(project.root / "rendered")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [", "dashboards/a/folder.yaml:2:1: not YAML"),
        ("titel: A\n", "dashboards/a/folder.yaml:1: unknown key 'titel'; did you mean 'title'?"),
        ("uid: a b\n", "dashboards/a/folder.yaml:1: uid must look like"),
    ],
)
def test_what_is_wrong_with_a_folder_yaml_is_named(project, text, message):
    project.rendered("dashboards/a/a.json", DASHBOARD)
    project.write("rendered/dashboards/a/folder.yaml", text)
    with pytest.raises(DashboardFileError) as refused:
        read(project.root / "rendered")
    assert message in str(refused.value)


def test_a_document_of_the_app_platform(project):
    document = {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "v2"},
        "spec": {"title": "V2", "elements": {}},
    }
    project.rendered("dashboards/v2.json", document)
    found = read(project.root / "rendered").dashboards["v2"]
    assert (found.version, found.title, found.spec()) == ("v2beta1", "V2", document["spec"])


def test_the_file_is_named_as_it_can_be_opened(project, monkeypatch):
    project.rendered("dashboards/Shop/broken.json", "{")
    monkeypatch.chdir(project.root)
    with pytest.raises(DashboardFileError) as caught:
        read(project.root / "rendered")
    assert caught.value.where == "rendered/dashboards/Shop/broken.json:1:2"

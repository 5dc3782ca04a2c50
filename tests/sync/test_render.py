from __future__ import annotations

import json
import stat

import pytest

from tests.sync.project import DASHBOARD


def test_a_module_becomes_a_file_in_its_folder(project):
    project.module("overview")
    done = project.run("render")
    assert done.code == 0, done
    assert json.loads(project.files()["dashboards/Shop/overview.json"]) == DASHBOARD
    assert json.loads(project.files()["sources.json"]) == {"dashboards/Shop/overview.json": "pages/overview.py"}


def test_files_are_sorted_indented_and_end_in_a_newline(project):
    project.module("overview")
    project.run("render")
    text = project.files()["dashboards/Shop/overview.json"].decode()
    assert text == json.dumps(DASHBOARD, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize(
    ("folder", "path"),
    [("", "overview.json"), ("Team A", "Team A/overview.json"), ("Team A/Redis", "Team A/Redis/overview.json")],
)
def test_folder_names_the_directories(project, folder, path):
    project.module("overview", before=f"FOLDER = {folder!r}")
    project.run("render")
    assert f"dashboards/{path}" in project.files()


@pytest.mark.parametrize("folder", ["/A", "A//B", "../A", "A/..", " A", "A\\B", 'say "x"', ".hidden", "tab\there"])
def test_a_folder_that_can_be_no_directory_is_refused(project, folder):
    project.module("overview", before=f"FOLDER = {folder!r}")
    done = project.run("render")
    assert done.code == 1
    assert "pages/overview.py: FOLDER is" in done.err
    assert project.files() == {}


def test_dashboards_makes_one_file_each_named_by_uid(project):
    pages = [{**DASHBOARD, "uid": f"shop-slo-{name}", "title": name} for name in ("a", "b")]
    project.write("pages/slo.py", f"def dashboards():\n    return {pages!r}\n")
    project.run("render")
    assert {"dashboards/Shop/slo-a.json", "dashboards/Shop/slo-b.json"} <= set(project.files())


def test_an_imported_function_named_dashboard_makes_no_dashboard(project):
    project.module("overview")
    project.write("pages/helper.py", "from json import dumps as dashboard\nfrom textwrap import dedent as dashboards\n")
    assert project.run("render").code == 0
    assert len(project.files()) == 2


def test_modules_in_nested_folders_are_found_without_an_init(project):
    project.module("redis/overview")
    project.run("render")
    assert "dashboards/Shop/redis-overview.json" in project.files()


def test_grafanalibs_own_convention_is_rendered(project):
    project.write(
        "pages/nested/legacy.dashboard.py",
        """
        class Dashboard:
            def to_json_data(self):
                return {"uid": "legacy", "title": "Legacy", "panels": []}
        dashboard = Dashboard()
        """,
    )
    project.write(
        "adapter_of_shop.py",
        "def dashboard_json(made):\n    return made.to_json_data() if hasattr(made, 'to_json_data') else None\n",
    )
    project.config("project: shop\nrender: [pages]\nadapters: [adapter_of_shop]\n")
    done = project.run("render")
    assert done.code == 0, done
    assert json.loads(project.files()["dashboards/Shop/nested-legacy.json"])["uid"] == "legacy"


def test_a_grafanalib_dashboard_is_rendered_in_todays_form(project):
    project.write(
        "pages/legacy.dashboard.py",
        """
        from grafanalib.core import Dashboard, Stat, Target

        dashboard = Dashboard(
            title="Legacy", uid="legacy", panels=[Stat(title="Up", dataSource="prom", targets=[Target(expr="up")])]
        ).auto_panel_ids()
        """,
    )
    project.config("project: shop\nrender: [pages]\nadapters: [panels_lib.adapter]\n")
    done = project.run("render")
    assert done.code == 0, done
    made = json.loads(project.files()["dashboards/Shop/legacy.json"])
    assert (made["schemaVersion"], made["panels"][0]["title"]) == (42, "Up")


def test_a_convention_file_without_the_name_says_so(project):
    project.write("pages/legacy.dashboard.py", "board = 1\n")
    done = project.run("render")
    assert done.code == 1
    assert "pages/legacy.dashboard.py: it defines no `dashboard`" in done.err


def test_a_foundation_sdk_builder_is_rendered(project):
    project.write(
        "pages/built.py",
        """
        from grafana_foundation_sdk.builders.dashboard import Dashboard
        from grafana_foundation_sdk.builders.timeseries import Panel

        def dashboard():
            return Dashboard("Built").uid("built").with_panel(Panel().title("Up"))
        """,
    )
    done = project.run("render")
    assert done.code == 0, done
    built = json.loads(project.files()["dashboards/Shop/built.json"])
    assert (built["uid"], built["title"], built["panels"][0]["title"]) == ("built", "Built", "Up")


def test_a_foundation_sdk_model_is_rendered(project):
    project.write(
        "pages/model.py",
        """
        from grafana_foundation_sdk.models.dashboard import Dashboard

        def dashboard():
            return Dashboard(uid="model", title="Model")
        """,
    )
    assert project.run("render").code == 0
    assert json.loads(project.files()["dashboards/Shop/model.json"])["title"] == "Model"


def test_a_package_with_render_gives_its_own_files(project):
    project.write(
        "facts/__init__.py", "def render():\n    return {'facts/a.json': b'{}\\n', 'rules.yaml': b'groups: []\\n'}\n"
    )
    project.config("project: shop\nrender: [facts, pages]\n")
    project.module("overview")
    assert project.run("render").code == 0
    assert project.files()["facts/a.json"] == b"{}\n"
    assert project.files()["rules.yaml"] == b"groups: []\n"


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "a//b", "", "a\\b"])
def test_a_package_stays_within_rendered(project, path):
    project.write("facts/__init__.py", f"def render():\n    return {{{path!r}: b''}}\n")
    project.config("project: shop\nrender: [facts]\n")
    done = project.run("render")
    assert done.code == 1
    assert "facts/__init__.py:1: render() names the file" in done.err


def test_output_is_the_same_whatever_the_hash_seed_and_folder(project):
    tags = "sorted({'a', 'b', 'c'})"
    project.write(
        "pages/overview.py",
        f"def dashboard():\n    return {{'uid': 'o', 'title': 't', 'tags': {tags}, 'x': {{'b': 1, 'a': 2}}}}\n",
    )
    seen = set()
    for seed in ("0", "1", "2"):
        elsewhere = project.root / "elsewhere" / seed
        elsewhere.mkdir(parents=True)
        done = project.run(
            "render",
            "--config",
            str(project.root / "dash-sync.yaml"),
            environment={"PYTHONHASHSEED": seed},
            cwd=elsewhere,
        )
        assert done.code == 0, done
        seen.add(tuple(sorted(project.files().items())))
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise ValueError('no such signal')", "pages/overview.py:2: ValueError: no such signal"),
        ("import json; return json.loads('{')", "pages/overview.py:2: JSONDecodeError"),
        ("raise SystemExit(3)", "pages/overview.py:2: SystemExit: 3"),
        ("return dashboard()", "pages/overview.py:2: RecursionError"),
        ("pass", "pages/overview.py:1: it made nothing (a `return` is missing?), which is no dashboard"),
        ("return 'text'", "pages/overview.py:1: it made a str, which is no dashboard"),
        ("return [1]", "pages/overview.py:1: dashboard() returned a list, not one dashboard"),
        ("return {'title': 'x'}", "pages/overview.py:1: it has no uid"),
        ("return {'title': 'x', 'uid': 'a b'}", "its uid 'a b' holds ' '"),
        (f"return {{'title': 'x', 'uid': '{'x' * 41}'}}", "has 41 characters, Grafana takes 40"),
        ("return {'title': 'x', 'uid': 7}", "its uid is int, not text"),
        ("return {'uid': 'x'}", "pages/overview.py:1: it has no title"),
        ("return {'uid': 'x', 'title': 't' * 5001}", "its title has 5001 characters"),
        ("return {'uid': 'x', 'title': 't', 'tags': 'a'}", "its tags are not a list of texts"),
        ("return {'uid': 'x', 'title': 't', 'tags': ['t' * 51]}", "has 51 characters, Grafana takes 50"),
        (
            "return {'uid': 'x', 'title': 't', 'at': {1, 2}}",
            "dashboard x holds what JSON can't: Type is not JSON serializable: set",
        ),
        ("return {'uid': 'x', 'title': 't', 'at': [{'y': float('nan')}]}", "dashboard x.at.0.y is not a finite number"),
        (
            "return {'uid': 'x', 'title': 't', 'at': 1 << 70}",
            "dashboard x holds what JSON can't: Integer exceeds 64-bit range",
        ),
        (
            "return {'uid': 'x', 'title': '\\ud800'}",
            "dashboard x holds what JSON can't: str is not valid UTF-8: surrogates not allowed",
        ),
        (
            "d = {'uid': 'x', 'title': 't'}; d['d'] = d; return d",
            "dashboard x holds what JSON can't: Recursion limit reached",
        ),
    ],
)
def test_what_is_wrong_with_a_module_is_one_message_with_its_line(project, body, message):
    project.write("pages/overview.py", f"def dashboard():\n    {body}\n")
    project.module("another", {**DASHBOARD, "uid": "another"})
    done = project.run("render")
    assert done.code == 1
    assert message in done.err
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 2
    assert done.out == ""
    assert project.files() == {}


def test_what_is_called_dashboard_and_is_none_is_not_passed_over(project):
    for path, text, message in [
        ("pages/one.py", "dashboard = 3\n", "pages/one.py: `dashboard` is an int, not a function"),
        ("pages/one.dashboard.py", "dashboard = 3\n", "pages/one.dashboard.py: it made an int, which is no dashboard"),
        ("pages/one.dashboard.py", "dashboard = []\n", "pages/one.dashboard.py: `dashboard` is an empty list"),
        ("pages/one.py", "from pages import other as dashboard\n", ""),
    ]:
        project.write("pages/other.py", "")
        file = project.write(path, text)
        done = project.run("render")
        assert (done.code, message in done.err) == (1 if message else 0, True), done
        file.unlink()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ndef dashboard(:\n", "pages/broken.py:2:15: SyntaxError"),
        ("\n\nimport nowhere_at_all\n", "pages/broken.py:3: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        (
            "FOLDER = 3\ndef dashboard():\n    return {'uid': 'x', 'title': 't'}\n",
            "pages/broken.py: FOLDER is an int, not text",
        ),
        (
            "def dashboards():\n    return {}\n",
            "pages/broken.py:1: dashboards() returned a dict, not a list of dashboards",
        ),
    ],
)
def test_a_module_that_cannot_be_imported_is_named_with_its_line(project, text, message):
    project.write("pages/broken.py", text)
    done = project.run("render")
    assert done.code == 1
    assert message in done.err
    assert "Traceback" not in done.err


def test_the_line_is_the_teams_own_not_the_librarys(project):
    project.write("library_of_shop.py", "def explode():\n    raise KeyError('deep inside')\n")
    project.write(
        "pages/overview.py", "from library_of_shop import explode\n\ndef dashboard():\n    return explode()\n"
    )
    done = project.run("render")
    assert "pages/overview.py:4: KeyError: 'deep inside'" in done.err


def test_two_modules_with_one_uid_are_both_named(project):
    project.module("one")
    project.module("two", before="FOLDER = 'Elsewhere'")
    done = project.run("render")
    assert done.code == 1
    assert "pages/two.py:2: the uid 'shop-overview' is that of pages/one.py too" in done.err


def test_two_dashboards_of_one_module_with_one_uid(project):
    project.write("pages/two.py", f"def dashboards():\n    return [{DASHBOARD!r}, {DASHBOARD!r}]\n")
    assert "the uid 'shop-overview' stands on two of its dashboards" in project.run("render").err


def test_two_modules_on_one_path_are_both_named(project):
    project.module("redis_overview", {**DASHBOARD, "uid": "one"})
    project.write("pages/redis/overview.py", "")
    project.module("Redis_Overview", {**DASHBOARD, "uid": "two"})
    done = project.run("render")
    assert done.code == 1
    assert (
        "pages/redis_overview.py:2: it makes dashboards/Shop/redis_overview.json, which pages/Redis_Overview.py makes"
        in done.err
    )


def test_an_unknown_package_is_named_with_its_line(project):
    project.config("project: shop\nrender:\n  - pages\n  - pagez\n")
    done = project.run("render")
    assert done.code == 1
    assert "dash-sync.yaml:4: render names 'pagez', and there is no such package" in done.err


def test_an_unknown_adapter_is_named(project):
    project.config("project: shop\nrender: [pages]\nadapters: [nowhere_at_all]\n")
    project.write("pages/a.py", "def dashboard():\n    return object()\n")
    assert "dash-sync.yaml: the adapter nowhere_at_all can't be used" in project.run("render").err


def test_what_a_module_prints_does_not_reach_stdout(project):
    project.module("overview", before="print('hello')")
    done = project.run("render", "--format", "json")
    assert done.json["kind"] == "render"
    assert "hello" in done.err


def test_json_lists_what_changed(project):
    project.module("overview")
    report = project.run("render", "--format", "json").json
    assert report["schemaVersion"] == 1
    assert report["rows"] == [
        {"state": "created", "file": "dashboards/Shop/overview.json"},
        {"state": "created", "file": "sources.json"},
    ]
    assert project.run("render", "--format", "json").json["summary"]["unchanged"] == 2


def test_what_is_no_longer_made_is_removed_and_what_never_was_is_kept(project):
    project.module("overview")
    project.module("old", {**DASHBOARD, "uid": "old"}, before="FOLDER = 'Old'")
    project.run("render")
    (project.root / "pages/old.py").unlink()
    project.rendered("dashboards/hand.json", "{}")
    done = project.run("render")
    assert "removed  dashboards/Old/old.json" in done.out
    assert not (project.root / "rendered/dashboards/Old").exists()
    assert "extra    dashboards/hand.json" in done.out
    assert "dashboards/hand.json" in project.files()


def test_an_unchanged_file_is_not_touched(project):
    project.module("overview")
    project.run("render")
    file = project.root / "rendered/dashboards/Shop/overview.json"
    before = file.stat().st_mtime_ns
    project.run("render")
    assert file.stat().st_mtime_ns == before


def test_check_lists_changed_missing_and_extra_files_and_writes_nothing(project):
    project.module("one", {**DASHBOARD, "uid": "one"})
    project.module("two", {**DASHBOARD, "uid": "two"})
    project.run("render")
    assert project.run("render", "--check").code == 0
    (project.root / "rendered/dashboards/Shop/one.json").write_bytes(b"{}")
    (project.root / "rendered/dashboards/Shop/two.json").unlink()
    project.rendered("dashboards/hand.json", "{}")
    before = project.files()
    done = project.run("render", "--check")
    assert done.code == 1
    for line in (
        "updated  dashboards/Shop/one.json",
        "created  dashboards/Shop/two.json",
        "extra    dashboards/hand.json",
    ):
        assert line in done.out
    assert "3 files not as the modules build them" in done.err
    assert "dash-sync render" in done.err
    assert project.files() == before


def test_files_that_cannot_be_written_are_named(project):
    project.module("overview")
    project.write("rendered/dashboards", "a file where a folder must be")
    done = project.run("render")
    assert done.code == 1
    assert "rendered/dashboards/Shop/overview.json" in done.err
    assert "Traceback" not in done.err


def test_files_can_be_read_by_others_and_no_temporary_is_left(project):
    project.module("overview")
    project.run("render")
    file = project.root / "rendered/dashboards/Shop/overview.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert sorted(path.name for path in file.parent.iterdir()) == ["overview.json"]

# ruff: noqa: E501 (documents and tables, one thing a line)
"""Sets of files: dashboards new, gone, moved and renamed; rules; what can't be read; git's objects."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.diff.change import Difference
from sync.diff.compare import compare
from sync.diff.filesets import Directory, Memory, single
from sync.diff.revision import revision
from sync.errors import FileProblem, GitError
from tests.sync.diff.sample import sample

RULES = """groups:
- name: availability
  interval: 30s
  rules:
  - record: job:errors:rate5m
    expr: sum by (job) (rate(errors_total[5m]))
  - alert: Down
    expr: up == 0
    for: 5m
    labels: {severity: critical}
    annotations: {summary: It is down.}
"""


def memory(contents: dict[str, Any]) -> Memory:
    encoded = {
        path: content if isinstance(content, bytes) else json.dumps(content).encode()
        for path, content in contents.items()
    }
    return Memory(encoded, "side", "rendered/")


def lines(found: Difference) -> list[tuple[Any, ...]]:
    return [
        (item.kind, item.status, change.what, change.op, change.before, change.after)
        for item in found.items
        for change in item.changes
    ]


def test_new_and_gone_dashboards_are_one_item_each_with_what_they_hold() -> None:
    other = sample() | {"uid": "other", "title": "Other", "panels": [], "templating": {"list": []}}

    found = compare(memory({"dashboards/F/a.json": sample()}), memory({"dashboards/F/b.json": other}))

    assert [(item.status, item.side.title, item.summary) for item in found.items] == [
        ("removed", "Sample", "6 panels, 6 queries, 2 rows, 3 variables"),
        ("added", "Other", "0 panels, 0 queries"),
    ]


def test_a_dashboard_in_another_folder_moved() -> None:
    found = compare(memory({"dashboards/A/x.json": sample()}), memory({"dashboards/B/x.json": sample()}))

    assert [item.status for item in found.items] == ["moved"]
    assert lines(found) == [("dashboard", "moved", "folder", "moved", "A", "B")]


def test_a_dashboard_in_another_file_was_renamed() -> None:
    found = compare(memory({"dashboards/A/x.json": sample()}), memory({"dashboards/A/y.json": sample()}))

    assert lines(found) == [("dashboard", "changed", "file", "renamed", "x.json", "y.json")]


def test_a_dashboard_with_another_uid_and_file_is_known_by_what_it_shows() -> None:
    other = sample() | {"uid": "other", "title": "Other title"}

    found = compare(memory({"dashboards/A/x.json": sample()}), memory({"dashboards/A/y.json": other}))

    assert {line[2] for line in lines(found)} == {"title", "uid", "file"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("interval: 30s", "interval: 1m", ("evaluated every", "changed", "30s", "1m")),
        ("== 0", "== 1", ("query", "changed", "up == 0", "up == 1")),
        ("for: 5m", "for: 10m", ("for", "changed", "5m", "10m")),
        ("critical", "warning", ("label severity", "changed", "critical", "warning")),
        ("is down", "was down", ("annotation summary", "changed", "It is down.", "It was down.")),
        ("alert: Down", "alert: Gone", ("name", "renamed", "Down", "Gone")),
        (
            "record: job:errors:rate5m",
            "record: job:faults:rate5m",
            ("name", "renamed", "job:errors:rate5m", "job:faults:rate5m"),
        ),
        ("name: availability", "name: targets", ("group", "renamed", "availability", "targets")),
        ("sum by (job)", "avg by (job)", ("query", "changed", None, None)),
    ],
)
def test_an_edit_of_a_rule_is_one_line(old: str, new: str, expected: tuple[Any, ...]) -> None:
    found = compare(
        memory({"rules/a.yaml": RULES.encode()}), memory({"rules/a.yaml": RULES.replace(old, new).encode()})
    )

    assert len(lines(found)) == 1
    (line,) = lines(found)
    assert line[2:4] == expected[:2]
    assert expected[2] is None or line[4:] == expected[2:]


def test_spelling_a_rule_otherwise_is_counted_and_not_shown() -> None:
    found = compare(
        memory({"rules/a.yaml": RULES.encode()}),
        memory({"rules/a.yaml": RULES.replace("sum by (job)", "sum  by(job)").encode()}),
    )

    assert not found
    assert found.hidden == {"formatting": 1}


@pytest.mark.parametrize(
    ("old", "new", "counted"),
    [
        ("for: 5m", "for: 300s", "formatting"),
        ("interval: 30s", "interval: 30000ms", "formatting"),
        ("for: 5m", "for: 5m\n    keep_firing_for: 0m", "defaults"),
    ],
)
def test_a_duration_in_other_units_is_counted_and_not_shown(old: str, new: str, counted: str) -> None:
    written = {"rules/a.yaml": RULES.encode()}
    found = compare(memory(written), memory({"rules/a.yaml": RULES.replace(old, new).encode()}))

    assert not found
    assert found.hidden == {counted: 1}


def test_a_longer_duration_in_other_units_is_a_line() -> None:
    other = RULES.replace("for: 5m", "for: 301s\n    keep_firing_for: 5m")
    found = compare(memory({"rules/a.yaml": RULES.encode()}), memory({"rules/a.yaml": other.encode()}))

    assert [line[2:] for line in lines(found)] == [
        ("for", "changed", "5m", "301s"),
        ("keeps firing for", "added", None, "5m"),
    ]


def test_rules_that_come_and_go_are_named_with_their_lines() -> None:
    more = RULES + "  - alert: Slow\n    expr: latency > 1\n"
    found = compare(memory({"rules/a.yaml": RULES.encode()}), memory({"rules/a.yaml": more.encode()}))

    assert [(change.what, change.op, change.line) for item in found.items for change in item.changes] == [
        ("alert “Slow”", "added", 12)
    ]


BROKEN = {
    "not JSON": (b'{"title": "x",\n "panels": [}', "it is not JSON", 2),
    "empty": (b"", "it is not JSON", 0),
    "a list": (b"[1, 2]", "no dashboard: it holds a list", 0),
    "no dashboard": (b'{"name": "x"}', "neither panels, rows nor elements", 0),
    "another kind": (
        b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "spec": {}}',
        "it is of the kind ConfigMap",
        0,
    ),
    "too deep": (b'{"title": "x", "panels": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested deeper", 0),
    "deeper than any": (b'{"title": "x", "panels": ' + b"[" * 500 + b"]" * 500 + b"}", "nested deeper", 0),
    "not UTF-8": (b'{"title": "\xff", "panels": []}', "it is not JSON", 0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_dashboard_is_named_and_the_rest_goes_on(name: str) -> None:
    content, what, line = BROKEN[name]
    other = sample()
    other["panels"][4]["fieldConfig"]["defaults"]["unit"] = "ms"

    found = compare(
        memory({"dashboards/bad.json": sample(), "dashboards/good.json": sample() | {"uid": "good"}}),
        memory({"dashboards/bad.json": content, "dashboards/good.json": other | {"uid": "good"}}),
    )

    (problem,) = found.problems
    assert (problem.file, problem.side) == ("rendered/dashboards/bad.json", "after")
    assert what in problem.what
    assert line in {0, problem.line}
    assert [line[2] for line in lines(found)] == ["unit"]


def test_broken_yaml_is_named_with_its_line() -> None:
    found = compare(memory({"rules/a.yaml": RULES.encode()}), memory({"rules/a.yaml": b"groups:\n- name: [\n"}))

    assert [(problem.file, problem.line > 0) for problem in found.problems] == [("rendered/rules/a.yaml", True)]
    assert not found.items


def test_two_files_with_one_uid_are_named() -> None:
    found = compare(memory({}), memory({"dashboards/a.json": sample(), "dashboards/b.json": sample()}))

    assert [problem.what for problem in found.problems] == ["its uid 'sample' is that of dashboards/a.json too"]
    assert [(item.status, item.side.file) for item in found.items] == [("added", "dashboards/a.json")]


@pytest.mark.parametrize("edited", [False, True])
def test_a_copy_of_a_dashboard_that_stays_is_named_and_not_added(edited: bool) -> None:
    copy = sample() | {"title": "Copy"}
    now = sample() | {"title": "Edited"} if edited else sample()
    found = compare(
        memory({"dashboards/z.json": sample()}), memory({"dashboards/z.json": now, "dashboards/copy.json": copy})
    )

    assert [(problem.file, problem.what) for problem in found.problems] == [
        ("rendered/dashboards/copy.json", "its uid 'sample' is that of dashboards/z.json too")
    ]
    assert [item.side.file for item in found.items] == ["dashboards/z.json"] * edited


def test_a_dashboard_that_moves_while_a_copy_of_it_comes_is_moved() -> None:
    after = {"dashboards/B/a.json": sample(), "dashboards/B/b.json": sample()}
    found = compare(memory({"dashboards/A/a.json": sample()}), memory(after))

    assert [(item.status, item.side.file) for item in found.items] == [("moved", "dashboards/B/a.json")]
    assert len(found.problems) == 1


def test_duplicate_ids_and_unknown_kinds_compare() -> None:
    before, after = ({"uid": "x", "title": "x", "panels": [
        {"id": 1, "type": "my-plugin", "title": f"P{n}", "gridPos": {"x": 0, "y": n, "w": 6, "h": 1}, "options": {"size": size if n == 3 else 1}}
        for n in range(6)
    ]} for size in (1, 2))  # fmt: skip

    found = compare(memory({"dashboards/x.json": before}), memory({"dashboards/x.json": after}))

    assert [
        (change.where, change.what, change.before, change.after) for item in found.items for change in item.changes
    ] == [(("panel “P3”",), "size", "1", "2")]


def test_two_thousand_panels_of_one_title_compare() -> None:
    def large(unit: str) -> dict[str, Any]:
        panels = [
            {"id": n, "type": "timeseries", "title": "Panel Title", "gridPos": {"x": 0, "y": n * 8, "w": 24, "h": 8},
             "targets": [{"refId": "A", "expr": f"metric_{n}"}], "fieldConfig": {"defaults": {"unit": unit if n % 500 == 7 else "s"}, "overrides": []}}
            for n in range(2000)
        ]  # fmt: skip
        return {"uid": "large", "title": "Large", "panels": panels}

    found = compare(memory({"dashboards/x.json": large("s")}), memory({"dashboards/x.json": large("ms")}))

    assert [line[2:] for line in lines(found)] == [("unit", "changed", "s", "ms")] * 4


def test_twenty_megabytes_compare() -> None:
    def fat(end: str) -> dict[str, Any]:
        text = {
            "id": 1,
            "type": "text",
            "title": "t",
            "options": {"mode": "markdown", "content": "x" * 20_000_000 + end},
        }
        return {"uid": "fat", "title": "Fat", "panels": [text]}

    found = compare(memory({"dashboards/x.json": fat("a")}), memory({"dashboards/x.json": fat("b")}))

    (line,) = lines(found)
    assert line[2] == "content"
    assert len(line[4]) < 500


def test_rows_in_rows_in_rows_end() -> None:
    layout: Any = {"kind": "GridLayout", "spec": {"items": []}}
    for _ in range(60):
        layout = {
            "kind": "RowsLayout",
            "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {"title": "r", "layout": layout}}]},
        }
    document = {
        "apiVersion": "dashboard.grafana.app/v2",
        "kind": "Dashboard",
        "metadata": {"name": "x"},
        "spec": {"title": "x", "elements": {}, "layout": layout},
    }

    found = compare(memory({"dashboards/x.json": document}), memory({"dashboards/x.json": {**document, "x": 1}}))
    assert found.items == ()
    assert {"nested deeper than 200 levels" in problem.what for problem in found.problems} == {True}


def test_a_link_that_leads_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "set").mkdir()
    (tmp_path / "set/x.json").symlink_to(tmp_path / "secret.json")

    assert Directory(tmp_path / "set").sizes == {}


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no such folder"):
        Directory(tmp_path / "none")


def test_two_files_are_two_states_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(sample()))
    (tmp_path / "b.json").write_text(json.dumps(sample() | {"uid": "b"}))

    found = compare(single(tmp_path / "a.json", named="file.json"), single(tmp_path / "b.json", named="file.json"))

    assert [line[2] for line in lines(found)] == ["uid"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
            check=True,
            capture_output=True,
        )

    git("init", "-q", "-b", "main")
    folder = tmp_path / "rendered/dashboards/F"
    folder.mkdir(parents=True)
    (folder / "sample.json").write_text(json.dumps(sample(), indent=2))
    (folder / "same.json").write_text(json.dumps(sample() | {"uid": "same"}, indent=2))
    git("add", ".")
    git("commit", "-q", "-m", "one")
    return tmp_path


def test_a_revision_is_read_from_gits_objects_and_nothing_is_checked_out(repository: Path) -> None:
    (repository / ".gitattributes").write_text("*.json filter=evil\n")
    marker = repository / "ran"
    for phase in ("clean", "smudge"):
        subprocess.run(
            ["git", "-C", str(repository), "config", f"filter.evil.{phase}", f"touch {marker}; cat"], check=True
        )
    file = repository / "rendered/dashboards/F/sample.json"
    file.write_text(file.read_text().replace('"reqps"', '"ops"'))

    found = compare(revision("main", repository / "rendered"), Directory(repository / "rendered"))

    assert lines(found) == [("dashboard", "changed", "unit", "changed", "reqps", "ops")]
    assert found.unchanged == 1
    assert not marker.exists()


def test_a_folder_that_a_revision_lacks_is_all_new(repository: Path) -> None:
    other = repository / "other"
    other.mkdir()
    (other / "x.json").write_text(json.dumps(sample()))

    assert [item.status for item in compare(revision("HEAD", other), Directory(other)).items] == ["added"]


@pytest.mark.parametrize("name", ["nowhere", "--upload-pack=x", "HEAD~99"])
def test_a_revision_that_is_none_is_said_to_be_none(repository: Path, name: str) -> None:
    with pytest.raises(GitError, match="there is no revision"):
        revision(name, repository / "rendered")


def test_outside_of_a_repository_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        revision("HEAD", tmp_path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.sampled_from(["up", "a", ""]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "rules", "alert", "record", "expr", "labels", "for", 1]), children, max_size=4
        )
    ),
    max_leaves=15,
)


@given(VALUES, VALUES)
@settings(max_examples=60, deadline=None)
def test_any_rule_file_compares_without_an_exception(before: Any, after: Any) -> None:
    contents = [yaml.safe_dump({"groups": [{"name": "g", "rules": [side]}, side]}).encode() for side in (before, after)]

    compare(memory({"rules/a.yaml": contents[0]}), memory({"rules/a.yaml": contents[1]}))

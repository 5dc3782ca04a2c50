from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from markdown_it import MarkdownIt

from sync.diff import document, escape, markdown, page, terminal
from sync.diff.change import Difference
from sync.diff.compare import compare
from sync.diff.filesets import Memory
from tests.sync.diff.sample import sample

HOSTILE = [
    "<script>alert(1)</script>",
    "</details><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "a | b | c\n| - | - |",
    "`` ` ``` ` ``",
    "@everyone #1 !2 https://evil.example www.evil.example",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "right\u202eto\u2066left\u200b",
    "&lt;b&gt; &#60;b&#62;",
    "```\n# heading\n```",
    "$(rm -rf /) ${x} $$",
]


def files(*specs: dict[str, Any], folder: str = "dashboards/F") -> Memory:
    return Memory(
        {f"{folder}/{spec['uid']}.json": json.dumps(spec, indent=2).encode() for spec in specs}, "side", "rendered/"
    )


def hostile(text: str) -> Difference:
    """Compare dashboards that say `text` everywhere someone can write."""
    before, after = sample(), sample()
    after["title"] = text
    after["panels"][0]["title"] = text
    after["panels"][3]["targets"][0]["expr"] = text
    after["panels"][1]["options"]["content"] = text
    after["templating"]["list"][2]["name"] = text
    new = {"uid": "new", "title": text, "panels": []}
    return compare(files(before), files(after, new))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_on_the_page(text: str) -> None:
    shown = page.page(hostile(text))

    assert "<script" not in shown
    assert "<img" not in shown
    assert "javascript:" not in shown or '<a href="javascript' not in shown
    assert "default-src 'none'" in shown
    assert not any(ord(character) < 32 and character != "\n" for character in shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_a_comment(text: str) -> None:
    comment = markdown.comment(hostile(text))
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment)
    inline = [child for token in tokens for child in token.children or []]

    assert {child.content for child in inline if child.type == "html_inline"} <= {"<sub>", "</sub>"}
    assert not [child for child in inline if child.type in {"image", "link_open"}]
    assert all(
        token.content.startswith(("<!-- dash-sync", "<details>", "</details>"))
        for token in tokens
        if token.type == "html_block"
    )
    assert not [
        token
        for token in tokens
        if token.type in {"fence", "code_block"} or (token.type == "heading_open" and token.tag != "h3")
    ]
    assert "@everyone" not in comment.replace("`", "") or "`" in comment


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_moves_no_cursor(text: str) -> None:
    import click

    shown = click.unstyle(terminal.text(hostile(text)))

    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown


def test_mentions_and_links_are_broken_in_running_text() -> None:
    assert "@everyone" not in escape.markdown("@everyone")
    assert "https://x" not in escape.markdown("https://x")
    assert "#12" not in escape.markdown("see #12")


def many(count: int) -> Difference:
    befores, afters = [], []
    for index in range(count):
        spec = sample() | {"uid": f"d{index}", "title": f"Dashboard {index} " + "é|`<" * 30}
        changed = deepcopy(spec)
        for panel in (0, 3, 4):
            changed["panels"][panel]["title"] += f" {index} {'x' * 200}"
            changed["panels"][panel]["description"] = "y" * 5000
        befores.append(spec)
        afters.append(changed)
    return compare(files(*befores), files(*afters))


def test_a_comment_is_never_longer_than_a_comment_may_be() -> None:
    for count in (1, 50, 400):
        assert len(markdown.comment(many(count))) < 60_000


def test_a_comment_without_room_says_what_it_left_out() -> None:
    comment = markdown.comment(many(100))

    assert "more items changed" in comment
    assert "… and 40 more" in comment


def edited(count: int, unit: str = "ms", title: str = "D") -> tuple[list[Any], list[Any]]:
    befores = [sample() | {"uid": f"{title}{index}", "title": f"{title} {index}"} for index in range(count)]
    afters = deepcopy(befores)
    for spec in afters:
        spec["panels"][4]["fieldConfig"]["defaults"]["unit"] = unit
    return befores, afters


def test_what_three_or_more_dashboards_share_is_said_once_with_their_names() -> None:
    same, other = edited(300), edited(1, "h", title="Other")
    comment = markdown.comment(compare(files(*same[0], *other[0]), files(*same[1], *other[1])))

    assert comment.count("unit `s` → `ms`") == 1
    assert "<summary><b>300 dashboards</b>: the same 1 change in each</summary>" in comment
    assert "| 🟡 changed | **300 dashboards** <sub>D 0, D 1, D 10, D 100, D 101, and 295 more</sub> |" in comment
    named, more = (
        len(re.findall(r"^- \*\*D \d+\*\*", comment, re.MULTILINE)),
        re.search(r"^- _(\d+) more_", comment, re.MULTILINE),
    )
    assert named + (int(more[1]) if more else 0) == 300
    assert "unit `s` → `h`" in comment
    assert "more item" not in comment


def test_the_room_goes_to_all_and_the_count_of_what_has_none_is_true() -> None:
    comment = markdown.comment(many(300))
    left_out = re.search(r"_(\d+) more items changed", comment)

    assert comment.count("<details>") + int(left_out[1] if left_out else 0) == 300
    assert 50_000 < len(comment) < 60_000


def test_a_comment_begins_with_its_mark_and_a_table() -> None:
    other = sample()
    other["panels"][4]["fieldConfig"]["defaults"]["unit"] = "ms"
    comment = markdown.comment(
        compare(files(sample()), files(other)), links=markdown.Links(after="https://git.example/blob/abc/rendered/")
    )

    assert comment.startswith(markdown.MARK + "\n### Dashboards: 1 dashboard changed\n\n| | | what |")
    line = next(line for line in comment.splitlines() if "unit" in line and line.startswith("- "))
    number = next(index for index, text in enumerate(json.dumps(other, indent=2).splitlines(), 1) if '"ms"' in text)
    assert (
        line
        == f"- **panel “Latency”**: unit `s` → `ms` ([line {number}](https://git.example/blob/abc/rendered/dashboards/F/sample.json#L{number}))"
    )


def test_the_same_change_of_many_panels_is_said_once() -> None:
    other = sample()
    for panel in (other["panels"][0], other["panels"][3], other["panels"][4]):
        panel["transparent"] = True
    shown = terminal.text(compare(files(sample()), files(other)))

    assert shown.count("transparent") == 1
    assert "3 panels" in shown


def test_long_lists_fold_on_a_terminal_and_open_with_verbose() -> None:
    before = sample() | {"panels": []}
    after = sample() | {
        "panels": [
            {"id": n, "type": "stat", "title": f"P{n}", "gridPos": {"x": 0, "y": n, "w": 4, "h": 1}} for n in range(60)
        ]
    }
    found = compare(files(before), files(after))

    assert "25 more lines" in terminal.text(found)
    assert terminal.text(found, full=True).count("added") == 60


def test_the_json_holds_to_its_published_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(document.schema())
    validator = jsonschema.Draft202012Validator(document.schema())
    broken = Memory({"dashboards/x.json": b"{"}, "b", "rendered/")
    for found in (hostile("x"), many(2), compare(files(sample()), files()), compare(files(sample()), broken)):
        validator.validate(json.loads(document.document(found)))


def test_a_difference_of_nothing_says_so_in_every_form() -> None:
    found = compare(files(sample()), files(sample()))

    assert "no change" in terminal.text(found)
    assert "no change" in markdown.comment(found)
    assert "no change" in page.page(found)
    assert json.loads(document.document(found))["summary"]["changes"] == 0

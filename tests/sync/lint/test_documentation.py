"""docs/lint.md lists the rules as the registry has them; run as a program, this module writes the list."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from sync.lint import settings
from sync.lint.explain import table
from sync.lint.registry import BY_NAME, RULES

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "lint.md"
LIST = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)


def test_the_page_lists_every_rule_with_its_severity_and_peers() -> None:
    found = LIST.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0].strip() == table(), "write it with `python -m tests.sync.lint.test_documentation`"


def test_the_page_names_no_rule_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= set(BY_NAME)


def test_the_settings_of_the_page_are_all_there_are_and_are_read(tmp_path: Path) -> None:
    [block] = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    schema = json.loads((ROOT / "sync" / "lint" / "settings.schema.json").read_text(encoding="utf-8"))
    assert set(yaml.safe_load(block)) == set(schema["properties"])
    file = tmp_path / settings.NAME
    file.write_text(block, encoding="utf-8")
    assert settings.load(file, rules=frozenset(BY_NAME)).exclusions[0].rule == "dead-panel-kind"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "sync" / "lint" / "rules").glob("[a-z]*.py")), ids=lambda path: path.stem
)
def test_every_module_of_a_rule_is_registered(path: Path) -> None:
    assert path.stem.replace("_", "-") in BY_NAME


def test_rules_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(RULES)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(LIST.sub(lambda _found: f"\n{table()}\n\n", text), encoding="utf-8")

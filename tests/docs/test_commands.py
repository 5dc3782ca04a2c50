"""The documentation's commands run, in the order a reader would type them, and name what exists.

Every fenced `sh` block of a page is run by bash in a copy of this checkout, with a sandbox as Grafana; a page is one
story, so its blocks run in order in one copy. Blocks of `make` alone are what `.ci/run` runs; they are checked by name.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.demo import token_of
from sync.cli import cli
from sync.sandbox.serve import running_sandbox

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
MAKE_ONLY = re.compile(r"(?:\s*(?:#.*|(?:git clone|cd|make)\b.*))*\s*")
MAKE_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
VERB = re.compile(r"(?:^|[`\s])dash-sync ([a-z][a-z-]*)")


def blocks(page: Path, language: str) -> list[str]:
    return [found["text"] for found in BLOCK.finditer(page.read_text()) if found["language"] == language]


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def verbs() -> set[str]:
    return set(cli.list_commands(None))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout as git sees it, committed, so that what is pushed from it is clean."""
    copy = tmp_path / "checkout"
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    for name in filter(None, files.decode().split("\0")):
        if (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Start"]):
        subprocess.run(
            ["git", "-c", "user.name=reader", "-c", "user.email=reader@example.com", *words], cwd=copy, check=True
        )
    return copy


@pytest.fixture
def environment(checkout: Path) -> Iterator[dict[str, str]]:
    with running_sandbox() as url:
        yield {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(checkout.parent),
            "PYTHONPATH": str(checkout),
            "GRAFANA_URL": url,
            "GRAFANA_TOKEN": token_of(url),
            "NO_COLOR": "1",
        }


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_the_commands_of_a_page_run(page: Path, checkout: Path, environment: dict[str, str]) -> None:
    for text in blocks(page, "sh"):
        if MAKE_ONLY.fullmatch(text):
            continue
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"{names(page)}:\n{text}\n{run.stdout}\n{run.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_a_page_names_only_make_targets_and_verbs_that_exist(page: Path) -> None:
    code = "\n".join([*blocks(page, "sh"), *re.findall(r"`([^`\n]+)`", page.read_text())])
    assert set(MAKE_TARGET.findall(code)) <= targets()
    assert set(VERB.findall(code)) <= verbs()


def test_every_make_target_says_what_it_is_for() -> None:
    described = set(re.findall(r"^([a-z][a-z-]*):.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert described == targets()


def test_every_verb_is_described_in_the_reference() -> None:
    described = set(re.findall(r"^## `dash-sync ([a-z-]+)", (ROOT / "docs" / "cli.md").read_text(), re.MULTILINE))
    assert described == verbs()


def test_continuous_integration_runs_the_commands_that_the_readme_gives_first() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    for command in ("make demo", "make test", "make lint"):
        assert re.search(rf"^{command}$", ci, re.MULTILINE)
        assert command in (ROOT / "README.md").read_text()

"""The command line itself: every verb and option described, light to start, one object for programs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from sync.cli import cli
from sync.sandbox.serve import running_sandbox
from sync.version import __version__
from tests.sync.project import DASHBOARD

ROOT = Path(__file__).parents[2]
HEAVY = ("grafana_client", "niquests", "grafanalib", "jsonschema", "rich", "starlette", "uvicorn", "yaml", "orjson")


def verbs(group: click.Group = cli, path: tuple[str, ...] = ()) -> list[tuple[str, click.Command]]:
    found = []
    for name, verb in group.commands.items():
        found.append((" ".join([*path, name]), verb))
        if isinstance(verb, click.Group):
            found += verbs(verb, (*path, name))
    return found


@pytest.mark.parametrize(("name", "verb"), verbs(), ids=[name for name, _ in verbs()])
def test_every_verb_and_option_is_described(name, verb):
    assert verb.help
    assert [option.opts for option in verb.params if isinstance(option, click.Option) and not option.help] == []


@pytest.mark.parametrize("name", [name for name, _ in verbs()])
def test_every_verb_explains_itself(project, name):
    done = project.invoke(*name.split(), "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: cli {name}")


def test_help_imports_nothing_heavy():
    code = "import sys; from sync.cli import cli; sys.argv[1:] = ['--help']\ntry: cli()\nexcept SystemExit: pass\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "print([m for m in sys.modules])"], capture_output=True, text=True, check=True
    )
    modules = done.stdout.splitlines()[-1]
    assert [name for name in HEAVY if f"'{name}'" in modules] == []


def test_render_imports_no_http_client():
    code = "import sys; import sync.render; print([m for m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in HEAVY if f"'{name}'" in done.stdout and name != "orjson"] == []


def test_the_version(project):
    assert project.invoke("--version").out == f"dash-sync, version {__version__}\n"


def test_the_console_script_is_main():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts["dash-sync"] == "sync.__main__:main"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("render", "--nonsense"),
        ("push", "--workers", "0"),
        ("push", "--workers", "many"),
        ("push", "--timeout", "0"),
    ],
)
def test_wrong_usage_is_exit_2(project, arguments):
    done = project.invoke(*arguments)
    assert done.code == 2
    assert "Usage" in done.err


@pytest.mark.parametrize("verb", ["push", "plan", "status", "history", "doctor"])
def test_json_is_one_object_of_one_shape(project, verb):
    with running_sandbox() as url:
        project.connect(url)
        project.rendered("dashboards/Shop/overview.json", DASHBOARD)
        done = project.invoke(verb, "--format", "json")
    assert list(done.json) == ["kind", "schemaVersion", "toolVersion", "summary", "rows"]
    assert (done.json["kind"], done.json["schemaVersion"], done.json["toolVersion"]) == (verb, 1, __version__)


def test_control_characters_of_a_title_do_not_reach_the_terminal(project):
    with running_sandbox() as url:
        project.connect(url)
        project.rendered("dashboards/Shop/overview.json", DASHBOARD)
        project.invoke("push", "--message", "red \x1b[31m alert")
        done = project.invoke("history", "shop-overview")
    assert "\x1b" not in done.out


def test_quiet_prints_results_only(project):
    with running_sandbox() as url:
        project.connect(url)
        project.rendered("dashboards/Shop/overview.json", DASHBOARD)
        done = project.invoke("push", "--quiet", "--verbose")
    assert done.err == ""
    assert "created" in done.out


def test_verbose_prints_requests_without_credentials(project):
    with running_sandbox() as url:
        project.connect(url)
        project.rendered("dashboards/Shop/overview.json", DASHBOARD)
        done = project.invoke("push", "--verbose")
    assert re.search(r"GET /api/org 200 \d+ ms", done.err)
    assert "Basic" not in done.err


def test_a_colour_is_used_only_where_it_is_wanted(project):
    done = project.run("status", "--no-color")
    assert done.err.startswith("error: ")


def test_the_sandbox_says_when_its_port_is_in_use(project):
    with running_sandbox() as url:
        port = url.rsplit(":", 1)[1]
        done = project.run("sandbox", "--port", port)
    assert done.code == 1
    assert f"127.0.0.1:{port}: the sandbox can't listen there" in done.err
    assert "--port 0" in done.err
    assert "Traceback" not in done.err

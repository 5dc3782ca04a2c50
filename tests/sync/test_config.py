from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONTEXT = "project: shop\ncontexts:\n  local:\n    url: http://127.0.0.1:1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("project: shop\nrendr: [pages]\n", "dash-sync.yaml:2: unknown key 'rendr'; did you mean 'render'?"),
        (
            "project: shop\nnonsense: 1\n",
            "dash-sync.yaml:2: unknown key 'nonsense'; known are: project, folder, render",
        ),
        (
            CONTEXT + "    tokenenv: X\n",
            "dash-sync.yaml:5: unknown key 'tokenenv' in contexts.local; did you mean 'token-env'?",
        ),
        ("render: [pages]\n", "dash-sync.yaml:1: the file lacks 'project'"),
        ("", "dash-sync.yaml:1: the file must be a mapping, not nothing"),
        ("- a\n", "dash-sync.yaml:1: the file must be a mapping, not a list"),
        ("project: [shop]\n", "dash-sync.yaml:1: project must be text, not a list"),
        ("project: Shop!\n", "dash-sync.yaml:1: project must look like"),
        ("project: shop\nrender: pages\n", "dash-sync.yaml:2: render must be a list, not text"),
        ("project: shop\nrender:\n  - pages\n  - 3\n", "dash-sync.yaml:4: render.1 must be text, not a whole number"),
        ("project: shop\nrender: [a, a]\n", "dash-sync.yaml:2: render names something twice"),
        ("project: shop\ncontexts:\n  local: {}\n", "dash-sync.yaml:3: contexts.local lacks 'url'"),
        (CONTEXT + "    api: v2\n", "dash-sync.yaml:5: contexts.local.api must be one of auto, legacy, app-platform"),
        (CONTEXT + "    confirm: maybe\n", "dash-sync.yaml:5: contexts.local.confirm must be true or false, not text"),
        (CONTEXT + "    org-id: 0\n", "dash-sync.yaml:5: contexts.local.org-id must be at least 1"),
        (
            CONTEXT + "    user-env: U\n",
            "dash-sync.yaml:3: contexts.local needs both or neither of user-env and password-env",
        ),
        (CONTEXT + "    variables: {e: 3}\n", "dash-sync.yaml:5: contexts.local.variables.e must be text or a list"),
        ("project: shop\ncontexts:\n  l: {url: ftp://x}\n", "dash-sync.yaml:3: contexts.l.url must look like"),
        (
            "project: shop\ndefault-context: prod\n",
            "dash-sync.yaml:2: default-context is 'prod', which is no context here (none is defined)",
        ),
        ("project: shop\nproject: market\n", "dash-sync.yaml:2: 'project' stands here and in line 1"),
        (
            "project: shop\n  bad: indent\n",
            "dash-sync.yaml:2:6: not YAML: mapping values are not allowed in this context",
        ),
        ("project: 'open\n", "not YAML: found unexpected end of stream"),
        ("project: !!python/object:os.system x\n", "not YAML: could not determine a constructor"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(project, text, message):
    project.config(text)
    done = project.invoke("status")
    assert done.code == 1
    assert message in done.err
    assert "dash-sync init" in done.err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("token: glsa_abcdef", "contexts.local.token would be a secret"),
        ("password: hunter2", "contexts.local.password would be a secret"),
        ("api-key: hunter2", "contexts.local.api-key would be a secret"),
        ("token-env: glsa_abcdef", "the value of contexts.local.token-env looks like a secret"),
    ],
)
def test_a_secret_in_the_file_is_refused_with_the_reason_and_not_shown(project, line, reason):
    project.config(CONTEXT + f"    {line}\n")
    done = project.invoke("status")
    assert done.code == 1
    assert f"dash-sync.yaml:5: {reason}" in done.err
    assert "everybody who can read the repository could use it" in done.err
    assert "token-env" in done.err
    assert "hunter2" not in done.err
    assert "glsa_abcdef" not in done.err


def test_a_password_in_a_url_is_refused_and_not_shown(project):
    project.config("project: shop\ncontexts:\n  l: {url: 'https://admin:hunter2@grafana.example.com'}\n")
    done = project.invoke("status")
    assert "dash-sync.yaml:3: contexts.l.url holds a user or password" in done.err
    assert "hunter2" not in done.err


def test_a_secret_in_place_of_a_variables_name_is_not_shown(project):
    project.config(CONTEXT + "    token-env: my-secret-token\n")
    done = project.invoke("status")
    assert "contexts.local.token-env must look like ^[A-Z][A-Z0-9_]*$" in done.err
    assert "my-secret-token" not in done.err


def test_the_file_is_found_in_a_folder_above(project):
    project.module("overview")
    below = project.root / "pages"
    assert project.run("render", cwd=below).code == 0
    assert "dashboards/Shop/overview.json" in project.files()


def test_without_a_file_it_says_how_to_get_one(project):
    (project.root / "dash-sync.yaml").unlink()
    done = project.invoke("status")
    assert done.code == 1
    assert "there is no dash-sync.yaml here or above" in done.err
    assert "dash-sync init" in done.err


def test_a_named_file_that_is_missing(project):
    done = project.invoke("status", "--config", "none.yaml")
    assert done.code == 1
    assert "none.yaml: it can't be read: No such file or directory" in done.err


def test_bytes_that_are_no_text(project):
    (project.root / "dash-sync.yaml").write_bytes(b"project: \xff\n")
    assert "dash-sync.yaml: it is not UTF-8 text" in project.invoke("status").err


def test_the_repositorys_own_file_and_the_schema_itself_are_valid():
    schema = json.loads((ROOT / "sync/config.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load((ROOT / "dash-sync.yaml").read_text()), schema)


def test_every_key_of_the_schema_is_described():
    schema = json.loads((ROOT / "sync/config.schema.json").read_text())
    described = [*schema["properties"].items(), *schema["$defs"]["context"]["properties"].items()]
    assert [name for name, key in described if not key.get("description") and "properties" not in key] == []


# Which context

TWO = """
project: shop
default-context: one
contexts:
  one: {url: "http://127.0.0.1:1"}
  two: {url: "http://127.0.0.1:2"}
"""


@pytest.mark.parametrize(
    ("arguments", "environment", "url"),
    [
        ([], {}, "http://127.0.0.1:1"),
        ([], {"GRAFANA_URL": "http://127.0.0.1:3", "GRAFANA_TOKEN": "t"}, "http://127.0.0.1:3"),
        ([], {"GRAFANA_URL": "http://127.0.0.1:3"}, "http://127.0.0.1:1"),
        (
            [],
            {"GRAFANA_URL": "http://127.0.0.1:3", "GRAFANA_TOKEN": "t", "DASH_SYNC_CONTEXT": "two"},
            "http://127.0.0.1:2",
        ),
        (["--context", "two"], {"DASH_SYNC_CONTEXT": "one"}, "http://127.0.0.1:2"),
        (["--context", "t*"], {}, "http://127.0.0.1:2"),
    ],
)
def test_which_context_is_chosen(project, arguments, environment, url):
    project.config(TWO)
    done = project.invoke("context", "show", *arguments, environment=environment)
    assert f"url          {url}" in done.out


def test_a_context_that_is_not_defined(project):
    project.config(TWO)
    assert (
        "--context names 'three', which is no context here (one, two)"
        in project.invoke("status", "--context", "three").err
    )
    done = project.invoke("status", environment={"DASH_SYNC_CONTEXT": "three"})
    assert "DASH_SYNC_CONTEXT names 'three'" in done.err


def test_no_context_at_all(project):
    done = project.invoke("status")
    assert done.code == 1
    assert "no context is chosen; none is defined" in done.err
    assert "GRAFANA_URL" in done.err


def test_a_verb_for_one_context_refuses_several(project):
    project.config(TWO)
    assert (
        "this verb works on one context, and these are 2: one, two" in project.invoke("history", "--context", "*").err
    )


def test_context_list_and_use(project):
    project.config(TWO)
    assert "*  one  http://127.0.0.1:1" in project.invoke("context", "list").out
    assert project.invoke("context", "use", "two").code == 0
    assert "*  two  http://127.0.0.1:2" in project.invoke("context", "list").out
    assert (project.root / "dash-sync.yaml").read_text() == TWO.replace("default-context: one", "default-context: two")


def test_context_use_adds_the_line_where_there_is_none(project):
    project.config(CONTEXT)
    project.invoke("context", "use", "local")
    assert (project.root / "dash-sync.yaml").read_text() == CONTEXT + "default-context: local\n"


def test_context_show_never_shows_a_secret(project):
    project.config(CONTEXT + "    token-env: SHOP_TOKEN\n")
    done = project.invoke("context", "show", "local", environment={"SHOP_TOKEN": "glsa_mine"})
    assert "SHOP_TOKEN (set)" in done.out
    assert "glsa_mine" not in done.out


# init


def test_init_writes_what_render_and_doctor_accept(tmp_path):
    from tests.sync.project import Project

    project = Project(tmp_path / "my shop")
    (project.root / "dash-sync.yaml").unlink()
    assert project.run("init").code == 0
    assert "project: my-shop" in (project.root / "dash-sync.yaml").read_text()
    assert project.run("render").code == 0
    assert "dashboards/My Shop/example.json" in project.files()


def test_init_leaves_what_exists(project):
    done = project.invoke("init")
    assert done.code == 1
    assert "dash-sync.yaml: it exists already" in done.err

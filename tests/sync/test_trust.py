from __future__ import annotations

import pytest

from sync.config import Context
from sync.errors import NoCredentials, Untrusted
from sync.trust import Credentials, credentials, is_loopback, is_trusted, known_file, origin, require_trust

FAR = Context("far", "https://grafana.example.com/sub", token_env="T")


@pytest.fixture
def home(tmp_path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path)}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:3000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:3000/grafana", True),
        ("http://localhost", True),
        ("http://LOCALHOST.", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://0.0.0.0", False),
        ("http://10.0.0.1", False),
        ("https://grafana.example.com/?x=127.0.0.1", False),
        ("https://127.0.0.1@grafana.example.com", False),
    ],
)
def test_loopback(url, expected):
    assert is_loopback(url) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Grafana.Example.com:443/sub/", "https://grafana.example.com"),
        ("http://grafana.example.com:80", "http://grafana.example.com"),
        ("https://grafana.example.com:8443", "https://grafana.example.com:8443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_has_one_spelling(url, expected):
    assert origin(url) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"GRAFANA_URL": "https://grafana.example.com"}, True),
        ({"GRAFANA_URL": "http://grafana.example.com"}, False),
        ({"GRAFANA_URL": "https://other.example.com"}, False),
        ({"DASH_SYNC_TRUST": "https://a.example.com, https://grafana.example.com:443/"}, True),
        ({"DASH_SYNC_TRUST": "https://grafana.example.com:8443"}, False),
        ({"DASH_SYNC_TRUST": "grafana.example.com"}, False),
    ],
)
def test_what_is_trusted_without_asking(home, environment, expected):
    assert is_trusted(FAR.url, {**home, **environment}) is expected


def test_an_untrusted_server_is_refused_and_says_how_to_trust_it(home):
    with pytest.raises(Untrusted) as refused:
        require_trust(FAR, ask=None, environment=home)
    assert refused.value.exit_code == 3
    assert (
        str(refused.value)
        == "context far: T would go to https://grafana.example.com, which this machine doesn't trust yet"
    )
    assert "DASH_SYNC_TRUST=https://grafana.example.com" in refused.value.remedy


def test_what_a_person_confirmed_is_remembered(home):
    asked = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    require_trust(FAR, ask=yes, environment=home)
    require_trust(FAR, ask=yes, environment=home)
    assert asked == ["Context far would send T to https://grafana.example.com, for the first time. Trust it?"]
    assert known_file(home).read_text() == "https://grafana.example.com\n"


def test_no_is_not_remembered(home):
    with pytest.raises(Untrusted):
        require_trust(FAR, ask=lambda _question: False, environment=home)
    assert not known_file(home).exists()


@pytest.mark.parametrize(
    ("context", "environment", "missing"),
    [
        (FAR, {}, "T"),
        (FAR, {"T": ""}, "T"),
        (Context("basic", FAR.url, user_env="U", password_env="P"), {"U": "me"}, "P"),
    ],
)
def test_credentials_that_are_not_set(context, environment, missing):
    with pytest.raises(NoCredentials) as refused:
        credentials(context, environment)
    assert refused.value.exit_code == 3
    assert f"not set: {missing}" in str(refused.value)
    assert f"export {missing}=" in refused.value.remedy


def test_credentials_are_never_shown():
    secret = Credentials(token="glsa_mine", password="hunter2")
    assert repr(secret) == "Credentials()"
    assert secret.redacted("token glsa_mine, hunter2") == "token [secret], [secret]"


def test_a_token_is_not_sent_to_a_server_that_the_file_chose(project):
    project.config(
        'project: shop\ndefault-context: l\ncontexts: {l: {url: "https://grafana.invalid", token-env: MINE}}\n'
    )
    project.rendered("dashboards/a.json", '{"uid": "a", "title": "A"}')
    done = project.invoke("push", environment={"MINE": "glsa_mine"})
    assert done.code == 3
    assert "MINE would go to https://grafana.invalid, which this machine doesn't trust yet" in done.err
    assert "glsa_mine" not in done.err


def test_a_connection_that_is_not_encrypted_warns(project):
    project.config(
        'project: shop\ndefault-context: l\ncontexts: {l: {url: "http://grafana.invalid", token-env: MINE}}\n'
    )
    project.rendered("dashboards/a.json", '{"uid": "a", "title": "A"}')
    done = project.invoke("push", environment={"MINE": "x", "DASH_SYNC_TRUST": "http://grafana.invalid"})
    assert "warning: context l: http://grafana.invalid is not encrypted" in done.err


def test_a_user_without_a_home_trusts_nobody_yet(monkeypatch):
    def no_entry(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", no_entry)
    assert is_trusted("https://grafana.example.com", {}) is False

"""Each mistake in a routing table is named with its line, what is wrong and what would be right."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from rules_lib import document
from rules_lib.alert_kind import AlertKind
from rules_lib.errors import ContentError
from rules_lib.routing.config import routing_files
from rules_lib.routing.load import load_routing, routing_of

TABLE = """\
secrets: /etc/secrets
grouping: {by: [alertname], wait: 30s, interval: 5m, repeat: 4h}
smtp: {host: "mail:25", from: a@shop.example}
channels:
  pager: {pagerduty: {key-file: pager-key}}
  chat: {slack: {channel: "#shop", webhook-file: chat-url}}
  mail: {email: {to: shop@shop.example}}
routes:
  - when: {severity: critical}
    to: [pager, chat]
  - when: {slo: "~.+"}
    to: [mail]
  - to: [chat]
inhibitions:
  - cause: {alertname: ShopClosed}
    symptom: {alertname: ShopSlow}
    same: [environment]
"""


def kind(name: str, severity: str, *unknown: str, **labels: str) -> AlertKind:
    return AlertKind(name, {"alertname": name, "severity": severity, **labels, **dict.fromkeys(unknown)})


KINDS = (
    kind("ShopClosed", "critical", "environment", job="shop"),
    kind("ShopSlow", "critical", "environment", "instance", job="shop"),
    kind("ShopSlow", "warning", "environment", "instance", job="shop"),
    kind("BudgetBurn", "warning", slo="orders"),
)

MISTAKES: dict[str, tuple[tuple[str, str], int, tuple[str, ...]]] = {
    "receiver that doesn't exist": (("to: [mail]", "to: [mial]"), 12, ("no channel 'mial'", "did you mean 'mail'?")),
    "channel without a route": (("to: [mail]", "to: [chat]"), 7, ("no route leads to the channel 'mail'",)),
    "route behind one that takes all of its alerts": (
        ("  - to: [chat]", "  - when: {alertname: ShopClosed, severity: critical}\n    to: [chat]\n  - to: [chat]"),
        13,
        ("ShopClosed (critical, shop) is taken before, on line 9", "move it up"),
    ),
    "route that no alert matches": (
        ('slo: "~.+"', 'slo: "~.+", severity: critical'),
        11,
        ("no alert that exists is matched by all of this",),
    ),
    "value that none has": (('slo: "~.+"', "slo: order"), 11, ("the value 'order' of slo", "did you mean 'orders'?")),
    "label that no alert has": (('slo: "~.+"', "sol: x"), 11, ("no alert has a label 'sol'", "did you mean 'slo'?")),
    "grouping by a label that no alert has": (
        ("to: [mail]", "to: [mail]\n    grouping: {by: [region]}"),
        13,
        ("no alert has a label 'region' to group by",),
    ),
    "default before the end": (
        ("- when: {severity: critical}\n    to: [pager, chat]", "- to: [pager, chat]"),
        9,
        ("takes every alert", "move it to the end"),
    ),
    "no default": (("  - to: [chat]\n", ""), 11, ("would have nowhere to go", "add a route with `to` alone")),
    "mail without a server": (
        ('smtp: {host: "mail:25", from: a@shop.example}\n', ""),
        6,
        ("email needs a server", "add `smtp:"),
    ),
    "relative folder of secrets": (("/etc/secrets", "secrets"), 1, ("'secrets' is not of the form", "absolute path")),
    "unknown kind of channel": (("{email:", "{mail:"), 7, ("unknown key 'mail'", "did you mean 'email'?")),
    "duration in words": (("wait: 30s", "wait: soon"), 2, ("'soon' is not of the form", "as 5m")),
    "broken regex": (('"~.+"', '"~(."'), 11, ("(.",)),
    "unknown cause": (("alertname: ShopClosed", "alertname: ShopClose"), 15, ("did you mean 'ShopClosed'?",)),
    "cause that no alert is": (
        ("{alertname: ShopClosed}", "{alertname: ShopClosed, severity: warning}"),
        15,
        ("no alert that exists is such a cause",),
    ),
    "inhibition that can't hold": (
        ("same: [environment]", "same: [environment, instance]"),
        17,
        ("ShopSlow (critical, shop), ShopSlow (warning, shop) can never be silenced by ShopClosed",
         "ShopSlow has a label instance, ShopClosed has none"),
    ),
    "page silenced by what isn't one": (
        ("cause: {alertname: ShopClosed}\n    symptom: {alertname: ShopSlow}",
         "cause: {alertname: ShopSlow}\n    symptom: {alertname: ShopClosed}"),
        15,
        ("the page ShopClosed (critical, shop) would be silenced by ShopSlow (warning, shop)", "severity: critical"),
    ),
}  # fmt: skip


def made(text: str) -> dict[str, bytes]:
    return routing_files(routing_of(document.parse(text, "routing.yaml")), KINDS, source="routing.yaml")


def test_the_table_itself_is_right() -> None:
    assert b"pager and chat" in made(TABLE)["alertmanager.yaml"]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_names_line_mistake_and_remedy(mistake: str) -> None:
    (right, wrong), line, words = MISTAKES[mistake]
    assert right in TABLE
    with pytest.raises(ContentError) as caught:
        made(TABLE.replace(right, wrong, 1))
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"routing.yaml:{line}: ")
    assert [word for word in words if word not in str(problem)] == []


def test_alerts_that_silence_each_other_are_found_both_ways() -> None:
    back = """
      - cause: {alertname: ShopSlow, severity: critical}
        symptom: {alertname: ShopClosed}
        same: [environment]
    """
    with pytest.raises(ContentError) as caught:
        made(TABLE + re.sub("^", "  ", dedent(back).strip(), flags=re.MULTILINE) + "\n")
    assert [problem.line for problem in caught.value.problems] == [15, 18]
    assert "nobody would be told" in str(caught.value)


@pytest.mark.parametrize("secret", ["https://hooks.slack.com/services/T0/B0/s3cret", "s3cret with spaces"])
def test_a_secret_in_place_of_its_file_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(ContentError) as caught:
        made(TABLE.replace("chat-url", f'"{secret}"'))
    assert str(caught.value).startswith("routing.yaml:6: webhook-file: ")
    assert "the secret itself is never written here" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_secrets_are_files_in_what_is_rendered() -> None:
    config = made(TABLE)["alertmanager.yaml"].decode()
    assert "api_url_file: '/etc/secrets/chat-url'" in config
    assert "routing_key_file: '/etc/secrets/pager-key'" in config
    assert not re.search(r"\b(api_url|routing_key|service_key|smtp_auth_password):", config)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"routing\.yaml: cannot be read"):
        load_routing(tmp_path / "routing.yaml")

"""A setting of Alertmanager that it doesn't know, of another type than it takes, or without which it sends nothing.

It refuses the whole configuration then: after a restart nobody is told of anything. A key that is no slip of a known
one may be of a newer version. Where the settings of a service lack an address or a key that `global` can give to all,
that is looked for there. In an AlertmanagerConfig of the operator a matcher is an object with name, value and
matchType, and `global` stands elsewhere. Where files provision the contact points of Grafana's own Alertmanager, each
receiver has a uid, a type and what that type needs in its settings, or Grafana doesn't start.

FAIL alertmanager:
    global: {resolv_timeout: 5m}
    route: {receiver: a}
    receivers: [{name: a}]

FAIL alertmanager:
    global: {resolve_timeout: 5 minutes}
    route: {receiver: a}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    inhibit_rule: []
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: [team="a"], continue: "true"}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: {team: a}}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, webhook_configs: [{urll: "http://example.org/"}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, webhook_configs: [{url: "example.org/hook"}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, email_configs: [{from: a@example.org, smarthost: "mail.example.org:25"}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{channel: "#shop"}]}]

FAIL alertmanager:
    global: {slack_api_url: "https://hooks.example.org/"}
    route: {receiver: a}
    receivers: [{name: a, slack_configs: {channel: "#shop"}}]

FAIL file routes.yaml:
    apiVersion: monitoring.coreos.com/v1alpha1
    kind: AlertmanagerConfig
    spec:
      route: {receiver: a, routes: [{receiver: a, matchers: ['team="a"']}]}
      receivers: [{name: a}]

FAIL alertmanager:
    global: {smtp_smarthost: "mail:25", smtp_from: a@example.org}
    route: {receiver: a}
    receivers: [{name: a, email_configs: [{to: a@example.org, subject: an alert}]}]

FAIL file routes.yaml:
    apiVersion: monitoring.coreos.com/v1alpha1
    kind: AlertmanagerConfig
    spec:
      route: {receiver: a}
      receivers: [{name: a, slackConfigs: [{channel: "#shop", apiURL: "https://hooks.example.org/"}]}]

FAIL file routes.yaml:
    apiVersion: monitoring.coreos.com/v1alpha1
    kind: AlertmanagerConfig
    spec:
      route: {receiver: a}
      receivers: [{name: a, slackConfigs: [{chanel: "#shop"}]}]

FAIL alertmanager:
    global: {smtp_smarthost: mail.example.org, smtp_from: a@example.org}
    route: {receiver: a}
    receivers: [{name: a, email_configs: [{to: a@example.org}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, pagerduty_configs: [{routing_key: key, routing_key_file: /etc/key}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{uid: a, type: email, settings: {address: a@example.org}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{type: email, settings: {addresses: a@example.org}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints:
    - {name: a, receivers: [{uid: a, type: email, settings: {addresses: a@example.org}}]}
    - {name: b, receivers: [{uid: a, type: email, settings: {addresses: b@example.org}}]}

FAIL file points.yaml:
    apiVersion: 1
    contactPoints:
    - name: a
      receivers: [{uid: a, type: telegram, settings: {chatid: "1"}, secureSettings: {bottoken: $TOKEN}}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{uid: a, type: slakc, settings: {url: $SLACK}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contact_points: [{name: a, receivers: [{uid: a, type: slack, settings: {url: $SLACK}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{uid: a, type: slack, settings: {url: "${SLACK:-https://example.org}"}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{uid: a, type: webhook, settings: {url: $HOOK, http_method: PUT}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{uid: a, type: webhook, settings: {url: $HOOK, httpMethod: GET}}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints: [{name: a, receivers: [{uid: a, type: email, settings: {addresses: [a@example.org]}}]}]

FAIL file values.yaml:
    grafana:
      alerting:
        policies.yaml: {apiVersion: 1, policies: {receiver: a}}

PASS file points.yaml:
    apiVersion: 1
    contactPoints:
    - {orgId: 1, name: a, receivers: [{uid: a, type: Slack, settings: {url: $SLACK}, disableResolveMessage: true}]}
    - {orgId: 1, name: b, receivers: [{uid: b, type: telegram, settings: {bottoken: $TOKEN, chatid: "1"}}]}

PASS alertmanager:
    global: {resolve_timeout: 5m, slack_api_url_file: /etc/slack, smtp_smarthost: "mail:25", smtp_from: a@example.org}
    route: {receiver: a, routes: [{receiver: a, match: {team: a}, continue: true}]}
    receivers:
      - name: a
        slack_configs: [{channel: "#shop", send_resolved: true}]
        email_configs: [{to: a@example.org, headers: {Subject: a}}]
        webhook_configs: [{url: "http://example.org/", http_config: {bearer_token_file: /etc/token}}]
        pagerduty_configs: [{routing_key_file: /etc/key}]

PASS file routes.yaml:
    apiVersion: monitoring.coreos.com/v1beta1
    kind: AlertmanagerConfig
    metadata: {name: a}
    spec:
      route: {receiver: a, groupBy: [job], routes: [{receiver: a, matchers: [{name: team, value: a, matchType: "="}]}]}
      receivers:
        - {name: a, webhookConfigs: [{urlSecret: {name: a, key: url}}], slackConfigs: [{apiURL: {name: a, key: url}}]}

PASS file config.yaml:
    apiVersion: monitoring.coreos.com/v1beta1
    kind: AlertmanagerConfig
    metadata: {name: a}
    spec:
      route: {receiver: a}
      receivers:
        - name: a
          victoropsConfigs: [{routingKey: team, apiUrl: https://example.com, apiKey: {name: a, key: b}}]
          msteamsConfigs: [{webhookUrl: {name: a, key: b}}]
"""

from __future__ import annotations

import re
from typing import Any

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.alertmanager_keys import known_keys, unknown_keys
from sync.lint.contact_points import NO_SCHEME, contact_points
from sync.lint.managed_routing import KEYS, default_of, is_filled_in
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import seconds
from sync.lint.shape import as_dict, as_list, as_text, texts

_SIDES = ("", "source_", "target_")
_INTERVALS = ["mute_time_intervals", "active_time_intervals"]
_LISTS = [
    "routes",
    "receivers",
    "inhibit_rules",
    "equal",
    "templates",
    *_INTERVALS,
    *(f"{side}matchers" for side in _SIDES),
]
_OBJECTS = ["global", "route", *(f"{side}{key}" for side in _SIDES for key in ("match", "match_re"))]
_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(_LISTS, (list, "a list")),
    **dict.fromkeys(_OBJECTS, (dict, "a mapping of names to values")),
    "continue": (bool, "true or false, without quotes"),
}
_NEEDED = {
    "webhook": ("url", "url_file", "url_secret"),
    "email": ("to",),
    "pagerduty": ("routing_key", "routing_key_file", "service_key", "service_key_file"),
    "discord": ("webhook_url", "webhook_url_file", "api_url"),
    "msteams": ("webhook_url", "webhook_url_file"),
    "msteamsv2": ("webhook_url", "webhook_url_file"),
    "telegram": ("chat_id", "chat_id_file"),
    "sns": ("topic_arn", "phone_number", "target_arn"),
    "victorops": ("routing_key",),
    "pushover": ("user_key", "user_key_file"),
    "webex": ("room_id",),
}
"""One of which the settings of a service have to have."""
_GLOBAL = {
    "slack": (("api_url", "api_url_file", "app_token", "app_token_file"), "slack_"),
    "opsgenie": (("api_key", "api_key_file"), "opsgenie_"),
    "email": (("smarthost",), "smtp_"),
}
"""What `global` may say for all settings of a service, with the prefix that it has there."""
_SECRETS = frozenset({"api_url", "api_key", "api_secret", "routing_key", "service_key", "auth_password", "url_secret"})
_OF_ONE = {"api_url": {"slack", "discord"}, "routing_key": {"pagerduty"}}
"""Those that are secrets of some services, and texts of others."""
_RESOURCES_OWN = frozenset({"url_secret", "api_url", "pager_duty_image_configs", "pager_duty_link_configs"})


def check(config: AlertmanagerConfig, _project: Project) -> Findings:
    """Read the keys and types of everything but routes' and inhibitions' own keys, and what receivers need."""
    known = known_keys()
    if config.is_whole and "alertmanager_config" not in config.raw:
        yield from unknown_keys(config, known["configuration"], ())
    yield from unknown_keys(config, known["global"], ("global",))
    for key, value in as_dict(config.raw.get("global")).items():
        if key == "resolve_timeout" and seconds(value) is None:
            yield Finding(f"{key}: {value} is no duration: write 5m", pointer=("global", key))
    yield from _values(as_dict(config.raw.get("global")), ("global",))
    yield from _types(config.raw, ())
    for route in config.routes:
        pointer = route.pointer[len(config.base) :]
        yield from _types(route.raw, pointer)
        for number, matcher in enumerate(as_list(config.keys(pointer).get("matchers")) if config.is_resource else []):
            if not isinstance(matcher, dict):
                said = "a matcher of an AlertmanagerConfig is an object: {name: severity, value: critical}"
                yield Finding(said, pointer=(*pointer, "matchers", number))
    for number, rule in enumerate(as_list(config.raw.get("inhibit_rules"))):
        yield from _types(as_dict(rule), ("inhibit_rules", number))
    if config.is_provisioned:
        yield from _provisioned(config)
        return
    for number, receiver in enumerate(as_list(config.raw.get("receivers"))):
        yield from _receiver(config, as_dict(receiver), ("receivers", number))


def _provisioned(config: AlertmanagerConfig) -> Findings:
    """Read what only files of Grafana's provisioning have."""
    if config.policy == 0:
        yield from unknown_keys(config, KEYS, ())
        for key in ("contactPoints", "policies", "muteTimes", "templates"):
            value = config.written.get(key)
            if value is not None and not isinstance(value, list):
                yield Finding(f"{key} has to be a list: begin it with a dash", pointer=(key,))
    for text, pointer in texts(config.raw, ()):
        if (found := default_of(text)) and pointer[0] in {"receivers", "route"}:
            said = f"Grafana knows no defaults of variables: {found} is empty"
            yield Finding(said, piece=found, pointer=pointer)
    yield from contact_points(config)


def _types(raw: dict[str, Any], pointer: Pointer) -> Findings:
    """Look for lists, objects and truths that are something else."""
    for key, value in raw.items():
        wanted, words = _TYPES.get(key, (object, ""))
        if value is not None and not isinstance(value, wanted) and not (isinstance(value, str) and is_filled_in(value)):
            yield Finding(f"{key} has to be {words}", pointer=(*pointer, key))


def _receiver(config: AlertmanagerConfig, receiver: dict[str, Any], pointer: Pointer) -> Findings:
    for key, settings in receiver.items():
        service = key.removesuffix("_configs")
        if service == key or service not in known_keys():
            continue
        if settings is not None and not isinstance(settings, list):
            yield Finding(f"{config.spelt(key)} has to be a list: begin it with a dash", pointer=(*pointer, key))
        for number, each in enumerate(as_list(settings)):
            yield from _settings(config, as_dict(each), service, (*pointer, key, number))


def _settings(config: AlertmanagerConfig, raw: dict[str, Any], service: str, pointer: Pointer) -> Findings:
    known = known_keys()
    own = _RESOURCES_OWN if config.is_resource else frozenset[str]()
    found = [*unknown_keys(config, known[service] | own, pointer)]
    if not config.is_resource:
        found += unknown_keys(config, known["http_config"], (*pointer, "http_config"))
        found += unknown_keys(config, known["tls_config"], (*pointer, "http_config", "tls_config"))
    for key in _SECRETS.intersection(raw) if config.is_resource else ():
        if not isinstance(raw[key], dict) and service in _OF_ONE.get(key, {service}):
            said = f"{config.spelt(key)} has to name a key of a Secret in an AlertmanagerConfig: {{name: …, key: …}}"
            yield Finding(said, pointer=(*pointer, key))
    yield from (each for each in found if not config.is_resource or each.severity is not Severity.WARNING)
    yield from _values(raw, pointer)
    for key in ("url", "api_url", "webhook_url"):
        if NO_SCHEME.fullmatch(as_text(raw.get(key))):
            yield Finding(f"{config.spelt(key)} has to begin with https:// or http://", pointer=(*pointer, key))
    needed = _NEEDED.get(service)
    if needed and not raw.keys() & set(needed):
        yield Finding(f"{service} has to have {config.spelt(needed[0])}", pointer=pointer)
    wanted, prefix = _GLOBAL.get(service, ((), ""))
    given = as_dict(config.raw.get("global")).keys() & {prefix + key for key in wanted}
    is_put_in = wanted and re.search(rf"#[ \t]*{wanted[0]}:", config.text)
    if wanted and not raw.keys() & set(wanted) and not given and config.is_whole and not is_put_in:
        said = f"{service} has to have {wanted[0]}, or `global` {prefix}{wanted[0]}"
        yield Finding(said, pointer=pointer)


def _values(raw: dict[str, Any], pointer: Pointer) -> Findings:
    """Look for secrets that are given twice, and for a mail server without its port."""
    for key, value in raw.items():
        if raw.get(f"{key}_file") and value:
            said = f"{key} and {key}_file are both there: Alertmanager takes one of them"
            yield Finding(said, pointer=(*pointer, f"{key}_file"))
        host = as_text(value) if key in {"smarthost", "smtp_smarthost"} else ""
        if host and ":" not in host and "$" not in host and not re.fullmatch(r"[A-Z_]+", host):
            yield Finding(f"{key}: {host} has to have a port: {host}:587", pointer=(*pointer, key))


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)

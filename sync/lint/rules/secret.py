r"""A text that looks like a password, token or key.

Everybody who can read the repository or the dashboard can use it, and history keeps it: revoke it, then remove it.

FAIL dashboard:
    description: 'login with glsa_abcdefghijklmnopqrstuvwxyz012345_1a2b3c4d'

FAIL dashboard:
    links: [{url: "https://admin:hunter2hunter2@example.com/"}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{api_url: "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"}]}]

FAIL dashboard:
    description: 'curl -u admin:Xk29fjwe82jf https://example.com'

FAIL dashboard:
    description: 'curl -H "Authorization: Bearer 8f3b2c9d7e6a5f4b3c2d1e0f9a8b7c6d"'

PASS dashboard:
    description: 'curl -u $USER:$PASSWORD -H "Authorization: Bearer $TOKEN" https://example.com'

FAIL file datasources.yaml:
    apiVersion: 1
    datasources:
    - {name: Loki, uid: loki, type: loki, secureJsonData: {basicAuthPassword: hunter2}}

PASS file datasources.yaml:
    apiVersion: 1
    datasources:
    - {name: Loki, uid: loki, type: loki, secureJsonData: {basicAuthPassword: $LOKI_PASSWORD}}

FAIL file secret.yaml:
    apiVersion: v1
    kind: Secret
    data: {slack-token: c2Vzc2Ftby1vZmZuZS1kaWNo}

FAIL dashboard:
    templating: {list: [{type: constant, name: api_token, query: S3cr3tT0k3nV4lu3}]}

PASS dashboard:
    templating:
      list: [{type: constant, name: api_token, query: "${TOKEN}"}, {type: custom, name: token, query: "a1,b2"}]

FAIL panel:
    type: table
    title: A header
    targets: [{refId: A, url_options: {headers: [{"key": "X-API-Key", "value": "9af8d3b1c2e74455"}]}}]

FAIL file deployment.yaml:
    apiVersion: apps/v1
    kind: Deployment
    spec: {template: {spec: {containers: [{env: [{name: GF_SECURITY_ADMIN_PASSWORD, value: hunter2hunter2}]}]}}}

PASS file deployment.yaml:
    apiVersion: apps/v1
    kind: Deployment
    spec:
      template: {spec: {containers: [{env: [{name: PASSWORD_FILE, value: /etc/pass-1}, {name: TOKEN, value: $(T)}]}]}}

PASS file secret.yaml:
    apiVersion: v1
    kind: Secret
    stringData: {slack-token: "${SLACK_TOKEN}", password: changeme, token.path: /etc/token}

FAIL dashboard:
    description: 'PGPASSWORD=S3curePass99 psql; mysql -u root -pS3curePass99; the password is `Tr0ub4dor&3xyz`'

FAIL alertmanager:
    global: {smtp_auth_password: S3curePass99}
    route: {receiver: a}
    receivers: [{name: a}]

PASS dashboard:
    description: 'mysql -u root -p$PASSWORD, redis-cli -a "$REDIS_PASSWORD", PGPASSWORD=<password>, X-Api-Key: $KEY'

PASS dashboard:
    description: 'the token stands in $GRAFANA_TOKEN'

FAIL panel:
    {type: text, title: A, options: {content: "Log in as admin\npassword: Tr0ub4dor&3xyz\n"}}

FAIL dashboard:
    links: [{url: "https://ci.example.com/build?token=9f86d081884c7d659a2feaa0c55ad015&branch=main"}]

FAIL dashboard:
    description: 'curl https://example.com/v1?api_key=4kQz81mPxT0aWc7L'

PASS dashboard:
    description: |
      password: <secret>, api_key=${KEY}, token=your-token-of-2024, token: default-user-x7k2p9w4,
      commit 9f86d081884c7d659a2feaa0c55ad015aabbccdd,
      secret: alertmanager-main-v2, password=Ex4mple-password-1, token: 0123456789abcdef0123456789abcdef

FAIL alertmanager:
    global:
      smtp_auth_password: mzqkwplthvrenduc
    route: {receiver: a}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, pagerduty_configs: [{routing_key: a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6}]}]

PASS alertmanager:
    global:
      smtp_auth_password: your-app-password
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{api_url_file: /etc/slack}]}]
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Variable
from sync.lint.documents import DataSources, Secrets
from sync.lint.embedded import entries
from sync.lint.loading import Loaded
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.secret_looks import secrets
from sync.lint.shape import as_dict, as_list, as_text


def check(loaded: Loaded, _project: Project) -> Findings:
    """Search the whole text; what is found is not shown."""
    for start, what in secrets(loaded.text):
        yield Finding(f"this looks like {what}: revoke it, and keep it out of files", piece=start)
    for document in loaded.documents:
        if isinstance(document, DataSources):
            yield from _written_out(document)
        elif isinstance(document, Secrets):
            yield from _held(document)


def _held(document: Secrets) -> Findings:
    """Look at what a Secret holds: an entry whose name says that it is one, or base64 of a text like one."""
    for entry in entries(document.raw, document.base):
        text = entry.content.decode(errors="replace").strip()
        is_named = _SECRET_NAME.search(entry.name) and _SECRET_VALUE.fullmatch(text)
        if is_named or (not entry.is_text and any(secrets(text))):
            message = "a secret is written out, which base64 doesn't hide: seal it, or name where it is kept"
            yield Finding(message, pointer=entry.pointer)


_SECRET_NAME = re.compile(
    r"(?i:password|passwd|token|secret|api[-_]?key|access[-_]?key|credentials?|webhook(?:[-_]?url)?)\d*$"
)
_SECRET_VALUE = re.compile(
    r"(?!\$|<|\{|\*|/|(?i:xxx|change|secret|password|example|your|my|placeholder|redacted|dummy|test|none|null|todo|ref\+))"
    r"[^\s<>{}]{6,}"
)
_IS_MIXED = re.compile(r"(?=.*\d)(?=.*[A-Za-z])(?![a-z]+(?:[-_.:][a-z0-9]+)+$)")
"""A digit and a letter, and no name of several words (prometheus-main-1)."""


_FILLED_IN = re.compile(r"\$(?:\w|\{)|\{\{")
"""Where a variable stands in a text: `Bearer $TOKEN` holds no secret."""
_HEADER = re.compile(r"httpHeaderValue\d+")


def _written_out(document: DataSources) -> Findings:
    """Look at what is kept secret, and at headers and passwords that stand beside it, where nobody hides them."""
    for number, source in enumerate(map(as_dict, as_list(document.raw.get("datasources")))):
        hidden = [("secureJsonData", key, value) for key, value in as_dict(source.get("secureJsonData")).items()]
        seen = as_dict(source.get("jsonData")).items()
        hidden += [("jsonData", key, value) for key, value in seen if _HEADER.fullmatch(key) and len(str(value)) > 15]
        for group, key, value in hidden:
            if as_text(value) and not _FILLED_IN.search(as_text(value)):
                pointer = (*document.base, "datasources", number, group, key)
                yield Finding("a secret is written out: name the variable that holds it, as $NAME", pointer=pointer)


def check_variable(variable: Variable, _project: Project) -> Findings:
    """Look at what a variable that is a secret by its name holds: everybody who sees the dashboard can read it."""
    if variable.kind not in {"constant", "textbox", "custom"} or not _SECRET_NAME.search(variable.name):
        return
    current = as_dict(variable.raw.get("current"))
    held = [as_text(variable.raw.get("query")), as_text(current.get("value"))]
    if any(_SECRET_VALUE.fullmatch(each) and _IS_MIXED.search(each) and not any(secrets(each)) for each in held):
        message = f"the variable {variable.name} holds what looks like a secret: revoke it, and keep it out of files"
        yield Finding(message)


RULE = Rule(__name__, Severity.ERROR, document=check, variable=check_variable)

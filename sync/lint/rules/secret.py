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

from sync.lint.embedded import entries
from sync.lint.loading import DataSources, Loaded, Secrets
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_SECRET = re.compile(
    r"""(?P<grafana>\bgl(?:sa|c|cloud)_[A-Za-z0-9_+/=]{20,})
    |(?P<slack>https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{8,}|\bxox[abprs]-[A-Za-z0-9-]{10,})
    |(?P<github>\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{40,})
    |(?P<aws>\b(?:AKIA|ASIA)[A-Z0-9]{16}\b)
    |(?P<key>-----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY-----)
    |(?P<token>\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,})
    |(?P<curl>\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?\\?["']?[\w.@-]+:
      (?!\$|<|\{|\*|(?i:x{3}|changeme|example|placeholder|redacted|pass|secret|your|admin))[^\s"'\\<>${}]{6,})
    |(?P<header>(?i:\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)(?=[A-Za-z._-]*\d)[A-Za-z0-9._~+/=-]{16,})
    |(?P<key_header>(?i:\b(?:x-api-key|private-token|x-auth-token)["']?\s*:\s*["']?)
      (?=(?:[^\s\d]*\d){3})(?=[\d_-]*[A-Za-z])[\w.~+=-]{16,})
    |(?P<cloud>(?i:secret_access_key|\bsecret_key)["']?\s*[=:]\s*["']?(?=[^\s\d]*\d)[A-Za-z0-9/+]{40}(?![\w/+]))
    |(?P<command>\b(?:mysql(?:dump)?\b[^\n]{0,80}?\s-p|redis-cli\b[^\n]{0,80}?\s-a\s+|sshpass\s+-p\s*)\\?["']?
      (?=[^\s"'\\]*\d)(?=[^\s"'\\]*[A-Za-z])[^\s"'\\<>${}]{8,})
    |(?P<flow>[{,]\ *(?:(?:smtp_auth_)?password|(?:opsgenie_)?api_key|routing_key|service_key|bot_token|credentials):\ *
      (?=[^\s\d]*\d)(?=[^\sA-Za-z]*[A-Za-z])
      (?!(?i:xxx|changeme|secret|pass|your|my|placeholder|redacted|dummy|test|[a-z]*ex[a4]mple))
      [\w.!@\#%^*+?&~-]{8,}(?=\ *[,}]))
    |(?P<yaml>(?m:^[ \t]*(?:-[ ]+)?
      (?:password|credentials|bearer_token|user_key|token|api_key|client_secret|basicAuthPassword):[ ]*)
      (?!(?i:xxx|changeme|secret|pass|your|my|placeholder|redacted|dummy|test|[a-z]*ex[a4]mple))
      (?=[^\s\d]*\d)(?=[^\sA-Za-z]*[A-Za-z])[\w.!@\#%^*+?&~-]{8,}(?m:[ \t]*$))
    |(?P<vendor>\bAIza[A-Za-z0-9_-]{35}\b|\b[sr]k_live_[A-Za-z0-9]{16,}|\bglpat-[A-Za-z0-9_-]{20}|\bnpm_[A-Za-z0-9]{36}\b
      |\bsk-(?:proj|ant)-[\w-]{20,}|\bSG\.[\w-]{20,}\.[\w-]{20,}|\bhvs\.[\w-]{20,}|\bdckr_pat_[\w-]{20,}|\bglrt-[\w-]{14,}
      |https://api\.telegram\.org/bot\d{6,}:[\w-]{30,}|https://events\.pagerduty\.com/integration/[0-9a-f]{32}
      |https://[\w.-]*webhook\.office\.com/webhookb2/[\w@-]{36,}/IncomingWebhook/[0-9a-f]{32}
      |https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,})
    |(?P<url>\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@"'<>${}]*:(?!\$|\{|<|\*|(?i:x{3}|changeme|example|placeholder|redacted|pass|secret|your))[^\s/@"'<>${}]{3,}@[\w.-]+)
    |(?P<plain>(?m:(?:^|[{,])[ \t]*(?:-[ ]+)?
      (?:smtp_)?(?:auth_password|auth_secret|routing_key|service_key|bot_token|api_secret):[ ]*)
      (?!\$|<|\{|\*|["']|(?i:xxx|changeme|change_me|secret|password|example|your|placeholder|redacted|dummy|none|null)\b)
      [^\s"'<>${}/,]{8,}(?m:[ \t]*(?:$|[,}])))
    |(?P<told>(?i:password|passwd|pwd|passphrase)(?:\ *=|:\ *|\ is\ )`?
      (?!(?i:xxx|changeme|secret|pass|your|my|placeholder|redacted|dummy|test|abc|0?123|[a-z]*ex[a4]mple))
      (?=[^\s\d]*\d)(?=[^\sA-Z]*[A-Z])(?=[^\sa-z]*[a-z])[\w.!@\#%^*+?&~-]{8,}(?=[\s,;)\\"'<]|$))
    |(?P<carried>(?:\b|_|(?<=\\n))(?i:api_?key|secret_key|client_secret|access_token|auth_token|token)(?:\ *=|:\ *)
      (?!(?i:xxx|changeme|secret|your|my|placeholder|redacted|dummy|test|abc|0?123|[a-z]*ex[a4]mple))
      (?![a-z]+-[a-z]+-)(?=(?:[^\s\d]*\d){3})(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{16,}(?=[\s&.,;)\\"'<]|$))
    |(?P<written>(?i:["']?\b(?:\w+_)?(?:password|passwd|api_?key|secret_?key|client_secret|auth_password|bearer_token|service_key|routing_key)["']?\s*[:=]\s*["'])
      (?!\$|<|\{|\*|(?i:xxx|changeme|change_me|secret|password|example|your|placeholder|redacted|dummy|none|null|false|true|test)\b)[^\s"'<>${}]{8,}["'])""",
    re.VERBOSE,
)
_HINTS = [
    "glsa_",
    "glc_",
    "glcloud_",
    "hooks.slack.com",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "akia",
    "asia",
    "-----begin",
    "curl",
    "authorization",
    "aiza",
    "k_live_",
    "glpat-",
    "npm_",
    "/api/webhooks/",
    "eyj",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "credentials",
    "token",
    "user_key",
    "sk-proj-",
    "sk-ant-",
    "sg.",
    "hvs.",
    "dckr_pat_",
    "glrt-",
    "api.telegram.org",
    "events.pagerduty.com",
    "webhook.office.com",
    "x-api-key",
    "secret_access_key",
    "mysql",
    "redis-cli",
    "sshpass",
    "apikey",
    "api_key",
    "secretkey",
    "secret_key",
    "client_secret",
    "auth_secret",
    "api_secret",
    "service_key",
    "routing_key",
]
"""Pieces of which a secret has one, in lower case: most texts have none, and looking for them is cheap."""
_NAMES = {
    "grafana": "a Grafana token",
    "slack": "a Slack token or hook",
    "github": "a GitHub token",
    "aws": "an AWS key",
    "key": "a private key",
    "token": "a signed token",
    "curl": "a password in a command",
    "header": "a token in a header",
    "vendor": "a key or hook of a service",
    "url": "a password in an address",
    "flow": "a password or key",
    "yaml": "a password or key",
    "key_header": "a token in a header",
    "command": "a password in a command",
    "cloud": "an AWS key",
    "plain": "a password or key",
    "told": "a password",
    "carried": "a token or key",
    "written": "a password or key",
}


def check(loaded: Loaded, _project: Project) -> Findings:
    """Search the whole text; what is found is not shown."""
    lower = loaded.text.lower()
    if any(hint in lower for hint in _HINTS) or ("://" in lower and "@" in lower):
        for found in _SECRET.finditer(loaded.text):
            yield Finding(
                f"this looks like {_NAMES[found.lastgroup or 'written']}: revoke it, and keep it out of files",
                piece=found.start(),
            )
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
        if is_named or (not entry.is_text and _SECRET.search(text)):
            message = "a secret is written out, which base64 doesn't hide: seal it, or name where it is kept"
            yield Finding(message, pointer=entry.pointer)


_SECRET_NAME = re.compile(r"(?i:password|passwd|token|secret|api[-_]?key|access[-_]?key|credential|webhook)[\w-]*$")
_SECRET_VALUE = re.compile(
    r"(?!\$|<|\{|\*|/|(?i:xxx|change|secret|password|example|your|my|placeholder|redacted|dummy|test|none|null|todo|ref\+))"
    r"[^\s<>{}]{6,}"
)


def _written_out(document: DataSources) -> Findings:
    for number, source in enumerate(as_list(document.raw.get("datasources"))):
        for key, value in as_dict(as_dict(source).get("secureJsonData")).items():
            if not as_text(value).startswith("$"):
                pointer = (*document.base, "datasources", number, "secureJsonData", key)
                yield Finding("a secret is written out: name the variable that holds it, as $NAME", pointer=pointer)


RULE = Rule(__name__, Severity.ERROR, document=check)

"""What secrets look like, each with pieces that a text has which holds one: most have none, and need no search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Look:
    """What it is; `hints` in lower case, of which a text with one has at least one; and how it may be written."""

    what: str
    hints: tuple[str, ...]
    alternatives: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """One pattern of them all, made when a text first has a hint: most runs need few of them."""
        return re.compile("|".join(self.alternatives), re.VERBOSE | re.MULTILINE)


_STANDS_FOR = r"[\w.-]{0,20}\b(?:your|my)[_-]|[\w.-]{0,40}[_-]here\b"
"""A name in place of a secret: `SG.YOUR_API_KEY`, `token-goes-here`."""
_NOT_REAL = (
    rf"(?i:xxx|changeme|secret|pass|your|my|placeholder|redacted|dummy|test|abc|0?123|[a-z]*ex[a4]mple|{_STANDS_FOR})"
)
_NONE = (
    r"(?i:(?:my[-_]?(?:secret|password|token|key)|xxx|changeme|change_me|secret|password|example|your|placeholder"
    rf"|redacted|dummy|none|null|false|true|test)\b|{_STANDS_FOR})"
)
_WORDS = r"[\w.!@\#%^*+?&~-]{8,}"
_MIXED = r"(?=[^\s\d]{0,80}\d)(?=[^\sA-Za-z]{0,80}[A-Za-z])"
"""A digit and a letter, as words of a language seldom have."""
_STRONG = r"(?=[^\s\d]{0,80}\d)(?=[^\sA-Za-z]{0,80}[A-Za-z])(?=[^\sA-Z!@\#%^*+&~]{0,80}[A-Z!@\#%^*+&~])" + _WORDS
"""As people make passwords: a letter, a digit, and a capital or a sign."""
_NAMED = (
    r"(?i:[\w.-]{0,60}?(?:password|passwd|token|secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key|private[_-]?key"
    r"|credentials?|authorization))"
)
_VALUE = (
    rf"(?:(?i:bearer|basic|token|apikey)\s+)?(?![a-z]+(?:-[a-z0-9]+)+\b)(?!{_NOT_REAL}){_MIXED}[\w.!@\#%^*+&~=/-]{{8,}}"
)
"""What stands beside a name that says it is a secret; names of secrets (grafana-admin-1) aren't any."""


def _look(what: str, hints: str | tuple[str, ...], *alternatives: str) -> Look:
    return Look(what, tuple(hints.split()) if isinstance(hints, str) else hints, alternatives)


LOOKS = (
    _look("a Grafana token", "glsa_ glc_ glcloud_", r"\bgl(?:sa|c|cloud)_[A-Za-z0-9_+/=]{20,}"),
    _look(
        "a Slack token or hook",
        "slack xox",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{8,}",
        r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    ),
    _look(
        "a GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"\bgh[pousr]_[A-Za-z0-9]{36}",
        r"\bgithub_pat_[A-Za-z0-9_]{40,}",
    ),
    _look("an AWS key", "akia asia", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _look("a private key", "-----begin", r"-----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY-----"),
    _look("a signed token", "eyj", r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,}"),
    _look(
        "a password in a command",
        "curl",
        r"""\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?\\?["']?[\w.@-]+:
        (?!\$|<|\{|\*|(?i:x{3}|changeme|example|placeholder|redacted|pass|secret|your|admin))[^\s"'\\<>${}]{6,}""",
    ),
    _look(
        "a password in a command",
        "mysql redis-cli sshpass",
        r"""\b(?:mysql(?:dump)?\b[^\n]{0,80}?\s-p|redis-cli\b[^\n]{0,80}?\s-a\s+|sshpass\s+-p\s*)\\?["']?
        (?=[^\s"'\\]{0,80}\d)(?=[^\s"'\\]{0,80}[A-Za-z])[^\s"'\\<>${}]{8,}""",
    ),
    _look(
        "a token in a header",
        "authorization api-key token",
        r"""(?i:\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)(?=[A-Za-z._-]{0,80}\d)[A-Za-z0-9._~+/=-]{16,}""",
        r"""(?i:\b(?:x-api-key|private-token|x-auth-token)["']?\s*:\s*["']?)
        (?=(?:[^\s\d]{0,40}\d){3})(?=[\d_-]{0,80}[A-Za-z])[\w.~+=-]{16,}""",
    ),
    _look(
        "an AWS key",
        "_key",
        r"""(?i:secret_access_key|\bsecret_key)["']?\s*[=:]\s*["']?(?=[^\s\d]{0,39}\d)[A-Za-z0-9/+]{40}(?![\w/+])""",
    ),
    _look(
        "a key or hook of a service",
        "aiza k_live_ glpat- npm_ sk-proj- sk-ant- sg. hvs. dckr_pat_ glrt- telegram pagerduty webhook",
        r"\bAIza[A-Za-z0-9_-]{35}\b",
        r"\b[sr]k_live_[A-Za-z0-9]{16,}",
        r"\bglpat-[A-Za-z0-9_-]{20}",
        r"\bnpm_[A-Za-z0-9]{36}\b",
        r"\bsk-(?:proj|ant)-[\w-]{20,}",
        r"\bSG\.[\w-]{20,}\.[\w-]{20,}",
        r"\bhvs\.[\w-]{20,}",
        r"\bdckr_pat_[\w-]{20,}",
        r"\bglrt-[\w-]{14,}",
        r"(?:\bbot)?\b\d{8,10}:AA[A-Za-z0-9_-]{32,33}(?![\w-])",
        r"https://api\.telegram\.org/bot\d{6,}:[\w-]{30,}",
        r"https://events\.pagerduty\.com/integration/[0-9a-f]{32}",
        r"https://[\w.-]*webhook\.office\.com/webhookb2/[\w@-]{36,}/IncomingWebhook/[0-9a-f]{32}",
        r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}",
    ),
    _look(
        "a password in an address",
        "://",
        r"""\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@"'<>${}]{0,80}:
        (?!\$|\{|<|\*|(?i:x{3}|changeme|example|placeholder|redacted|pass|secret|your))[^\s/@"'<>${}]{3,200}@[\w.-]+""",
    ),
    _look(
        "a key of PagerDuty",  # VictorOps has names of routes there
        "routing_key",
        r"""\brouting_?key["']?:[ ]*["']?(?=[A-Za-z]{0,31}\d)[A-Za-z0-9]{32}\b""",
    ),
    _look(
        "a password or key",
        "passw _key credentials token secret",
        rf"""[{{,]\ *(?:(?:smtp_auth_)?password|(?:opsgenie_)?api_key|routing_key|service_key|bot_token|credentials):\ *
        {_MIXED}(?!{_NOT_REAL}){_WORDS}(?=\ *[,}}])""",
        rf"""^[ \t]*(?:-[ ]+)?
        (?:password|credentials|bearer_token|user_key|token|api_key|client_secret|basicAuthPassword):[ ]*
        (?!{_NOT_REAL}){_MIXED}{_WORDS}[ \t]*$""",
        rf"""(?:^|[{{,])[ \t]*(?:-[ ]+)?
        (?:smtp_)?(?:auth_password|auth_secret|service_key|bot_token|api_secret):[ ]*
        (?!\$|<|\{{|\*|["']|{_NONE})[^\s"'<>${{}}/,]{{8,}}[ \t]*(?:$|[,}}])""",
    ),
    _look(
        "a password",
        "passw pwd passphrase",
        rf"""(?i:password|passwd|pwd|passphrase)(?:\ *=|\**:\**\ *|\ is\ )`?(?!{_NOT_REAL}){_STRONG}
        (?=[\s,;)\\"'<`]|\Z)""",
    ),
    _look(
        "a token or key",
        "_key apikey secret token",
        rf"""(?:\b|_|(?<=\\n))(?i:api_?key|secret_key|client_secret|access_token|auth_token|token)(?:\ *=|:\ *)
        (?!{_NOT_REAL})(?![a-z]+-[a-z]+-)(?=(?:[^\s\d]{{0,40}}\d){{3}})(?=[\d_-]{{0,80}}[A-Za-z])[A-Za-z0-9_-]{{16,}}
        (?=[\s&.,;)\\"'<]|\Z)""",
    ),
    _look(
        "a token in a header",
        ("basic ",),
        r"""\b[Bb]asic\ +(?!dXNlcjp|dXNlcm5hbWU6|YWRtaW46YWRtaW4|YWRtaW46cGFzc3dvcmQ)
        (?=[A-Za-z+/]{0,80}\d)(?=[a-z\d+/]{0,80}[A-Z])(?=[A-Z\d+/]{0,80}[a-z])[A-Za-z0-9+/]{14,}={0,2}(?![\w+/=])""",
    ),
    _look(
        "a password, token or key",
        "headers params",
        rf""""(?:key|name)"\s*:\s*"{_NAMED}"\s*,\s*"value"\s*:\s*"{_VALUE}(?=")""",
        rf""""value"\s*:\s*"{_VALUE}"\s*,\s*"(?:key|name)"\s*:\s*"{_NAMED}(?=")""",
        rf"""\[\s*"{_NAMED}"\s*,\s*"{_VALUE}(?="\s*\])""",
    ),
    _look(
        "a password, token or key",
        "value:",
        rf"""\bname:[ ]*["']?{_NAMED}["']?(?:,[ ]*|[ ]*\n[ ]*)value:[ ]*["']?{_VALUE}["']?(?=[ ]*(?:$|\}}))""",
        rf"""\bvalue:[ ]*["']?{_VALUE}["']?(?:,[ ]*|[ ]*\n[ ]*)name:[ ]*["']?{_NAMED}["']?(?=[ ]*(?:$|\}}))""",
    ),
    _look(
        "a password, token or key",
        "password: password= passwd: passwd= token: token= secret: secret= key: key=",
        rf"""^[ \t]*(?:-[ ]+)?["']?(?:[A-Z][A-Z0-9_]{{0,60}}_)?
        (?:PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY|ACCESS_KEY|SECRET_KEY)
        (?::[ ]*|=)["']?{_VALUE}["']?[ \t]*$""",
        rf"""^[ \t]*[a-z]\w{{0,40}}(?:Password|Token|Secret|ApiKey|SecretKey):[ ]*["']?{_VALUE}["']?[ \t]*$""",
    ),
    _look(
        "a password or token in an address",
        "token= key= password= passwd= pwd= sig=",
        rf"""[?&](?:api_?key|access_?token|auth_?token|token|password|passwd|pwd)=
        (?!\$|<|\{{|%7B|%24)(?!{_NOT_REAL}){_MIXED}[\w.~%!*+-]{{8,}}(?=[&"'\s\#)\\<]|\Z)""",
        r"[?&]sig=(?=[^\s\d]{0,80}\d)[A-Za-z0-9%+/_-]{30,}",
        r"""[?&]key=(?=[\w-]{0,80}\d)(?=[a-z\d_-]{0,80}[A-Z])(?=[A-Z\d_-]{0,80}[a-z])[\w-]{16,}(?=[&"'\s\#)\\<]|\Z)""",
    ),
    _look(
        "a password",
        ("admin:", "admin / ", "root:", "root / "),
        rf"""(?i:\b(?:admin|root))(?:\ */\ *|:)(?!{_NOT_REAL})
        (?=[^\sA-Z]{{0,40}}[A-Z])(?=[\w.]{{0,40}}[!@\#%^*+&~])
        {_STRONG}(?=[\s,;)\\"'<`|]|\Z)""",
    ),
    _look(
        "a password",
        ("password |", "passwd |", "password:", "passwd:", "password=", "passwd="),
        rf"""(?i:\bpass(?:word|wd))\ *\|(?:\\n|\n)[|:\ -]{{3,80}}(?:\\n|\n)
        [^\n]{{0,80}}?\|\ *(?!{_NOT_REAL}){_STRONG}(?=\ *\|)""",
        rf"""(?i:\bpass(?:word|wd))\ *[:=]\ *\\?["'](?!{_NOT_REAL}){_STRONG}(?=\\?["'])""",
    ),
    _look(
        "a password or key",
        "passw apikey _key secret token",
        rf"""["']?\b(?:\w{{1,40}}_)?
        (?i:password|passwd|api_?key|secret_?key|client_secret|auth_password|bearer_token|service_key)
        ["']?\s*[:=]\s*["'](?!\$|<|\{{|\*|{_NONE})[^\s"'<>${{}}]{{8,}}["']""",
    ),
)


_HINTS = frozenset(hint for look in LOOKS for hint in look.hints)
_PIECES = ("gh", "gl", "pass", "key", "token", "secret", "sk-")
"""What several hints have: a text without a piece has none of its hints."""
_BY_PIECE: dict[str, list[str]] = {}
for _hint in _HINTS:
    _BY_PIECE.setdefault(next((piece for piece in _PIECES if piece in _hint), _hint), []).append(_hint)


def hidden(message: str) -> str:
    """Return a message without what looks like a secret: a finding of any rule may quote what is written."""
    lower = message.lower()
    for look in LOOKS if any(map(lower.__contains__, _HINTS)) else ():
        message = look.pattern.sub("…", message)
    return message


def secrets(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each secret of a text begins, and what it looks like; no two of them overlap."""
    lower = "\n".join(set(text.lower().split('"')))  # no hint has a quote, and most strings stand there often
    present = {hint for piece, hints in _BY_PIECE.items() if piece in lower for hint in hints if hint in lower}
    found = [
        (match.start(), match.end(), look.what)
        for look in LOOKS
        if not present.isdisjoint(look.hints)
        for match in look.pattern.finditer(text)
    ]
    reached = 0
    for start, end, what in sorted(found):
        if start >= reached:
            yield start, what
            reached = end

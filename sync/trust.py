"""Where credentials may go. A repository's file must not be able to send a token to a server of its own choosing."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sync.errors import NoCredentials, Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sync.config import Context

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Credentials:
    """A token, or a user and a password, or nothing. Never shown: not even its repr says more than which kind it is."""

    token: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        """Tell whether there is anything to protect."""
        return bool(self.token or self.user)

    def auth(self) -> Any:
        """Return them in grafana-client's form."""
        return self.token or ((self.user, self.password) if self.user else None)

    def redacted(self, text: str) -> str:
        """Return `text` without the secrets, should a server echo them."""
        for secret in (self.token, self.password):
            if secret:
                text = text.replace(secret, "[secret]")
        return text


def credentials(context: Context, environment: Mapping[str, str] = os.environ) -> Credentials:
    """Read the variables that a context names; raises NoCredentials where one is not set."""
    names = [name for name in (context.token_env, context.user_env, context.password_env) if name]
    missing = [name for name in names if not environment.get(name)]
    if missing:
        what = f"it takes its credentials from {' and '.join(names)}; not set: {', '.join(missing)}"
        remedy = " ".join(["export", *(f"{name}=…" for name in missing)])
        if context.token_env:
            remedy += "; a token comes from Grafana: Administration, Service accounts, role Editor."
        raise NoCredentials(what, where=f"context {context.name}", remedy=remedy)
    if context.token_env:
        return Credentials(token=environment[context.token_env].strip())
    if context.user_env and context.password_env:
        return Credentials(user=environment[context.user_env], password=environment[context.password_env])
    return Credentials()


def origin(url: str) -> str:
    """Return scheme, host and port of a URL in one spelling, the scheme's own port left out."""
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower().rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (f":{parts.port}" if parts.port not in {None, PORTS.get(scheme)} else "")


def is_loopback(url: str) -> bool:
    """Tell whether a URL's host is this machine by its address or by the name localhost."""
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def known_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the user's list of origins confirmed once, as SSH keeps its known hosts."""
    base = environment.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 Path's raises without a home
    return Path(base) / "dash-sync" / "trusted"


def is_trusted(url: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether credentials may go to a URL's origin without asking."""
    if is_loopback(url):
        return True
    named = [*environment.get("DASH_SYNC_TRUST", "").replace(",", " ").split(), environment.get("GRAFANA_URL", "")]
    try:
        known = known_file(environment).read_text(encoding="utf-8").split()
    except OSError:
        known = []
    return origin(url) in {origin(item) for item in [*named, *known] if "://" in item}


def require_trust(
    context: Context,
    *,
    ask: Callable[[str], bool] | None,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Raise Untrusted unless credentials may go to the context's server; `ask` (a terminal) can confirm it for good."""
    if is_trusted(context.url, environment):
        return
    where = origin(context.url)
    names = " and ".join(name for name in (context.token_env, context.user_env, context.password_env) if name)
    if ask is not None and ask(f"Context {context.name} would send {names} to {where}, for the first time. Trust it?"):
        remember(where, environment)
        return
    raise Untrusted(
        f"{names} would go to {where}, which this machine doesn't trust yet",
        where=f"context {context.name}",
        remedy=f"If that is your Grafana: run it once on a terminal and say yes, or set DASH_SYNC_TRUST={where}",
    )


def remember(where: str, environment: Mapping[str, str] = os.environ) -> None:
    """Add an origin to the user's list."""
    file = known_file(environment)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(where + "\n")


def warning(context: Context) -> str:
    """Return what to say of a connection that others can read, "" where there is none."""
    if context.url.startswith("http://") and not is_loopback(context.url):
        return f"context {context.name}: {origin(context.url)} is not encrypted, so others can read the credentials"
    return ""

"""Who is asking: basic authentication of users and tokens of service accounts; what their role allows."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.sandbox import names
from sync.sandbox.answers import RefusalError, unauthorized

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sync.sandbox.store import Store

USERS = "users"
ACCOUNTS = "service-accounts"
TOKENS = "tokens"
ROLES = ("None", "Viewer", "Editor", "Admin")
ADMIN = "admin"
"""Login and password of the administrator that a new sandbox has; loopback only, so not a secret."""

OPEN_PATHS = ("/api/health", "/healthz", "/_sandbox/", "/d/")


@dataclass(frozen=True)
class Identity:
    """A user or a service account, as this request's author. `number` is its id, unique among its kind."""

    kind: str
    uid: str
    number: int
    login: str
    role: str

    @property
    def author(self) -> str:
        """The form in which objects remember who wrote them."""
        return f"{self.kind}:{self.uid}"

    def may_act_as(self, role: str) -> bool:
        """Tell whether this identity's role is at least that one."""
        return ROLES.index(self.role) >= ROLES.index(role)


def identity_of(request: Request) -> Identity:
    """Tell who sends this request; the authentication has set it."""
    who: Identity = request.scope["state"]["identity"]
    return who


def new_user(store: Store, login: str, password: str, *, role: str, email: str = "", name: str = "") -> int:
    """Add a user; returns its number."""
    salt = secrets.token_hex(8)
    body = {
        "uid": names.new_uid(),
        "login": login,
        "email": email or f"{login}@localhost",
        "name": name,
        "role": role,
        "salt": salt,
        "password": _digest(password, salt),
        "created": names.now(),
    }
    return store.add_record(USERS, login, body)


def prepare(store: Store) -> None:
    """Give a new store its administrator."""
    with store.transaction():
        if not store.records(USERS):
            new_user(store, ADMIN, ADMIN, role="Admin")


def new_key() -> tuple[str, str]:
    """Make a token: the key that is shown once, and the digest that is kept."""
    key = f"glsa_{secrets.token_urlsafe(24)}_{secrets.token_hex(4)}"
    return key, _digest(key, "")


def _digest(secret: str, salt: str) -> str:
    return hashlib.sha256(f"{salt}:{secret}".encode()).hexdigest()


def login_of(store: Store, author: str) -> str | None:
    """Find the login that belongs to `user:<uid>` or `service-account:<uid>`."""
    kind, _, uid = author.partition(":")
    known = store.records(USERS if kind == "user" else ACCOUNTS)
    return next((str(entry["login"]) for entry in known if entry["uid"] == uid), None)


def identify(store: Store, header: str) -> Identity:
    """Find out who an `Authorization` header belongs to; a `RefusalError` of 401 when it belongs to nobody."""
    scheme, _, value = header.partition(" ")
    if not header:
        raise unauthorized("Unauthorized", "auth.unauthorized")
    if scheme.lower() == "basic":
        try:
            login, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise unauthorized("Invalid Basic Auth Header", "basic-auth.invalid-header") from None
        if login == "api_key":
            return _identify_key(store, secret)
        user = store.record(USERS, login)
        if user is None or not secrets.compare_digest(user["password"], _digest(secret, user["salt"])):
            raise unauthorized("Invalid username or password", "password-auth.failed")
        return Identity("user", user["uid"], user["id"], login, user["role"])
    if scheme.lower() == "bearer":
        return _identify_key(store, value)
    raise unauthorized("Unauthorized", "auth.unauthorized")


def _identify_key(store: Store, key: str) -> Identity:
    token = store.record(TOKENS, _digest(key, ""))
    account = None if token is None else store.record(ACCOUNTS, token["account"])
    if account is None or account["isDisabled"]:
        raise unauthorized("Invalid API key", "api-key.invalid")
    return Identity("service-account", account["uid"], account["id"], account["login"], account["role"])


class Authentication:
    """ASGI middleware: answers 401 itself, else hands on who is asking."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app = app
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let open paths through, authenticate the rest."""
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(OPEN_PATHS):
            await self.app(scope, receive, send)
            return
        header = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"authorization"), "")
        try:
            scope.setdefault("state", {})["identity"] = identify(self.store, header)
        except RefusalError as error:
            await error.answer()(scope, receive, send)
            return
        await self.app(scope, receive, send)

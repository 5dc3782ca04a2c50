"""Stand-ins on loopback for what Alertmanager tells: Slack's webhooks, PagerDuty's Events API v2, a mail server.

They refuse what the real ones refuse (PagerDuty by its schema), and keep what they took.
"""

from __future__ import annotations

import email
import email.policy
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from jsonschema import Draft202012Validator

from stack.alertmanager import Outlets
from stack.servers import free_port

PAGERDUTY_EVENT = Draft202012Validator(json.loads(Path(__file__).with_name("pagerduty_event.schema.json").read_text()))
SLACK_MESSAGE = Draft202012Validator(json.loads(Path(__file__).with_name("slack_message.schema.json").read_text()))
PASSWORD = "a-password-of-a-trial"


@dataclass(frozen=True)
class Message:
    """What a channel was told: the parsed body (a mail's text for email), and all of it as text."""

    channel: str
    body: Any
    text: str

    @property
    def resolved(self) -> bool:
        """Whether it says that all is over."""
        if isinstance(self.body, dict) and "event_action" in self.body:
            return bool(self.body["event_action"] == "resolve")
        return "[RESOLVED]" in self.text


@dataclass
class Inbox:
    """What arrived, oldest first, and what was refused, with the reason."""

    messages: list[Message] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def of(self, channel: str) -> list[Message]:
        return [message for message in self.messages if message.channel == channel]

    def settled(self, *, quiet: float = 3.0, within: float = 60.0) -> list[Message]:
        """Wait until nothing has arrived for a while, and return everything."""
        deadline, last, since = time.monotonic() + within, -1, time.monotonic()
        while time.monotonic() < deadline and time.monotonic() - since < quiet:
            if len(self.messages) != last:
                last, since = len(self.messages), time.monotonic()
            time.sleep(0.1)
        return [*self.messages]

    def wait(self, wanted: Callable[[Message], bool], *, within: float = 60.0) -> Message:
        """Wait for a message; AssertionError with what came instead."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for message in [*self.messages]:
                if wanted(message):
                    return message
            time.sleep(0.1)
        raise AssertionError(
            f"not told within {within:.0f} s; told were {[m.text for m in self.messages]}, refused {self.refused}"
        )


class _Web(BaseHTTPRequestHandler):
    """Slack below /slack/<channel>, PagerDuty at /v2/enqueue."""

    inbox: Inbox
    keys: dict[str, str]

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = json.loads(text)
        if self.path == "/v2/enqueue":
            errors = [error.message for error in PAGERDUTY_EVENT.iter_errors(body)]
            if body.get("routing_key") not in self.keys:
                errors.append("unknown routing key")
            channel = self.keys.get(body.get("routing_key"), "")
            answer = {"status": "success", "message": "Event processed", "dedup_key": body.get("dedup_key")}
            good, accepted = json.dumps(answer), 202
        else:
            errors = [error.message for error in SLACK_MESSAGE.iter_errors(body)]
            channel, good, accepted = self.path.removeprefix("/slack/"), "ok", 200
        if errors:
            self.inbox.refused += errors
        else:
            self.inbox.messages.append(Message(channel, body, text))
        self._answer(400 if errors else accepted, "; ".join(errors) or good)

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Mail:
    def __init__(self, inbox: Inbox, addresses: dict[str, str]) -> None:
        self.inbox, self.addresses = inbox, addresses

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        for address in envelope.rcpt_tos:
            body = {"subject": mail["Subject"], "from": mail["From"], **parts}
            self.inbox.messages.append(Message(self.addresses[address], body, f"{mail['Subject']}\n{parts}"))
        return "250 taken"


@contextmanager
def receivers(config: dict[str, Any]) -> Iterator[tuple[Inbox, Outlets]]:
    """Run stand-ins for all channels of a routing table (its file as plain data)."""
    inbox, secrets, keys, addresses = Inbox(), {}, {}, {}
    web = ThreadingHTTPServer(("127.0.0.1", 0), type("Web", (_Web,), {"inbox": inbox, "keys": keys}))
    url = f"http://127.0.0.1:{web.server_port}"
    for number, (name, entry) in enumerate(config["channels"].items()):
        if "slack" in entry:
            secrets[entry["slack"]["webhook-file"]] = f"{url}/slack/{name}"
        elif "pagerduty" in entry:
            key = f"{number:032x}"
            keys[key] = name
            secrets[entry["pagerduty"]["key-file"]] = key
        else:
            addresses[entry["email"]["to"]] = name
    secrets[config["smtp"]["password-file"]] = PASSWORD
    mail = Controller(
        _Mail(inbox, addresses),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda *given: AuthResult(success=_is_known(given[-1], config)),
        auth_required=True,
        auth_require_tls=False,
        auth_exclude_mechanism=["LOGIN"],  # Alertmanager doesn't understand the way in which aiosmtpd asks for it
    )
    threading.Thread(target=web.serve_forever, daemon=True).start()
    mail.start()
    try:
        yield inbox, Outlets(f"{url}/v2/enqueue", f"127.0.0.1:{mail.port}", secrets)
    finally:
        mail.stop()
        web.shutdown()
        web.server_close()


def _is_known(given: Any, config: dict[str, Any]) -> bool:
    return isinstance(given, LoginPassword) and given == LoginPassword(
        config["smtp"]["user"].encode(), PASSWORD.encode()
    )

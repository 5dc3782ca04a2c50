"""`python -m stack.outbox`: takes what Alertmanager sends to Slack, PagerDuty and by mail, and writes it to a file.

So nobody is woken by a trial, and what they would have been told can be read: one JSON object a line, with the channel,
the time and the message. On 127.0.0.1 unless told otherwise.
"""

import email
import email.policy
import json
import signal
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
from aiosmtpd.controller import Controller


class Outbox:
    """The file that messages are written to, one a line."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, threading.Lock()

    def keep(self, channel: str, message: object) -> None:
        """Write a message down, with the time."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"timestamp": at, "channel": channel, "message": message}, ensure_ascii=False) + "\n")


class _Web(ThreadingHTTPServer):
    """Slack's webhooks below /slack/, PagerDuty's events at /pagerduty."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], outbox: Outbox) -> None:
        self.outbox = outbox
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Web

    def do_GET(self) -> None:
        self._answer(200, "ok")

    def do_POST(self) -> None:
        try:
            message = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        except ValueError as problem:
            self._answer(400, f"no JSON: {problem}")
            return
        self.server.outbox.keep(self.path.strip("/"), message)
        if self.path.startswith("/slack"):
            self._answer(200, "ok")
        else:
            self._answer(202, json.dumps({"status": "success", "message": "Event processed"}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the file says it."""

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


class _Mail:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(("plain", "html"))
        text = body.get_content() if body else ""
        for address in envelope.rcpt_tos:
            self.outbox.keep(f"mail/{address}", {"subject": str(mail["Subject"]), "text": text})
        return "250 taken"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", required=True, type=int, help="Port for Slack and PagerDuty.")
@click.option("--mail-port", required=True, type=int, help="Port for mail.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File of the messages.")
def main(host: str, port: int, mail_port: int, out: Path) -> None:
    """Take messages until told to end; print the URL when ready."""
    outbox, stop = Outbox(out), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    mail = Controller(_Mail(outbox), hostname=host, port=mail_port)
    try:
        mail.start()
        web = _Web((host, port), outbox)
    except OSError as problem:
        raise click.ClickException(f"can't listen on {host}: {problem.strerror}; choose other ports") from problem
    threading.Thread(target=web.serve_forever, daemon=True).start()
    print(f"http://{host}:{port}", flush=True)
    stop.wait()
    web.shutdown()
    web.server_close()
    mail.stop()


if __name__ == "__main__":
    main()

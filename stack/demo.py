"""`make demo`: the life of a dashboard, on a sandbox in a temporary folder, in less than a minute.

Each step runs the command that a user would type and checks what it promises; a broken promise ends the demo with
status 1. Nothing outside the temporary folder is written and the sandbox is ended by its process id.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DASH_SYNC = Path(sys.executable).with_name("dash-sync")
ADMIN = "Basic " + base64.b64encode(b"admin:admin").decode()
EDITED = "phoenix-system-overview"


class PromiseBrokenError(Exception):
    """A step of the demo did not do what it says."""


def main() -> int:
    """Run the demo. Returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="dash-sync-demo-") as folder, _sandbox(Path(folder)) as url:
        try:
            _run(Path(folder), url)
        except PromiseBrokenError as error:
            print(f"\ndemo: {error}", file=sys.stderr)
            return 1
    return 0


def _run(folder: Path, url: str) -> None:
    rendered = folder / "rendered"
    token = token_of(url)
    environment = {**os.environ, "GRAFANA_URL": url, "GRAFANA_TOKEN": token}

    def dash_sync(*words: str, expect: int = 0) -> None:
        shown = " ".join(words).replace(str(folder), "…")
        print(f"\n$ dash-sync {shown}", flush=True)
        status = subprocess.run([DASH_SYNC, *words], cwd=ROOT, env=environment, check=False).returncode
        if status != expect:
            raise PromiseBrokenError(f"`dash-sync {shown}` ended with status {status}, not {expect}")

    _say("From the catalogue: dashboards, rules and their list, as plain files.")
    dash_sync("render", "--out", str(rendered))

    _say(
        f"Pushed to a sandbox at {url} (a stand-in for Grafana's API, made for trials), each as a version with a mark."
    )
    push = ("push", "--dir", str(rendered), "--allow-dirty", "--message", "Demo")
    dash_sync(*push)
    dash_sync("history", EDITED)

    _say("The same files again: nothing has changed, so nothing is written and no version is made.")
    _call(url, "DELETE", "/_sandbox/requests")
    dash_sync(*push)
    writes = [request for request in _call(url, "GET", "/_sandbox/requests")["requests"] if request["method"] != "GET"]
    if writes:
        raise PromiseBrokenError(f"the second push wrote: {writes}")

    _say("Somebody edits System Overview in the browser …")
    _edit(url)
    _say("… and the next push refuses to write over it (exit status 5), and says who and when.")
    dash_sync(*push, expect=5)

    _say("That was all; the sandbox has ended. Where to look now:")
    print(
        "  rendered/dashboards/           the dashboards as Grafana gets them, one file each\n"
        "  dashboards/system_overview.py  the code that one of them is made from\n"
        "  README.md                      your own Grafana: two environment variables and `dash-sync push`"
    )


def _say(text: str) -> None:
    print(f"\n# {text}", flush=True)


@contextmanager
def _sandbox(folder: Path) -> Iterator[str]:
    command: list[str | Path] = [DASH_SYNC, "sandbox", "--port", "0", "--data", str(folder / "sandbox.db")]
    with (folder / "sandbox.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        url = process.stdout.readline().strip() if process.stdout else ""
        if not url:
            sys.exit("demo: the sandbox did not start:\n" + (folder / "sandbox.log").read_text())
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def token_of(url: str) -> str:
    """Make a service account with the role Admin on a sandbox, and a token of it."""
    account = _call(url, "POST", "/api/serviceaccounts", {"name": "demo", "role": "Admin"})
    return str(_call(url, "POST", f"/api/serviceaccounts/{account['id']}/tokens", {"name": "demo"})["key"])


def _edit(url: str) -> None:
    stored = _call(url, "GET", f"/api/dashboards/uid/{EDITED}")
    dashboard = {**stored["dashboard"], "description": "Edited at 3 a.m."}
    _call(url, "POST", "/api/dashboards/db", {"dashboard": dashboard, "folderUid": stored["meta"]["folderUid"]})


def _call(url: str, method: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": ADMIN, "Content-Type": "application/json"}
    request = urllib.request.Request(url + path, method=method, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


if __name__ == "__main__":
    sys.exit(main())

"""Doubles of GitHub's and GitLab's comments, on loopback, spoken to in real HTTP; and the repository that they hold."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "shop/dashboards"
TOKEN = "a-token-that-nobody-may-see"
BOT = "github-actions[bot]"
LIST = re.compile(r"/repos/shop/dashboards/issues/(\d+)/comments|/projects/42/merge_requests/(\d+)/notes")
ONE = re.compile(r"/repos/shop/dashboards/issues/comments/(\d+)|/projects/42/merge_requests/\d+/notes/(\d+)")


class Forge:
    """What a forge holds: comments by pull request, pull requests, and what it is told to answer next."""

    def __init__(self) -> None:
        self.url = ""
        self.comments: list[dict[str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.faults: list[tuple[int, dict[str, str]]] = []
        self._last = 0

    def comment(self, body: str, *, author: str = BOT, number: int = 7) -> dict[str, Any]:
        self._last += 1
        user = {"login": author, "username": author}
        found = {"id": self._last, "user": user, "author": user, "body": body, "number": number}
        self.comments.append(found)
        return found

    def writes(self) -> list[str]:
        return [method for method, _ in self.requests if method != "GET"]

    def bodies(self, number: int = 7) -> list[str]:
        return [one["body"] for one in self.comments if one["number"] == number]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        if found := LIST.fullmatch(path):
            return self._list(method, int(found[1] or found[2]), query, body)
        if found := ONE.fullmatch(path):
            return self._one(method, path, int(found[1] or found[2]), body)
        if path == "/repos/shop/dashboards/pulls":
            owner, _, branch = query["head"][0].partition(":")
            ours = [one for one in self.pulls if one["head"]["ref"] == branch]
            return 200, [one for one in ours if one["head"]["repo"]["full_name"].startswith(f"{owner}/")]
        return (200, {"username": BOT}) if path == "/user" else (404, {"message": "Not Found"})

    def _list(self, method: str, number: int, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        if method == "POST":
            return 201, self.comment(body["body"], number=number)
        assert query["per_page"] == ["100"]
        page = int(query["page"][0])
        return 200, [one for one in self.comments if one["number"] == number][(page - 1) * 100 : page * 100]

    def _one(self, method: str, path: str, ident: int, body: dict[str, Any]) -> tuple[int, Any]:
        comment = next((one for one in self.comments if one["id"] == ident), None)
        if comment is None:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(comment)
            return 204, None
        assert method == ("PATCH" if path.startswith("/repos") else "PUT")
        comment["body"] = body["body"]
        return 200, comment


@contextmanager
def forge() -> Iterator[Forge]:
    """Serve an empty forge."""
    held = Forge()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            split = urlsplit(self.path)
            held.requests.append((self.command, split.path))
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}" or self.headers["PRIVATE-TOKEN"] == TOKEN
            headers: dict[str, str] = {}
            if held.faults:
                status, headers = held.faults.pop(0)
                answer: Any = {"message": "as the test wants it"}
            elif not allowed:
                status, answer = 401, {"message": "Bad credentials"}
            else:
                status, answer = held.answer(self.command, split.path, parse_qs(split.query), body)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 (http.server's names)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=clean).stdout.strip()


def dashboard(unit: str) -> str:
    panel = {
        "id": 1,
        "type": "timeseries",
        "title": "Requests",
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "targets": [{"refId": "A", "expr": "rate(requests_total[5m])"}],
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
    }
    return json.dumps({"uid": "shop", "title": "Shop", "schemaVersion": 42, "panels": [panel]}, indent=2)


class Repository:
    """A bare repository with a pull request, as a forge has it, and a checkout of its default branch alone."""

    def __init__(self, folder: Path) -> None:
        self.origin, self.checkout, work = folder / "origin.git", folder / "checkout", folder / "work"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.origin))
        git(folder, "clone", "-q", str(self.origin), str(work))
        self._work = work
        self.base = self.commit(dashboard("reqps"), branch="main")
        git(work, "push", "-q", "origin", "HEAD:main")
        git(folder, "clone", "-q", "--single-branch", "-b", "main", str(self.origin), str(self.checkout))

    def commit(self, content: str, *, branch: str) -> str:
        git(self._work, "checkout", "-q", "-B", branch)
        file = self._work / "rendered/dashboards/Shop/shop.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        git(self._work, "add", "-A")
        git(self._work, "commit", "-q", "--allow-empty", "-m", branch)
        return git(self._work, "rev-parse", "HEAD")

    def propose(self, content: str, *, number: int = 7, branch: str = "change") -> str:
        """Make a pull request; its commit is where a forge keeps it, and in no branch."""
        git(self._work, "checkout", "-q", "main")
        head = self.commit(content, branch=branch)
        git(self._work, "push", "-q", "-f", "origin", f"HEAD:refs/pull/{number}/head")
        return head

    def advance(self) -> None:
        """Let the default branch move on."""
        git(self._work, "checkout", "-q", "main")
        (self._work / "other.txt").write_text("other")
        git(self._work, "add", "-A")
        git(self._work, "commit", "-q", "-m", "other")
        git(self._work, "push", "-q", "origin", "HEAD:main")

"""A throw-away project: dash-sync.yaml, modules, and the command line run in it as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from click.testing import CliRunner

from sync.cli import cli

DASHBOARD = {
    "uid": "shop-overview",
    "title": "Overview",
    "schemaVersion": 42,
    "tags": ["shop"],
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Up",
            "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
            "datasource": {"type": "prometheus", "uid": "prometheus"},
            "targets": [{"refId": "A", "expr": "up", "datasource": {"type": "prometheus", "uid": "prometheus"}}],
            "fieldConfig": {"defaults": {}, "overrides": []},
            "options": {},
        }
    ],
}


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.config("project: shop\nrender: [pages]\n")
        self.write("pages/__init__.py", "")

    def config(self, text: str) -> None:
        self.write("dash-sync.yaml", text)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
        return file

    def module(self, name: str, dashboard: dict | None = None, *, before: str = "") -> None:
        document = DASHBOARD if dashboard is None else dashboard
        self.write(f"pages/{name}.py", f"{dedent(before)}\ndef dashboard():\n    return {document!r}\n")

    def rendered(self, path: str, document: dict | str) -> Path:
        return self.write(f"rendered/{path}", document if isinstance(document, str) else json.dumps(document))

    def run(self, *arguments: str, environment: dict | None = None, cwd: Path | None = None, stdin: str = "") -> Result:
        """Run the command line as a process; nothing of this machine's own configuration reaches it."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("GRAFANA", "DASH_SYNC", "CI"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "sync", *arguments],
            cwd=cwd or self.root,
            env={
                **inherited,
                "XDG_CONFIG_HOME": str(self.root / ".home"),
                "PYTHONDONTWRITEBYTECODE": "1",
                **(environment or {}),
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen:
        """Start the command line as a process that the test goes on beside."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("GRAFANA", "DASH_SYNC", "CI"))
        }
        own = {"XDG_CONFIG_HOME": str(self.root / ".home"), "SHOP_USER": "admin", "SHOP_PASSWORD": "admin"}
        command = [sys.executable, "-m", "sync", *arguments]
        return subprocess.Popen(
            command, cwd=self.root, env={**inherited, **own}, stdout=subprocess.PIPE, stderr=stderr, text=True
        )

    def invoke(self, *arguments: str, environment: dict | None = None, stdin: str = "") -> Result:
        """Run the command line in this process: for what imports no modules of the project's."""
        clean = {name: None for name in os.environ if name.startswith(("GRAFANA", "DASH_SYNC", "CI"))}
        home = {"XDG_CONFIG_HOME": str(self.root / ".home"), "SHOP_USER": "admin", "SHOP_PASSWORD": "admin"}
        before = Path.cwd()
        os.chdir(self.root)
        try:
            done = CliRunner().invoke(cli, arguments, env={**clean, **home, **(environment or {})}, input=stdin)
        finally:
            os.chdir(before)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Result(done.exit_code, done.stdout, done.stderr)

    def connect(self, url: str, **settings: object) -> None:
        """Write a dash-sync.yaml whose one context is the server at `url`."""
        context = {"url": url, "user-env": "SHOP_USER", "password-env": "SHOP_PASSWORD", **settings}
        self.config(json.dumps({"project": "shop", "default-context": "local", "contexts": {"local": context}}))

    def files(self) -> dict[str, bytes]:
        top = self.root / "rendered"
        return {str(file.relative_to(top)): file.read_bytes() for file in top.rglob("*") if file.is_file()}


class Result:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> dict:
        return json.loads(self.out)

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

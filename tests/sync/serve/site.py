"""A folder of dashboards that is served: what is in it, and requests to its pages."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.options import Common
from sync.serve.command import Wanted, running
from tests.sync.preview.boards import board, panel, target
from tests.sync.sandbox.client import Answer, Client

ROOT = Path(__file__).parents[3]
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=\"alert(1)\"> '{{ 7*7 }}' \u202egnp"


@dataclass(frozen=True)
class Folder:
    """A project's folder; `rendered` is what is served."""

    root: Path

    @property
    def rendered(self) -> Path:
        return self.root / "rendered"

    def write(self, name: str, content: dict[str, Any] | str) -> Path:
        """Write a file of the rendered folder at once, as `dash-sync render` does."""
        file = self.rendered / name
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}")
        beside.write_text(content if isinstance(content, str) else json.dumps(content))
        beside.replace(file)
        return file

    def board(self, name: str, *panels: Any, **more: Any) -> Path:
        """Write a dashboard."""
        return self.write(f"dashboards/{name}.json", board(*panels, uid=Path(name).name, **more))

    def commit(self) -> None:
        """Make all of it a commit."""
        who = ["-c", "user.name=author", "-c", "user.email=author@example.com"]
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Start"]):
            subprocess.run(["git", *who, *words], cwd=self.root, check=True)

    def common(self, **more: Any) -> Common:
        said = {"context": (), "config": None, "dir": self.rendered, "select": (), "format": "text", "quiet": True}
        said |= {"verbose": False, "no_color": True, "exit_code": False, "workers": "auto", "timeout": 30.0}
        return Common(**(said | more))

    @contextmanager
    def served(self, *, common: Common | None = None, **wanted: Any) -> Iterator[Client]:
        """Serve it in this process."""
        with running(common or self.common(), Wanted(**wanted)) as url:
            yield Client(url)


def phoenix(root: Path) -> Folder:
    """A folder with this repository's dashboards, its rules and catalogue, committed."""
    found = Folder(root)
    shutil.copytree(ROOT / "rendered", found.rendered)
    found.commit()
    return found


def shop(root: Path) -> Folder:
    """A small folder: two dashboards in two folders, committed."""
    found = Folder(root)
    found.board(
        "Shop/overview",
        panel("timeseries", "Requests by route", target("sum by (route) (rate(http_requests_total[5m]))")),
        panel("stat", "Errors", target("sum(rate(errors_total[5m]))"), place=(12, 0, 12, 8)),
        {"type": "row", "title": "Queue", "collapsed": False, "gridPos": {"x": 0, "y": 8, "w": 24, "h": 1}},
        panel("table", "Jobs", target("queue_jobs", format="table", instant=True), place=(0, 9, 24, 6)),
        title="Shop overview",
        description="Does the shop sell?",
        tags=["shop", "sales"],
    )
    found.board("Shop/Stock/stock", panel("gauge", "Stock", target("stock_level")), title="Stock", tags=["stock"])
    found.commit()
    return found


def text(answer: Answer) -> str:
    """The words of a page as a reader sees them, its scripts' and styles' addresses left out."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))

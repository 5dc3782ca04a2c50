from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sync.sandbox.serve import running_sandbox
from sync.sandbox.store import Store
from tests.sync.sandbox.client import DASHBOARDS, Client, dashboard

WRITERS = 8


def test_of_writers_with_one_resource_version_exactly_one_wins(sandbox: Client) -> None:
    version = sandbox.post(DASHBOARDS, dashboard("shared")).body["metadata"]["resourceVersion"]

    def write(number: int) -> int:
        return sandbox.put(f"{DASHBOARDS}/shared", dashboard("shared", title=f"by {number}", version=version)).status

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = Counter(pool.map(write, range(WRITERS)))
    assert statuses == {200: 1, 409: WRITERS - 1}
    assert sandbox.get(f"{DASHBOARDS}/shared").body["metadata"]["generation"] == 2


def test_of_legacy_writers_with_one_version_exactly_one_wins(sandbox: Client) -> None:
    sandbox.post("/api/dashboards/db", {"dashboard": {"uid": "shared", "title": "first"}})

    def write(number: int) -> int:
        command = {"dashboard": {"uid": "shared", "title": f"by {number}", "version": 1}}
        return sandbox.post("/api/dashboards/db", command).status

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = Counter(pool.map(write, range(WRITERS)))
    assert statuses == {200: 1, 412: WRITERS - 1}


def test_of_creators_exactly_one_wins(sandbox: Client) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = Counter(pool.map(lambda _: sandbox.post(DASHBOARDS, dashboard("new")).status, range(WRITERS)))
    assert statuses == {201: 1, 409: WRITERS - 1}


def test_unconditional_writers_lose_no_generation(sandbox: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("busy"))
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda n: sandbox.put(f"{DASHBOARDS}/busy", dashboard("busy", title=str(n))), range(15)))
    history = sandbox.history("busy")
    assert [entry["metadata"]["generation"] for entry in history] == list(range(16, 0, -1))
    assert len({entry["metadata"]["resourceVersion"] for entry in history}) == 16


COUNTING = """
import sys
from pathlib import Path
from sync.sandbox.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(1000):
    with store.transaction():
        kept = store.record("counters", "one")
        store.change_record("counters", "one", {"count": kept["count"] + 1})
"""


def test_processes_over_one_file_lose_no_write(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = Store(path)
    store.add_record("counters", "one", {"count": 0})
    command = [sys.executable, "-c", COUNTING, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    writers = [subprocess.Popen(command, text=True, **pipes) for _ in range(3)]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 3
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert store.record("counters", "one") == {"id": 1, "count": 3000}
    store.close()


def test_two_sandboxes_over_one_file_swap_once(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with running_sandbox(path) as one, running_sandbox(path) as other:
        clients = [Client(one), Client(other)]
        version = clients[0].post(DASHBOARDS, dashboard("shared")).body["metadata"]["resourceVersion"]
        with ThreadPoolExecutor(2) as pool:
            body = dashboard("shared", title="mine", version=version)
            answers = list(pool.map(lambda client: client.put(f"{DASHBOARDS}/shared", body).status, clients))
    assert sorted(answers) == [200, 409]

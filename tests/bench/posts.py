"""Plain parallel POSTs, the least that a first push can cost: `python -m tests.bench.posts URL FOLDER THREADS`."""

from __future__ import annotations

import base64
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

PATH = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"


def main(url: str, folder: str, threads: str) -> None:
    """Send every file; fails where one is not created."""
    host = urlsplit(url).netloc
    login = base64.b64encode(b"admin:admin").decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {login}"}
    local = threading.local()

    def send(file: Path) -> None:
        if not hasattr(local, "connection"):
            local.connection = HTTPConnection(host)
        spec = json.loads(file.read_bytes())
        head = {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard"}
        body = json.dumps({**head, "metadata": {"name": spec.pop("uid")}, "spec": spec})
        local.connection.request("POST", PATH, body, headers)
        answer = local.connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(send, sorted(Path(folder).rglob("*.json"))))


if __name__ == "__main__":
    main(*sys.argv[1:])

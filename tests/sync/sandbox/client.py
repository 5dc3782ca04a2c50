"""A small HTTP client: what the sandbox answers, without anything between."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

DASHBOARDS = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
FOLDERS = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders"
METADATA_ONLY = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
MESSAGE = "grafana.app/message"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Client:
    url: str
    authorization: str = "Basic " + base64.b64encode(b"admin:admin").decode()
    agent: str = "test/1"
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Answer:
        """Send one request on a connection of its own; a broken connection raises what http.client raises."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            sent = {"Content-Type": "application/json", "User-Agent": self.agent, "Authorization": self.authorization}
            connection.request(method, path, data, {**sent, **self.headers, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode())
        finally:
            connection.close()

    def get(self, path: str, **more: Any) -> Answer:
        return self.send("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Answer:
        return self.send("POST", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Answer:
        return self.send("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.send("DELETE", path, **more)

    def with_role(self, role: str) -> Client:
        """Make a service account of that role; returns a client that uses its token."""
        account = self.post("/api/serviceaccounts", {"name": f"{role} of tests", "role": role}).body
        token = self.post(f"/api/serviceaccounts/{account['id']}/tokens", {"name": "t"}).body
        return Client(self.url, authorization=f"Bearer {token['key']}")

    def history(self, name: str, *, more: str = "") -> list[dict[str, Any]]:
        selectors = f"labelSelector={quote('grafana.app/get-history=true')}&fieldSelector=metadata.name={name}"
        items: list[dict[str, Any]] = self.get(f"{DASHBOARDS}?{selectors}{more}").body["items"]
        return items


def dashboard(
    name: str, *, title: str = "", version: str = "", annotations: dict[str, str] | None = None, **spec: Any
) -> Any:
    """Write a dashboard as the app platform takes it."""
    metadata: dict[str, Any] = {"name": name, "annotations": annotations or {}}
    if version:
        metadata["resourceVersion"] = version
    content = {"title": title or name, "schemaVersion": 42, "panels": [], **spec}
    return {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": metadata, "spec": content}


def folder(name: str, *, parent: str = "", title: str = "") -> Any:
    """Write a folder as the app platform takes it."""
    annotations = {"grafana.app/folder": parent} if parent else {}
    metadata = {"name": name, "annotations": annotations}
    return {
        "apiVersion": "folder.grafana.app/v1beta1",
        "kind": "Folder",
        "metadata": metadata,
        "spec": {"title": title or name},
    }

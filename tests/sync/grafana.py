"""A Grafana to push to: the sandbox, or a real one when DASH_SYNC_TEST_GRAFANA_URL says where."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from tests.sync.sandbox.client import DASHBOARDS, Client

REAL = os.environ.get("DASH_SYNC_TEST_GRAFANA_URL", "").rstrip("/")
FOLDERS = ("elsewhere-deep", "elsewhere", "shop-slo", "shop")


@dataclass(frozen=True)
class Grafana:
    client: Client
    api: str

    @property
    def url(self) -> str:
        return self.client.url

    def save_by_hand(self, uid: str, title: str, *, message: str = "", folder: str = "shop") -> None:
        """Save as a person at the legacy API does: every annotation of ours is dropped."""
        dashboard = {"uid": uid, "title": title, "panels": []}
        body = {"dashboard": dashboard, "folderUid": folder, "message": message, "overwrite": True}
        assert self.client.post("/api/dashboards/db", body).status == 200

    def put_by_hand(self, uid: str, **spec: Any) -> None:
        """Write as kubectl does, over whatever is there: message and manager stay, the generation rises."""
        document = self.document(uid)
        document["spec"] |= spec
        document["metadata"].pop("resourceVersion")
        assert self.client.put(f"{DASHBOARDS}/{uid}", document).status == 200

    def patch_by_hand(self, uid: str, **metadata: Any) -> None:
        headers = {"Content-Type": "application/merge-patch+json"}
        answer = self.client.send("PATCH", f"{DASHBOARDS}/{uid}", {"metadata": metadata}, headers=headers)
        assert answer.status == 200, answer

    def document(self, uid: str) -> dict[str, Any]:
        return self.client.get(f"{DASHBOARDS}/{uid}").body

    def title(self, uid: str) -> str:
        return self.document(uid)["spec"]["title"]

    def generation(self, uid: str) -> int:
        return self.document(uid)["metadata"]["generation"]

    def notes(self, uid: str) -> dict[str, str]:
        notes = self.document(uid)["metadata"].get("annotations", {})
        return {name.removeprefix("grafana.app/"): value for name, value in notes.items()}

    def versions(self, uid: str) -> list[dict[str, Any]]:
        return self.client.get(f"/api/dashboards/uid/{uid}/versions").body["versions"]

    def folder_exists(self, uid: str) -> bool:
        return self.client.get(f"/api/folders/{uid}").status == 200

    def clean(self) -> None:
        """Take away what the tests made."""
        for hit in self.client.get("/api/search?type=dash-db&limit=5000").body:
            if hit["uid"].startswith("shop-"):
                self.client.delete(f"/api/dashboards/uid/{hit['uid']}")
        for folder in FOLDERS:
            self.client.delete(f"/api/folders/{folder}")

    # What only the sandbox has.

    def fault(self, kind: str, **more: Any) -> None:
        assert self.client.post("/_sandbox/faults", {"fault": kind, **more}).status == 200

    def requests(self) -> list[str]:
        """Return the log since it was last asked for, as "METHOD path"."""
        log = json.loads(self.client.get("/_sandbox/requests").text)["requests"]
        self.client.delete("/_sandbox/requests")
        return [f"{entry['method']} {entry['path']}" for entry in log]

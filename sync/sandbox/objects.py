"""Writing versioned objects: generation, resource version, annotations, who and when.

Both APIs write through here, so that a dashboard saved by one is read by the other with the same numbers: the legacy
`version` is the app platform's `generation`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from sync.sandbox import names
from sync.sandbox.store import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.sandbox.store import Store

DASHBOARDS = "dashboards"
FOLDERS = "folders"
NAMESPACE = "default"

FOLDER = "grafana.app/folder"
MESSAGE = "grafana.app/message"
CREATED_BY = "grafana.app/createdBy"
UPDATED_BY = "grafana.app/updatedBy"
UPDATED_AT = "grafana.app/updatedTimestamp"
MANAGER_KIND = "grafana.app/managedBy"
MANAGER_ID = "grafana.app/managerId"
GRANT = "grafana.app/grant-permissions"
INTERNAL_ID = "grafana.app/deprecatedInternalID"

_SERVER_OWNED = {CREATED_BY, UPDATED_BY, UPDATED_AT, GRANT}
TRASH_GENERATION = -999


@dataclass(frozen=True)
class Write:
    """What a client wants an object to be. `author` is an identity (`user:<uid>`), `api` the version the spec is in."""

    kind: str
    name: str
    api: str
    spec: Mapping[str, Any]
    author: str
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    managed_fields: list[dict[str, Any]] | None = None


def created(write: Write) -> Row:
    """Make the first state of an object; it has no version yet (0), so it is good for a dry run only."""
    kept = {key: value for key, value in write.annotations.items() if value and key not in _SERVER_OWNED}
    metadata: dict[str, Any] = {
        "name": write.name,
        "namespace": NAMESPACE,
        "uid": str(uuid.uuid4()),
        "generation": 1,
        "creationTimestamp": names.now(),
    }
    if write.labels:
        metadata["labels"] = dict(write.labels)
    if kept:
        metadata["annotations"] = dict(sorted(kept.items()))
    if write.managed_fields is not None:
        metadata["managedFields"] = write.managed_fields
    return _row(write, metadata, 1)


def updated(row: Row, write: Write, *, bump: bool = True) -> Row:
    """Make the next state of an object from its current one; without `bump` generation and updater stay as they are.

    The message of the last write is carried forward unless this one brings its own (an empty one takes it away).
    """
    before = row.read_metadata()
    had: dict[str, str] = before.get("annotations", {})
    kept = {key: value for key, value in {MESSAGE: had.get(MESSAGE, ""), **write.annotations}.items() if value}
    kept = {key: value for key, value in kept.items() if key not in _SERVER_OWNED}
    kept |= {key: had[key] for key in _SERVER_OWNED if key in had}
    generation = row.generation
    if bump:
        generation += 1
        kept |= {UPDATED_BY: write.author, UPDATED_AT: names.now()}
    metadata = {key: before[key] for key in ("name", "namespace", "uid")}
    metadata |= {"resourceVersion": "", "generation": generation, "creationTimestamp": before["creationTimestamp"]}
    metadata["labels"] = {**write.labels, INTERNAL_ID: before["labels"][INTERNAL_ID]}
    metadata["annotations"] = dict(sorted(kept.items()))
    if write.managed_fields is not None:
        metadata["managedFields"] = write.managed_fields
    return _row(write, metadata, generation)


def _row(write: Write, metadata: dict[str, Any], generation: int) -> Row:
    title = write.spec.get("title", "")
    return Row(
        kind=write.kind,
        name=write.name,
        version=0,
        generation=generation,
        api=write.api,
        folder=metadata.get("annotations", {}).get(FOLDER, ""),
        title=title if isinstance(title, str) else "",
        metadata=orjson.dumps(metadata),
        spec=orjson.dumps(write.spec, option=orjson.OPT_SORT_KEYS if write.api.startswith(("v0", "v1")) else 0),
    )


def create(store: Store, write: Write) -> Row:
    """Store a new object."""
    row = created(write)
    metadata = row.read_metadata()
    metadata["labels"] = {**metadata.get("labels", {}), INTERNAL_ID: str(names.new_internal_id())}
    metadata["annotations"] = dict(sorted({**metadata.get("annotations", {}), CREATED_BY: write.author}.items()))
    return _stored(store, row, metadata)


def update(store: Store, row: Row, write: Write, *, bump: bool = True) -> Row:
    """Store the next state of an object; `row` is its current one, read in the same transaction."""
    new = updated(row, write, bump=bump)
    return _stored(store, new, new.read_metadata())


def _stored(store: Store, row: Row, metadata: dict[str, Any]) -> Row:
    version = store.next_version()
    order = ("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp")
    metadata["resourceVersion"] = str(version)
    first = {key: metadata[key] for key in order}
    row = replace(row, version=version, metadata=orjson.dumps(first | metadata))
    store.put(row)
    return row


def delete(store: Store, row: Row, *, author: str) -> None:
    """Delete an object; its last state goes to the history, marked as deleted."""
    metadata = row.read_metadata()
    metadata.pop("managedFields", None)
    version = store.next_version()
    metadata["resourceVersion"] = str(version)
    metadata["generation"] = TRASH_GENERATION
    metadata["annotations"] |= {UPDATED_BY: author, UPDATED_AT: names.now()}
    ordered: dict[str, Any] = {}
    for key, value in metadata.items():
        ordered[key] = value
        if key == "creationTimestamp":
            ordered["deletionTimestamp"] = names.now()
    store.remove(replace(row, version=version, generation=TRASH_GENERATION, metadata=orjson.dumps(ordered)))


def internal_id(metadata: Mapping[str, Any]) -> int:
    """Read the deprecated number that the legacy API calls `id`."""
    return int(metadata["labels"][INTERNAL_ID])

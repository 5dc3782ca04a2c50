"""State in SQLite: versioned objects (dashboards, folders) and plain records (everything else).

One connection, guarded by a lock; a write is one transaction, begun with `BEGIN IMMEDIATE` so that what it read still
holds when it writes, also when another process has the same file open.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import orjson

from sync.errors import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HISTORY_KEPT = 20
"""Rows of history an object keeps, as Grafana's SQL store does."""

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE objects (
    kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL,
    api TEXT NOT NULL, folder TEXT NOT NULL, title TEXT NOT NULL, metadata BLOB NOT NULL, spec BLOB NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX objects_by_folder ON objects (folder, kind);
CREATE TABLE history (
    version INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL,
    api TEXT NOT NULL, folder TEXT NOT NULL, title TEXT NOT NULL, metadata BLOB NOT NULL, spec BLOB NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX history_by_object ON history (kind, name, version);
CREATE INDEX history_deleted ON history (kind, version) WHERE deleted;
CREATE TABLE records (
    kind TEXT NOT NULL, id INTEGER NOT NULL, uid TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, id), UNIQUE (kind, uid)
);
CREATE TABLE numbers (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "kind, name, version, generation, api, folder, title, metadata, spec"
_values = attrgetter(*_COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Row:
    """One state of a versioned object.

    `version` is the app platform's resourceVersion (microseconds since 1970, unique in the store); `api` the API
    version that the spec is stored in; `folder` the uid of the parent folder, empty at the root; `metadata` and `spec`
    are JSON.
    """

    kind: str
    name: str
    version: int
    generation: int
    api: str
    folder: str
    title: str
    metadata: bytes
    spec: bytes

    def read_metadata(self) -> dict[str, Any]:
        """Parse the metadata: a fresh dict, the caller's own."""
        parsed: dict[str, Any] = orjson.loads(self.metadata)
        return parsed

    def read_spec(self) -> dict[str, Any]:
        """Parse the spec: a fresh dict, the caller's own."""
        parsed: dict[str, Any] = orjson.loads(self.spec)
        return parsed


class Store:
    """The sandbox's database: in memory when `path` is None, else a file that outlives the process."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._db = sqlite3.connect(
                ":memory:" if path is None else path, isolation_level=None, check_same_thread=False, timeout=30
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._prepare()
        except sqlite3.Error as error:
            raise FileProblem(
                f"the sandbox can't keep its state there: {error}",
                path=str(path),
                remedy="Name another file with --data, or leave --data out to keep the state in memory.",
            ) from error

    def _prepare(self) -> None:
        with self.transaction():
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found == SCHEMA_VERSION:
                return
            if found or self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("it holds tables that this version of the sandbox did not make")
            for statement in filter(str.strip, _SCHEMA.split(";")):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        """Close the database; the store can't be used afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one write, or none of it when an exception leaves; may be nested."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def _rows(self, where: str, arguments: Sequence[Any], *, table: str = "objects") -> Iterator[Row]:
        with self._lock:
            cursor = self._db.execute(f"SELECT {_COLUMNS} FROM {table} {where}", arguments)  # noqa: S608 - our own text
            for row in cursor:
                yield Row(*row)

    # Numbers

    def next_number(self, name: str, *, at_least: int = 1) -> int:
        """Count up: one more than the last number of that name, and not below `at_least`."""
        with self.transaction():
            row = self._db.execute(
                "INSERT INTO numbers VALUES (?1, ?2) ON CONFLICT DO UPDATE SET last = max(last + 1, ?2) RETURNING last",
                (name, at_least),
            ).fetchone()
        return int(row[0])

    def next_version(self) -> int:
        """Make a resource version: microseconds since 1970, always above the last one."""
        return self.next_number("version", at_least=time.time_ns() // 1000)

    def last_version(self) -> int:
        """Tell the newest resource version, 0 before the first write."""
        with self._lock:
            row = self._db.execute("SELECT last FROM numbers WHERE name = 'version'").fetchone()
        return int(row[0]) if row else 0

    # Versioned objects

    def get(self, kind: str, name: str) -> Row | None:
        """Read the current state of an object."""
        return next(self._rows("WHERE kind = ? AND name = ?", (kind, name)), None)

    def after(self, kind: str, name: str = "") -> Iterator[Row]:
        """Read all objects of a kind by name, beginning behind `name`; read lazily, so a page stops when it is full."""
        return self._rows("WHERE kind = ? AND name > ? ORDER BY name", (kind, name))

    def inside(self, kind: str, folder: str) -> list[Row]:
        """Read the objects whose parent is that folder (empty: the root)."""
        return list(self._rows("WHERE folder = ? AND kind = ? ORDER BY name", (folder, kind)))

    def put(self, row: Row) -> None:
        """Write an object's new state and its row of history; forget history beyond `HISTORY_KEPT`."""
        values = _values(row)
        with self.transaction():
            self._db.execute(f"INSERT OR REPLACE INTO objects ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", values)  # noqa: S608
            self._add_history(values, deleted=False)

    def remove(self, row: Row) -> None:
        """Take an object away; `row` is its last state, kept in the history as deleted."""
        values = _values(row)
        with self.transaction():
            self._db.execute("DELETE FROM objects WHERE kind = ? AND name = ?", (row.kind, row.name))
            self._add_history(values, deleted=True)

    def _add_history(self, values: tuple[Any, ...], *, deleted: bool) -> None:
        self._db.execute(
            f"INSERT INTO history ({_COLUMNS}, deleted) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608 - our own text
            (*values, deleted),
        )
        self._db.execute(
            "DELETE FROM history WHERE kind = ?1 AND name = ?2 AND version <= (SELECT version FROM history"
            " WHERE kind = ?1 AND name = ?2 ORDER BY version DESC LIMIT 1 OFFSET ?3)",
            (values[0], values[1], HISTORY_KEPT),
        )

    def history(self, kind: str, name: str, *, before: int | None = None) -> Iterator[Row]:
        """Read an object's states since it was last created, newest first, those older than version `before`."""
        return self._rows(
            "WHERE kind = ?1 AND name = ?2 AND (?3 IS NULL OR version < ?3) AND version > coalesce((SELECT max(version)"
            " FROM history WHERE kind = ?1 AND name = ?2 AND deleted), 0) ORDER BY version DESC",
            (kind, name, before),
            table="history",
        )

    def deleted(self, kind: str) -> Iterator[Row]:
        """Read the last states of deleted objects that don't exist again, newest first."""
        return self._rows(
            "AS gone WHERE kind = ?1 AND deleted AND NOT EXISTS (SELECT 1 FROM history AS later WHERE"
            " later.kind = ?1 AND later.name = gone.name AND later.version > gone.version) ORDER BY version DESC",
            (kind,),
            table="history",
        )

    # Plain records

    def add_record(self, kind: str, uid: str, body: dict[str, Any]) -> int:
        """Keep a record under a new number, which is returned; `sqlite3.IntegrityError` when the uid is taken."""
        with self.transaction():
            number = self.next_number(kind)
            self._db.execute("INSERT INTO records VALUES (?,?,?,?)", (kind, number, uid, orjson.dumps(body)))
        return number

    def change_record(self, kind: str, uid: str, body: dict[str, Any]) -> None:
        """Replace what a record holds; its number and uid stay."""
        with self.transaction():
            self._db.execute("UPDATE records SET body = ? WHERE kind = ? AND uid = ?", (orjson.dumps(body), kind, uid))

    def remove_record(self, kind: str, uid: str) -> None:
        """Forget a record."""
        with self.transaction():
            self._db.execute("DELETE FROM records WHERE kind = ? AND uid = ?", (kind, uid))

    def record(self, kind: str, uid: str) -> dict[str, Any] | None:
        """Read one record, its number in the key `id`."""
        with self._lock:
            row = self._db.execute("SELECT id, body FROM records WHERE kind = ? AND uid = ?", (kind, uid)).fetchone()
        return None if row is None else {"id": row[0], **orjson.loads(row[1])}

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Read all records of a kind, oldest first, their numbers in the key `id`."""
        with self._lock:
            rows = self._db.execute("SELECT id, body FROM records WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        return [{"id": number, **orjson.loads(body)} for number, body in rows]

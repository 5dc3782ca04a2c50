"""Names and numbers as Grafana makes them: uids, slugs, times, limits."""

from __future__ import annotations

import re
import secrets
import unicodedata
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

UID_LIMIT = 40
TITLE_LIMIT = 5000
TAG_LIMIT = 50
MESSAGE_LIMIT = 500

_UID = re.compile(r"[a-zA-Z0-9_-]*")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SLUG_LIMIT = 50


def new_uid() -> str:
    """Make a short uid: 14 characters, a letter first."""
    return secrets.choice(_ALPHABET[:26]) + "".join(secrets.choice(_ALPHABET) for _ in range(13))


def new_internal_id() -> int:
    """Make a deprecated internal id: below 2^52, so that JavaScript keeps every digit."""
    return secrets.randbits(51) + 1


def slug(title: str) -> str:
    """Make the readable end of a dashboard's address; of no meaning to any lookup."""
    plain = unicodedata.normalize("NFKD", title.strip().lower()).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9_-]", "", re.sub(r"\s", "-", plain))
    return text if 0 < len(text) <= _SLUG_LIMIT else str(uuid.uuid5(uuid.NAMESPACE_OID, title))


def now() -> str:
    """Tell the time in UTC, to the second, as RFC 3339."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now_exact() -> str:
    """Tell the time in UTC, to the microsecond, as RFC 3339."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def check_uid(uid: str, refuse: Callable[[str], Exception]) -> None:
    """Refuse a uid that no server takes."""
    if len(uid) > UID_LIMIT:
        raise refuse(f"uid too long, max {UID_LIMIT} characters")
    if not _UID.fullmatch(uid):
        raise refuse("uid contains illegal characters")


def check_dashboard(spec: dict[str, Any], message: str, refuse: Callable[[str], Exception]) -> None:
    """Refuse a title, tags or a message beyond the limits."""
    if len(str(spec.get("title", ""))) > TITLE_LIMIT:
        raise refuse(f"title too long, max {TITLE_LIMIT} characters")
    if len(message) > MESSAGE_LIMIT:
        raise refuse(f"message too long, max {MESSAGE_LIMIT} characters")
    tags = spec.get("tags")
    if isinstance(tags, list) and any(len(str(tag)) > TAG_LIMIT for tag in tags):
        raise refuse(f"dashboard tag too long, max {TAG_LIMIT} characters")

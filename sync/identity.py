"""What names a dashboard: its uid, title, tags and folder, and the limits that Grafana sets on them."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import Any

UID_LENGTH = 40
TITLE_LENGTH = 5000
TAG_LENGTH = 50
UID = re.compile(r"[a-zA-Z0-9_-]+")


def uid_fault(uid: object) -> str | None:
    """Say what is wrong with a uid (at most 40 of a-z, A-Z, 0-9, - and _), None if nothing."""
    if uid is None or uid == "":
        return "it has no uid, so every push would make another dashboard"
    if not isinstance(uid, str):
        return f"its uid is {type(uid).__name__}, not text"
    if len(uid) > UID_LENGTH:
        return f"its uid {uid!r} has {len(uid)} characters, Grafana takes {UID_LENGTH}"
    if not UID.fullmatch(uid):
        wrong = next(character for character in uid if not UID.fullmatch(character))
        return f"its uid {uid!r} holds {wrong!r}; Grafana takes letters, digits, - and _"
    return None


def title_fault(title: object) -> str | None:
    """Say what is wrong with a title, None if nothing."""
    if not isinstance(title, str) or not title.strip():
        return "it has no title"
    if len(title) > TITLE_LENGTH:
        return f"its title has {len(title)} characters, Grafana takes {TITLE_LENGTH}"
    return None


def tags_fault(tags: object) -> str | None:
    """Say what is wrong with the tags, None if nothing."""
    if tags is None:
        return None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return "its tags are not a list of texts"
    long = next((tag for tag in tags if len(tag) > TAG_LENGTH), None)
    return f"its tag {long[:20]!r}… has {len(long)} characters, Grafana takes {TAG_LENGTH}" if long else None


def folder_fault(name: str) -> str | None:
    """Say why a part of a folder's path can be no directory on every machine, None if it can."""
    if not name.strip() or name != name.strip():
        return "a folder's name is not empty, and neither begins nor ends with a space"
    if name.startswith(".") or name.endswith("."):
        return f"a folder's name neither begins nor ends with a dot: {name!r}"
    if any(unicodedata.category(character) == "Cc" or character in '/\\:*?"<>|' for character in name):
        return f"a folder's name holds none of / \\ : * ? \" < > |, so that it can be a directory anywhere: {name!r}"
    return None


def slug(text: str) -> str:
    """Return `text` as a uid: lower case, words joined by -, hashed past 40 characters or where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) <= UID_LENGTH and words:
        return words
    digest = sha256(text.encode()).hexdigest()[:8]
    return f"{words[: UID_LENGTH - 9].rstrip('-')}-{digest}" if words else digest


def name_of(document: dict[str, Any]) -> Any:
    """Return the uid of a plain dashboard, or the name of an {apiVersion, kind, metadata, spec} document."""
    metadata = document.get("metadata")
    return metadata.get("name") if "apiVersion" in document and isinstance(metadata, dict) else document.get("uid")


def spec_of(document: dict[str, Any]) -> Any:
    """Return the dashboard itself of either form of document."""
    return document.get("spec") if "apiVersion" in document else document

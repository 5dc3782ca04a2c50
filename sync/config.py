"""dash-sync.yaml: what is rendered, and the Grafanas that it can be pushed to."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.yamlfile import Document

NAME = "dash-sync.yaml"
SECRET_KEYS = re.compile(
    r"^(token|password|passwd|secret|api[-_]?key|apikey|bearer|credential|authorization|basic[-_]?auth)s?$",
    re.IGNORECASE,
)
SECRET_VALUES = re.compile(r"glsa_|glc_|eyJ[A-Za-z0-9_-]{10}|-----BEGIN ")


@dataclass(frozen=True)
class Context:
    """One Grafana: where it is, which variables hold its credentials, and what differs there."""

    name: str
    url: str
    token_env: str | None = None
    user_env: str | None = None
    password_env: str | None = None
    org_id: int | None = None
    api: str = "auto"
    ui_edits: str = "allow"
    confirm: bool = False
    annotate: bool = False
    datasources: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str | list[str]] = field(default_factory=dict)
    ca: Path | None = None


@dataclass(frozen=True)
class Config:
    """The whole file; `root` is the folder that it stands in."""

    path: Path
    project: str
    folder: str
    render: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    contexts: Mapping[str, Context] = field(default_factory=dict)
    default_context: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder of the file: what it names is relative to it."""
        return self.path.parent


def find(start: Path) -> Path:
    """Return dash-sync.yaml in `start` or the nearest folder above it; raises ConfigError where there is none."""
    for folder in [start, *start.parents]:
        if (folder / NAME).is_file():
            return folder / NAME
    raise ConfigError(
        f"there is no {NAME} here or above",
        path=str(start),
        remedy="Write one with `dash-sync init`, or name it with --config FILE.",
    )


def load(path: Path | None = None) -> Config:
    """Read and check the configuration; raises ConfigError with the line of what is wrong."""
    from sync.yamlfile import Document, YamlError

    try:
        path = path.absolute() if path is not None else find(Path.cwd())
    except FileNotFoundError:
        raise ConfigError("the folder that you are in is gone", path=NAME, remedy="Go to another one.") from None
    shown = _shown(path)
    try:
        document = Document(path.read_text(encoding="utf-8"))
        _refuse_secrets(document)
        document.check(json.loads((Path(__file__).parent / "config.schema.json").read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"it can't be read: {error.strerror}", path=shown) from None
    except UnicodeDecodeError:
        raise ConfigError("it is not UTF-8 text", path=shown) from None
    except YamlError as problem:
        raise ConfigError(problem.what, path=shown, line=problem.line, column=problem.column) from None
    return _config(path, document)


def _config(path: Path, document: Document) -> Config:
    data: dict[str, Any] = document.data
    contexts = {name: _context(name, settings, path.parent) for name, settings in (data.get("contexts") or {}).items()}
    for name, context in contexts.items():
        if fault := _url_fault(context.url):
            line = document.line(["contexts", name, "url"])
            raise ConfigError(f"contexts.{name}.url is no address: {fault}", path=_shown(path), line=line)
    default = data.get("default-context")
    if default is not None and default not in contexts:
        known = ", ".join(contexts) or "none is defined"
        line = document.line([], key="default-context")
        raise ConfigError(
            f"default-context is {default!r}, which is no context here ({known})", path=_shown(path), line=line
        )
    packages = data.get("render", [])
    return Config(
        path=path,
        project=data["project"],
        folder=data.get("folder", data["project"].replace("-", " ").title()),
        render=tuple(packages),
        adapters=tuple(data.get("adapters", [])),
        contexts=contexts,
        default_context=default,
        lines={package: document.line(["render", index]) for index, package in enumerate(packages)},
    )


def _url_fault(url: str) -> str:
    try:
        urlsplit(url).port  # noqa: B018 reading it is the check
    except ValueError as error:
        return str(error)
    return ""


def _context(name: str, settings: Mapping[str, Any], root: Path) -> Context:
    ca = settings.get("tls", {}).get("ca")
    return Context(
        name=name,
        url=settings["url"].rstrip("/"),
        token_env=settings.get("token-env"),
        user_env=settings.get("user-env"),
        password_env=settings.get("password-env"),
        org_id=settings.get("org-id"),
        api=settings.get("api", "auto"),
        ui_edits=settings.get("ui-edits", "allow"),
        confirm=settings.get("confirm", False),
        annotate=settings.get("annotate", False),
        datasources=settings.get("datasources", {}),
        variables=settings.get("variables", {}),
        ca=root / ca if ca else None,
    )


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _refuse_secrets(document: Document) -> None:
    from sync.yamlfile import YamlError

    for path, value in _leaves(document.data):
        name = ".".join(str(part) for part in path)
        key = str(path[-1]) if path else ""
        if "datasources" in path or "variables" in path:
            continue
        reason = ""
        if SECRET_KEYS.match(key):
            reason = f"{name} would be a secret"
        elif isinstance(value, str) and SECRET_VALUES.search(value):
            reason = f"the value of {name} looks like a secret"
        elif isinstance(value, str) and "://" in value and _has_user(value):
            reason = f"{name} holds a user or password"
        if reason:
            what = (
                f"{reason}, and everybody who can read the repository could use it; "
                "name the variable that holds it instead (token-env, or user-env and password-env)"
            )
            raise YamlError(what, line=document.line(path))


def _has_user(url: str) -> bool:
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return False


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def environment_context(environment: Mapping[str, str] = os.environ) -> Context | None:
    """Return the context that GRAFANA_URL and GRAFANA_TOKEN describe when both are set."""
    if environment.get("GRAFANA_URL") and environment.get("GRAFANA_TOKEN"):
        url = environment["GRAFANA_URL"].rstrip("/")
        if fault := _url_fault(url):
            raise ConfigError(f"it is no address: {fault}", path="GRAFANA_URL", remedy="Set it to Grafana's address.")
        return Context(name="GRAFANA_URL", url=url, token_env="GRAFANA_TOKEN")  # noqa: S106 a name
    return None

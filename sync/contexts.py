"""Which Grafana: the contexts that a command line, the environment and dash-sync.yaml name."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sync.config import environment_context
from sync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sync.config import Config, Context


def chosen(config: Config, named: Sequence[str], environment: Mapping[str, str] = os.environ) -> list[Context]:
    """Return the contexts to work on: --context, DASH_SYNC_CONTEXT, GRAFANA_URL with GRAFANA_TOKEN, or the default."""
    if named:
        return _matching(config, named, "--context")
    if environment.get("DASH_SYNC_CONTEXT"):
        return _matching(config, [environment["DASH_SYNC_CONTEXT"]], "DASH_SYNC_CONTEXT")
    context = environment_context(environment)
    if context is not None:
        return [context]
    if config.default_context:
        return [config.contexts[config.default_context]]
    known = f"known are: {', '.join(config.contexts)}" if config.contexts else "none is defined"
    remedy = "Name one with --context or default-context, or set GRAFANA_URL and GRAFANA_TOKEN."
    raise ConfigError(f"no context is chosen; {known}", path=config.path.name, remedy=remedy)


def source(config: Config, environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of the context that is used when none is named, "" where there is none."""
    if environment.get("DASH_SYNC_CONTEXT"):
        return environment["DASH_SYNC_CONTEXT"]
    context = environment_context(environment)
    return context.name if context is not None else config.default_context or ""


def _matching(config: Config, patterns: Sequence[str], where: str) -> list[Context]:
    found: dict[str, Context] = {}
    for pattern in patterns:
        names = [name for name in config.contexts if fnmatchcase(name, pattern)]
        if not names:
            known = ", ".join(config.contexts) or "none is defined"
            remedy = "Name one of them, or define it in dash-sync.yaml; `dash-sync context list` shows them."
            raise ConfigError(
                f"{where} names {pattern!r}, which is no context here ({known})", path=config.path.name, remedy=remedy
            )
        found.update({name: config.contexts[name] for name in names})
    return list(found.values())

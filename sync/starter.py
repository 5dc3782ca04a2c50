"""`dash-sync init` and `dash-sync context`: the first dash-sync.yaml, and which Grafana is the default."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from sync import contexts, trust
from sync.config import NAME
from sync.errors import ConfigError
from sync.generated import replace
from sync.identity import slug
from sync.report import Report

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Config, Context

CONFIGURATION = """\
# What `dash-sync` renders and where it pushes.
project: {project}                  # owner's mark: dashboards of another project are never touched
render: [dashboards]                # packages that `dash-sync render` runs
default-context: local
contexts:
  local: {{url: "http://127.0.0.1:3000", token-env: GRAFANA_TOKEN}}
  # prod:
  #   url: https://grafana.example.com/       # sub-paths work
  #   token-env: GRAFANA_PROD_TOKEN           # the name of a variable; a secret in this file is refused
  #   confirm: true                           # ask before every push
  #   datasources: {{prometheus: prom-prod}}    # data source uids that differ there
"""
EXAMPLE = '''\
"""An example: one file, one dashboard."""


def dashboard():
    """Return the dashboard as Grafana's JSON."""
    source = {{"type": "prometheus", "uid": "${{datasource}}"}}
    return {{
        "uid": "{project}-example",
        "title": "Example",
        "schemaVersion": 42,
        "templating": {{"list": [{{"name": "datasource", "type": "datasource", "query": "prometheus"}}]}},
        "panels": [
            {{
                "id": 1,
                "type": "timeseries",
                "title": "Targets up",
                "gridPos": {{"x": 0, "y": 0, "w": 24, "h": 8}},
                "datasource": source,
                "targets": [{{"refId": "A", "expr": "sum by (job) (up)", "datasource": source}}],
            }}
        ],
    }}
'''


def init(folder: Path, project: str) -> Report:
    """Write dash-sync.yaml, and an example where there is no dashboards/; what exists is left alone."""
    if (folder / NAME).exists():
        raise ConfigError("it exists already", path=NAME, remedy="Edit it; `dash-sync doctor` checks it.")
    name = slug(project or folder.name)
    files = {NAME: CONFIGURATION.format(project=name)}
    if not (folder / "dashboards").exists():
        files |= {"dashboards/__init__.py": "", "dashboards/example.py": EXAMPLE.format(project=name)}
    for path, text in files.items():
        replace(folder / path, text.encode())
    return Report("init", {"project": name}, [{"state": "created", "file": path} for path in files])


def listed(config: Config) -> Report:
    """Return the contexts; the one used when none is named has a mark."""
    current = contexts.source(config)
    rows = [
        {"": "*" if name == current else " ", "context": name, "url": context.url}
        for name, context in config.contexts.items()
    ]
    return Report("context", {"contexts": len(rows), "default": current}, rows)


def shown(context: Context) -> Report:
    """Return what a context says, and whether its credentials are set and may go there; never the credentials."""
    names = [name for name in (context.token_env, context.user_env, context.password_env) if name]
    facts = {
        "url": context.url,
        "credentials": ", ".join(f"{name} ({'set' if os.environ.get(name) else 'not set'})" for name in names)
        or "none",
        "trusted": "yes" if trust.is_trusted(context.url) else "not yet",
        "api": context.api,
        "ui-edits": context.ui_edits,
        "confirm": "yes" if context.confirm else "no",
        "annotate": "yes" if context.annotate else "no",
        "org-id": context.org_id,
        "datasources": ", ".join(f"{key} → {value}" for key, value in context.datasources.items()),
        "variables": ", ".join(f"{key} = {value}" for key, value in context.variables.items()),
    }
    return Report(
        "context", {"context": context.name}, [{"fact": fact, "value": value} for fact, value in facts.items() if value]
    )


def use(config: Config, name: str) -> Report:
    """Make a context the default, by changing that one line of dash-sync.yaml."""
    context = contexts.chosen(config, [name])[0]
    text = config.path.read_text(encoding="utf-8")
    line = f"default-context: {context.name}"
    changed, found = re.subn(r"(?m)^default-context:.*$", line, text, count=1)
    replace(config.path, (changed if found else f"{text.rstrip()}\n{line}\n").encode())
    return Report("context", {"default": context.name}, [])

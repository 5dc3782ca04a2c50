"""What Phoenix promises, who is woken when it doesn't keep it, and the rule files made of both."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alerts import agent, haproxy, monitoring, node, orchestrator, process, redis
from alerts.links import LINKS, objective_page
from alerts.managed import managed_files
from alerts.pages import runbook_files
from catalogue import SIGNALS
from rules_lib.alert_file import alert_file
from rules_lib.alert_file import trials_file as threshold_trials_file
from rules_lib.alert_kind import AlertKind, objective_kinds, threshold_kinds
from rules_lib.load import load_objectives
from rules_lib.manifest import prometheus_rule
from rules_lib.objective_file import long_trials_file, objective_file, trials_file
from rules_lib.routing.config import routing_files
from rules_lib.routing.load import load_routing

if TYPE_CHECKING:
    from rules_lib.objective import Objective
    from rules_lib.routing.table import RoutingTable

SOURCE = "alerts/objectives.yaml"
ROUTING = "alerts/routing.yaml"
MANIFEST_LABELS = {"app.kubernetes.io/part-of": "phoenix"}
"""What a Prometheus resource of the operator selects these rules by."""

_WATCHING = {
    "Orchestrators": orchestrator,
    "Agents": agent,
    "Processes": process,
    "Redis": redis,
    "Load balancer": haproxy,
    "Nodes": node,
    "Monitoring": monitoring,
}


@cache
def objectives() -> tuple[Objective, ...]:
    """Return the objectives, in their file's order. Raises ContentError with all that is wrong in it."""
    return load_objectives(Path(__file__).with_name("objectives.yaml"), SIGNALS, shown_as=SOURCE)


def objective(name: str) -> Objective:
    """Return the objective of this name; KeyError names those that exist."""
    by_name = {each.name: each for each in objectives()}
    if name not in by_name:
        raise KeyError(f"no objective {name!r}; there are {', '.join(by_name)}")
    return by_name[name]


def kinds() -> tuple[AlertKind, ...]:
    """Return every kind of alert that exists, as routes tell them apart."""
    watched = (kind for module in _WATCHING.values() for alert in module.ALERTS for kind in threshold_kinds(alert))
    promised = (kind for each in objectives() for kind in objective_kinds(each))
    return (*watched, *promised)


@cache
def routing() -> RoutingTable:
    """Return who is told of what. Raises ContentError with all that is wrong in the table by itself."""
    return load_routing(Path(__file__).with_name("routing.yaml"), shown_as=ROUTING)


def render() -> dict[str, bytes]:
    """Return rules, also as manifests, their promtool tests, Alertmanager's files and the runbooks, by path."""
    files: dict[str, bytes] = {}
    for module in _WATCHING.values():
        name = module.__name__.rpartition(".")[2]
        source, rules = f"alerts/{name}.py", f"{name}.yaml"
        files[f"rules/{rules}"] = alert_file(name, module.ALERTS, source=source, links=LINKS)
        files[f"rules/tests/{rules}"] = threshold_trials_file(
            module.ALERTS, source=source, links=LINKS, rules=f"../{rules}"
        )
    for each in objectives():
        name, page = f"slo-{each.name}.yaml", objective_page(each.name)
        files[f"rules/{name}"] = objective_file(each, source=SOURCE, links=LINKS, dashboard=page)
        files[f"rules/tests/{name}"] = trials_file(each, source=SOURCE, links=LINKS, dashboard=page, rules=f"../{name}")
        files[f"rules/tests/slo-{each.name}-long.yaml"] = long_trials_file(each, source=SOURCE, rules=f"../{name}")
    files |= {
        f"kubernetes/{path}": prometheus_rule(content, name=f"phoenix-{Path(path).stem}", labels=MANIFEST_LABELS)
        for path, content in files.items()
        if Path(path).parent == Path("rules")
    }
    by_module = {module.__name__.rpartition(".")[2]: module.ALERTS for module in _WATCHING.values()}
    files |= managed_files(by_module, objectives(), source=SOURCE)
    watched = {title: module.ALERTS for title, module in _WATCHING.items()}
    files |= routing_files(routing(), every := kinds(), source=ROUTING)
    return files | runbook_files(watched, objectives(), routing(), every)

"""A plan kept in a file: what a push is to write, pinned to the files and to the state of Grafana that it was made on.

One JSON object, without secrets and without content; the content stays in rendered/ and is pinned by its checksum.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from sync.errors import FileProblem
from sync.generated import replace
from sync.plan import WRITES, State, saved_by
from sync.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sync.config import Context
    from sync.plan import Step

KIND = "dash-sync-plan"
FORM = 1
REMEDY = "Make the plan anew with `dash-sync plan --out FILE`."


@dataclass(frozen=True)
class Pin:
    """One step: `revision` is the resourceVersion (legacy: version) that it was made on, "" where there was nothing."""

    uid: str
    state: str
    revision: str = ""
    generation: int = 0
    checksum: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Pins:
    """What is to be written to one context, and where that was when the plan was made."""

    context: str
    url: str
    api: str
    project: str
    prune: bool = False
    steps: Mapping[str, Pin] = field(default_factory=dict)

    def misplaced(self, context: Context, api: str, project: str) -> str:
        """Say why the plan is not for this context, "" if it is."""
        for what, planned, now in (
            ("project", self.project, project),
            ("url", self.url, context.url),
            ("API", self.api, api),
        ):
            if planned != now:
                return f"the plan was made for the {what} {planned}, and this is {now}"
        return ""

    def moved(self, steps: Iterable[Step]) -> dict[str, str]:
        """Return what is not any more as the plan says, by uid, with what moved."""
        now = {step.uid: step for step in steps}
        return {uid: said for uid, pin in self.steps.items() if (said := _moved(pin, now.get(uid)))}


def pinned(context: Context, api: str, project: str, steps: Sequence[Step], *, prune: bool) -> Pins:
    """Pin what a push would write."""
    written = WRITES | ({State.DELETED_IN_CODE} if prune else set())
    pins = {step.uid: _pin(step) for step in steps if step.state in written}
    return Pins(context.name, context.url, api, project, prune, pins)


def _pin(step: Step) -> Pin:
    return Pin(
        step.uid,
        step.state.value,
        step.live.revision if step.live else "",
        step.live.generation if step.live else 0,
        step.wanted.checksum if step.wanted else "",
        step.wanted.digest if step.wanted else "",
    )


def _moved(pin: Pin, step: Step | None) -> str:
    if step is None:
        return "its file is gone" if pin.digest else "it is gone from Grafana"
    if pin.digest != (step.wanted.digest if step.wanted else ""):
        return "its file, or what the context puts into it, has changed since the plan was made"
    live = step.live
    if pin.revision != (live.revision if live else ""):
        if live is None:
            return f"it was deleted; the plan was made on version {pin.generation}"
        was = f"version {pin.generation}" if pin.generation else "nothing being there"
        return f"Grafana holds version {live.generation}, saved {saved_by(live)}; the plan was made on {was}"
    return "" if step.state.value == pin.state else f"it is {step.state} now, the plan was made when it was {pin.state}"


def write(path: Path, plans: Iterable[Pins]) -> None:
    """Write a plan; raises DashSyncError where the file can't be written."""
    contexts = [{**asdict(plan), "steps": [asdict(pin) for pin in plan.steps.values()]} for plan in plans]
    document = {"kind": KIND, "schemaVersion": FORM, "toolVersion": __version__, "contexts": contexts}
    replace(path, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read(path: Path) -> dict[str, Pins]:
    """Read a plan, by the name of the context; raises FileProblem where it is none, or one of another form."""
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise FileProblem(f"the plan can't be read: {error.strerror}", path=str(path), remedy=REMEDY) from None
    except orjson.JSONDecodeError as error:
        raise FileProblem(
            f"no plan, not even JSON: {error.msg}", path=str(path), line=error.lineno, column=error.colno, remedy=REMEDY
        ) from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise FileProblem("JSON, but no plan of dash-sync's", path=str(path), remedy=REMEDY)
    if document.get("schemaVersion") != FORM:
        maker = f"dash-sync {document.get('toolVersion')}"
        what = f"a plan of form {document.get('schemaVersion')}, made by {maker}; this one reads form {FORM}"
        raise FileProblem(what, path=str(path), remedy=REMEDY)
    try:
        return {plan.context: plan for plan in map(_pins, document["contexts"])}
    except (TypeError, KeyError, ValueError):
        raise FileProblem(
            "a plan that somebody has changed: keys are missing or wrong", path=str(path), remedy=REMEDY
        ) from None


def _pins(said: dict[str, Any]) -> Pins:
    pins = [Pin(**step) for step in said["steps"]]
    wrong = [pin for pin in pins if State(pin.state) not in WRITES | {State.DELETED_IN_CODE}]
    if wrong:
        raise ValueError(wrong[0].state)
    return Pins(**{**said, "steps": {pin.uid: pin for pin in pins}})

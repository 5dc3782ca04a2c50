"""Export: the rendered files for a fleet that another engine serves already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync import files, generated
from sync.export import gitsync, kubernetes, provisioning, terraform
from sync.export.source import Source, source
from sync.planning import select
from sync.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sync.config import Config, Context
    from sync.options import Common

FORMS: Mapping[str, Callable[[Source], dict[str, bytes]]] = {
    "provisioning": provisioning.files,
    "configmap": kubernetes.configmaps,
    "operator": kubernetes.operator,
    "terraform": terraform.files,
    "gitsync": gitsync.files,
}
LEFT_OUT = {
    "provisioning": ("library", "rules"),
    "configmap": ("library",),
    "operator": (),
    "terraform": ("rules",),
    "gitsync": ("library", "rules"),
}


def export(config: Config, context: Context | None, directory: Path, run: Common, *, form: str, out: Path) -> Report:
    """Write one form to a folder; files there that this export didn't make are named and left alone."""
    rendered = files.read(directory)
    chosen = files.Rendered(rendered.folders, select(rendered, run.select), rendered.library)
    what = source(config.project, chosen, directory, context)
    made = FORMS[form](what)
    rows = []
    for path, content in made.items():
        generated.replace(out / path, content)
        rows.append({"state": "written", "file": path})
    _say(run, form, what, out, made)
    facts = {"format": form, "out": str(out), "context": context.name if context else ""}
    return Report("export", {"written": len(rows), **facts}, rows)


def _say(run: Common, form: str, what: Source, out: Path, made: Mapping[str, bytes]) -> None:
    present = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    if others := sorted(path for path in present - set(made) if not path.startswith(".")):
        run.note(f"note: {len(others)} files in {out} are not of this export and are left alone: {others[0]}, …")
    for kind, things in (("library", what.library), ("rules", what.rules)):
        if kind in LEFT_OUT[form] and things:
            name = "library panels" if kind == "library" else "rule files"
            run.note(f"note: {form} has no place for the {len(things)} {name}; they are left out")

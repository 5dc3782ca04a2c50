"""`dash-sync lint`: the files, what is known beside them, the rules, and how their findings are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.config import NAME as CONFIGURATION
from sync.generated import replace
from sync.lint import discovery
from sync.lint import settings as lint_settings
from sync.lint.exclusions import excluded, today
from sync.lint.formats import FORMATS
from sync.lint.problem import Problem, Severity
from sync.lint.registry import BY_NAME
from sync.lint.settings import Settings

if TYPE_CHECKING:
    from sync.options import Common


def lint(run: Common, paths: Sequence[Path], *, fix: bool, prometheus: str | None) -> bool:
    """Lint `paths`, by default the rendered files, print what is found, and say whether an error is among it."""
    settings = _settings()
    contents, knowledge, missing = _read(run, paths, settings)
    if fix:
        from sync.lint.fixing import mended

        for path, content in mended(contents, settings, knowledge=knowledge).items():
            replace(Path(path), content)
            contents[path] = content
            run.note(f"mended {path}")
    problems = missing + _problems(run, contents, settings, knowledge, prometheus)
    if problems or not run.quiet or run.format != "text":
        click.echo(FORMATS[run.format](problems, [*(problem.path for problem in missing), *contents]))
    return any(problem.severity is Severity.ERROR for problem in problems)


def _settings() -> Settings:
    path = lint_settings.find(Path.cwd())
    return lint_settings.load(path, rules=frozenset(BY_NAME)) if path else Settings()


def _read(
    run: Common, paths: Sequence[Path], settings: Settings
) -> tuple[dict[str, bytes], dict[str, bytes], list[Problem]]:
    """Return the files to lint, those that only name metrics (expositions, the catalogue), and what can't be read."""
    rendered = _rendered(run, paths)
    wanted = discovery.files(paths or ([rendered] if rendered else []))
    here = Path.cwd().resolve()
    contents, missing = discovery.read({_shown(path, here): path for path in wanted})
    root = Path(settings.path).parent
    beside = [path for pattern in settings.expositions for path in sorted(root.glob(pattern))]
    if rendered is not None and (rendered / "catalogue.json").is_file():
        beside.append(rendered / "catalogue.json")
    knowledge = {_shown(path, here): path.read_bytes() for path in beside}
    return contents, {path: content for path, content in knowledge.items() if path not in contents}, missing


def _rendered(run: Common, paths: Sequence[Path]) -> Path | None:
    """Return the folder of rendered files; None where the paths belong to no project, or to another one."""
    if run.dir is not None or run.config is not None or not paths:
        return run.dir if run.dir is not None else run.directory(run.configuration())
    root = next((folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / CONFIGURATION).is_file()), None)
    inside = root is not None and all(path.resolve().is_relative_to(root) for path in paths)
    return root / "rendered" if root is not None and inside else None


def _problems(
    run: Common,
    contents: Mapping[str, bytes],
    settings: Settings,
    knowledge: Mapping[str, bytes],
    prometheus: str | None,
) -> list[Problem]:
    from sync.lint.run import Run, uncollected

    with uncollected():
        linting = Run(contents, settings, knowledge=knowledge)
        if prometheus:
            from sync.lint.live import ask

            ask(prometheus, linting.project.known, linting.project.names(), timeout=run.timeout)
        problems = linting.problems(workers=None if run.workers == "auto" else int(run.workers))
    return excluded(problems, settings, day=today(), paths=contents)


def _shown(path: Path, here: Path) -> str:
    try:
        return str(path.resolve(strict=True).relative_to(here))
    except (ValueError, OSError, RuntimeError):  # outside, or a link that leads nowhere
        return str(path)

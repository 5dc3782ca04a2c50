"""A team's packages: found, imported, called; whatever they raise becomes one message with their own file and line."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.errors import ConfigError, DashSyncError, RenderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    from sync.config import Config

CONVENTION = ".dashboard.py"


class Modules:
    """The packages named under `render`, below the folder of dash-sync.yaml."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.root = config.root

    def package(self, name: str) -> ModuleType:
        """Import a package that dash-sync.yaml names."""
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            found = None
        if found is None:
            what = f"render names {name!r}, and there is no such package in {self.root}"
            raise ConfigError(what, path=self.config.path.name, line=self.config.lines.get(name, 0))
        where = Path(found.origin) if found.origin else self.root / name.replace(".", "/")
        module: ModuleType = self.run(lambda: importlib.import_module(name), path=self.shown(where))
        return module

    def of(self, package: ModuleType) -> Iterator[ModuleType]:
        """Import every module of a package and of the folders in it, in the order of their paths."""
        if not hasattr(package, "__path__"):
            yield package
            return
        for folder in sorted(package.__path__):
            for file in sorted(Path(folder).rglob("*.py"), key=lambda file: file.relative_to(folder).parts):
                parts = file.relative_to(folder).parts
                if not any(part.startswith((".", "_")) for part in parts):
                    yield self._module(package.__name__, file, parts)

    def _module(self, package: str, file: Path, parts: tuple[str, ...]) -> ModuleType:
        name = ".".join([package, *parts]).removesuffix(".py")
        if file.name.endswith(CONVENTION):
            return self._from_file(name, file)
        module: ModuleType = self.run(lambda: importlib.import_module(name), path=self.shown(file))
        return module

    def _from_file(self, name: str, file: Path) -> ModuleType:
        """Import a *.dashboard.py, whose name with its dot is no module's name."""
        spec = importlib.util.spec_from_file_location(name.replace(".dashboard", "_dashboard"), file)
        if spec is None or spec.loader is None:
            raise RenderError("Python can't load it", path=self.shown(file))
        module = importlib.util.module_from_spec(spec)
        self.run(lambda: spec.loader.exec_module(module), path=self.shown(file))  # type: ignore[union-attr]
        return module

    def stem(self, module: ModuleType) -> str:
        """Return the name of a module's rendered file: its own, after those of the folders that it is in."""
        file = file_of(module)
        package = module.__name__.split(".")[0]
        parts = list(file.with_name(file.name.removesuffix(CONVENTION).removesuffix(".py")).parts)
        inside = (
            parts[max(index for index, part in enumerate(parts[:-1]) if part == package) + 1 :]
            if package in parts[:-1]
            else parts[-1:]
        )
        return "-".join(inside)

    def run(self, call: Callable[[], Any], *, path: str, line: int = 0) -> Any:
        """Call the team's code; what it raises becomes a RenderError at the innermost line that is the team's own."""
        try:
            return call()
        except (DashSyncError, KeyboardInterrupt):
            raise
        except SyntaxError as error:
            where = self.shown(Path(error.filename)) if error.filename else path
            raise RenderError(
                f"SyntaxError: {error.msg}", path=where, line=error.lineno or 0, column=error.offset or 0
            ) from None
        except RecursionError as error:
            at = locate(error, self.own) or (path, line)
            raise RenderError(
                "RecursionError: it calls or contains itself without an end", path=at[0], line=at[1]
            ) from None
        except (Exception, SystemExit) as error:
            if problems := getattr(error, "problems", ()):
                raise _told(problems) from error
            at = locate(error, self.own) or (path, line)
            raise RenderError(_in_words(error), path=at[0], line=at[1]) from error

    def own(self, file: str) -> str | None:
        """Return the shown path of a file of the content, None for one of the engine, a library or Python."""
        path = Path(file)
        tops = {name.split(".")[0] for name in self.config.render}
        if not path.is_absolute():
            return None
        if path.is_relative_to(self.root):
            first = path.relative_to(self.root).parts[0].removesuffix(".py")
            return self.shown(path) if first in tops else None
        packages = (getattr(sys.modules.get(top), "__path__", ()) for top in sorted(tops))
        return str(path) if any(path.is_relative_to(folder) for folders in packages for folder in folders) else None

    def shown(self, file: Path) -> str:
        """Return a file's path relative to dash-sync.yaml, so that it is the same on every machine."""
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)


def locate(error: BaseException, own: Callable[[str], str | None]) -> tuple[str, int] | None:
    """Return the path and line of the innermost frame that `own` shows."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        shown = own(frame.filename)
        if shown is not None:
            return shown, frame.lineno or 0
    return None


def file_of(module: ModuleType) -> Path:
    """Return the file of a module."""
    return Path(module.__file__ or module.__name__)


def line_of(maker: Any) -> int:
    """Return the line of a function's definition, 0 for anything else."""
    code = getattr(inspect.unwrap(maker) if callable(maker) else maker, "__code__", None)
    return code.co_firstlineno if code is not None else 0


def describe(value: Any) -> str:
    """Name a value's type in words."""
    if value is None:
        return "nothing (a `return` is missing?)"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _told(problems: Sequence[Any]) -> RenderError:
    """Pass on what is wrong in files that content reads itself, as rules_lib does objectives.yaml.

    Each problem has a `path`, a `line`, `what` and a `remedy`; its text says all of it.
    """
    first = problems[0]
    what = "; ".join(part for part in (first.what, first.remedy) if part)
    others = [str(problem) for problem in problems[1:]]
    return RenderError(
        "\n".join([what, *others]),
        path=first.path,
        line=first.line or 0,
        remedy="Mend the file and render again; nothing was written.",
    )


def _in_words(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__

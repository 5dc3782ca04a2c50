"""Content run: the only module of `sync` that executes a team's Python. All else reads the files that this makes."""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
from collections import Counter
from functools import partial
from itertools import chain, zip_longest
from pathlib import PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import orjson

from sync import identity
from sync.beside import beside
from sync.errors import ConfigError, RenderError, Stale
from sync.generated import OPTIONS, Made, Rendering, State, compare, write
from sync.modules import Modules, describe, file_of, line_of
from sync.report import Report, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sync.config import Config

CONVENTION = "A *.dashboard.py (grafanalib's convention) assigns its Dashboard to the name `dashboard`."


def render(config: Config, out: Path) -> Report:
    """Build everything, then write what differs to `out`; the report's rows are the files that changed."""
    files = build(config)
    states = compare(out, files)
    write(out, files, states)
    return _report(states, out)


def check(config: Config, out: Path) -> Report:
    """Build everything and compare every byte; raises Stale where one differs, is missing or is too many."""
    states = compare(out, build(config))
    report = _report(states, out)
    if stale := len(report.rows):
        raise Stale(f"{counted(stale, 'file')} not as the modules build them", where=str(out), report=report)
    return report


def _report(states: Mapping[str, State], out: Path) -> Report:
    counts = Counter(states.values())
    rows = [{"state": state, "file": path} for path, state in states.items() if state != "unchanged"]
    return Report(
        "render", summary={"directory": str(out), **{state: counts[state] for state in get_args(State)}}, rows=rows
    )


def build(config: Config) -> dict[str, bytes]:
    """Run every package that dash-sync.yaml names and return {path below rendered/: bytes}; nothing is written.

    Raises RenderError with the file and line of the team's own code.
    """
    rendering = Rendering()
    modules = Modules(config)
    with _on_path(config.root), _without_collector(), contextlib.redirect_stdout(sys.stderr):
        files: dict[ModuleType, Callable[[], Any]] = {}
        for name in config.render:
            package = modules.package(name)
            if callable(getattr(package, "render", None)):
                files[package] = beside(package.render)
            else:
                for page in _dashboards(package, config, modules):
                    rendering.add_dashboard(page.path, page.made, uid=page.uid)
        for package, made in files.items():
            _add_files(rendering, package, made, modules)
    return rendering.finish()


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python's collector of cycles from walking over what is all still needed: a tenth faster."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def _on_path(root: Path) -> Iterator[None]:
    entry = str(root)
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


def _add_files(rendering: Rendering, package: ModuleType, made: Callable[[], Any], modules: Modules) -> None:
    source, line = modules.shown(file_of(package)), line_of(package.render)
    files = modules.run(made, path=source, line=line)
    if not isinstance(files, dict):
        raise RenderError(f"render() returned {describe(files)}, not {{path: bytes}}", path=source, line=line)
    for path, content in files.items():
        pure = PurePosixPath(path) if isinstance(path, str) else None
        if pure is None or not path or pure.is_absolute() or ".." in pure.parts or "\\" in path or str(pure) != path:
            raise RenderError(
                f"render() names the file {path!r}; a path is relative to rendered/ and stays in it",
                path=source,
                line=line,
            )
        if not isinstance(content, bytes):
            raise RenderError(f"render() returned {describe(content)} for {path}, not bytes", path=source, line=line)
        rendering.add(path, Made(content, source, line))


class _Page(NamedTuple):
    """A dashboard, the path below rendered/ that its file has, and its uid."""

    path: str
    made: Made
    uid: str


def _dashboards(package: ModuleType, config: Config, modules: Modules) -> Iterator[_Page]:
    """Yield the dashboards of a package's modules, in the order of their paths.

    The first brings in the libraries that all need; of the others every second is made beside.
    """
    makers = [partial(_dashboards_of, module, config, modules) for module in modules.of(package)]
    for first in makers[:1]:
        yield from first()
    others = makers[1:]
    elsewhere = beside(lambda: [make() for make in others[1::2]])
    here = [make() for make in others[::2]]
    for pages in zip_longest(here, elsewhere(), fillvalue=()):
        yield from chain.from_iterable(pages)


def _dashboards_of(module: ModuleType, config: Config, modules: Modules) -> list[_Page]:
    source = modules.shown(file_of(module))
    folder = _folder(getattr(module, "FOLDER", config.folder), source)
    pages = []
    for maker, result in _results(module, source, modules):
        several = isinstance(result, (list, tuple))
        line = line_of(maker)
        for item in result if several else [result]:
            document = _plain(item, config, modules, path=source, line=line)
            uid = _checked(document, path=source, line=line)
            name = uid.removeprefix(f"{config.project}-") if several else modules.stem(module)
            content = _encoded(document, uid, path=source, line=line)
            path = "/".join(["dashboards", *folder, f"{name}.json"])
            pages.append(_Page(path, Made(content, source, line), uid))
    return pages


def _results(module: ModuleType, source: str, modules: Modules) -> Iterator[tuple[Any, Any]]:
    """Yield what the module's dashboard(), dashboards() or, in a *.dashboard.py, its object `dashboard` gives."""
    if source.endswith(".dashboard.py"):
        if not hasattr(module, "dashboard"):
            raise RenderError(
                "it defines no `dashboard`",
                path=source,
                remedy=CONVENTION,
            )
        maker = module.dashboard
        made = modules.run(maker, path=source, line=line_of(maker)) if _is_function(maker, module) else maker
        if isinstance(made, (list, tuple)) and not made:
            raise RenderError("`dashboard` is an empty list", path=source, remedy=CONVENTION)
        yield maker, made
        return
    for name in ("dashboard", "dashboards"):
        maker = getattr(module, name, None)
        if maker is not None and not callable(maker) and not isinstance(maker, ModuleType):
            what = f"`{name}` is {describe(maker)}, not a function"
            raise RenderError(what, path=source, remedy=f"Write `def {name}():`. {CONVENTION}")
        if maker is not None and _is_function(maker, module):
            result = modules.run(maker, path=source, line=line_of(maker))
            if (name == "dashboards") != isinstance(result, (list, tuple)):
                wanted = "a list of dashboards" if name == "dashboards" else "one dashboard"
                raise RenderError(
                    f"{name}() returned {describe(result)}, not {wanted}", path=source, line=line_of(maker)
                )
            yield maker, result


def _is_function(maker: Any, module: ModuleType) -> bool:
    """Tell a function of this module's own: `from panels_lib import dashboard` makes no dashboard."""
    return callable(maker) and hasattr(maker, "__code__") and maker.__module__ == module.__name__


def _folder(value: object, source: str) -> list[str]:
    if not isinstance(value, str):
        raise RenderError(f"FOLDER is {describe(value)}, not text", path=source)
    parts = value.split("/") if value else []
    for part in parts:
        if fault := identity.folder_fault(part):
            raise RenderError(
                f"FOLDER is {value!r}: {fault}",
                path=source,
                remedy='"A/B" is the folder B in the folder A, "" the root.',
            )
    return parts


def _plain(item: Any, config: Config, modules: Modules, *, path: str, line: int) -> dict[str, Any]:
    """Return plain JSON for what a module made: a dict, a Foundation SDK builder or model, or what an adapter knows."""
    if isinstance(item, dict):
        return item
    if callable(getattr(item, "build", None)):
        item = modules.run(item.build, path=path, line=line)
    if type(item).__module__.startswith("grafana_foundation_sdk."):
        return _from_sdk(item)
    for name in config.adapters:
        document = modules.run(partial(_adapter(name, config), item), path=path, line=line)
        if document is not None:
            return dict(document)
    what = f"it made {describe(item)}, which is no dashboard"
    remedy = "Return a dict or a Foundation SDK builder; grafanalib's objects need `adapters: [panels_lib.adapter]`."
    raise RenderError(what, path=path, line=line, remedy=remedy)


def _from_sdk(item: Any) -> dict[str, Any]:
    encoder = importlib.import_module("grafana_foundation_sdk.cog.encoder").JSONEncoder
    document: dict[str, Any] = orjson.loads(encoder(sort_keys=True).encode(item))
    return document


def _adapter(name: str, config: Config) -> Callable[[Any], dict[str, Any] | None]:
    try:
        adapter: Callable[[Any], dict[str, Any] | None] = importlib.import_module(name).dashboard_json
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"the adapter {name} can't be used: {error}", path=config.path.name) from None
    return adapter


def _checked(document: dict[str, Any], *, path: str, line: int) -> str:
    spec = identity.spec_of(document)
    if not isinstance(spec, dict):
        raise RenderError("its document has no spec", path=path, line=line)
    uid = identity.name_of(document)
    for fault in (
        identity.uid_fault(uid),
        identity.title_fault(spec.get("title")),
        identity.tags_fault(spec.get("tags")),
    ):
        if fault:
            raise RenderError(fault, path=path, line=line)
    return str(uid)


def _encoded(document: dict[str, Any], uid: str, *, path: str, line: int) -> bytes:
    try:
        content = orjson.dumps(document, option=OPTIONS)
    except orjson.JSONEncodeError as error:
        raise RenderError(f"dashboard {uid} holds what JSON can't: {error}", path=path, line=line) from None
    # Read back it is the same, unless it holds a tuple, or NaN or infinity, which orjson writes as null.
    if orjson.loads(content) != document and (at := _not_a_number(document, uid)):
        raise RenderError(f"dashboard {at} is not a finite number, which JSON can't hold", path=path, line=line)
    return content


def _not_a_number(value: Any, at: str) -> str:
    """Find NaN or infinity; "" where there is none."""
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124 NaN's own test
        return at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    return next((found for key, item in pairs if (found := _not_a_number(item, f"{at}.{key}"))), "")

"""`dash-sync diff`: which two sides, in which form."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.diff.compare import compare
from sync.diff.filesets import Directory, Memory, single
from sync.errors import FileProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sync.diff.change import Difference
    from sync.diff.filesets import Files
    from sync.diff.markdown import Links
    from sync.diff.pictures import Pictures
    from sync.options import Common


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for: the two sides, where pictures go, and where files and pictures are looked at."""

    a: str | None = None
    b: str | None = None
    base: str | None = None
    live: bool = False
    alerts: bool = False
    link: str | None = None
    pictures: Path | None = None
    pictures_at: str = ""


def run(common: Common, wanted: Wanted) -> Difference:
    """Compare, print the difference to stdout in the form asked for, and return it."""
    if wanted.alerts and not wanted.live:
        raise click.UsageError("--alerts goes with --live: files are compared with their alert rules anyway")
    kinds = ("alerts",) if wanted.alerts else ()
    before, after = sides(common, a=wanted.a, b=wanted.b, base=wanted.base, live=wanted.live, kinds=kinds)
    found = compare(before, after, select=selected(common.select))
    drawn = _drawn(found, common, wanted, (before, after)) if wanted.pictures or wanted.pictures_at else None
    click.echo(_shown(found, common, after=after, link=wanted.link, pictures=drawn), nl=False)
    return found


def _drawn(found: Difference, common: Common, wanted: Wanted, sides: tuple[Files, Files]) -> Pictures:
    from sync.diff import pictures

    if wanted.pictures is None:
        # Another job draws them; where they will be is known already.
        return pictures.Pictures(at=wanted.pictures_at if any(found.of("dashboard")) else "")
    after = sides[1]
    catalogue = after.root if isinstance(after, Directory) else common.folder()
    drawn = pictures.draw(
        found, before=sides[0], after=after, folder=wanted.pictures, catalogue=catalogue, at=wanted.pictures_at
    )
    if drawn.left_out:
        common.note(f"{drawn.left_out} dashboards are not drawn: at most {pictures.MOST} are; --select chooses others")
    return drawn


def sides(
    common: Common, *, a: str | None, b: str | None, base: str | None, live: bool, kinds: tuple[str, ...] = ()
) -> tuple[Files, Files]:
    """Return both sides: A and B; a revision and the working tree, or A; a live Grafana and the files."""
    if live and (base or b):
        raise click.UsageError("--live compares with one side: the rendered files, or A")
    if base and b:
        raise click.UsageError("--base names one side, so give A or nothing, not A and B")
    if live:
        from sync.diff import live as grafana

        return grafana.sides(common, Path(a) if a else common.folder(), kinds=kinds)
    if base:
        from sync.diff.revision import revision

        folder = Path(a) if a and Path(a).exists() else common.folder()
        before = revision(base, folder)
        if a is None and before.sizes and not folder.exists():
            # All of it was deleted; a folder that is in neither is a slip.
            return before, Memory({}, str(folder))
        return before, _side(common, a)
    if b is not None and a is not None:
        return _pair(common, a, b)
    raise click.UsageError("name two folders or files to compare, or one side with --base REVISION or --live")


def _pair(common: Common, a: str, b: str) -> tuple[Files, Files]:
    if Path(a).is_file() and Path(b).is_file():
        # Two files are two states of one, whatever they are called.
        name = f"file{Path(b).suffix.lower()}"
        return single(Path(a), named=name), single(Path(b), named=name)
    return _side(common, a), _side(common, b)


def _side(common: Common, name: str | None) -> Files:
    """Return the files of a folder, a file, or REVISION[:FOLDER]."""
    if name is None:
        return Directory(common.folder())
    path = Path(name)
    if path.is_dir():
        return Directory(path)
    if path.is_file():
        return single(path, named=path.name)
    from sync.diff.revision import revision
    from sync.errors import GitError

    rev, _, folder = name.partition(":")
    try:
        return revision(rev, Path(folder) if folder else common.folder())
    except GitError:
        if folder:
            raise
        remedy = "Name a folder, a file, or a revision as REVISION or REVISION:FOLDER."
        raise FileProblem("there is no such folder, file or revision", path=name, remedy=remedy) from None


def selected(patterns: tuple[str, ...]) -> Callable[[str, str], bool]:
    """Return whether a dashboard is meant, by its uid and its folder/name; without patterns all are."""

    def chosen(uid: str, place: str) -> bool:
        return not patterns or any(fnmatch.fnmatchcase(name, pattern) for name in (uid, place) for pattern in patterns)

    return chosen


def _shown(found: Difference, common: Common, *, after: Files, link: str | None, pictures: Pictures | None) -> str:
    match common.format:
        case "json":
            from sync.diff.document import document

            return document(found, pictures=pictures) + "\n"
        case "html":
            from sync.diff.page import page

            return page(found, pictures=pictures)
        case "markdown":
            from sync.diff.markdown import comment

            return comment(found, links=links(os.environ, after=after, base=link), pictures=pictures)
        case _:
            from sync.diff import terminal

            shown = terminal.text(found, full=common.verbose, pictures=pictures)
            plain = common.no_color or "NO_COLOR" in os.environ
            return click.unstyle(shown) + "\n" if plain else shown + "\n"


def links(environment: Mapping[str, str], *, after: Files, base: str | None) -> Links:
    """Return where files can be looked at: --link, else the page of the commit that GitHub or GitLab is running for."""
    from sync.diff.markdown import Links

    if isinstance(after, Memory):
        return Links()
    if base is None:
        base = _page(environment)
    if not base:
        return Links()
    prefix = _in_repository(after)
    return Links(after=f"{base.rstrip('/')}/{prefix}") if prefix is not None else Links()


def _page(environment: Mapping[str, str]) -> str:
    if environment.get("GITHUB_REPOSITORY") and environment.get("GITHUB_SHA"):
        server = environment.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{environment['GITHUB_REPOSITORY']}/blob/{environment['GITHUB_SHA']}"
    if environment.get("CI_PROJECT_URL") and environment.get("CI_COMMIT_SHA"):
        return f"{environment['CI_PROJECT_URL']}/-/blob/{environment['CI_COMMIT_SHA']}"
    return ""


def _in_repository(files: Files) -> str | None:
    """Return the folder of a set of files within its repository, as a prefix of paths; None outside of one."""
    if not isinstance(files, Directory):
        return files.shown
    folder = files.root.resolve()
    top = next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)
    if top is None:
        return None
    below = folder.relative_to(top).as_posix()
    return "" if below == "." else f"{below}/"

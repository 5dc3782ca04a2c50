"""A difference as one HTML page that needs nothing else: no script, no font, no request."""

from __future__ import annotations

from base64 import b64encode
from importlib import resources
from typing import TYPE_CHECKING

from sync.diff import sentences
from sync.diff.escape import html
from sync.diff.sentences import value
from sync.diff.values import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.diff.change import Difference, Item
    from sync.diff.pictures import Pictures
    from sync.diff.sentences import Group, Sentence

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(difference: Difference, *, pictures: Pictures | None = None) -> str:
    """Return the page, the pictures within it."""
    style = resources.files("sync.diff").joinpath("page.css").read_text(encoding="utf-8")
    title = html(f"{difference.before} → {difference.after}")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{title}</title><style>{style}</style></head><body><main>",
        f"<h1>{title}</h1>",
        content(difference, pictures=pictures),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def content(
    difference: Difference, *, pictures: Pictures | None = None, address: Callable[[Item], str] = lambda _item: ""
) -> str:
    """Return what the page says below its heading, as HTML for any page: no style, no script, all text escaped.

    `address` says where a dashboard can be looked at, "" for nowhere.
    """
    parts = [
        f"<p>{html(sentences.counts(difference))}, {plural(difference.unchanged, 'file')} unchanged.</p>",
        *_table(difference, address),
        *(
            part
            for index, item in enumerate(difference.items)
            for part in _item(index, item, _picture(pictures, index), address(item))
        ),
        *_problems(difference),
        *_noise(difference),
    ]
    return "\n".join(parts)


def _table(difference: Difference, address: Callable[[Item], str]) -> Iterator[str]:
    if not difference.items:
        return
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("status", "name", "what"))
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for index, item in enumerate(difference.items):
        name = html(item.side.title or item.side.file)
        url = f"#item-{index}" if item.changes else html(address(item))
        named = f'<a href="{url}">{name}</a>' if url else name
        place = f"<small>{html(item.side.file)}</small>" if item.side.title else ""
        status = f'<span class="{item.status}">{item.status}</span>'
        yield f"<tr><td>{status}</td><td>{named} {place}</td><td>{html(sentences.gist(item))}</td></tr>"
    yield "</tbody></table>"


def _picture(pictures: Pictures | None, index: int) -> str:
    file = pictures.file(index) if pictures else None
    if file is None:
        return ""
    return f'<p><img alt="before and after" src="data:image/png;base64,{b64encode(file.read_bytes()).decode()}"></p>'


def _item(index: int, item: Item, picture: str, address: str) -> Iterator[str]:
    if not (item.changes or picture):
        return
    side = item.side
    yield f'<details open id="item-{index}">'
    yield f"<summary><h2>{html(side.title or side.file)}</h2> <small>{html(side.file)}</small></summary>"
    if address:
        yield f'<p><a href="{html(address)}">Open the dashboard</a></p>'
    yield "<ul>"
    for group in sentences.groups(item):
        yield from _group(group)
    yield f"</ul>{picture}"
    noise = sentences.noise(item.hidden)
    if noise:
        yield f"<p><small>hidden: {html(noise)}</small></p>"
    yield "</details>"


def _group(group: Group) -> Iterator[str]:
    if not group.heading:
        yield from (f"<li>{_sentence(one)}</li>" for one in group.sentences)
        return
    shared = ", ".join(html(name.removeprefix("panel ")) for name in group.shared_by)
    yield f"<li><b>{html(group.heading)}</b>{f' <small>{shared}</small>' if shared else ''}<ul>"
    yield from (f"<li>{_sentence(one)}</li>" for one in group.sentences)
    yield "</ul></li>"


def _sentence(one: Sentence) -> str:
    found = html(one.head)
    details = "; ".join(html(part) for part in one.details)
    if details:
        found += f": {details}"
    if one.before is not None or one.after is not None:
        old, new = html(value(one.before)), html(value(one.after))
        found += f" <del>{old}</del> → <ins>{new}</ins>"
    return found + (f" <small>line {one.line}</small>" if one.line else "")


def _problems(difference: Difference) -> Iterator[str]:
    if not difference.problems:
        return
    yield "<h2>Not compared</h2><ul>"
    for problem in difference.problems:
        place = f", line {problem.line}" if problem.line else ""
        yield f"<li><code>{html(problem.file)}</code>{place}: {html(problem.what)}</li>"
    yield "</ul>"


def _noise(difference: Difference) -> Iterator[str]:
    noise = sentences.noise(difference.hidden)
    if noise:
        yield f"<footer><small>Hidden as noise: {html(noise)}.</small></footer>"

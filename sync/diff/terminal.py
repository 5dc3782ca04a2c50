"""A difference for a terminal: a line a change, coloured, long lists folded with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sync.diff import sentences
from sync.diff.escape import line
from sync.diff.sentences import value
from sync.diff.values import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.diff.change import Difference, Item
    from sync.diff.pictures import Pictures
    from sync.diff.sentences import Sentence

SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "moved": (">", "cyan")}
FOLDED_FROM = 40


def text(difference: Difference, *, full: bool = False, pictures: Pictures | None = None) -> str:
    """Return the difference as lines; more than 40 of one dashboard are folded unless `full`."""
    lines: list[str] = []
    for index, item in enumerate(difference.items):
        lines += _item(item, full=full)
        file = pictures.file(index) if pictures else None
        if file:
            lines.append(click.style(f"    picture: {line(str(file))}", dim=True))
    for problem in difference.problems:
        where = ":".join([line(problem.file), *(str(number) for number in (problem.line, problem.column) if number)])
        lines.append(click.style("! ", fg="red", bold=True) + f"{where} ({problem.side}): {line(problem.what)}")
    return "\n".join([*lines, *_summary(difference)])


def _item(item: Item, *, full: bool) -> Iterator[str]:
    sign, colour = SIGNS[item.status]
    side = item.side
    title = line(side.title or side.file)
    place = line(side.file) if side.title else ""
    about = f": {line(item.summary)}" if item.summary else ""
    yield (
        click.style(f"{sign} {title}", fg=colour, bold=True)
        + click.style(f"  {place}" if place else "", dim=True)
        + about
    )
    body = list(_body(item))
    shown = body if full or len(body) <= FOLDED_FROM else body[: FOLDED_FROM - 5]
    yield from shown
    if len(shown) < len(body):
        yield click.style(f"    … {plural(len(body) - len(shown), 'more line')} (--verbose shows them)", dim=True)
    noise = sentences.noise(item.hidden)
    if noise and item.changes:
        yield click.style(f"    hidden: {noise}", dim=True)


def _body(item: Item) -> Iterator[str]:
    for group in sentences.groups(item):
        heading = line(group.heading)
        if group.shared_by:
            yield f"    {heading}: {_sentence(group.sentences[0])}" + click.style(
                f"  {_names(group.shared_by)}", dim=True
            )
        elif not heading:
            yield from (f"    {_sentence(one)}" for one in group.sentences)
        elif len(group.sentences) == 1:
            yield f"    {heading}: {_sentence(group.sentences[0])}"
        else:
            yield f"    {heading}"
            yield from (f"      {_sentence(one)}" for one in group.sentences)


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(line(name.removeprefix("panel ")) for name in names[:4])
    return f"({shown}, …)" if len(names) > 4 else f"({shown})"


def _sentence(one: Sentence) -> str:
    colour = {"added": "green", "removed": "red", "moved": "cyan"}.get(one.op)
    found = click.style(line(one.head), fg=colour)
    details = "; ".join(line(part) for part in one.details)
    if one.query and details:
        return f"{found}: {details}"
    if one.before is not None or one.after is not None:
        found += (
            f" {click.style(line(value(one.before)), fg='red')} → {click.style(line(value(one.after)), fg='green')}"
        )
    if one.op == "moved" and details:
        return f"{found} {details}"
    return f"{found}: {details}" if details and one.before is None else f"{found} ({details})" if details else found


def _summary(difference: Difference) -> Iterator[str]:
    parts = [sentences.counts(difference)]
    if difference.unchanged:
        parts.append(f"{plural(difference.unchanged, 'file')} unchanged")
    yield f"{line(difference.before)} → {line(difference.after)}: {', '.join(parts)}"
    noise = sentences.noise(difference.hidden)
    if noise:
        yield click.style(f"hidden as noise: {noise}", dim=True)

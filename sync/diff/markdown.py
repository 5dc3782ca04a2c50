"""A difference as a comment on a pull request: a table first, details folded, never longer than a comment may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.diff import sentences, words
from sync.diff.escape import code, markdown
from sync.diff.sentences import value
from sync.diff.values import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.diff.change import Difference, Item, Problem
    from sync.diff.pictures import Pictures
    from sync.diff.sentences import Group, Sentence

LIMIT = 59_000
LONGEST_ITEM = 9_000
LEAST_ITEM = 600
MOST_ROWS = 60
MOST_PROBLEMS = 30
MARK = "<!-- dash-sync diff -->"
SIGNS = {"added": "🟢 added", "removed": "🔴 removed", "changed": "🟡 changed", "moved": "🔵 moved"}


@dataclass(frozen=True)
class Links:
    """Where files can be looked at: `before` and `after` are addresses up to the file's path, "" for none."""

    before: str = ""
    after: str = ""

    def to(self, file: str, *, line: int = 0, before: bool = False) -> str:
        """Return the address of a line of a file, "" where there is none."""
        base = self.before if before else self.after
        if not base or not file:
            return ""
        return f"{base}{quote(file)}" + (f"#L{line}" if line else "")


def comment(
    difference: Difference, *, links: Links | None = None, pictures: Pictures | None = None, limit: int = LIMIT
) -> str:
    """Return the comment: at most `limit` characters, and it says what it had to leave out."""
    links = links or Links()
    groups = sentences.alike(difference.items)
    head = [MARK, f"### {markdown(_headline(difference))}", ""]
    head += _table(difference, groups, links)
    foot = [*_pictures(pictures), *_problems(difference.problems), *_footer(difference)]
    left = limit - sum(len(part) + 1 for part in [*head, *foot]) - 200
    single = pictures is not None and not pictures.one_place
    shown = [{index: pictures.link(index) if single and pictures else "" for index in group} for group in groups]
    detailed = [
        (group, drawn)
        for group, drawn in zip(groups, shown, strict=True)
        if difference.items[group[0]].changes or any(drawn.values())
    ]
    details: list[str] = []
    dropped = 0
    for position, (group, drawn) in enumerate(detailed):
        # What is left is for all that follow: one with many changes takes no room from the others.
        room = max(LEAST_ITEM, left // (len(detailed) - position) - 200)
        block = _details([difference.items[index] for index in group], links, list(drawn.values()), room=room)
        if len(block) + 2 > left:
            dropped += len(group)
        else:
            details += [block, ""]
            left -= len(block) + 2
    if dropped:
        details += [f"_{plural(dropped, 'more item')} changed; this comment has no room for the details._", ""]
    return "\n".join([*head, *details, *foot]).rstrip() + "\n"


def _headline(difference: Difference) -> str:
    return f"Dashboards: {sentences.counts(difference)}"


def _table(difference: Difference, groups: list[list[int]], links: Links) -> Iterator[str]:
    if not difference.items:
        return
    yield "| | | what |"
    yield "|---|---|---|"
    for group in groups[:MOST_ROWS]:
        items = [difference.items[index] for index in group]
        gist = markdown(sentences.gist(items[0])[:240])
        named = _named(items[0], links) if len(items) == 1 else f"**{_together(items)}** <sub>{_few(items)}</sub>"
        yield f"| {SIGNS[items[0].status]} | {named} | {gist} |"
    if len(groups) > MOST_ROWS:
        yield f"| | … and {sum(len(group) for group in groups[MOST_ROWS:])} more | |"
    yield ""


def _together(items: list[Item]) -> str:
    return plural(len(items), sentences.KINDS[items[0].kind])


def _few(items: list[Item]) -> str:
    return words.listed([markdown((item.side.title or item.side.file)[:60]) for item in items], most=5)


def _named(item: Item, links: Links) -> str:
    side = item.side
    name = f"**{markdown(side.title[:200])}**" if side.title else markdown(side.file[-200:])
    url = links.to(side.file, before=item.after is None)
    place = f" <sub>{markdown(side.file[-200:])}</sub>" if side.title and side.file else ""
    return (f"[{name}]({url})" if url else name) + place


def _pictures(pictures: Pictures | None) -> Iterator[str]:
    """Yield where all pictures are, and how many were not drawn."""
    if pictures is None:
        return
    said = []
    if pictures.one_place and (pictures.names or pictures.folder is None):
        said.append(f"[Pictures, before and after]({pictures.at})")
    if pictures.left_out:
        said.append(f"{plural(pictures.left_out, 'dashboard')} not drawn")
    if said:
        yield ", ".join(said)
        yield ""


def _details(items: list[Item], links: Links, pictures: list[str], *, room: int) -> str:
    """Return the changes of an item, or those that several share with the names of these, in about so much room."""
    item = items[0]
    title = _together(items) if len(items) > 1 else markdown((item.side.title or item.side.file)[:200])
    said = plural(len(item.changes), "change") if item.changes else item.status
    said = f"the same {said} in each" if len(items) > 1 else said
    lines = ["<details>", f"<summary><b>{title}</b>: {said}</summary>", ""]
    body = [part for group in sentences.groups(item) for part in _group(group, item, links)]
    room = min(room, LONGEST_ITEM) if len(items) == 1 else room // 2
    lines += _fitting([f"{part}\n" for part in body], room, "- _{} more lines_")
    if len(items) > 1:
        names = [
            f"{_named(one, links)}{f' [before and after]({picture})' if picture else ''}\n"
            for one, picture in zip(items, pictures, strict=True)
        ]
        lines += ["", "In:", "", *(f"- {name}" for name in _fitting(names, room, "_{} more_"))]
    elif pictures[0]:
        lines += ["", f"![before and after]({pictures[0]})"]
    noise = sentences.noise(item.hidden)
    if noise and len(items) == 1:
        lines += ["", f"<sub>hidden: {markdown(noise)}</sub>"]
    return "\n".join([*lines, "", "</details>"])


def _fitting(parts: list[str], room: int, more: str) -> Iterator[str]:
    """Yield as many lines as there is room for, the first in any case, and how many were left out."""
    for index, part in enumerate(parts):
        room -= len(part)
        if room < 0 and index:
            yield more.format(len(parts) - index)
            return
        yield part.rstrip("\n")


def _group(group: Group, item: Item, links: Links) -> Iterator[str]:
    heading = markdown(group.heading)
    if group.shared_by:
        names = ", ".join(markdown(name.removeprefix("panel ")) for name in group.shared_by[:8])
        more = ", …" if len(group.shared_by) > 8 else ""
        yield f"- **{heading}**: {_sentence(group.sentences[0], item, links)} <sub>{names}{more}</sub>"
    elif not heading:
        yield from (f"- {_sentence(one, item, links)}" for one in group.sentences)
    elif len(group.sentences) == 1:
        yield f"- **{heading}**: {_sentence(group.sentences[0], item, links)}"
    else:
        yield f"- **{heading}**"
        yield from (f"  - {_sentence(one, item, links)}" for one in group.sentences)


def _sentence(one: Sentence, item: Item, links: Links) -> str:
    found = markdown(one.head)
    details = "; ".join(markdown(part) for part in one.details)
    if one.query and details:
        found += f": {details}, now {code(value(one.after))}"
    else:
        if one.before is not None or one.after is not None:
            found += f" {code(value(one.before))} → {code(value(one.after))}"
        if details:
            found += f" ({details})" if one.before is not None else f": {details}"
    old = one.op == "removed" and item.before is not None
    side = item.before if old and item.before else item.side
    url = links.to(side.file, line=one.line, before=old) if one.line else ""
    return f"{found} ([line {one.line}]({url}))" if url else found


def _problems(problems: tuple[Problem, ...]) -> Iterator[str]:
    if problems:
        yield "**Not compared**"
        yield ""
    for problem in problems[:MOST_PROBLEMS]:
        place = f", line {problem.line}" if problem.line else ""
        yield f"- {code(problem.file[-300:])}{place}: {markdown(problem.what[:300])}"
    if len(problems) > MOST_PROBLEMS:
        yield f"- … and {len(problems) - MOST_PROBLEMS} more"
    if problems:
        yield ""


def _footer(difference: Difference) -> Iterator[str]:
    said = [
        f"{code(difference.before[:80])} → {code(difference.after[:80])}",
        f"{plural(difference.unchanged, 'file')} unchanged",
    ]
    noise = sentences.noise(difference.hidden)
    if noise:
        said.append(f"hidden as noise: {markdown(noise)}")
    yield f"<sub>{' · '.join(said)}</sub>"

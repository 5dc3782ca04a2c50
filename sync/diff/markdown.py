"""A difference as a comment on a pull request: a table first, details folded, never longer than a comment may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.diff import sentences
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
    head = [MARK, f"### {markdown(_headline(difference))}", ""]
    head += _table(difference, links)
    foot = [*_pictures(pictures), *_problems(difference.problems), *_footer(difference)]
    left = limit - sum(len(part) + 1 for part in [*head, *foot]) - 200
    details: list[str] = []
    dropped = 0
    for index, item in enumerate(difference.items):
        picture = pictures.link(index) if pictures and not pictures.one_place else ""
        block = _details(item, links, picture) if item.changes or picture else ""
        if len(block) + 2 > left:
            dropped += 1
        elif block:
            details += [block, ""]
            left -= len(block) + 2
    if dropped:
        details += [f"_{plural(dropped, 'more item')} changed; this comment has no room for the details._", ""]
    return "\n".join([*head, *details, *foot]).rstrip() + "\n"


def _headline(difference: Difference) -> str:
    return f"Dashboards: {sentences.counts(difference)}"


def _table(difference: Difference, links: Links) -> Iterator[str]:
    if not difference.items:
        return
    yield "| | | what |"
    yield "|---|---|---|"
    for item in difference.items[:MOST_ROWS]:
        gist = markdown(sentences.gist(item)[:240])
        yield f"| {SIGNS[item.status]} | {_named(item, links)} | {gist} |"
    if len(difference.items) > MOST_ROWS:
        yield f"| | … and {len(difference.items) - MOST_ROWS} more | |"
    yield ""


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


def _details(item: Item, links: Links, picture: str) -> str:
    title = markdown((item.side.title or item.side.file)[:200])
    said = plural(len(item.changes), "change") if item.changes else item.status
    lines = ["<details>", f"<summary><b>{title}</b>: {said}</summary>", ""]
    room = LONGEST_ITEM
    body = [part for group in sentences.groups(item) for part in _group(group, item, links)]
    for index, part in enumerate(body):
        room -= len(part)
        if room < 0:
            lines.append(f"- _{plural(len(body) - index, 'more line')}_")
            break
        lines.append(part)
    if picture:
        lines += ["", f"![before and after]({picture})"]
    noise = sentences.noise(item.hidden)
    if noise:
        lines += ["", f"<sub>hidden: {markdown(noise)}</sub>"]
    return "\n".join([*lines, "", "</details>"])


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

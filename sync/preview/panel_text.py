"""Text: Markdown, HTML (its text alone) and code, laid out in lines."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.diff.values import text
from sync.preview import svg
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready

if TYPE_CHECKING:
    from sync.preview.page import Box

_LONGEST = 20_000
_HEADINGS = {"h1": 24, "h2": 20, "h3": 17, "h4": 15}
_BLOCKS = re.compile(r"</?(?:p|div|br|li|h\d|tr|ul|ol|table)\b[^>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>?")


@dataclass(frozen=True)
class _Block:
    """A paragraph: its text, size, and how far it is indented."""

    text: str
    size: float = 14
    bold: bool = False
    indent: float = 0
    code: bool = False


def draw(ready: Ready, box: Box) -> Drawing:
    """Return as many lines as fit."""
    content = ready.scope.title(text(ready.option("content", default="")))[:_LONGEST]
    mode = text(ready.option("mode", default="markdown"))
    drawing = Drawing()
    y = box.y
    for block in _markdown(content) if mode == "markdown" else _code(content) if mode == "code" else _html(content):
        height = block.size * 1.45
        for line in measure.wrapped(
            block.text, box.w - block.indent - 8, block.size * (1.1 if block.code else 1), bold=block.bold
        ):
            y += height
            if y > box.y + box.h:
                return drawing
            font = measure.MONO if block.code else ""
            drawing.shapes.append(
                svg.label(
                    box.x + 4 + block.indent,
                    y - block.size * 0.3,
                    line,
                    block.size,
                    ready.theme.text,
                    bold=block.bold,
                    font=font,
                )
            )
        y += 6 if not block.code else 0
    return drawing


def _markdown(content: str) -> list[_Block]:
    from markdown_it import MarkdownIt

    blocks: list[_Block] = []
    stack: list[str] = []
    markers: list[str] = []
    cells: list[str] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(content):
        if token.type.endswith("_open"):
            stack.append(token.tag)
            markers += [f"{token.info}." if token.info else "•"] if token.tag == "li" else []
        elif token.type.endswith("_close"):
            stack.pop()
            if token.tag == "tr":
                blocks.append(_Block("   |   ".join(cells), bold="thead" in stack))
                cells = []
        elif token.type == "inline":
            said = "".join(_inline(child.type, child.content) for child in token.children or [])
            if "tr" in stack:
                cells.append(said)
            else:
                marker = markers.pop() if markers else ""
                blocks += [_paragraph(line, stack, marker) for line in said.split("\n") if line.strip()]
        elif token.type in {"fence", "code_block"}:
            blocks += _code(token.content)
        elif token.type == "html_block":
            blocks += _html(token.content)
    return blocks


def _inline(kind: str, content: str) -> str:
    if kind in {"softbreak", "hardbreak"}:
        return " " if kind == "softbreak" else "\n"
    return "" if kind == "html_inline" else content


def _paragraph(said: str, stack: list[str], marker: str) -> _Block:
    heading = next((tag for tag in stack if tag in _HEADINGS), "")
    depth = stack.count("li")
    return _Block(
        f"{marker}  {said}" if marker else said, _HEADINGS.get(heading, 14), bold=bool(heading), indent=16.0 * depth
    )


def _html(content: str) -> list[_Block]:
    """Return the text of HTML; nothing of its markup is carried over."""
    said = _TAG.sub("", _BLOCKS.sub("\n", _UNSEEN.sub("", content)))
    return [_Block(line.strip()) for line in html.unescape(said).split("\n") if line.strip()]


def _code(content: str) -> list[_Block]:
    return [_Block(line, 12.5, code=True) for line in content.split("\n")]

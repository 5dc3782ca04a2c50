"""How wide a text is when it is drawn, and what fits."""

from __future__ import annotations

import html
import re

FONT = "'Liberation Sans', Arial, Helvetica, sans-serif"
# The last but one is what the converter brings: on a machine without fonts a text without any would not be drawn.
MONO = "'Liberation Mono', 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Sans', monospace"
# Thousandths of the font size, of the characters from the space on: the widths that Liberation Sans shares with Arial.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
_BAD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line in pixels."""
    thousandths = sum(_WIDTHS[ord(sign) - 32] if " " <= sign <= "~" else 620 for sign in text)
    return thousandths * size / 1000 * (1.08 if bold else 1)


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return the line, cut with an ellipsis where it is wider than the room in pixels."""
    text = line(text)
    if width(text, size, bold=bold) <= room:
        return text
    room -= width("…", size, bold=bold)
    end = 0
    for end in range(len(text)):
        room -= width(text[end], size, bold=bold)
        if room < 0:
            break
    return f"{text[:end].rstrip()}…" if end else ""


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Return the text in lines that fit the room; words longer than a line are cut."""
    lines: list[str] = []
    current = ""
    for word in line(text).split(" "):
        candidate = f"{current} {word}" if current else word
        if current and width(candidate, size, bold=bold) > room:
            lines.append(current)
            current = word
        else:
            current = candidate
    return [fitted(found, room, size, bold=bold) for found in [*lines, current]]


def line(text: str) -> str:
    """Return a text as one line of what XML can hold: no controls, no lone surrogates."""
    return re.sub(r"\s+", " ", _BAD.sub("\ufffd", text[:2000])).strip()


def escaped(text: str) -> str:
    """Return a text safe within XML and HTML, in content and in attributes."""
    return html.escape(_BAD.sub("\ufffd", text), quote=True)

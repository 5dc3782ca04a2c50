"""Shapes in SVG, as text: every string from a dashboard goes through `escaped`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sync.preview.text import FONT, escaped, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.preview.page import Box

Anchor = Literal["start", "middle", "end"]


def number(value: float) -> str:
    """Return a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def rectangle(
    box: Box, fill: str, *, stroke: str = "", radius: float = 0, width: float = 1, opacity: float = 1, dash: str = ""
) -> str:
    """Return a rectangle."""
    drawn = f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{number(box.w)}" height="{number(box.h)}"'
    drawn += f' fill="{fill}"' + (f' rx="{number(radius)}"' if radius else "")
    drawn += f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke else ""
    drawn += f' fill-opacity="{number(opacity)}"' if opacity != 1 else ""
    return drawn + (f' stroke-dasharray="{dash}"' if dash else "") + "/>"


def label(
    x: float,
    y: float,
    content: str,
    size: float,
    fill: str,
    *,
    anchor: Anchor = "start",
    bold: bool = False,
    font: str = "",
    italic: bool = False,
) -> str:
    """Return a line of text whose baseline begins, is centred or ends at a point."""
    drawn = f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{fill}"'
    drawn += f' text-anchor="{anchor}"' if anchor != "start" else ""
    drawn += ' font-weight="bold"' if bold else ""
    drawn += ' font-style="italic"' if italic else ""
    drawn += f' font-family="{font}"' if font else ""
    return f"{drawn}>{escaped(line(content))}</text>"


def path(commands: str, *, fill: str = "none", stroke: str = "none", width: float = 1, opacity: float = 1) -> str:
    """Return a path."""
    # Of the fill or of the stroke: the opacity of a whole shape costs a layer of its own.
    shown = f' {"stroke" if fill == "none" else "fill"}-opacity="{number(opacity)}"' if opacity != 1 else ""
    return f'<path d="{commands}" fill="{fill}" stroke="{stroke}" stroke-width="{number(width)}"{shown}/>'


def segment(x1: float, y1: float, x2: float, y2: float, stroke: str, *, width: float = 1) -> str:
    """Return a straight line."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{number(width)}"/>'


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """Return the commands of a path through points."""
    return "M" + "L".join(f"{number(x)},{number(y)}" for x, y in points)


def group(shapes: Iterable[str], attributes: str = "") -> str:
    """Return shapes as one."""
    return f"<g {attributes}>{''.join(shapes)}</g>" if attributes else f"<g>{''.join(shapes)}</g>"


def document(shapes: Iterable[str], *, width: float, height: float, title: str) -> str:
    """Return a whole SVG file."""
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FONT}">'
        f"<title>{escaped(line(title))}</title>{''.join(shapes)}</svg>\n"
    )

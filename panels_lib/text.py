"""Text: what a reader must know and no query says."""

from typing import Literal

from panels_lib.panel import Panel, Size


def text(
    content: str,
    *,
    title: str = "",
    mode: Literal["markdown", "html", "code"] = "markdown",
    transparent: bool = False,
    width: int = 24,
    height: int = 4,
    key: str | None = None,
) -> Panel:
    """Show Markdown; variables are filled in. Untitled texts need a `key` of their own where a row has several."""
    return Panel(
        kind="text",
        title=title,
        options={"content": content, "mode": mode},
        transparent=transparent,
        size=Size(width, height),
        key=key,
    )

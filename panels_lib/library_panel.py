"""Library panels: drawn by Grafana from its own store."""

from panels_lib.panel import Panel, Size


def library_panel(uid: str, name: str, *, width: int = 12, height: int = 8) -> Panel:
    """Refer to a library panel; it must exist in Grafana under this uid."""
    return Panel(kind="library", title=name, library=(uid, name), size=Size(width, height), key=f"library/{uid}")

"""Node graph: who calls whom, and how it goes."""

from typing import Literal, Unpack

from panels_lib.drawing import Settings, drawn
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def node_graph(
    queries: Queries = "",
    *,
    layout: Literal["layered", "force", "grid"] = "layered",
    **settings: Unpack[Settings],
) -> Panel:
    """Draw Tempo's service map, 24 by 12; the query narrows it: `{client="phoenix-orchestrator"}`.

    Tempo reads the graph from the Prometheus that its data source names (traces_service_graph_… series).
    """
    text = queries if isinstance(queries, str) else ""
    targets = targets_of(
        queries, source="tempo", settings={"queryType": "serviceMap", **({"serviceMapQuery": text} if text else {})}
    )
    return drawn(
        "nodeGraph",
        targets,
        settings,
        size=Size(24, 12),
        options={"edges": {}, "layoutAlgorithm": layout, "nodes": {}, "zoomMode": "cooperative"},
    )

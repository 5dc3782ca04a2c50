"""A sheet as one HTML page without any other file: the picture, and the charts again where they answer to a pointer.

Nothing is loaded and nothing but the page's own scripts runs: its content security policy names them by their hashes,
and Vega's expressions are interpreted, not compiled.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from sync.preview import svg
from sync.preview.converter import VEGA_LITE, converter
from sync.preview.text import FONT, escaped, line

if TYPE_CHECKING:
    from sync.diff.values import Json
    from sync.preview.colours import Theme
    from sync.preview.drawing import Chart
    from sync.preview.sheet import Sheet

_START = """
const charts = JSON.parse(document.getElementById("charts").textContent);
const options = {
  mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false,
  tooltip: {disableDefaultStyle: true},
};
charts.forEach((spec, index) => {
  const place = document.getElementById(`chart-${index}`);
  vegaEmbed(place, spec, options).then(
    () => document.getElementById(`still-${index}`).setAttribute("visibility", "hidden"),
    (problem) => { place.remove(); console.error(problem); },
  );
});
"""


@cache
def _script() -> str:
    """Return Vega, Vega-Lite, their tooltip and what starts the charts as one script."""
    bundle: str = converter().javascript_bundle(_START, vl_version=VEGA_LITE)
    return bundle.replace("</script", "<\\/script")


def page(sheet: Sheet) -> str:
    """Return the page."""
    script, style = _script(), _style(sheet)
    shapes = [*sheet.below, *(svg.group([still], f'id="still-{index}"') for index, still in enumerate(sheet.stills))]
    picture = svg.document([*shapes, *sheet.above], width=sheet.width, height=sheet.height, title=sheet.title)
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    places = "".join(
        f'<div id="chart-{index}" role="img" aria-label="{escaped(line(one.title))}"></div>'
        for index, one in enumerate(sheet.charts)
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escaped(line(sheet.title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<main>{picture}{places}</main>\n"
        f'<script type="application/json" id="charts">{_data(sheet)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _data(sheet: Sheet) -> str:
    """Return the specifications as JSON that can stand within a page."""
    found = json.dumps([interactive(one) for one in sheet.charts], ensure_ascii=False, separators=(",", ":"))
    return found.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def interactive(one: Chart) -> Json:
    """Return a chart's specification with the layer that answers to a pointer."""
    if one.pointer is None:
        return one.spec
    layer = one.pointer()
    layers = [*one.spec["layer"], layer]
    return one.spec | {"layer": layers}


def _style(sheet: Sheet) -> str:
    theme = sheet.theme
    places = "".join(
        f"#chart-{index}{{left:{svg.number(one.box.x)}px;top:{svg.number(one.box.y)}px;"
        f"width:{svg.number(one.box.w)}px;height:{svg.number(one.box.h)}px}}"
        for index, one in enumerate(sheet.charts)
    )
    return (
        f"body{{margin:0;background:{theme.canvas};font-family:{FONT}}}"
        f"main{{position:relative;width:{svg.number(sheet.width)}px;margin:0 auto}}main>svg{{display:block}}"
        "main>div{position:absolute;overflow:hidden}main>div svg{display:block}" + places + _tooltip(theme)
    )


def _tooltip(theme: Theme) -> str:
    return (
        "#vg-tooltip-element{visibility:hidden;position:fixed;z-index:9;padding:8px 10px;border-radius:3px;"
        f"font-size:12px;pointer-events:none;max-width:520px;color:{theme.text};background:{theme.raised};"
        f"border:1px solid {theme.border};box-shadow:0 4px 12px rgba(0,0,0,.3)}}"
        "#vg-tooltip-element.visible{visibility:visible}#vg-tooltip-element td.key{text-align:right;padding-right:8px;"
        f"color:{theme.secondary};max-width:240px;overflow:hidden;text-overflow:ellipsis}}"
        "#vg-tooltip-element td.value{max-width:260px;overflow:hidden;text-overflow:ellipsis}"
    )


def _hash(content: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"

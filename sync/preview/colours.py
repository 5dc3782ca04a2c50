"""Grafana's named colours, palettes and schemes (packages/grafana-data/src/themes/createVisualizationColors.ts)."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHADES = ("super-light-", "light-", "", "semi-dark-", "dark-")
_HUES = {
    "red": ("#FFA6B0", "#FF7383", "#F2495C", "#E02F44", "#C4162A", "#AD0317"),
    "orange": ("#FFCB7D", "#FFB357", "#FF9830", "#FF780A", "#FA6400", "#E55400"),
    "yellow": ("#FFF899", "#FFEE52", "#FADE2A", "#F2CC0C", "#E0B400", "#CC9D00"),
    "green": ("#C8F2C2", "#96D98D", "#73BF69", "#56A64B", "#37872D", "#19730E"),
    "blue": ("#C0D8FF", "#8AB8FF", "#5794F2", "#3274D9", "#1F60C4", "#1250B0"),
    "purple": ("#DEB6F2", "#CA95E5", "#B877D9", "#A352CC", "#8F3BB8", "#7C2EA3"),
}
_NATIVE = {
    "white": "#ffffff", "black": "#000000", "gray": "#808080", "grey": "#808080", "lightgray": "#d3d3d3",
    "darkgray": "#a9a9a9", "brown": "#a52a2a", "pink": "#ffc0cb", "cyan": "#00ffff", "magenta": "#ff00ff",
    "lime": "#00ff00", "teal": "#008080", "navy": "#000080", "gold": "#ffd700", "violet": "#ee82ee",
}  # fmt: skip
PALETTE = (
    "green", "yellow", "blue", "orange", "red", "purple", "dark-green", "dark-yellow", "dark-blue", "dark-orange",
    "dark-red", "dark-purple", "super-light-green", "super-light-yellow", "super-light-blue", "super-light-orange",
    "super-light-red", "super-light-purple", "#447EBC", "#C15C17", "#890F02", "#0A437C", "#6D1F62", "#584477",
    "#B7DBAB", "#F4D598", "#70DBED", "#F9BA8F", "#F29191", "#82B5D8", "#E5A8E2", "#AEA2E0", "#629E51", "#E5AC0E",
    "#64B0C8", "#E0752D", "#BF1B00", "#0A50A1", "#962D82", "#614D93", "#9AC48A", "#F2C96D", "#65C5DB", "#F9934E",
    "#EA6460", "#5195CE", "#D683CE", "#806EB7", "#3F6833", "#967302", "#2F575E", "#99440A", "#58140C", "#052B51",
    "#511749", "#3F2B5B",
)  # fmt: skip
_SCHEMES = {
    "continuous-GrYlRd": ("green", "yellow", "red"), "continuous-RdYlGr": ("red", "yellow", "green"),
    "continuous-BlYlRd": ("dark-blue", "super-light-yellow", "dark-red"),
    "continuous-YlRd": ("super-light-yellow", "dark-red"), "continuous-BlPu": ("blue", "purple"),
    "continuous-YlBl": ("super-light-yellow", "dark-blue"), "continuous-blues": ("panel-bg", "dark-blue"),
    "continuous-reds": ("panel-bg", "dark-red"), "continuous-greens": ("panel-bg", "dark-green"),
    "continuous-purples": ("panel-bg", "dark-purple"),
    "continuous-viridis": ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"),
    "continuous-magma": ("#000004", "#51127c", "#b73779", "#fc8961", "#fcfdbf"),
    "continuous-plasma": ("#0d0887", "#7e03a8", "#cc4778", "#f89540", "#f0f921"),
    "continuous-inferno": ("#000004", "#57106e", "#bc3754", "#f98e09", "#fcffa4"),
    "continuous-cividis": ("#00224e", "#434e6c", "#7d7c78", "#bcae6c", "#fee838"),
}  # fmt: skip
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3}(?:\.\d+)?)\s*,\s*(\d{1,3}(?:\.\d+)?)\s*,\s*(\d{1,3}(?:\.\d+)?)\s*(?:,\s*([\d.]+%?)\s*)?\)"
)


@dataclass(frozen=True)
class Theme:
    """The colours of a page: behind it, of panels, their borders, texts and lines."""

    name: str
    canvas: str
    panel: str
    border: str
    text: str
    secondary: str
    faint: str
    grid: str
    raised: str

    @property
    def dark(self) -> bool:
        """Whether it is light on dark."""
        return self.name == "dark"

    def colour(self, name: str) -> str:
        """Return a colour that a dashboard names, as #rrggbb or rgba(); what is none comes out grey."""
        key = name.strip()
        for hue, shades in _HUES.items():
            if key.endswith(hue) and key.removesuffix(hue) in _SHADES:
                return shades[_SHADES.index(key.removesuffix(hue)) + (0 if self.dark else 1)]
        special = {"transparent": "rgba(0,0,0,0)", "panel-bg": self.panel, "text": self.text}
        if key in special:
            return special[key]
        if _HEX.fullmatch(key):
            return key
        found = _RGB.fullmatch(key)
        if found:
            return f"rgba({found[1]},{found[2]},{found[3]},{found[4] or 1})"
        return _NATIVE.get(key.lower(), "#808080")


DARK = Theme(
    "dark", "#111217", "#181b1f", "#2d3036", "#ccccdc", "#9a9ba5", "#6e7079", "#2a2d32", "#22252b"
)  # fmt: skip
LIGHT = Theme(
    "light", "#f4f5f5", "#ffffff", "#dcdddf", "#24292e", "#5d6167", "#8e9197", "#e6e7e8", "#f0f1f2"
)  # fmt: skip
THEMES = {"dark": DARK, "light": LIGHT}


def palette(theme: Theme, index: int) -> str:
    """Return the colour of the series at a position in the classic palette."""
    return theme.colour(PALETTE[index % len(PALETTE)])


def scheme(theme: Theme, mode: str) -> list[str]:
    """Return the colours between which a continuous mode blends."""
    return [theme.colour(name) for name in _SCHEMES.get(mode, _SCHEMES["continuous-GrYlRd"])]


def continuous(mode: str) -> bool:
    """Whether a colour mode blends by value."""
    return mode.startswith("continuous-")


def blended(colours: Sequence[str], share: float) -> str:
    """Return the colour at a share (0 to 1) of the way along a row of colours."""
    position = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    index = min(int(position), len(colours) - 2)
    left, right, part = rgb(colours[index]), rgb(colours[index + 1]), position - index
    return _hex(*(a + (b - a) * part for a, b in zip(left, right, strict=True)))


def shade(colour: str, index: int) -> str:
    """Return the colour of a series among shades: itself, then brighter and darker ones in turn, five of each."""
    step = index % 11
    if step == 0:
        return colour
    part = ((step + 1) // 2) / 6
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in rgb(colour)))
    if step % 2:
        hue = (hue + part * 10 / 360) % 1
        red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
        return _hex(*(min(255.0, value * 255 + 255 * part * 0.35) for value in (red, green, blue)))
    red, green, blue = colorsys.hls_to_rgb((hue - part * 10 / 360) % 1, max(0.0, lightness - part * 0.35), saturation)
    return _hex(red * 255, green * 255, blue * 255)


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of #rgb, #rrggbb or rgba(), 0 to 255 each."""
    found = _RGB.fullmatch(colour)
    if found:
        return float(found[1]), float(found[2]), float(found[3])
    digits = colour.removeprefix("#")
    if len(digits) in {3, 4}:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def ink_on(colour: str) -> str:
    """Return the text colour that reads on a background: near-white or near-black, whichever contrasts more."""
    luminance = sum(
        weight * (part / 12.92 if (part := value / 255) <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
        for weight, value in zip((0.2126, 0.7152, 0.0722), rgb(colour), strict=True)
    )
    # Grafana keeps light text until its contrast falls below 3.
    return "#f7f8fa" if 1.05 / (luminance + 0.05) >= 3 else "#202226"


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(min(255.0, max(0.0, value))):02x}" for value in (red, green, blue))

"""The converter: text is drawn on every machine, and drawn alike, with a system's fonts and without."""

from __future__ import annotations

import os
import subprocess
import sys
import types

import pytest

from sync.errors import PackageMissing
from sync.preview import converter, svg, text
from sync.preview.painting import png

EMPTY = '<?xml version="1.0"?><fontconfig><dir>/nonexistent</dir></fontconfig>'
DRAW = """
import sys
import types
from sync.preview import converter
converter.FONTS = ()
from sync.preview import svg, text
from sync.preview.painting import png
fonts = {"sans": text.FONT, "mono": text.MONO}
shapes = [svg.label(4, 20, sys.argv[2], 14, "#000", font=fonts[sys.argv[1]])] if sys.argv[2] else []
sys.stdout.buffer.write(png(svg.document(shapes, width=200, height=30, title=""), height=30))
"""


def drawn(font: str, said: str, **environment: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", DRAW, font, said], env={**os.environ, **environment}, capture_output=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("font", ["sans", "mono"])
def test_text_is_drawn_where_there_are_no_fonts(font: str) -> None:
    assert drawn(font, "Requests 12.5 req/s") != drawn(font, "")


def test_the_fonts_of_a_machine_change_nothing(tmp_path) -> None:
    (tmp_path / "fonts.conf").write_text(EMPTY)
    said = "Latency p95 ≥ 0.5 s · Zürich"
    assert drawn("sans", said) == drawn("sans", said, FONTCONFIG_FILE=str(tmp_path / "fonts.conf"))


@pytest.mark.parametrize("known", [None, "/etc/fonts/fonts.conf"])
def test_other_programs_find_their_fonts_as_before(known: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    if known:
        monkeypatch.setenv("FONTCONFIG_FILE", known)
    converter._converter.cache_clear()
    picture = svg.document([svg.label(4, 20, "a", 14, "#000", font=text.FONT)], width=20, height=30, title="")
    assert png(picture, height=30)
    assert os.environ.get("FONTCONFIG_FILE") == known


def test_the_first_version_of_the_converter_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", types.ModuleType("vl_convert"))
    converter._converter.cache_clear()
    with pytest.raises(PackageMissing, match=r"vl-convert-python 2, which is not installed"):
        converter.converter()

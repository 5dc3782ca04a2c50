"""Vega-Lite's converter: where it runs, and which fonts it finds."""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sync.errors import PackageMissing

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

VEGA_LITE = "6.4"
WORKERS = 2  # at most
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
_BLANK = {"width": 1, "height": 1, "data": {"values": [{}]}, "mark": "rect"}
_LOCK = threading.Lock()

Made = TypeVar("Made")


def start(*, workers: int = 1) -> None:
    """Begin to load the converter, which takes a while, behind what the caller does next; PackageMissing without it.

    More than one worker is for those who draw many pictures: each draws its first charts several times slower than the
    next, while what it runs is compiled.
    """
    if importlib.util.find_spec("vl_convert") is None:
        raise _missing()
    begin(lambda: _load(workers))


def _load(workers: int) -> None:
    found = converter()
    if workers > 1:
        found.configure(num_workers=workers)
    found.vegalite_to_svg(_BLANK, vl_version=VEGA_LITE)


def begin(make: Callable[[], Made]) -> Future[Made]:
    """Begin with what waits for the converter, as many at once as it ever has workers."""
    return _threads().submit(make)


@cache
def _threads() -> ThreadPoolExecutor:
    """Return threads that wait for the workers: those need no lock of Python's."""
    return ThreadPoolExecutor(WORKERS)


def converter() -> ModuleType:
    """Return vl_convert, ready to draw; PackageMissing says how to get it."""
    with _LOCK:
        return _converter()


@cache
def _converter() -> ModuleType:
    """Return vl_convert with its fonts known, and with nothing that it might fetch.

    It holds Liberation Sans itself, but takes a system's where it finds one: other versions look otherwise, and that
    file is opened again for each letter, which takes as long as all the rest of a picture. So it finds its fonts where
    there are none, and is told of the system's afterwards, for what its own has no letters for.
    """
    try:
        import vl_convert
    except ImportError:
        raise _missing() from None
    if not hasattr(vl_convert, "configure"):
        raise _missing()  # the first version
    for name in ("vl_convert", "usvg"):
        # What they warn of concerns who writes specifications, or that a machine has no font for an emoji.
        logging.getLogger(name).setLevel(logging.ERROR)
    vl_convert.configure(base_url=False, allowed_base_urls=[])
    known = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))
    try:
        vl_convert.svg_to_png(_NOTHING)
    finally:
        if known is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = known
    for folder in filter(Path.is_dir, (Path(name).expanduser() for name in FONTS)):
        vl_convert.register_font_directory(str(folder))
    found: ModuleType = vl_convert
    return found


def _missing() -> PackageMissing:
    remedy = "pip install 'dash-sync[preview]'"
    return PackageMissing("pictures need the package vl-convert-python 2, which is not installed", remedy=remedy)

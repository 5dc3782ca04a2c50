"""The processes that turn charts into SVG while this one fetches and lays out."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import PackageMissing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from sync.preview.drawing import Chart

VEGA_LITE = "6.4"


FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@cache
def converter() -> ModuleType:
    """Return vl_convert, ready to draw text; PackageMissing says how to get it.

    It holds Liberation Sans itself, but takes a system's where it finds one: other versions look otherwise, and that
    file is opened again for each letter, which takes as long as all the rest of a picture. So it finds its fonts where
    there are none, and is told of the system's afterwards, for what its own has no letters for.
    """
    try:
        import vl_convert
    except ImportError:
        raise _missing() from None
    known = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))
    try:
        vl_convert.svg_to_png(NOTHING)
    finally:
        if known is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = known
    for folder in filter(Path.is_dir, (Path(name).expanduser() for name in FONTS)):
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def _missing() -> PackageMissing:
    remedy = "pip install 'dash-sync[preview]'"
    return PackageMissing("pictures need the package vl-convert-python, which is not installed", remedy=remedy)


class Engines:
    """Processes that draw charts, started at once; used as a context, at whose end they end."""

    def __init__(self, count: int) -> None:
        """Start so many; PackageMissing where the converter isn't installed."""
        if importlib.util.find_spec("vl_convert") is None:
            raise _missing()
        command = [sys.executable, str(Path(__file__).with_name("engine.py")), VEGA_LITE]
        pipe = subprocess.PIPE
        # In sessions of their own: a terminal's Ctrl-C is for this process, which ends them.
        self._processes = [
            subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) for _ in range(count)
        ]

    def __enter__(self) -> Engines:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End the processes."""
        for process in self._processes:
            process.kill()
            process.communicate()

    def drawn(self, charts: Sequence[Chart]) -> list[str]:
        """Return what `chart.drawn` returns, each process drawing its share."""
        from concurrent.futures import ThreadPoolExecutor

        count = len(self._processes)
        with ThreadPoolExecutor(count) as pool:
            shares = list(
                pool.map(self._share, range(count), [list(enumerate(charts))[at::count] for at in range(count)])
            )
        return [drawn for _, drawn in sorted(pair for share in shares for pair in share)]

    def _share(self, at: int, charts: list[tuple[int, Chart]]) -> list[tuple[int, str]]:
        return [(index, self._one(self._processes[at], one, index)) for index, one in charts]

    def _one(self, process: subprocess.Popen[str], one: Chart, index: int) -> str:
        from sync.preview import chart

        assert process.stdin is not None  # noqa: S101 (both are pipes)
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps(one.spec, separators=(",", ":")) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            # It was ended from outside: what is left is drawn here.
            return chart.drawn([one])[0].replace("c0-", f"c{index}-")
        if "svg" in answer:
            return chart.placed(answer["svg"], one.box, index)
        return chart.undrawn(one, answer["problem"])

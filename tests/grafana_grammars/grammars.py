"""What Grafana's grammars say of LogQL and TraceQL; they are fetched from npm into .tools when the pins change."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from signals_lib.grammar import substituted
from tests.npm import installed, node

HERE = Path(__file__).parent


def fetch() -> Path:
    """Return the folder with the packages, filled first where that is needed."""
    return installed("grafana-grammars", HERE)


def problems(queries: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return, for each (language, text), what its grammar can't place; macros and variables are stood in for."""
    asked = json.dumps([{"language": language, "text": substituted(text)} for language, text in queries])
    done = subprocess.run(
        [node(), HERE / "check.mjs", fetch()], input=asked, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"the grammars can't be asked:\n{done.stderr}")
    return json.loads(done.stdout)

"""What published schemas and parsers say of an export; they are fetched from npm into .tools when the pins change."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.npm import installed, node

HERE = Path(__file__).parent
KINDS = ("ConfigMap", "PrometheusRule", "terraform")


def problems(asked: Sequence[tuple[str, Any]]) -> list[str]:
    """Return, for each (kind, object or text), what is wrong with it, "" where nothing is."""
    questions = json.dumps([{"kind": kind, "content": content} for kind, content in asked])
    command = [node(), HERE / "check.mjs", installed("export-schemas", HERE)]
    done = subprocess.run(command, input=questions, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the schemas can't be asked:\n{done.stderr}")
    return json.loads(done.stdout)
